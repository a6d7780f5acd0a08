"""Accounts: passwords, sessions, tokens, invitations and what was refused. No secret is kept that could be used again.

Secrets that are long and random are kept by their SHA-256, passwords by Argon2id, and second factors encrypted with a
key that is not in the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Index, RowMapping, Table, delete, insert, select, update
from sqlmodel import Field, SQLModel

from provefirst.store.tables import Base, table
from provefirst.store.work import Work


class CredentialRow(Base, table=True):
    """How somebody with a local password proves who they are."""

    __tablename__ = "credential"

    handle: str = Field(primary_key=True)
    password: str
    changed_at: str
    totp: str = ""
    totp_step: int = 0
    is_confirmed: bool = False


class RecoveryRow(Base, table=True):
    """A code that stands in for the second factor, once."""

    __tablename__ = "recovery_code"

    handle: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)


class SessionRow(Base, table=True):
    """A sign-in that lasts until it ends, is idle for too long, or has lasted long enough."""

    __tablename__ = "session"

    digest: str = Field(primary_key=True)
    handle: str = Field(index=True)
    created_at: str
    seen_at: str
    ends_at: str
    how: str


class TokenRow(Base, table=True):
    """A token for programs."""

    __tablename__ = "token"

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    handle: str = Field(index=True)
    name: str
    scopes: str
    created_at: str
    ends_at: str
    used_at: str = ""
    revoked_at: str = ""


class InvitationRow(Base, table=True):
    """A link that lets somebody in, or lets them choose a new password; once."""

    __tablename__ = "invitation"

    digest: str = Field(primary_key=True)
    purpose: str
    handle: str
    person: str
    by: str
    created_at: str
    ends_at: str


class ThrottleRow(Base, table=True):
    """How often signing in failed, by account, by address and by both."""

    __tablename__ = "throttle"

    key: str = Field(primary_key=True)
    failures: int
    last_at: str
    free_at: str


class IdentityRow(Base, table=True):
    """Who a provider's subject is here."""

    __tablename__ = "identity"

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    handle: str = Field(index=True)


class FlowRow(Base, table=True):
    """A single sign-on under way: what the provider's answer must match."""

    __tablename__ = "sso_flow"

    digest: str = Field(primary_key=True)
    provider: str
    browser: str
    nonce: str
    verifier: str
    ends_at: str


class RefusalRow(Base, table=True):
    """Refusals of access of one kind within one hour, counted."""

    __tablename__ = "refusal"
    __table_args__ = (Index("ix_refusal_hour", "hour"),)

    hour: str = Field(primary_key=True)
    who: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    count: int
    first_at: str
    last_at: str
    reason: str


ACCOUNTS = (
    CredentialRow, RecoveryRow, SessionRow, TokenRow, InvitationRow, ThrottleRow, IdentityRow, FlowRow, RefusalRow,
)  # fmt: skip


def find(work: Work, model: type[SQLModel], **same: object) -> RowMapping | None:
    """The row with these values; None where there is none."""
    return work.connection.execute(select(table(model)).where(*_same(table(model), same))).mappings().first()


def find_all(work: Work, model: type[SQLModel], *, order: Sequence[str] = (), **same: object) -> tuple[RowMapping, ...]:
    """Every row with these values, in the order of the columns named (newest first where one begins with `-`)."""
    rows = table(model)
    columns = [rows.c[name.removeprefix("-")].desc() if name[0] == "-" else rows.c[name] for name in order]
    found = select(rows).where(*_same(rows, same)).order_by(*columns)
    return tuple(work.connection.execute(found).mappings())


def add(work: Work, model: type[SQLModel], values: Mapping[str, object]) -> None:
    work.connection.execute(insert(table(model)), dict(values))


def change(work: Work, model: type[SQLModel], values: Mapping[str, object], **same: object) -> int:
    """Set `values` on the rows with these values; how many there were."""
    rows = table(model)
    return work.connection.execute(update(rows).where(*_same(rows, same)).values(**values)).rowcount


def put(work: Work, model: type[SQLModel], values: Mapping[str, Any], *keys: str) -> None:
    """Write the row that `keys` name, whether it was there before or not."""
    if not change(work, model, values, **{key: values[key] for key in keys}):
        add(work, model, values)


def drop(work: Work, model: type[SQLModel], **same: object) -> int:
    """Remove the rows with these values; how many there were. With it, a secret is used once under races."""
    rows = table(model)
    return work.connection.execute(delete(rows).where(*_same(rows, same))).rowcount


def drop_before(work: Work, model: type[SQLModel], column: str, at: str) -> int:
    """Remove the rows whose `column` is before `at`."""
    rows = table(model)
    return work.connection.execute(delete(rows).where(rows.c[column] < at)).rowcount


def end_access(work: Work, handle: str, at: str) -> None:
    """End every session, token and link of somebody: they left."""
    drop(work, SessionRow, handle=handle)
    drop(work, InvitationRow, handle=handle)
    change(work, TokenRow, {"revoked_at": at}, handle=handle, revoked_at="")


def _same(rows: Table, same: Mapping[str, object]) -> tuple[ColumnElement[bool], ...]:
    return tuple(rows.c[name] == value for name, value in same.items())
