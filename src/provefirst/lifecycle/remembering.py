"""Remembering: lessons found by their words and facets, earlier initiatives that asked the like, and answering them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from pydantic import Field

from provefirst.documents.given import choice
from provefirst.errors import InvalidInputError, UnknownError, nearest
from provefirst.evidence import DataKind, MetricName, Proposal
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.workspace import Workspace
from provefirst.likeness import ALIKE, Match, Subject
from provefirst.people import ENGINE, Role, Verb
from provefirst.stages import Outcome, Reason, Stage
from provefirst.store import remembered
from provefirst.terms import words
from provefirst.texts import Document, Prose, visible

FACETS = ("outcome", "reason", "domain", "data_kind", "metric")
MOST = 1000
FAINT = 0.05
"""Below that, likeness is chance: nobody is shown it."""

SHOWN = 5
"""So many earlier initiatives are shown beside a new one."""


class Difference(Document):
    """What is different now from an earlier initiative that asked the like."""

    earlier: str = Field(max_length=20, description="the key of the earlier initiative, such as PF-3")
    difference: Prose


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lessons: those that have every word of `text`, and the facets that are named."""

    text: str = ""
    outcome: str = ""
    reason: str = ""
    domain: str = ""
    data_kind: str = ""
    metric: str = ""

    def __post_init__(self) -> None:
        if visible(self.text) != self.text or len(self.text) > 500:
            raise InvalidInputError("text", visible(self.text)[:80], "at most 500 characters that can be seen")
        for name, known in _KNOWN.items():
            if value := getattr(self, name):
                choice(name, value, known)

    def fits(self, row: Facts) -> bool:
        """Whether a lesson's facets are those that are named."""
        named = {name: getattr(self, name) for name in FACETS if getattr(self, name)}
        return all(value in _values(row, name) for name, value in named.items())


def wanted(text: str, facets: Mapping[str, str]) -> Wanted:
    """Which lessons, by the names of facets; UnknownError with the nearest for one that there is not."""
    return Wanted(text, **{choice("facet", name, FACETS): value for name, value in facets.items()})


