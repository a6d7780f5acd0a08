"""What entries about memory make of an initiative: who asked the like before, and what is different now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from provefirst.initiative import Initiative
from provefirst.ledger import Entry
from provefirst.likeness import Resemblance
from provefirst.stages import Outcome


def _resembling(initiative: Initiative, entry: Entry) -> Initiative:
    found = {
        one["key"]: Resemblance(
            one["key"], one["title"], Outcome(one["outcome"]), one["score"], tuple(one["shared"]), entry.time
        )
        for one in entry.data["found"]
    }
    return replace(initiative, resemblances=MappingProxyType({**found, **initiative.resemblances}))


def _answered(initiative: Initiative, entry: Entry) -> Initiative:
    known = initiative.resemblances[entry.data["earlier"]]
    answered = replace(known, difference=entry.data["difference"], by=entry.actor)
    return replace(initiative, resemblances=MappingProxyType({**initiative.resemblances, known.key: answered}))


def _noted(initiative: Initiative, entry: Entry) -> Initiative:
    return initiative


MEMORY: Mapping[str, Callable[[Initiative, Entry], Initiative]] = MappingProxyType(
    {"resemblance.found": _resembling, "difference.stated": _answered, "revisit.raised": _noted}
)
"""Each such event, and the step that it is."""
