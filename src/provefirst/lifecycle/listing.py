"""Lists of initiatives and lessons, page by page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal, get_args

from provefirst.documents.given import choice
from provefirst.errors import InvalidInputError
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.workspace import Workspace
from provefirst.stages import Outcome, Stage
from provefirst.store import listing
from provefirst.texts import visible

Status = Literal["open", "held", "concluded"]
Sort = Literal[
    "changed_at", "-changed_at", "opened_at", "-opened_at", "title", "-title", "requested", "-requested"
]  # fmt: skip
"""In the order of what a list may be; a minus: descending."""

MOST = 1000
"""Rows that one page may have."""

_MOMENT, _KEY = r"\d{4}-\d\d-\d\dT[0-9:.]{1,20}Z", r"[A-Z][A-Z0-9]{0,9}-\d{1,9}"
_CURSORS = {"changed_at": _MOMENT, "opened_at": _MOMENT, "title": r".{1,200}", "requested": r"\d{1,18}"}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the cursor that the next page begins after; None where this is the last."""

    rows: tuple[Facts, ...]
    after: str | None


def initiatives(
    workspace: Workspace,
    *,
    stage: str = "",
    status: str = "",
    owner: str = "",
    text: str = "",
    sort: str = "-changed_at",
    after: str = "",
    limit: int = 100,
) -> Page:
    """Initiatives as rows, newest change first. A filter that names nothing known is refused, not answered by none."""
    column = choice("sort", sort, get_args(Sort)).removeprefix("-")
    if stage:
        choice("stage", stage, [known.value for known in Stage])
    if status:
        choice("status", status, get_args(Status))
    begin = _beyond(after, sort) if after else ""
    _searchable(text)
    _within(limit)
    with workspace.store.reading() as work:
        if owner:
            work.person(owner)
        found = listing.initiatives(
            work, stage=stage, status=status, owner=owner, text=text, sort=sort, after=begin, limit=limit + 1
        )
    rows = tuple(dict(row) for row in found[:limit])
    return Page(rows, f"{sort} {rows[-1][column]} {rows[-1]['key']}" if len(found) > limit else None)


def lessons(workspace: Workspace, *, text: str = "", outcome: str = "", limit: int = 100) -> tuple[Facts, ...]:
    """Lessons that hold every word of `text`, newest first."""
    if outcome:
        choice("outcome", outcome, [known.value for known in Outcome])
    _searchable(text)
    _within(limit)
    with workspace.store.reading() as work:
        found = listing.lessons(work, text=text, outcome=outcome, limit=limit)
    return tuple(
        {**row, "reasons": json.loads(row["reasons"]), "revisit_on": row["revisit_on"] or None} for row in found
    )


def _beyond(cursor: str, sort: str) -> str:
    """The row that `cursor` names: it tells the order too, for in another it would name a place that isn't meant."""
    order, _, row = cursor.partition(" ")
    if visible(cursor) != cursor or not re.fullmatch(f"{_CURSORS[sort.removeprefix('-')]} {_KEY}", row):
        raise InvalidInputError("after", cursor, "the cursor that the page before ended with")
    if order != sort:
        raise InvalidInputError("after", cursor, f"the cursor of a page in this order ({sort})")
    return row


def _searchable(text: str) -> None:
    if visible(text) != text:
        raise InvalidInputError("text", visible(text), "characters that can be seen")


def _within(limit: int) -> None:
    if not 1 <= limit <= MOST:
        raise InvalidInputError("limit", limit, f"from 1 to {MOST}")
