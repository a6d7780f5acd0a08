"""The route of a page: whatever goes wrong on the way becomes a page that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from provefirst.errors import ProvefirstError, StorageError, UnknownError
from provefirst.texts import visible
from provefirst.web.access import ForeignError, NotSignedInError, UnseenError, visitor
from provefirst.web.render import bare, page

_HEADINGS = {
    403: "That is not yours to do",
    404: "There is nothing here",
    422: "That can't be read",
    429: "A moment, please",
    500: "Something went wrong here",
    503: "The storage did not answer in time",
}


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        usual = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await usual(request)
            except NotSignedInError:
                return RedirectResponse(f"/sign-in?next={quote(_path(request))}", 303)
            except RequestValidationError:
                return problem(request, 404, ["No page has this address."])
            except HTTPException as error:
                return problem(request, error.status_code, [str(error.detail)])
            except (ForeignError, UnseenError, ProvefirstError) as error:
                return problem(request, *_told(error))

        return handler


def pages() -> APIRouter:
    """A router of pages."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)


def problem(request: Request, status: int, reasons: list[str]) -> Response:
    """A page that says what went wrong, every reason of it."""
    heading = _HEADINGS.get(status, "That did not work")
    shown = [visible(reason)[:2000] for reason in reasons]
    try:
        return page(request, "problem.html", visitor=visitor(request), status=status, heading=heading, reasons=shown)
    except StorageError:
        return bare(status, heading, reasons)


def unforeseen(status: int, reason: str, request_id: str) -> Response:
    """The page of a problem that no route met: it was refused before, or nobody foresaw it."""
    reasons = [f"{reason[:1].upper()}{reason[1:]}."]
    if status >= 500:
        reasons.append(
            f"What was being done may not be: look before you do it again. It is in the log as {request_id}."
        )
    return bare(status, _HEADINGS.get(status, "That did not work"), reasons)


def _told(error: Exception) -> tuple[int, list[str]]:
    match error:
        case ForeignError():
            return 403, ["This was sent from another site, so nothing was done."]
        case UnseenError():
            return 403, list(error.reasons)
        case UnknownError():
            return 404, [str(error)]
        case StorageError():
            return 503, [str(error), "Nothing was written: try again in a moment."]
    return 422, [str(error)]


def _path(request: Request) -> str:
    if request.method != "GET":
        return request.url.path
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
