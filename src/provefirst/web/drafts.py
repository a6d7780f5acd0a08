"""Drafts: a form is kept while it is filled in, where a script may run; buttons do the same without one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response

from provefirst.web.keeping import keep
from provefirst.web.posted import Posted, posted
from provefirst.web.route import pages

router = pages()


@router.post("/drafts")
def drafting(given: Annotated[Posted, Depends(posted)]) -> Response:
    if given.visitor is None or not given.is_own:
        return Response("not signed in", 401, media_type="text/plain")
    keep(given.workspace, given.visitor.handle, given.one("_place"), given.values)
    return Response(status_code=204)
