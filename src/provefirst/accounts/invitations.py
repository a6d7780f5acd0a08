"""Invitations: links that let somebody in once. The first admin comes in by one too; there is no default password."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import RowMapping

from provefirst.accounts import second_factor
from provefirst.accounts.keys import digest, new_secret
from provefirst.accounts.passwords import hashed, password_objections
from provefirst.accounts.signing_in import SignedIn, set_password
from provefirst.documents import policies
from provefirst.ledger import ORGANISATION, instant
from provefirst.lifecycle.act import Refused, forbidden
from provefirst.lifecycle.organisation import HERE, adopt, keep_person
from provefirst.lifecycle.refusals import note
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Person, Role, Verb
from provefirst.permissions import objections
from provefirst.places import config_dir
from provefirst.store import accounts
from provefirst.store.accounts import CredentialRow, InvitationRow
from provefirst.store.work import Work

INVITED_FOR = timedelta(days=7)
SETUP_FOR = timedelta(hours=24)
RESET_FOR = timedelta(hours=2)

GONE = "this link is used up, too old or none: ask for a new one"


def first_start(workspace: Workspace) -> str | None:
    """The secret of the link by which the first admin sets up their account; None once anybody is here.

    Asked for again, it is made anew, and the one before is good for nothing.
    """
    with workspace.store.writing() as work:
        work.lock(ORGANISATION)
        if work.people():
            return None
        accounts.drop(work, InvitationRow, purpose="setup")
        return _link(work, "setup", "", "", "", workspace.clock(), SETUP_FOR)


def can_nobody_sign_in(workspace: Workspace) -> bool:
    """Whether nobody has a password here."""
    with workspace.store.reading() as work:
        return not accounts.find_all(work, CredentialRow)


def first_links(workspace: Workspace) -> dict[str, str]:
    """Ways in, by whom they are for, while nobody can sign in yet: the path of the setup link where nobody is here,
    else of a link for each admin to choose a password by. Each made anew."""
    if secret := first_start(workspace):
        return {"the first admin": f"setup/{secret}"}
    if not can_nobody_sign_in(workspace):
        return {}
    with workspace.store.writing() as work:
        work.lock(ORGANISATION)
        admins = [one.handle for one in work.people() if one.is_active and Role.ADMIN in one.roles]
        found = {}
        for handle in admins:
            accounts.drop(work, InvitationRow, purpose="reset", handle=handle)
            secret = _link(work, "reset", handle, "", handle, workspace.clock(), RESET_FOR)
            found[handle] = f"join/{secret}"
    return found


def set_up(workspace: Workspace, secret: str, person: Person, password: str) -> SignedIn | Refused:
    """Let the first person in, as an admin. The shipped policies are in force from then on, unless others are."""
    admin = person.model_copy(update={"roles": person.roles | {Role.ADMIN}, "is_active": True})
    if reasons := password_objections(password, admin):
        return Refused(reasons)
    kept = hashed(password)
    with workspace.store.writing() as work:
        work.lock(ORGANISATION)
        if not work.people() and _spent(workspace, work, secret, "setup") is not None:
            keep_person(workspace, work, admin, None, by=admin.handle)
            signed_in = set_password(work, admin, kept, workspace.clock())
        else:
            signed_in = None
    if signed_in is None:
        return _gone(workspace, "set_up")
    if not _has_policies(workspace):
        adopt(workspace, policies.load(config_dir() / "gates"), by=admin.handle)
    return signed_in


def _has_policies(workspace: Workspace) -> bool:
    with workspace.store.reading() as work:
        return any(entry.event == "policy.adopted" for entry in work.entries(ORGANISATION))


def invite(workspace: Workspace, person: Person, *, by: str) -> str | Refused:
    """Invite `person`; returns the secret of their link. They are here once they have chosen a password."""
    if (refused := _refusal(workspace, by)) is not None:
        return refused
    with workspace.store.writing() as work:
        if any(known.handle == person.handle for known in work.people()):
            return Refused((f"{person.handle} is somebody here already",))
        accounts.drop(work, InvitationRow, purpose="invite", handle=person.handle)
        content = person.model_copy(update={"is_active": True}).model_dump_json()
        return _link(work, "invite", person.handle, content, by, workspace.clock(), INVITED_FOR)


def reset_password(workspace: Workspace, handle: str, *, by: str) -> str | Refused:
    """Let somebody choose a new password by a link; their second factor goes with the old one."""
    if (refused := _refusal(workspace, by)) is not None:
        return refused
    with workspace.store.writing() as work:
        if not work.person(handle).is_active:
            return Refused((f"{handle} is no longer active",))
        accounts.drop(work, InvitationRow, purpose="reset", handle=handle)
        return _link(work, "reset", handle, "", by, workspace.clock(), RESET_FOR)


def accept(workspace: Workspace, secret: str, password: str) -> SignedIn | Refused:
    """Come in by an invitation, or choose a new password by a link. Whoever made the link must still be an admin."""
    with workspace.store.reading() as work:
        row = accounts.find(work, InvitationRow, digest=digest(secret))
        person = _invited(work, row) if row and row["purpose"] in ("invite", "reset") else None
    if row is None or person is None:
        return _gone(workspace, "accept")
    if reasons := password_objections(password, person):
        return Refused(reasons)
    kept = hashed(password)
    with workspace.store.writing() as work:
        work.lock(ORGANISATION)
        spent = _spent(workspace, work, secret, row["purpose"])
        if spent is not None and not objections(work.person(spent["by"]), Verb.ADD_PERSON, Role.ADMIN, HERE):
            is_here = any(known.handle == person.handle for known in work.people())
            if spent["purpose"] == "invite" and not is_here:
                keep_person(workspace, work, person, None, by=spent["by"])
                return set_password(work, person, kept, workspace.clock())
            if spent["purpose"] == "reset" and is_here and work.person(person.handle).is_active:
                second_factor.forget(work, person.handle)
                return set_password(work, person, kept, workspace.clock())
    return _gone(workspace, "accept")


def _refusal(workspace: Workspace, by: str) -> Refused | None:
    """Why `by` may let nobody in, noted for the auditor; None where they may."""
    reasons = objections(workspace.person(by), Verb.ADD_PERSON, Role.ADMIN, HERE)
    answer = Refused(reasons, is_forbidden=True) if reasons else None
    return forbidden(workspace, answer, by=by, verb=Verb.ADD_PERSON, key="")


def _invited(work: Work, row: RowMapping) -> Person:
    return Person.model_validate_json(row["person"]) if row["purpose"] == "invite" else work.person(row["handle"])


def _link(work: Work, purpose: str, handle: str, person: str, by: str, now: datetime, lasts: timedelta) -> str:
    secret = new_secret()
    row = {"digest": digest(secret), "purpose": purpose, "handle": handle, "person": person, "by": by}
    accounts.add(work, InvitationRow, row | {"created_at": instant(now), "ends_at": instant(now + lasts)})
    accounts.drop_before(work, InvitationRow, "ends_at", instant(now))
    return secret


def _spent(workspace: Workspace, work: Work, secret: str, purpose: str) -> RowMapping | None:
    """The link's row, which is gone by this: of two who come at once, one gets it."""
    row = accounts.find(work, InvitationRow, digest=digest(secret), purpose=purpose)
    if row is None or row["ends_at"] <= instant(workspace.clock()):
        return None
    return row if accounts.drop(work, InvitationRow, digest=row["digest"]) else None


def _gone(workspace: Workspace, what: str) -> Refused:
    note(workspace, "", what, "", GONE)
    return Refused((GONE,), is_forbidden=True)
