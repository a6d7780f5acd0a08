"""The guard: what holds for every request before any route sees it, and for every answer before it leaves.

Written as plain ASGI, so that bodies stream through and nothing is read before its sender and size are known.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provefirst.api.problems import Problem, ProblemError, problem_of
from provefirst.engine.logs import logger
from provefirst.lifecycle.settings import Web
from provefirst.web.route import unforeseen

LOCAL = ("127.0.0.1", "localhost", "[::1]")
PROGRAMS = ("/api", "/health", "/ready")
QUIET_PATHS = frozenset({"/health", "/ready"})
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
YEAR = "max-age=31536000"


@dataclass(frozen=True)
class Outermost:
    """Gives each request an id, logs it with its answer, tells what nobody foresaw, and sets the security headers."""

    app: ASGIApp
    hosts: Sequence[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = _Request(scope, _request_id(Headers(scope=scope)), send)
        with structlog.contextvars.bound_contextvars(request_id=request.id):
            try:
                if not is_known(Headers(scope=scope).get("host", ""), self.hosts):
                    await request.tell(Problem(400, "bad_request", "this host name is not one of ours"), receive)
                else:
                    await self.app(scope, receive, request.send)
            except Exception as error:
                problem = problem_of(error, {})
                if problem.status >= 500:
                    logger("api").exception("a request failed", path=scope["path"])
                if request.status:
                    raise
                await request.tell(problem, receive)
            finally:
                request.log()


class _Request:
    """One request on its way: what its answer gets, and what is logged of it."""

    def __init__(self, scope: Scope, id_: str, send: Send) -> None:
        self.scope, self.id, self._send = scope, id_, send
        self.status, self._began = 0, time.perf_counter()
        scope.setdefault("state", {})["request_id"] = id_

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            is_api = self.scope["path"].startswith(PROGRAMS)
            for name, value in ALWAYS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", API_POLICY if is_api else PAGE_POLICY)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Request-ID"] = self.id
            if self.scope.get("scheme") == "https":
                headers["Strict-Transport-Security"] = YEAR
        await self._send(message)

    async def tell(self, problem: Problem, receive: Receive) -> None:
        response = problem.response()
        if "text/html" in Headers(scope=self.scope).get("accept", "") and not self.scope["path"].startswith(PROGRAMS):
            response = unforeseen(problem.status, problem.detail, self.id)
            response.headers.update(problem.headers)
        await response(self.scope, receive, self.send)

    def log(self) -> None:
        path, state = self.scope["path"], self.scope["state"]
        if path in QUIET_PATHS and self.status < 500:
            return
        caller = state.get("caller")
        logger("api").info(
            "request",
            method=self.scope["method"],
            path=path,
            status=self.status,
            by=caller.person if caller else None,
            milliseconds=round((time.perf_counter() - self._began) * 1000, 1),
        )


@dataclass(frozen=True)
class Bounded:
    """Refuses a body that is too large, before it is read where it says so, and while it is read where it doesn't."""

    app: ASGIApp
    usual: int
    uploads: Sequence[tuple[re.Pattern[str], int]] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, limit, read = Headers(scope=scope), self._limit(scope), 0
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise ProblemError(Problem(415, "unsupported_media", "send the body as it is: nothing is unpacked here"))
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or len(declared) > 15:
            raise ProblemError(Problem(400, "bad_request", "Content-Length is not a number of bytes"))
        if int(declared) > limit:
            raise _too_large(limit)

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, counted, send)

    def _limit(self, scope: Scope) -> int:
        """Only somebody who is known may send much."""
        if scope.get("state", {}).get("caller") is not None:
            for pattern, limit in self.uploads:
                if pattern.fullmatch(scope["path"]):
                    return limit
        return self.usual


def hosts_of(web: Web) -> tuple[str, ...]:
    """The names that are answered to: those that are set, else this machine's own and that of the public address."""
    return web.hosts or tuple(name for name in (*LOCAL, web.host, urlsplit(web.url).hostname) if name)


def is_known(host: str, hosts: Sequence[str]) -> bool:
    """Whether the Host header names one of `hosts`; `*` stands for any, `*.example.org` for what is below it."""
    name = re.sub(r":\d{1,5}$", "", host).lower()
    if not name or not re.fullmatch(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]", name):
        return False
    return any(
        known in ("*", name) or (known.startswith("*.") and name.endswith(known[1:]) and name != known[2:])
        for known in hosts
    )


def _too_large(limit: int) -> ProblemError:
    headers = {"Connection": "close"}
    return ProblemError(Problem(413, "too_large", f"at most {limit} bytes are read here", {"limit": limit}, headers))


def _request_id(headers: Headers) -> str:
    """The id that a proxy gave, where it is one: it is logged, and must not be able to say anything else."""
    given: Any = headers.get("x-request-id", "")
    return given if _ID.fullmatch(given) else uuid4().hex
