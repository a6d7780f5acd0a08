"""The credentials one has: sign-ins, password, second factor, tokens; and letting others in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field, StringConstraints

from provefirst.accounts import invitations, second_factor, sessions, signing_in, tokens
from provefirst.api.call import Call, reading, writing
from provefirst.api.caller import Caller, refuse
from provefirst.api.described import answers, writes
from provefirst.api.once import Answered
from provefirst.api.organisation import Handle, only
from provefirst.api.problems import ProblemError, dumped, refused
from provefirst.api.reads import json_answer
from provefirst.api.signin import Secret, forget, let_in, session_facts
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.refusals import refusals
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Person, Verb
from provefirst.texts import Document

router = APIRouter(prefix="/api/v1", tags=["Credentials"])
Written = Annotated[Call, Depends(writing)]
Asked = Annotated[Call, Depends(reading)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")]


class Passwords(Document):
    """The password as it is, and as it is to be."""

    old: Secret = Field(repr=False)
    new: Secret = Field(repr=False)


class Code(Document):
    """A code of the second factor."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(repr=False)


@router.get("/session", **answers("Session", summary="Your sign-in, and what its writes bring along.", verb=None))
def session(call: Asked) -> Response:
    return json_answer(session_facts(_caller(call)))


@router.delete("/session", **writes("Done", summary="Sign out."))
def sign_out(call: Written) -> Response:
    signing_in.sign_out(call.workspace, _caller(call).secret)
    return _forgetting()


@router.get("/sessions", **answers("Listed", summary="Your sign-ins, newest first.", verb=None))
def list_sessions(call: Asked) -> Response:
    found = sessions.sessions(call.workspace, by=call.by, current=_caller(call).secret)
    return json_answer({"rows": [asdict(one) for one in found], "next": None})


@router.delete("/sessions", **writes("Done", summary="End all your sign-ins."))
def sign_out_everywhere(call: Written) -> Response:
    signing_in.sign_out_everywhere(call.workspace, by=call.by)
    return _forgetting()


@router.delete("/sessions/{id}", **writes("Done", summary="End one of your sign-ins."))
def end_session(id: Id, call: Written) -> Response:
    return call.write(lambda workspace: sessions.end_session(workspace, id, by=call.by))


@router.post(
    "/password", **writes("Session", summary="Change your password. Every sign-in ends.", model=Passwords,
                          example="passwords")
)  # fmt: skip
def change_password(call: Written) -> Response:
    given = call.document(Passwords)
    return let_in(call.request, signing_in.change_password(call.workspace, given.old, given.new, by=call.by))


@router.post("/second-factor", **writes("Told", summary="Make a seed for an authenticator. A code of it confirms it."))
def begin_second_factor(call: Written) -> Response:
    def run(workspace: Workspace) -> Answered | Refused:
        seed = second_factor.begin_second_factor(workspace, by=call.by)
        return seed if isinstance(seed, Refused) else _secret({"secret": seed.secret, "uri": seed.uri})

    return call.write(run)


@router.post("/second-factor/confirmation", **writes("Told", summary="Confirm it. Recovery codes are told once.",
                                                     model=Code, example="code"))  # fmt: skip
def confirm_second_factor(call: Written) -> Response:
    given = call.document(Code)

    def run(workspace: Workspace) -> Answered | Refused:
        codes = second_factor.confirm_second_factor(workspace, given.code, by=call.by)
        return codes if isinstance(codes, Refused) else _secret({"recovery_codes": list(codes)})

    return call.write(run)


@router.post("/second-factor/removal", **writes("Done", summary="Go back to the password alone.", model=Code,
                                                example="code"))  # fmt: skip
def drop_second_factor(call: Written) -> Response:
    given = call.document(Code)
    return call.write(lambda workspace: second_factor.drop_second_factor(workspace, given.code, by=call.by))


@router.get("/tokens", **answers("Listed", summary="Your tokens, newest first; for an admin, those of somebody else."))
def list_tokens(call: Asked, of: Annotated[str, Query(max_length=40, description="a handle")] = "") -> Response:
    found = tokens.tokens(call.workspace, by=call.by, of=of)
    if isinstance(found, Refused):  # the verb has noted it
        raise ProblemError(refused(found))
    return json_answer({"rows": [_token(one) for one in found], "next": None})


@router.post("/tokens", **writes("Told", summary="Make a token. Its secret is told once.", model=tokens.NewToken,
                                 example="token", status=201))  # fmt: skip
def create_token(call: Written) -> Response:
    new = call.document(tokens.NewToken)

    def run(workspace: Workspace) -> Answered | Refused:
        made = tokens.create_token(workspace, new, by=call.by)
        if isinstance(made, Refused):
            return made
        return _secret({"token": _token(made.token), "secret": made.secret}, status=201)

    return call.write(run)


@router.delete("/tokens/{id}", **writes("Done", summary="End a token. A token may end itself.", verb=Verb.SHOW))
def revoke_token(id: Id, call: Written) -> Response:
    caller = _caller(call)
    if caller.via == "token" and caller.token != id:
        refuse(call.request, "a token ends no other token: sign in")
    return call.write(lambda workspace: tokens.revoke_token(workspace, id, by=call.by))


@router.post("/invitations", **writes("Told", summary="Invite somebody. The secret of their link is told once.",
                                      model=Person, example="person", status=201))  # fmt: skip
def invite(call: Written) -> Response:
    person = call.document(Person)
    return _linked(call, lambda workspace: invitations.invite(workspace, person, by=call.by))


@router.post("/people/{handle}/password-reset", **writes("Told", 404, summary="Let somebody choose a new password.",
                                                         status=201))  # fmt: skip
def reset_password(handle: Handle, call: Written) -> Response:
    return _linked(call, lambda workspace: invitations.reset_password(workspace, handle, by=call.by))


@router.get("/refusals", **answers("Listed", summary="What was refused, newest first.", verb=Verb.AUDIT))
def list_refusals(
    call: Asked,
    after: Annotated[int, Query(ge=0, le=10**6)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    only(call, Verb.AUDIT)
    found = refusals(call.workspace, limit=limit + 1, after=after)
    rows = [{name: getattr(one, name) for name in one.__slots__} for one in found[:limit]]
    return json_answer({"rows": rows, "next": after + limit if len(found) > limit else None})


def _linked(call: Call, make: Any) -> Response:
    def run(workspace: Workspace) -> Answered | Refused:
        secret = make(workspace)
        if isinstance(secret, Refused):
            return secret
        link = f"{workspace.settings.address}/join/{secret}"
        return _secret({"secret": secret, "link": link}, status=201)

    return call.write(run)


def _caller(call: Call) -> Caller:
    found: Caller = call.request.state.caller
    return found


def _secret(facts: dict[str, Any], *, status: int = 200) -> Answered:
    return Answered(status, dumped(facts), {"Cache-Control": "no-store"}, is_secret=True)


def _token(token: tokens.Token) -> dict[str, Any]:
    return {**{name: getattr(token, name) for name in token.__slots__}, "scopes": sorted(token.scopes)}


def _forgetting() -> Response:
    response = Answered(200, dumped({"done": True})).response()
    forget(response)
    return response
