"""My work: what waits for me and since when, and what I wait for and on whom."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from provefirst.notify.topics import asked, is_vote
from provefirst.people import Role
from provefirst.store import drafts, overview
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
SHOWN = 50
LONG = 14
"""After so many days a wait is a long one."""


@dataclass(frozen=True, slots=True)
class Task:
    """An initiative on which something waits for the visitor, and where to do it."""

    key: str
    title: str
    stage: str
    what: tuple[str, ...]
    since: str
    address: str
    act: str
    is_long: bool


@router.get("/work")
def work(request: Request, visitor: Annotated[Visitor, Depends(require)]) -> Response:
    workspace, today = workspace_of(request), workspace_of(request).clock()
    roles = [role.value for role in visitor.person.roles]
    with workspace.store.reading() as reading:
        mine = overview.waiting_on(reading, visitor.handle, roles, limit=SHOWN * 4)
        others = overview.waited_for(reading, visitor.handle, limit=SHOWN)
        parts = overview.parts_of(reading, visitor.handle, limit=20)
        begun = drafts.all_of(reading, visitor.handle)[:10]
    tasks = _tasks(mine, today.date())
    for_others = _by_initiative({**row, "people": json.loads(row["people"])} for row in others)
    return page(
        request, "work.html", visitor=visitor, tasks=tasks[:SHOWN], more=max(0, len(tasks) - SHOWN),
        others=for_others, parts=parts, drafts=begun,
    )  # fmt: skip


def _tasks(rows: tuple[Mapping[str, Any], ...], today: date) -> list[Task]:
    """One a initiative, oldest first: that is the order in which people are kept waiting."""
    return [_task(waits[0]["key"], waits, today) for waits in _by_initiative(rows)]


def _by_initiative(rows: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Rows of one initiative together, where its first one is."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["key"], []).append(row)
    return list(found.values())


def _task(key: str, waits: list[Mapping[str, Any]], today: date) -> Task:
    first = waits[0]
    address, act = _door(key, first)
    days = (today - date.fromisoformat(first["since"][:10])).days
    what = tuple(dict.fromkeys(asked(row["role"], row["what"]) for row in waits))
    return Task(key, first["title"], first["stage"], what, first["since"], address, act, days >= LONG)


def _door(key: str, row: Mapping[str, Any]) -> tuple[str, str]:
    what, home = row["what"], f"/initiatives/{key}"
    if what.startswith("to say what is different from "):
        return f"{home}/answer/{what.split()[6].rstrip(',')}", "Say what differs"
    if what.startswith("on hold"):
        return f"{home}/resume", "Look at the hold"
    if what.startswith("to clear"):
        return f"{home}#conditions", "Look at the condition"
    if is_vote(what):
        is_peer = row["role"] == Role.REVIEWER
        return (f"{home}/review", "Review") if is_peer else (f"{home}/memo", "Read and vote")
    if what.endswith("to be submitted"):
        return f"{home}/submit", "Submit"
    return home, "Look at it"
