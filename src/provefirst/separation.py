"""What entries about people make of an initiative: who left, declared an interest, judged the method, broke glass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from provefirst.glass import Glass
from provefirst.initiative import Initiative
from provefirst.ledger import Entry
from provefirst.people import Verb
from provefirst.reviews import MethodOpinion
from provefirst.stages import Stage


def _left(initiative: Initiative, entry: Entry) -> Initiative:
    return replace(initiative, left=MappingProxyType({**initiative.left, entry.data["handle"]: entry.version}))


def _conflicted(initiative: Initiative, entry: Entry) -> Initiative:
    said = {**initiative.conflicts, entry.actor: entry.data["reason"]}
    free = initiative.unconflicted - {entry.actor}
    return replace(initiative, conflicts=MappingProxyType(said), unconflicted=free)


def _unconflicted(initiative: Initiative, entry: Entry) -> Initiative:
    return replace(initiative, unconflicted=initiative.unconflicted | {entry.actor})


def _method_reviewed(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    stage, attempt = Stage(data["stage"]), data["attempt"]
    opinion = MethodOpinion(entry.actor, stage, attempt, data["content"], entry.time, entry.version)
    return replace(initiative, methods=(*initiative.methods, opinion))


def _glass_requested(initiative: Initiative, entry: Entry) -> Initiative:
    data, number = entry.data, len(initiative.glass) + 1
    asked = Glass(number, Verb(data["verb"]), data["reason"], entry.actor, entry.time, data["condition"])
    return replace(initiative, glass=(*initiative.glass, asked))


def _glass_broken(initiative: Initiative, entry: Entry) -> Initiative:
    return _changed(initiative, entry.data["number"], confirmed_by=entry.actor, confirmed_at=entry.time)


def _glass_used(initiative: Initiative, entry: Entry) -> Initiative:
    return _changed(initiative, entry.data["number"], is_used=True)


def _changed(initiative: Initiative, number: int, **values: object) -> Initiative:
    glass = tuple(replace(one, **values) if one.number == number else one for one in initiative.glass)  # type: ignore[arg-type]
    return replace(initiative, glass=glass)


SEPARATION: Mapping[str, Callable[[Initiative, Entry], Initiative]] = MappingProxyType(
    {
        "person.left": _left,
        "conflict.declared": _conflicted,
        "independence.declared": _unconflicted,
        "method_review.submitted": _method_reviewed,
        "glass.requested": _glass_requested,
        "glass.broken": _glass_broken,
        "glass.used": _glass_used,
    }
)
"""Each such event, and the step that it is."""
