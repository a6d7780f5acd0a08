"""The caller: who a request comes from, by a token or by a sign-in's cookie, found before anything of it is read."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, NoReturn
from urllib.parse import urlsplit

from anyio import to_thread
from fastapi import Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from provefirst.api.limits import Buckets
from provefirst.api.problems import Problem, ProblemError
from provefirst.lifecycle.refusals import calling_from
from provefirst.people import Verb
from provefirst.permissions import Scope as TokenScope
from provefirst.permissions import scope_objections

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE, SECURE_COOKIE = "provefirst", "__Host-provefirst"
CSRF_HEADER = "x-csrf-token"
Via = Literal["token", "session"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is known, how, and what their token is for (None: all that they may). The secret is never shown."""

    person: str
    via: Via
    scopes: frozenset[TokenScope] | None = None
    secret: str = field(repr=False, default="")
    token: str = ""

    @property
    def csrf(self) -> str:
        """What a page of this sign-in must send along to write: nobody can work it out without the cookie."""
        return hmac.digest(self.secret.encode(), b"provefirst csrf", sha256).hex()


Recognise = Callable[[Via, str], Caller | None]


@dataclass(frozen=True)
class Known:
    """Finds out who calls. Too many requests of one caller, or of one address that is nobody, have to wait."""

    app: ASGIApp
    recognise: Recognise
    known: Buckets
    unknown: Buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state, headers = scope.setdefault("state", {}), Headers(scope=scope)
        calling_from.set(address(scope))
        via, secret = presented(headers)
        state["caller"], state["presented"] = None, bool(secret)
        if secret:
            state["caller"] = await to_thread.run_sync(self.recognise, via, secret)
        caller = state["caller"]
        wait = self.known.take(caller.person) if caller else self.unknown.take(address(scope))
        if wait:
            raise too_many(wait)
        if scope["method"] not in SAFE and via == "session" and scope["path"].startswith("/api/"):
            _check_site(headers)
            if caller:
                _check_csrf(headers, caller)
        await self.app(scope, receive, send)


def presented(headers: Headers) -> tuple[Via, str]:
    """The credential that a request carries: a token goes before a cookie."""
    if authorization := headers.get("authorization"):
        scheme, _, secret = authorization.partition(" ")
        return "token", secret.strip()[:500] if scheme.lower() == "bearer" else "-"
    cookies = cookie_parser(headers.get("cookie", "")[:8192])
    return "session", (cookies.get(SECURE_COOKIE) or cookies.get(COOKIE, ""))[:500]


def _check_site(headers: Headers) -> None:
    """Refuse what another site made a browser send. Pages outside the API look at their own forms."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_own = origin is None or urlsplit(origin).netloc == headers.get("host")
    if site not in (None, "same-origin", "none") or not is_own:
        raise _forbidden("this was sent from another site")


def _check_csrf(headers: Headers, caller: Caller) -> None:
    if not is_token(headers.get(CSRF_HEADER, ""), caller):
        raise _forbidden("a sign-in writes with the header X-CSRF-Token: GET /api/v1/session tells it")


def is_token(given: str, caller: Caller) -> bool:
    """Whether `given` is the CSRF token of this sign-in, compared in constant time."""
    return hmac.compare_digest(given.encode(), caller.csrf.encode())


def current_person(request: Request) -> Caller:
    """Whoever calls; a problem where nobody does."""
    caller: Caller | None = request.state.caller
    if caller is None:
        detail = "that credential is not good, or no longer" if request.state.presented else "nobody is signed in"
        raise ProblemError(Problem(401, "not_signed_in", detail, headers={"WWW-Authenticate": "Bearer"}))
    return caller


def good_for(verb: Verb) -> Callable[[Request], None]:
    """A dependency that refuses a token which is not for `verb`, whatever its owner may do."""

    def check(request: Request) -> None:
        request.state.verb = verb.value
        if reasons := scope_objections(current_person(request).scopes, verb):
            refuse(request, *reasons)

    return check


def in_person(request: Request) -> None:
    """A dependency that refuses tokens: credentials are changed by whoever signed in, so that none begets another."""
    if current_person(request).via == "token":
        refuse(request, "credentials are changed by signing in, not with a token")


def refuse(request: Request, *reasons: str) -> NoReturn:
    """Refuse access, on the record."""
    request.state.refused = reasons
    raise _forbidden(*reasons)


def address(scope: Scope) -> str:
    """Where a request comes from; behind a trusted proxy, what that says."""
    client: Sequence[str] | None = scope.get("client")
    return client[0] if client else "unknown"


def too_many(wait: float) -> ProblemError:
    """A problem that says when to come again."""
    seconds = max(1, int(wait + 0.999))
    headers = {"Retry-After": str(seconds)}
    return ProblemError(Problem(429, "rate_limited", f"come again in {seconds} seconds", headers=headers))


def _forbidden(*reasons: str) -> ProblemError:
    return ProblemError(Problem(403, "forbidden", "; ".join(reasons), {"reasons": list(reasons)}))
