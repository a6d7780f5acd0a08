"""Reuse: whether those who asked the like later built on a lesson. Like all of rigor, it can't see how that came out.

A later initiative says that it builds on an earlier one by naming its key in the research dossier. It is asked of those
that were shown the earlier one, which are found by their words, whichever way that had ended. What an earlier *no*
obliges a product owner to answer counts for nothing here: only a no obliges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from provefirst.evidence import Kind
from provefirst.initiative import Initiative
from provefirst.ledger import Entry, canonical
from provefirst.rigor import Point


@dataclass(frozen=True, slots=True)
class Later:
    """What an initiative was shown of earlier ones, and what its newest research dossier says, by whom."""

    key: str
    shown: frozenset[str] = frozenset()
    by: str = ""
    version: int = 0
    dossier: str = ""

    def names(self, key: str) -> bool:
        """Whether the dossier names an initiative by its key."""
        return re.search(rf"(?<![\w-]){re.escape(key)}(?!\w)", self.dossier) is not None


def later(entries: Iterable[Entry]) -> tuple[Later, ...]:
    """What entries of any initiatives say of what was built on, in order; those without a dossier are left out."""
    found: dict[str, Later] = {}
    for entry in entries:
        known, data = found.get(entry.initiative, Later(entry.initiative)), entry.data
        if entry.event == "resemblance.found":
            known = replace(known, shown=known.shown | {str(one["key"]) for one in data["found"]})
        elif entry.event == "evidence.submitted" and data["kind"] == Kind.RESEARCH_DOSSIER.value:
            known = replace(known, by=entry.actor, version=entry.version, dossier=canonical(data["content"]))
        found[entry.initiative] = known
    return tuple(one for one in found.values() if one.dossier)


def reused(initiative: Initiative, others: Iterable[Later]) -> Iterator[Point]:
    """A point for each later initiative of others that was shown the lesson of a concluded one, or names it."""
    if initiative.conclusion is None:
        return
    digest = initiative.conclusion.lesson
    lesson = next((s for s in initiative.submissions if s.kind is Kind.LESSON and s.digest == digest), None)
    if lesson is None:
        return
    for one in others:
        is_named = one.names(initiative.key)
        if one.by == lesson.by or one.key == initiative.key or not (is_named or initiative.key in one.shown):
            continue
        told = f"{one.key} {'names it' if is_named else 'was shown it, and does not name it'}"
        because = f"{told} in its research dossier (entry {one.version})"
        by = frozenset({lesson.by})
        yield Point("lessons_reused", initiative.key, by, int(is_named), 1, because, (lesson.version,))
