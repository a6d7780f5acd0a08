"""Sign in and out: sessions that begin anew at each sign-in, end on idleness, on a password change, and after a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from provefirst.accounts import second_factor, throttling
from provefirst.accounts.keys import digest, new_secret
from provefirst.accounts.passwords import hashed, is_right, password_objections
from provefirst.ledger import instant
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.refusals import calling_from, note
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Person, identity
from provefirst.permissions import Scope
from provefirst.store import accounts
from provefirst.store.accounts import CredentialRow, SessionRow
from provefirst.store.work import Work

IDLE = timedelta(hours=2)
"""A session that nothing was asked of for so long has ended."""

LONGEST = timedelta(hours=12)
"""A session ends after this time, whatever is asked of it."""

WRONG = "the name, the password or the code is wrong"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session has begun; `secret` is told once and is not kept."""

    person: Person
    secret: str
    ends_at: datetime

    def __repr__(self) -> str:
        return f"SignedIn({self.person.handle})"


@dataclass(frozen=True, slots=True)
class Wait:
    """Too many failures: no try is taken for so many seconds."""

    seconds: int

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The password is right; a code of the second factor has to be given with it."""

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, by a session or a token, and what the token is good for (None: everything that they may do)."""

    person: Person
    how: str
    scopes: frozenset[Scope] | None = None


def sign_in(
    workspace: Workspace, name: str, password: str, *, code: str = "", replaces: str = ""
) -> SignedIn | Refused | Wait | CodeNeeded:
    """Begin a session with handle or e-mail address and password. The session `replaces` ends with it.

    Every try counts as a failure until it has succeeded: tries at once are braked like tries in a row.
    """
    now, address, told = workspace.clock(), calling_from.get(), name.strip().casefold()[:200]
    with workspace.store.writing() as work:
        person = _person(work, told)
        account = person.handle if person else told
        if seconds := throttling.seconds_to_wait(work, account, address, now):
            return Wait(seconds)
        throttling.failed(work, account, address, now)
        row = accounts.find(work, CredentialRow, handle=person.handle) if person else None
    is_known = is_right(password, row["password"] if row else None)
    if not is_known or person is None or row is None or not person.is_active:
        return _wrong(workspace, account)
    with workspace.store.writing() as work:
        if row["is_confirmed"]:
            if not code:
                throttling.undone(work, account, address, now)
                return CodeNeeded()
            if not second_factor.accepts(workspace, work, person.handle, code, now):
                person = None
        if person is not None:
            throttling.succeeded(work, account, address)
            accounts.drop(work, SessionRow, digest=digest(replaces))
            return begin(work, person, "password", now)
    return _wrong(workspace, account)


def begin(work: Work, person: Person, how: str, now: datetime) -> SignedIn:
    """Begin a session for `person`, whose word it has been shown to be."""
    secret, ends_at = new_secret(), now + LONGEST
    row = {"digest": digest(secret), "handle": person.handle, "how": how, "ends_at": instant(ends_at)}
    accounts.add(work, SessionRow, row | {"created_at": instant(now), "seen_at": instant(now)})
    accounts.drop_before(work, SessionRow, "ends_at", instant(now))
    return SignedIn(person, secret, ends_at)


def session(workspace: Workspace, secret: str) -> Caller | None:
    """Whose session `secret` is; None where it has ended or never was."""
    now = workspace.clock()
    with workspace.store.reading() as work:
        row = accounts.find(work, SessionRow, digest=digest(secret))
        if row is None or row["ends_at"] <= instant(now) or row["seen_at"] <= instant(now - IDLE):
            return None
        person = work.person(row["handle"])
    if not person.is_active:
        return None
    if row["seen_at"] <= instant(now - timedelta(minutes=1)):
        with workspace.store.writing() as work:
            accounts.change(work, SessionRow, {"seen_at": instant(now)}, digest=row["digest"])
    return Caller(person, row["how"])


def sign_out(workspace: Workspace, secret: str) -> None:
    """End a session."""
    with workspace.store.writing() as work:
        accounts.drop(work, SessionRow, digest=digest(secret))


def sign_out_everywhere(workspace: Workspace, *, by: str) -> int:
    """End every session of `by`; how many there were."""
    with workspace.store.writing() as work:
        return accounts.drop(work, SessionRow, handle=by)


def change_password(workspace: Workspace, old: str, new: str, *, by: str) -> SignedIn | Refused | Wait:
    """Change one's own password. Every session ends, and a new one begins for whoever changed it."""
    now, address = workspace.clock(), calling_from.get()
    with workspace.store.writing() as work:
        if seconds := throttling.seconds_to_wait(work, by, address, now):
            return Wait(seconds)
        throttling.failed(work, by, address, now)
        person, row = work.person(by), accounts.find(work, CredentialRow, handle=by)
    if not is_right(old, row["password"] if row else None):
        return _wrong(workspace, by)
    if reasons := password_objections(new, person):
        return Refused(reasons)
    kept = hashed(new)
    with workspace.store.writing() as work:
        throttling.succeeded(work, by, address)
        return set_password(work, person, kept, now)


def set_password(work: Work, person: Person, kept: str, now: datetime) -> SignedIn:
    """Keep a new password's hash, end every session and begin a new one."""
    values = {"handle": person.handle, "password": kept, "changed_at": instant(now)}
    if not accounts.change(work, CredentialRow, values, handle=person.handle):
        accounts.add(work, CredentialRow, values | {"totp": "", "totp_step": 0, "is_confirmed": False})
    accounts.drop(work, SessionRow, handle=person.handle)
    return begin(work, person, "password", now)


def _person(work: Work, name: str) -> Person | None:
    """The one person with this handle or, where only one has it, this address."""
    everybody = work.people()
    if "@" not in name:
        return next((person for person in everybody if person.handle == name), None)
    found = [person for person in everybody if person.identity and person.identity == identity(name)]
    return found[0] if len(found) == 1 else None


def _wrong(workspace: Workspace, account: str) -> Refused:
    note(workspace, account, "sign_in", "", WRONG)
    return Refused((WRONG,), is_forbidden=True)
