"""Tokens for programs: shown once, kept as a digest, for some scopes and some time, and revocable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import uuid4

from pydantic import Field
from sqlalchemy import RowMapping

from provefirst.accounts.keys import digest, new_secret
from provefirst.accounts.signing_in import Caller
from provefirst.ledger import canonical, instant
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.refusals import note
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role
from provefirst.permissions import Scope
from provefirst.store import accounts
from provefirst.store.accounts import TokenRow
from provefirst.texts import Document, Line

Kept: TypeAlias = RowMapping | dict[str, Any]

PREFIX = "pf_"
MOST = 50
"""Tokens that one person may have at a time."""


class NewToken(Document):
    """A token to be made."""

    name: Line = Field(description="what it is for, so that it can be told from others")
    scopes: frozenset[Scope] = Field(default=frozenset({Scope.READ}), min_length=1)
    days: int = Field(default=90, ge=1, le=366, description="for how long it is good")


@dataclass(frozen=True, slots=True)
class Token:
    """A token, as far as it is kept."""

    id: str
    handle: str
    name: str
    scopes: frozenset[Scope]
    created_at: str
    ends_at: str
    used_at: str
    revoked_at: str


@dataclass(frozen=True, slots=True)
class Made:
    """A token was made; `secret` is told once and is not kept."""

    token: Token
    secret: str

    def __repr__(self) -> str:
        return f"Made({self.token.id})"


def create_token(workspace: Workspace, new: NewToken, *, by: str) -> Made | Refused:
    """Make a token for oneself. It may do no more than its owner may, whatever its scopes."""
    now, secret = workspace.clock(), new_secret(PREFIX)
    with workspace.store.writing() as work:
        person = work.person(by)
        if not person.is_active:
            return Refused((f"{by} is no longer active",), is_forbidden=True)
        if len([row for row in accounts.find_all(work, TokenRow, handle=by) if _is_good(row, instant(now))]) >= MOST:
            return Refused((f"{by} has {MOST} tokens: revoke one first",))
        row: dict[str, Any] = {
            "id": uuid4().hex[:12],
            "digest": digest(secret),
            "handle": by,
            "name": new.name,
            "scopes": canonical(sorted(scope.value for scope in new.scopes)),
            "created_at": instant(now),
            "ends_at": instant(now + timedelta(days=new.days)),
            "used_at": "",
            "revoked_at": "",
        }
        accounts.add(work, TokenRow, row)
    return Made(_token(row), secret)


def tokens(workspace: Workspace, *, by: str, of: str = "") -> tuple[Token, ...] | Refused:
    """One's own tokens; an admin may ask for somebody else's."""
    if of and of != by and Role.ADMIN not in workspace.person(by).roles:
        note(workspace, by, "tokens", "", reason := "tokens of others are for: admin")
        return Refused((reason,), is_forbidden=True)
    with workspace.store.reading() as work:
        found = accounts.find_all(work, TokenRow, order=("-created_at", "id"), handle=of or by)
    return tuple(_token(row) for row in found)


def revoke_token(workspace: Workspace, token_id: str, *, by: str) -> Refused | None:
    """End a token, one's own or (as an admin) anybody's. It stays in the list."""
    with workspace.store.writing() as work:
        row = accounts.find(work, TokenRow, id=token_id)
        if row is None or (row["handle"] != by and Role.ADMIN not in work.person(by).roles):
            return Refused((f"you have no token {token_id[:40]}",))
        accounts.change(work, TokenRow, {"revoked_at": instant(workspace.clock())}, id=token_id, revoked_at="")
    return None


def authenticate(workspace: Workspace, secret: str) -> Caller | None:
    """Whose token `secret` is, and what it is good for; None where it is none, or no longer."""
    if not secret.startswith(PREFIX):
        return None
    now = workspace.clock()
    with workspace.store.reading() as work:
        row = accounts.find(work, TokenRow, digest=digest(secret))
        if row is None or not _is_good(row, instant(now)):
            return None
        person = work.person(row["handle"])
    if not person.is_active:
        return None
    if row["used_at"] <= instant(now - timedelta(minutes=1)):
        with workspace.store.writing() as work:
            accounts.change(work, TokenRow, {"used_at": instant(now)}, id=row["id"])
    return Caller(person, f"token {row['id']}", _token(row).scopes)


def _is_good(row: Kept, now: str) -> bool:
    return not row["revoked_at"] and bool(row["ends_at"] > now)


def _token(row: Kept) -> Token:
    fields = {name: row[name] for name in Token.__slots__ if name != "scopes"}
    return Token(**fields, scopes=frozenset(Scope(scope) for scope in json.loads(row["scopes"])))