_KNOWN: dict[str, Sequence[str]] = {
    "outcome": [one.value for one in Outcome],
    "reason": [one.value for one in Reason],
    "data_kind": get_args(DataKind),
    "metric": get_args(MetricName),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Lessons, how many there are in all, and how many with each value of each facet.

    `is_loose` where none has every word that was asked for, and these have some of them.
    """

    rows: tuple[Facts, ...]
    total: int
    facets: dict[str, dict[str, int]]
    is_loose: bool = False


def search(workspace: Workspace, wanted: Wanted, *, limit: int = 20, skip: int = 0) -> Found:
    """Lessons, best match first; newest first where no word is asked for. Where none has every word: any of them."""
    if not 1 <= limit <= MOST:
        raise InvalidInputError("limit", limit, f"from 1 to {MOST}")
    if skip < 0:
        raise InvalidInputError("skip", skip, "0 or more")
    asked = _asked(wanted.text)
    with workspace.store.reading() as work:
        rows = [row for row in remembered.matching(work, asked) if wanted.fits(row)]
        if is_loose := not rows and len(asked) > 1:
            rows = [row for row in remembered.matching(work, asked, is_any=True) if wanted.fits(row)]
        page = [row["initiative"] for row in rows[skip : skip + limit]]
        known = remembered.lessons_of(work, page)
    counts = {name: Counter(value for row in rows for value in _values(row, name)) for name in FACETS}
    facets = {name: dict(sorted(many.items(), key=lambda pair: (-pair[1], pair[0]))) for name, many in counts.items()}
    return Found(tuple(_plain(known[key]) for key in page), len(rows), facets, is_loose=is_loose and bool(rows))


def lesson(workspace: Workspace, key: str) -> Facts:
    """A lesson with all that belongs to it: when to look again, who asked the like since, and what they said."""
    with workspace.store.reading() as work:
        found = remembered.lessons_of(work, [key])
        if key not in found:
            known = [row["initiative"] for row in remembered.matching(work, ())]
            raise UnknownError("lesson", key, "an initiative that is concluded", nearest=nearest(key, known))
        conditions = remembered.revisits(work, initiative=key)
        reused = remembered.reused(work, key)
        names = ("key", "title", "problem", "affected", "hypothesis", "domain")
        subject = Subject(**{name: {**found[key], "key": key}[name] for name in names})
        matches = workspace.recall.alike(work, subject, limit=SHOWN, least=ALIKE)
        alike = _told(matches, remembered.standing_of(work, [one.key for one in matches]))
    return {
        **_plain(found[key]),
        "revisit": [_condition(row) for row in conditions],
        "alike": alike,
        "answered_by": [dict(row) for row in reused],
    }


def similar(workspace: Workspace, subject: Subject, *, limit: int = SHOWN, least: float = 0.0) -> tuple[Facts, ...]:
    """The initiatives most like `subject`, ended or not, best first, each with the terms that make it so."""
    with workspace.store.reading() as work:
        matches = workspace.recall.alike(work, subject, limit=limit, least=least)
        keys = [one.key for one in matches]
        known, lessons = remembered.standing_of(work, keys), remembered.lessons_of(work, keys)
    return tuple(
        {**one, "lesson": lessons[one["key"]]["lesson"] if one["key"] in lessons else None,
         "would_change_if": lessons[one["key"]]["would_change_if"] if one["key"] in lessons else None}
        for one in _told(matches, known)
    )  # fmt: skip


def subject_of(proposal: Proposal, key: str = "") -> Subject:
    """What a proposal is about."""
    said = (proposal.title, proposal.problem, proposal.affected, proposal.hypothesis, proposal.domain)
    return Subject(key, *said)


def resembling(workspace: Workspace, subject: Subject) -> tuple[Facts, ...]:
    """The initiatives that ended and asked the like of `subject`: what its ledger is told."""
    found = similar(workspace, subject, limit=4 * SHOWN, least=ALIKE)
    ended = [one for one in found if one["outcome"]][:SHOWN]
    return tuple({name: one[name] for name in ("key", "title", "outcome", "score", "shared")} for one in ended)


def tell_of(draft: Draft, found: Sequence[Facts]) -> None:
    """Write down the earlier initiatives that are not known there yet."""
    if new := [one for one in found if one["key"] not in draft.initiative.resemblances]:
        draft.write("resemblance.found", actor=ENGINE, found=new)


def answer(workspace: Workspace, key: str, said: Difference, *, by: str, expected: int | None = None) -> Answer:
    """Say, as its product owner, what is different now from an earlier initiative."""

    def write(draft: Draft) -> Refused | None:
        known = draft.initiative.resemblances
        if (one := known.get(said.earlier)) is None:
            there = f"; those found are: {', '.join(known)}" if known else ""
            return Refused((f"{said.earlier} was not found to be like {key}{there}",))
        if draft.initiative.stage is not Stage.PROPOSAL:
            return Refused((f"{key} is at {draft.initiative.stage.label}: this is said before the proposal gate",))
        if one.difference == said.difference:
            return Refused((f"this is said of {said.earlier} already",))
        draft.write("difference.stated", earlier=said.earlier, difference=said.difference)
        return None

    return act(workspace, key, write, by=by, verb=Verb.SUBMIT, role=Role.PRODUCT_OWNER, expected=expected)


def _asked(text: str) -> list[str]:
    """The words of a search: those that say something, or all where none does."""
    plain = "".join(sign if sign.isalnum() else " " for sign in text).split()
    return [word for word in plain if list(words(word))] or plain


def _values(row: Facts, facet: str) -> Sequence[str]:
    if facet != "reason":
        return (row[facet],)
    return [one for one in Reason if f'"{one.value}"' in row["reasons"]]


def _plain(row: Facts) -> Facts:
    return {**row, "revisit_on": row["revisit_on"] or None}


def _condition(row: Facts) -> Facts:
    kept = {name: row[name] for name in ("kind", "wanted", "name")}
    return {**kept, "met_at": row["met_at"] or None, "because": row["because"] or None}


def _told(matches: Sequence[Match], known: dict[str, Facts]) -> list[Facts]:
    return [
        {
            "key": one.key,
            "title": known[one.key]["title"],
            "status": known[one.key]["status"],
            "stage": known[one.key]["stage"],
            "outcome": known[one.key]["outcome"],
            "score": round(one.score, 4),
            "shared": list(one.shared),
        }
        for one in matches
    ]
