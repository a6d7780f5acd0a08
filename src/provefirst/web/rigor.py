"""Rigor: how somebody, or a team, works, point by point. How anything came out is not looked at, here or anywhere."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from provefirst.lifecycle import scorecards
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
SHOWN = 20
"""Lines under each question; the newest say most."""


@router.get("/people/{handle}/rigor")
def of_person(
    request: Request, visitor: Annotated[Visitor, Depends(require)], handle: Annotated[str, Path(max_length=100)]
) -> Response:
    return _page(request, visitor, scorecards.of_person(workspace_of(request), handle))


@router.get("/rigor")
def of_team(
    request: Request, visitor: Annotated[Visitor, Depends(require)], team: Annotated[str, Query(max_length=200)]
) -> Response:
    """Of everybody whose cost centre this is."""
    return _page(request, visitor, scorecards.of_team(workspace_of(request), team))


def _page(request: Request, visitor: Visitor, card: dict[str, Any]) -> Response:
    return page(request, "rigor.html", visitor=visitor, card=card, most=SHOWN)
