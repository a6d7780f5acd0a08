"""The site: every page under one application, and what becomes of errors on the way to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import isawaitable
from re import compile as pattern
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from provefirst.lifecycle.workspace import Workspace
from provefirst.web import (
    adopting,
    audit,
    deciding,
    drafts,
    entries,
    evidence,
    figures,
    files,
    initiative,
    lessons,
    live,
    memo,
    money,
    notices,
    opening,
    people,
    pieces,
    policies,
    portfolio,
    profile,
    reviewing,
    rigor,
    signing,
    spreadsheet,
    styleguide,
    submitting,
    uploads,
    work,
)  # fmt: skip
from provefirst.web.render import static
from provefirst.web.route import pages, problem

UPLOADS = (
    (pattern(r"/initiatives/[^/]+/(submit/[a-z_]+|look|data)"), submitting.LARGEST),
    (pattern(rf"/uploads/{pieces.ID}"), pieces.PIECE),
)
"""Addresses that take more than a form, and how much."""

_PROGRAMS = ("/api", "/health", "/ready")
_YEAR = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_PARTS = (
    signing, work, portfolio, spreadsheet, figures, money, opening, live, initiative, entries, evidence, files,
    uploads, submitting, reviewing, memo, deciding, lessons, audit, drafts, profile, notices, rigor, people, adopting,
    policies,
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """What every page shares. `nudge` has the engine look at once, where it lives in this process.

    `providers` are where else one can sign in: the API's doors lead there.
    """

    workspace: Workspace
    nudge: Callable[[], None]
    is_development: bool = False
    providers: tuple[str, ...] = ()
    prefect: str = ""
    """Where Prefect's own pages are; empty where nobody knows."""


def install(
    app: FastAPI,
    workspace: Workspace,
    nudge: Callable[[], None] = lambda: None,
    *,
    is_development: bool = False,
    providers: Iterable[str] = (),
    prefect: str = "",
) -> None:
    """Put the pages on `app`."""
    app.state.site = Site(workspace, nudge, is_development, tuple(providers), prefect)
    router = pages()
    router.add_api_route("/", _front, methods=["GET"])
    router.add_api_route("/static/{name}", _static, methods=["GET"])
    for part in _PARTS:
        router.include_router(part.router)
    if is_development:
        router.include_router(styleguide.router)
    app.include_router(router)
    _missing(app)


def _missing(app: FastAPI) -> None:
    """Let an address that no page has be told on a page; what programs ask for is told as it was."""
    usual: Any = app.exception_handlers.get(HTTPException, http_exception_handler)

    async def handler(request: Request, error: Any) -> Response:
        if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(_PROGRAMS):
            reasons = ["No page has this address."] if error.status_code == 404 else [str(error.detail)]
            return problem(request, error.status_code, reasons)
        answer = usual(request, error)
        answered: Response = await answer if isawaitable(answer) else answer
        return answered

    app.add_exception_handler(HTTPException, handler)


def _front() -> Response:
    return RedirectResponse("/work", 303)


def _static(name: str, request: Request) -> Response:
    if (found := static().get(name)) is None:
        return Response("there is nothing here", 404, media_type="text/plain")
    content, kind = found
    return Response(content, 200, _YEAR, kind)
