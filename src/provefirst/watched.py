"""What entries about production make of an initiative: observed, judged, frozen, thawed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from provefirst.initiative import Initiative
from provefirst.ledger import Entry
from provefirst.production import Freeze, Health, Judgement, Observation, Signal


def _observed(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    known = ("since", "until", "rows", "estimate", "error", "right", "part")
    observation = Observation(
        number=len(initiative.observations) + 1,
        version=entry.version,
        at=entry.time,
        since=date.fromisoformat(data["since"]),
        until=date.fromisoformat(data["until"]),
        rows=data["rows"],
        estimate=data["estimate"],
        error=data["error"],
        right=data["right"],
        more=MappingProxyType({name: value for name, value in data.items() if name not in known}),
    )
    return replace(initiative, observations=(*initiative.observations, observation))


def _judged(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    figures = (data["rows"], data["estimate"], data["log_degraded"], data["log_broken"])
    more = {"alarm_at": data["alarm_at"], "because": tuple(data["because"])} if "because" in data else {}
    signals = tuple(Signal(**one) for one in data.get("signals", ()))
    judged = Judgement(Health(data["verdict"]), entry.time, entry.version, *figures, signals=signals, **more)
    return replace(initiative, production=judged)


def _frozen(initiative: Initiative, entry: Entry) -> Initiative:
    return replace(initiative, freeze=Freeze(entry.data["because"], entry.time.date()))


def _thawed(initiative: Initiative, entry: Entry) -> Initiative:
    """What was observed before is judged no more: whoever thaws has said why it no longer speaks."""
    return replace(initiative, freeze=None, production=None, observations=())


WATCH: Mapping[str, Callable[[Initiative, Entry], Initiative]] = MappingProxyType(
    {
        "production.observed": _observed,
        "production.judged": _judged,
        "money.frozen": _frozen,
        "money.thawed": _thawed,
    }
)
"""Each such event, and the step that it is."""
