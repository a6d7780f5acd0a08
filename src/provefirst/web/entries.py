"""An entry of the ledger: what it says, and whether its digest still follows from it and from the entry before."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import Depends, Path, Request, Response

from provefirst.errors import UnknownError
from provefirst.ledger import GENESIS, Entry, Event, seal
from provefirst.web.render import page
from provefirst.web.route import pages
from provefirst.web.sight import Seen, seen

router = pages()


@router.get("/initiatives/{key}/entries/{version}")
def entry(
    request: Request, found: Annotated[Seen, Depends(seen)], version: Annotated[int, Path(ge=1, le=10**9)]
) -> Response:
    """The entry as the visitor may see it, checked as it lies in the database."""
    shown = next((one for one in found.view.entries if one.version == version), None)
    if shown is None:
        raise UnknownError("entry", version, f"from 1 to {found.state.version}")
    with found.workspace.store.reading() as work:
        around = work.entries(found.key, after=version - 2)[: 2 if version > 1 else 1]
    return page(
        request, "entry.html", visitor=found.visitor, seen=found, entry=shown, problems=_problems(around),
        hidden=shown.data.get("hidden", ""), last=found.state.version,
        content=json.dumps(shown.data, ensure_ascii=False, indent=2, sort_keys=True),
    )  # fmt: skip


def _problems(around: tuple[Entry, ...]) -> tuple[str, ...]:
    """What is wrong with the last of these entries, which follows the one before it where there is one."""
    one, before = around[-1], around[-2] if len(around) > 1 else None
    event = Event(one.event, one.actor, one.data)
    made = seal(event, initiative=one.initiative, version=one.version, at=one.at, previous=one.previous)
    problems = []
    if made.digest != one.digest:
        problems.append("its content does not match its digest: it was changed")
    if one.previous != (before.digest if before else GENESIS):
        problems.append("it does not follow from the entry before it")
    return tuple(problems)
