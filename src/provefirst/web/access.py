"""Access: who looks at a page, by the cookie of their sign-in, and whether a form was sent from a page of theirs."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit

from fastapi import Request, Response

from provefirst.accounts import signing_in
from provefirst.accounts.signing_in import SignedIn
from provefirst.lifecycle.refusals import calling_from
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Person

COOKIE, SECURE_COOKIE = "provefirst", "__Host-provefirst"
"""The cookie of a sign-in; the second where it goes over https only. The API knows people by the same."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in."""

    person: Person
    secret: str = field(repr=False)

    @property
    def handle(self) -> str:
        return self.person.handle

    @property
    def csrf(self) -> str:
        """What a form of this sign-in must bring along: nobody can work it out without the cookie."""
        return hmac.digest(self.secret.encode(), b"provefirst csrf", sha256).hex()

    def sent(self, token: str) -> bool:
        """Whether a form with this token comes from a page that was made for this sign-in."""
        return hmac.compare_digest(token.encode(), self.csrf.encode())


class NotSignedInError(Exception):
    """Nobody is signed in, or no longer."""


class ForeignError(Exception):
    """Another site made the browser send this."""


class UnseenError(Exception):
    """Somebody may not see it; every reason why."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


def visitor(request: Request) -> Visitor | None:
    """Whoever is signed in; None where nobody is."""
    if not (secret := secret_of(request)):
        return None
    caller = signing_in.session(workspace_of(request), secret)
    return Visitor(caller.person, secret) if caller else None


def secret_of(request: Request) -> str:
    cookies = request.cookies
    return (cookies.get(SECURE_COOKIE) or cookies.get(COOKIE, ""))[:500]


def require(request: Request) -> Visitor:
    """Whoever is signed in; NotSignedInError where nobody is."""
    if (found := visitor(request)) is None:
        raise NotSignedInError
    return found


def require_own_site(request: Request) -> None:
    """ForeignError where a browser says that another site made it send this."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin", "none"):
        raise ForeignError
    if origin not in (None, "null") and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForeignError


def remember(request: Request, response: Response, signed_in: SignedIn) -> None:
    """Leave the sign-in in the browser until it ends."""
    is_secure = request.url.scheme == "https" or workspace_of(request).settings.web.url.startswith("https://")
    response.set_cookie(
        SECURE_COOKIE if is_secure else COOKIE,
        signed_in.secret,
        max_age=int((signed_in.ends_at - workspace_of(request).clock()).total_seconds()),
        secure=is_secure,
        httponly=True,
        samesite="lax",
    )


def forget(response: Response) -> None:
    """Take the sign-in out of the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    response.delete_cookie(SECURE_COOKIE, secure=True, httponly=True, samesite="lax")


def note_address(request: Request) -> None:
    """Say where the request comes from, for those who brake tries at signing in."""
    calling_from.set(request.client.host if request.client else "unknown")


def workspace_of(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.site.workspace
    return workspace
