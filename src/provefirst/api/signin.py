"""Signing in and out: by a password with or without a code, by a link, or at another provider."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, StringConstraints

from provefirst.accounts import invitations, signing_in, sso, tokens
from provefirst.accounts.signing_in import CodeNeeded, SignedIn, Wait
from provefirst.accounts.sso import Provider
from provefirst.api.call import Call, reading, writing
from provefirst.api.caller import COOKIE, SECURE_COOKIE, Caller, Via, presented, too_many
from provefirst.api.described import answers, writes
from provefirst.api.problems import Problem, ProblemError, dumped, refused
from provefirst.api.shared import shared
from provefirst.documents.given import document
from provefirst.errors import UnknownError
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Person, Role
from provefirst.texts import Document, Line, Word

doors = APIRouter(prefix="/api/v1", tags=["Signing in"])
"""What nobody needs to be signed in for."""

Written = Annotated[Call, Depends(writing)]
Asked = Annotated[Call, Depends(reading)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=500)]
SSO_COOKIE = "provefirst-sso"


class Credentials(Document):
    """A handle or e-mail address, a password, and a code where a second factor is on."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Secret = Field(repr=False)
    code: Annotated[str, StringConstraints(max_length=60)] = Field(default="", repr=False)


class SettingUp(Document):
    """The first person, with the secret of the setup link."""

    secret: Secret = Field(repr=False)
    handle: Word
    name: Line
    email: Word | None = None
    password: Secret = Field(repr=False)


class Accepting(Document):
    """The secret of a link, and the password that is chosen."""

    secret: Secret = Field(repr=False)
    password: Secret = Field(repr=False)


def recognise(workspace: Workspace, via: Via, secret: str) -> Caller | None:
    """Whoever a token or a sign-in is for."""
    known = tokens.authenticate(workspace, secret) if via == "token" else signing_in.session(workspace, secret)
    if known is None:
        return None
    token = known.how.removeprefix("token ") if via == "token" else ""
    return Caller(known.person.handle, via, known.scopes, secret, token)


@doors.post("/session", **writes("Session", summary="Sign in.", model=Credentials, example="credentials", is_open=True))
def sign_in(call: Written) -> Response:
    given = call.document(Credentials)
    _, before = presented(call.request.headers)
    answer = signing_in.sign_in(call.workspace, given.name, given.password, code=given.code, replaces=before)
    return let_in(call.request, answer)


@doors.post("/setup", **writes("Session", summary="Be the first here, by the setup link.", model=SettingUp,
                               example="setting_up", is_open=True))  # fmt: skip
def set_up(call: Written) -> Response:
    given = call.document(SettingUp)
    told = {"handle": given.handle, "name": given.name, "roles": [Role.ADMIN.value]}
    person = document(Person, {**told, "email": given.email} if given.email else told)
    return let_in(call.request, invitations.set_up(call.workspace, given.secret, person, given.password))


@doors.post("/invitations/acceptance", **writes("Session", summary="Come in by a link, and choose a password.",
                                                model=Accepting, example="accepting", is_open=True))  # fmt: skip
def accept(call: Written) -> Response:
    given = call.document(Accepting)
    return let_in(call.request, invitations.accept(call.workspace, given.secret, given.password))


@doors.get("/sso", **answers("Listed", summary="Providers at which one can sign in.", is_open=True))
def providers(call: Asked) -> Response:
    rows = [{"name": one.name, "issuer": one.issuer} for one in call.shared.providers]
    return Response(dumped({"rows": rows, "next": None}), media_type="application/json")


@doors.get("/sso/{provider}", include_in_schema=False)
def begin_sso(provider: str, request: Request) -> Response:
    """Send the browser to the provider, with a secret in it that the answer must come back to."""
    chosen = _provider(request, provider)
    begun = sso.begin_sso(shared(request).workspace, chosen, _callback(request, provider))
    if isinstance(begun, Refused):
        raise ProblemError(refused(begun))
    response = Response(status_code=303, headers={"Location": begun.url})
    is_secure = is_https(request)
    response.set_cookie(SSO_COOKIE, begun.browser, max_age=600, secure=is_secure, httponly=True, samesite="lax")
    return response


@doors.get("/sso/{provider}/callback", include_in_schema=False)
def finish_sso(
    provider: str,
    request: Request,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """What the provider sends the browser back with. On success it goes on to the pages."""
    chosen, browser = _provider(request, provider), request.cookies.get(SSO_COOKIE, "")[:500]
    answer = sso.finish_sso(
        shared(request).workspace, chosen, _callback(request, provider), state=state, code=code, browser=browser
    )
    if isinstance(answer, Refused):
        raise ProblemError(refused(answer))
    response = Response(status_code=303, headers={"Location": "/"})
    remember(request, response, answer)
    response.delete_cookie(SSO_COOKIE, httponly=True, samesite="lax")
    return response


def let_in(request: Request, answer: SignedIn | Refused | Wait | CodeNeeded) -> Response:
    """A session in a cookie, or why there is none, which the accounts have noted already."""
    request.state.presented = False
    match answer:
        case Wait():
            raise too_many(answer.seconds)
        case CodeNeeded():
            more = {"code_needed": True}
            raise ProblemError(Problem(401, "not_signed_in", "give the code of your second factor as well", more))
        case Refused():
            status = (401, "not_signed_in") if answer.reasons == (signing_in.WRONG,) else None
            problem = refused(answer)
            raise ProblemError(Problem(*status, problem.detail, problem.more) if status else problem)
    caller = Caller(answer.person.handle, "session", None, answer.secret)
    response = Response(dumped(session_facts(caller, answer)), media_type="application/json")
    remember(request, response, answer)
    return response


def session_facts(caller: Caller, signed_in: SignedIn | None = None) -> dict[str, Any]:
    """Who is signed in, and what their writes bring along."""
    ends_at = signed_in.ends_at.isoformat() if signed_in else None
    return {"handle": caller.person, "csrf": caller.csrf, "ends_at": ends_at}


def remember(request: Request, response: Response, signed_in: SignedIn) -> None:
    """Leave the sign-in in the browser until it ends: for this host alone, out of reach of scripts."""
    is_secure = is_https(request)
    lasts = signed_in.ends_at - shared(request).workspace.clock()
    response.set_cookie(
        SECURE_COOKIE if is_secure else COOKIE,
        signed_in.secret,
        max_age=int(lasts.total_seconds()),
        secure=is_secure,
        httponly=True,
        samesite="lax",
    )


def forget(response: Response) -> None:
    """Take the sign-in out of the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    response.delete_cookie(SECURE_COOKIE, secure=True, httponly=True, samesite="lax")


def is_https(request: Request) -> bool:
    """Whether browsers reach us by https: seen, told by a trusted proxy, or set."""
    return request.url.scheme == "https" or shared(request).workspace.settings.web.url.startswith("https://")


def _provider(request: Request, name: str) -> Provider:
    for one in shared(request).providers:
        if one.name == name:
            return one
    raise UnknownError("provider", name, "the name of a provider set up here")


def _callback(request: Request, provider: str) -> str:
    url = shared(request).workspace.settings.web.url or f"{request.url.scheme}://{request.headers['host']}"
    return f"{url}/api/v1/sso/{provider}/callback"
