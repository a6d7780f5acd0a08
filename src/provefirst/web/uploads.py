"""Uploads: large files come piece by piece, where a script may run; without one they come with their form."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from provefirst.errors import InvalidInputError
from provefirst.people import Verb
from provefirst.permissions import MAY
from provefirst.web import pieces
from provefirst.web.access import ForeignError, UnseenError, Visitor, require, require_own_site, workspace_of
from provefirst.web.pieces import ElsewhereError, Pieces
from provefirst.web.posted import Posted, posted
from provefirst.web.route import pages

router = pages()
Id = Annotated[str, Path(pattern=f"^{pieces.ID}$")]


@router.post("/uploads")
def begin(given: Annotated[Posted, Depends(posted)]) -> Response:
    """Begin to send a file, or ask how much of it is here."""
    if given.visitor is None or not given.is_own:
        return _told("not signed in", 401)
    _require_writer(given.visitor)
    size = given.one("size")
    try:
        number = int(size) if size.isascii() and size.isdecimal() and len(size) < 15 else 0
        found = pieces.begin(
            given.workspace.home, given.visitor.handle, given.one("name"), number, given.one("changed")
        )
    except InvalidInputError as problem:
        return _told(str(problem), 422)
    return _here(found, found.offset)


@router.put("/uploads/{id}")
async def add(
    request: Request,
    visitor: Annotated[Visitor, Depends(require)],
    id: Id,
    at: Annotated[int, Query(ge=0, le=2**40)],
) -> Response:
    """One piece, which has to follow what is here."""
    require_own_site(request)
    if not visitor.sent(request.headers.get("x-csrf", "")):
        raise ForeignError
    _require_writer(visitor)
    found = pieces.find(workspace_of(request).home, visitor.handle, id)
    piece = await request.body()
    try:
        return _here(found, await run_sync(found.add, piece, at))
    except ElsewhereError as elsewhere:
        return _here(found, elsewhere.offset, 409)
    except InvalidInputError as problem:
        return _told(str(problem), 422)


def _require_writer(visitor: Visitor) -> None:
    if not visitor.person.roles & (MAY[Verb.SUBMIT] | MAY[Verb.LOOK]):
        raise UnseenError((f"{visitor.handle} writes no evidence",))


def _here(found: Pieces, offset: int, status: int = 200) -> Response:
    return JSONResponse({"id": found.id, "offset": offset, "size": found.size}, status)


def _told(words: str, status: int) -> Response:
    return Response(words, status, media_type="text/plain")
