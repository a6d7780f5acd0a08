"""Lessons: what concluded initiatives taught, a no beside a yes, found by words and facets."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response

from provefirst.lifecycle import remembering
from provefirst.lifecycle.remembering import FACETS, Wanted
from provefirst.stages import Outcome, Reason
from provefirst.texts import visible
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
SHOWN, COUNTED = 25, 8
_KNOWN = {"outcome": [one.value for one in Outcome], "reason": [one.value for one in Reason]}
Short = Annotated[str, Query(max_length=200)]


@router.get("/lessons")
def lessons(
    request: Request,
    visitor: Annotated[Visitor, Depends(require)],
    text: Short = "",
    outcome: str = "",
    reason: str = "",
    domain: Short = "",
    skip: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    """What is not known is left out, so that an old address still shows something."""
    words = " ".join(text.split())
    asked = {name: value for name, value in (("outcome", outcome), ("reason", reason)) if value in _KNOWN[name]}
    wanted = Wanted(words if visible(words) == words else "", domain=domain, **asked)
    found = remembering.search(workspace_of(request), wanted, limit=SHOWN, skip=skip)
    return page(
        request, "lessons.html", visitor=visitor, found=found, wanted=wanted, text=text, outcomes=_KNOWN["outcome"],
        facets=_facets(wanted, found), skip=skip, after=skip + SHOWN if found.total > skip + SHOWN else 0,
        address=lambda **changes: _address(wanted, **changes),
    )  # fmt: skip


def _facets(wanted: Wanted, found: remembering.Found) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """By which facets what was found can be narrowed, with how many each would leave and the address that does it."""
    shown = ((name, list(found.facets[name].items())[:COUNTED]) for name in ("outcome", "reason", "domain"))
    return [(name, [(v, n, _address(wanted, **{name: v})) for v, n in many]) for name, many in shown if len(many) > 1]


def _address(wanted: Wanted, **changes: Any) -> str:
    said = {"text": wanted.text} | {name: getattr(wanted, name) for name in FACETS} | changes
    return "/lessons?" + urlencode({name: value for name, value in said.items() if value})
