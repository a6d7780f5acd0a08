"""Lessons: what concluded initiatives taught, a no beside a yes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from provefirst.lifecycle import listing
from provefirst.stages import Outcome
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
SHOWN = 50


@router.get("/lessons")
def lessons(
    request: Request,
    visitor: Annotated[Visitor, Depends(require)],
    text: Annotated[str, Query(max_length=200)] = "",
    outcome: str = "",
) -> Response:
    known = [one.value for one in Outcome]
    chosen = outcome if outcome in known else ""
    found = listing.lessons(workspace_of(request), text=text.strip(), outcome=chosen, limit=SHOWN + 1)
    return page(
        request, "lessons.html", visitor=visitor, lessons=found[:SHOWN], is_cut=len(found) > SHOWN, text=text,
        outcome=chosen, outcomes=known,
    )  # fmt: skip
