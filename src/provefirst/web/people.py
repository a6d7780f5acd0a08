"""People: who is here and in which roles; admins invite, change and let go. Nobody's success is counted anywhere."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from provefirst.accounts import invitations
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.people import Person, Role
from provefirst.store import overview
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.acting import mend, visitor_of
from provefirst.web.fields import Filled, form_of, left_over, written
from provefirst.web.filled import document_of
from provefirst.web.keeping import NONE
from provefirst.web.posted import Posted, posted
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
SHOWN = 100
Sent = Annotated[Posted, Depends(posted)]
Handle = Annotated[str, Path(max_length=100)]


@router.get("/people")
def people(
    request: Request,
    visitor: Annotated[Visitor, Depends(require)],
    text: Annotated[str, Query(max_length=100)] = "",
    role: str = "",
) -> Response:
    return _list(request, visitor, text=text.strip(), role=role)


@router.post("/people")
def invite(given: Sent) -> Response:
    """Invite somebody. The link that lets them in is shown this once."""
    if (away := given.turned_away()) is not None:
        return away
    visitor = visitor_of(given)
    person = document_of(Person, given.values)
    if isinstance(person, Filled):
        return _list(given.request, visitor, filled=person, status=422)
    answer = invitations.invite(given.workspace, person, by=visitor.handle)
    if isinstance(answer, Refused):
        filled = Filled(given.values, is_new=False)
        return _list(given.request, visitor, filled=filled, reasons=answer.reasons, status=_status(answer))
    return _list(given.request, visitor, link=(person.handle, f"{_base(given.request)}/join/{answer}"))


@router.get("/people/{handle}")
def one(request: Request, visitor: Annotated[Visitor, Depends(require)], handle: Handle, did: str = "") -> Response:
    said = {"changed": "It is changed, and everybody's votes are judged by it from now on."}.get(did, "")
    return _one(request, visitor, handle, said=said)


@router.post("/people/{handle}")
def change(handle: Handle, given: Sent) -> Response:
    """Change what somebody is here."""
    if (away := given.turned_away()) is not None:
        return away
    visitor = visitor_of(given)
    person = document_of(Person, {**given.values, "handle": (handle,)})
    if isinstance(person, Filled):
        return _one(given.request, visitor, handle, filled=person, status=422)
    given.workspace.person(handle)  # nobody comes in by a change
    refused = organisation.add_person(given.workspace, person, by=visitor.handle)
    if refused is not None:
        filled = Filled(given.values, is_new=False)
        return _one(given.request, visitor, handle, filled=filled, reasons=refused.reasons, status=_status(refused))
    return RedirectResponse(f"/people/{handle}?did=changed", 303)


@router.post("/people/{handle}/reset")
def reset(handle: Handle, given: Sent) -> Response:
    """A link by which somebody chooses a new password, shown this once."""
    if (away := given.turned_away()) is not None:
        return away
    visitor = visitor_of(given)
    answer = invitations.reset_password(given.workspace, handle, by=visitor.handle)
    if isinstance(answer, Refused):
        return _one(given.request, visitor, handle, reasons=answer.reasons, status=_status(answer))
    return _one(given.request, visitor, handle, link=f"{_base(given.request)}/join/{answer}")


def _list(
    request: Request,
    visitor: Visitor,
    *,
    text: str = "",
    role: str = "",
    filled: Filled | None = None,
    reasons: tuple[str, ...] = (),
    link: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    with workspace_of(request).store.reading() as work:
        everybody = work.people()
    found = [person for person in everybody if _fits(person, text.casefold(), role)]
    shown = filled or Filled(NONE)
    fields = form_of(Person, shown, without=("is_active",)) if _is_admin(visitor) else []
    return page(
        request, "people.html", visitor=visitor, status=status, people=found[:SHOWN], more=max(0, len(found) - SHOWN),
        count=len(everybody), text=text, role=role, known_roles=list(Role), fields=fields, link=link,
        reasons=mend((*reasons, *left_over(shown.wrong, fields)), shown.wrong), is_admin=_is_admin(visitor),
    )  # fmt: skip


def _one(
    request: Request,
    visitor: Visitor,
    handle: str,
    *,
    filled: Filled | None = None,
    reasons: tuple[str, ...] = (),
    link: str = "",
    said: str = "",
    status: int = 200,
) -> Response:
    with workspace_of(request).store.reading() as work:
        person = work.person(handle)
        parts = overview.parts_of(work, handle, limit=50)
    shown = filled or Filled(written(_content(person)), is_new=False)
    fields = form_of(Person, shown, without=("handle",)) if _is_admin(visitor) else []
    return page(
        request, "person.html", visitor=visitor, status=status, person=person, parts=parts, fields=fields, link=link,
        reasons=mend((*reasons, *left_over(shown.wrong, fields)), shown.wrong), said=said,
        is_admin=_is_admin(visitor), sees_mail=_is_admin(visitor) or Role.AUDITOR in visitor.person.roles,
    )  # fmt: skip


def _content(person: Person) -> dict[str, Any]:
    return person.model_dump(mode="json")


def _fits(person: Person, text: str, role: str) -> bool:
    words = f"{person.handle} {person.name} {' '.join(person.expertise)}".casefold()
    return text in words and (not role or role in person.roles)


def _is_admin(visitor: Visitor) -> bool:
    return Role.ADMIN in visitor.person.roles


def _status(refused: Refused) -> int:
    return 403 if refused.is_forbidden else 409


def _base(request: Request) -> str:
    """What the link begins with: the address that the server is known by, or the one it was asked under."""
    return workspace_of(request).settings.web.url or str(request.base_url).rstrip("/")
