"""Signing in and out, and coming in by a link. What was being written when a sign-in ended comes along."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from provefirst.accounts import invitations, signing_in
from provefirst.accounts.signing_in import CodeNeeded, SignedIn, Wait
from provefirst.documents.given import document
from provefirst.lifecycle.act import Refused
from provefirst.people import Person
from provefirst.web.access import forget, note_address, remember, secret_of, visitor
from provefirst.web.keeping import NONE, Values, keep, read
from provefirst.web.posted import Posted, dumped, posted
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
_APART = Refused(("the two passwords are not the same",))
Sent = Annotated[Posted, Depends(posted)]


@router.get("/sign-in")
def door(request: Request, next: str = "/work") -> Response:
    if visitor(request) is not None:
        return RedirectResponse(_own(next), 303)
    return _door(request, next, NONE)


def signing_in_again(request: Request, place: str, values: Values) -> Response:
    """The door, with what was written carried along: after signing in it stands in its form again."""
    note = "Your sign-in has ended. What you wrote comes along." if values else "Your sign-in has ended."
    return _door(request, place, values, status=401, notes=(note,))


@router.post("/sign-in")
def sign_in(given: Sent) -> Response:
    note_address(given.request)
    name, code, place = given.one("name"), given.one("code").strip(), _own(given.one("next"))
    written = read(given.one("written"))
    answer = signing_in.sign_in(
        given.workspace, name, given.one("password"), code=code, replaces=secret_of(given.request)
    )
    if isinstance(answer, SignedIn):
        is_kept = keep(given.workspace, answer.person.handle, place, written)
        response = RedirectResponse(f"{place}?kept=1" if is_kept else place, 303)
        remember(given.request, response, answer)
        return response
    notes, status = _refusal(answer)
    return _door(given.request, place, written, name=name, status=status, notes=notes)


def _refusal(answer: Refused | Wait | CodeNeeded) -> tuple[tuple[str, ...], int]:
    match answer:
        case CodeNeeded():
            return ("Now the code that your authenticator shows. Please give your password once more.",), 401
        case Wait():
            return (f"Too many tries: wait {answer.seconds} seconds.",), 429
    return answer.reasons, 401


@router.post("/sign-out")
def sign_out(given: Sent) -> Response:
    if given.is_own:
        signing_in.sign_out(given.workspace, secret_of(given.request))
    response = RedirectResponse("/sign-in", 303)
    forget(response)
    return response


@router.get("/join/{secret}")
def link(request: Request, secret: str) -> Response:
    return page(request, "join.html", is_first=False, reasons=(), name="", handle="")


@router.post("/join/{secret}")
def join(secret: str, given: Sent) -> Response:
    """Come in by an invitation, or choose a new password."""
    note_address(given.request)
    if given.one("password") != given.one("again"):
        return _let_in(given, _APART, is_first=False)
    return _let_in(given, invitations.accept(given.workspace, secret, given.one("password")), is_first=False)


@router.get("/setup/{secret}")
def setup_link(request: Request, secret: str) -> Response:
    return page(request, "join.html", is_first=True, reasons=(), name="", handle="")


@router.post("/setup/{secret}")
def set_up(secret: str, given: Sent) -> Response:
    """The first person comes in, as an admin."""
    note_address(given.request)
    try:
        person = document(Person, {"handle": given.one("handle"), "name": given.one("name"), "roles": ["admin"]})
    except ValueError as problem:
        return _let_in(given, Refused((str(problem),)), is_first=True)
    if given.one("password") != given.one("again"):
        return _let_in(given, _APART, is_first=True)
    answer = invitations.set_up(given.workspace, secret, person, given.one("password"))
    return _let_in(given, answer, is_first=True)


def _let_in(given: Posted, answer: SignedIn | Refused, *, is_first: bool) -> Response:
    if isinstance(answer, SignedIn):
        response = RedirectResponse("/work", 303)
        remember(given.request, response, answer)
        return response
    name, handle, reasons = given.one("name"), given.one("handle"), answer.reasons
    return page(given.request, "join.html", status=422, is_first=is_first, reasons=reasons, name=name, handle=handle)


def _door(
    request: Request,
    place: str,
    written: Values,
    *,
    name: str = "",
    status: int = 200,
    notes: tuple[str, ...] = (),
) -> Response:
    carried = dumped(written) if written else ""
    return page(
        request,
        "sign_in.html",
        status=status,
        next=_own(place),
        written=carried,
        name=name,
        notes=notes,
        providers=request.app.state.site.providers,
    )


def _own(place: str) -> str:
    """`place` where it is an address of ours."""
    return place if re.fullmatch(r"/(?![/\\])[\x21-\x7e]{0,300}", place) else "/work"
