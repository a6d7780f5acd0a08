"""The tables. `entry` is the truth; the others are made from it, or serve it.

SQLModel does not validate `table=True` models: what is written here was validated in the core.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    Text,
    literal_column,
)  # fmt: skip
from sqlmodel import Field, SQLModel

metadata = MetaData(naming_convention={"ck": "%(constraint_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"})


class Base(SQLModel):
    """The root of the tables; its metadata is what the migrations are compared with."""

    metadata = metadata


FREED: ColumnElement[bool] = literal_column("event = 'gate.opened' AND data LIKE '%\"stage\":\"release\"%'")
REGISTERED: ColumnElement[bool] = literal_column(
    "event = 'evidence.submitted' AND data LIKE '%\"kind\":\"data_registration\"%'"
)
FORESEEN: ColumnElement[bool] = literal_column("data LIKE '%\"forecast\":%' AND data NOT LIKE '%\"forecast\":null%'")
"""Entries that figures of all initiatives are made of: a query that says it in the same words finds them at once."""


def _some(name: str, last: str, which: ColumnElement[bool]) -> Index:
    """An index of some entries only."""
    return Index(name, "event", "initiative", last, sqlite_where=which, postgresql_where=which)


class EntryRow(Base, table=True):
    """A line of the ledger. Triggers refuse every change, and what does not follow from the entry before."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_event", "event", "initiative"),
        _some("ix_entry_freed", "at", FREED),
        _some("ix_entry_registered", "version", REGISTERED),
        _some("ix_entry_foreseen", "version", FORESEEN),
    )

    initiative: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    event: str
    actor: str
    at: str
    data: str = Field(sa_column=Column(Text, nullable=False))
    previous: str
    digest: str = Field(unique=True)


class PolicyRow(Base, table=True):
    """A policy set as adopted, by digest."""

    __tablename__ = "policy"

    digest: str = Field(primary_key=True)
    content: str = Field(sa_column=Column(Text, nullable=False))


class PersonRow(Base, table=True):
    """Personal data: the only table that holds any."""

    __tablename__ = "person"

    handle: str = Field(primary_key=True)
    name: str
    email: str = ""
    roles: str
    is_active: bool = True
    identity: str = Field(default="", index=True)
    manager: str = ""
    cost_centre: str = ""
    expertise: str = "[]"


class SequenceRow(Base, table=True):
    """The number that the next initiative's key ends in, by prefix."""

    __tablename__ = "sequence"

    prefix: str = Field(primary_key=True)
    last: int


class InitiativeRow(Base, table=True):
    """Projection: an initiative as lists show it."""

    __tablename__ = "initiative"
    __table_args__ = (
        Index("ix_initiative_stage", "status", "stage"),
        Index("ix_initiative_changed_at", "changed_at", "key"),
    )

    key: str = Field(primary_key=True)
    version: int
    head: str
    title: str
    owner: str = Field(index=True)
    domain: str
    policy: str
    stage: str
    attempt: int
    status: str
    outcome: str
    currency: str
    requested: int = Field(sa_type=BigInteger)
    approved: int = Field(sa_type=BigInteger)
    released: int = Field(sa_type=BigInteger)
    spent: int = Field(sa_type=BigInteger)
    returned: int = Field(sa_type=BigInteger)
    deadline: str
    revisit_on: str
    opened_at: str
    changed_at: str


class LessonRow(Base, table=True):
    """Projection: what a concluded initiative taught. Nothing deletes it but a rebuild, which writes it again."""

    __tablename__ = "lesson"

    initiative: str = Field(primary_key=True)
    title: str
    domain: str
    outcome: str = Field(index=True)
    reasons: str
    lesson: str = Field(sa_column=Column(Text, nullable=False))
    would_change_if: str = Field(sa_column=Column(Text, nullable=False))
    revisit_on: str
    concluded_at: str


def _follows_entry() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["initiative", "version"], ["entry.initiative", "entry.version"])


class PartRow(Base, table=True):
    """Projection: the part that somebody has on an initiative, since when, and when they last acted there."""

    __tablename__ = "part"
    __table_args__ = (Index("ix_part_handle", "handle", "role"),)

    initiative: str = Field(primary_key=True)
    handle: str = Field(primary_key=True)
    role: str
    first_at: str
    last_at: str


class WaitingRow(Base, table=True):
    """Projection: one thing that an initiative waits for, from whom, since when, and who did their share already."""

    __tablename__ = "waiting"
    __table_args__ = (Index("ix_waiting_role", "role", "since"),)

    initiative: str = Field(primary_key=True)
    line: int = Field(primary_key=True)
    role: str
    people: str
    what: str = Field(sa_column=Column(Text, nullable=False))
    since: str
    not_of: str


class TrancheRow(Base, table=True):
    """Projection: money released. A trigger asks for the entry that released it, and that for an open gate."""

    __tablename__ = "tranche"
    __table_args__ = (_follows_entry(), CheckConstraint("amount > 0", name="tranche_is_positive"))

    initiative: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    version: int
    kind: str
    amount: int = Field(sa_type=BigInteger)
    currency: str
    purpose: str
    waits_for: str


class DeadlineRow(Base, table=True):
    """Projection: the deadline in force. A trigger asks for the entry that set it, and that for an open gate."""

    __tablename__ = "deadline"
    __table_args__ = (_follows_entry(),)

    initiative: str = Field(primary_key=True)
    version: int
    day: str
    p80: str
    override: str


class PostingRow(Base, table=True):
    """Projection: one move of money, taken from `source` and put on `target` when its entry was written."""

    __tablename__ = "posting"
    __table_args__ = (_follows_entry(), CheckConstraint("amount > 0", name="posting_is_positive"))

    initiative: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    line: int = Field(primary_key=True)
    source: str = Field(index=True)
    target: str = Field(index=True)
    amount: int = Field(sa_type=BigInteger)
    currency: str
    at: str = ""


class BalanceRow(Base, table=True):
    """Projection: what stands on an account. Never negative: the last word under races."""

    __tablename__ = "balance"
    __table_args__ = (CheckConstraint("amount >= 0", name="balance_is_not_negative"),)

    account: str = Field(primary_key=True)
    amount: int = Field(sa_type=BigInteger)
    currency: str


class OutboxRow(Base, table=True):
    """A run that the engine owes: written with the entry that asked for it (`cause`), finished by the run itself."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "status", "next_at"),)

    initiative: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    cause: int = Field(primary_key=True)
    status: str = "due"
    runs: int = 0
    next_at: str = ""
    run_id: str = ""
    sent_at: str = ""
    claimed_at: str = ""
    state: str = ""
    problem: str = ""


class DraftRow(Base, table=True):
    """A form that somebody began to fill in and has not sent. Nobody else sees it, and it is part of no initiative."""

    __tablename__ = "draft"

    handle: str = Field(primary_key=True)
    place: str = Field(primary_key=True)
    content: str = Field(sa_column=Column(Text, nullable=False))
    changed_at: str


class WebhookRow(Base, table=True):
    """An address that is told of entries. Its secret is made from a key outside the database (see `webhooks`)."""

    __tablename__ = "webhook"

    id: str = Field(primary_key=True)
    url: str
    events: str
    secret_key: str
    generation: int
    previous_until: str
    added_by: str
    added_at: str
    is_active: bool
    problem: str


class DeliveryRow(Base, table=True):
    """A message owed to a webhook: written with the entry that it tells of."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_due", "status", "next_at"),)

    hook: str = Field(primary_key=True)
    initiative: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    message: str
    body: str = Field(sa_column=Column(Text, nullable=False))
    status: str
    tries: int
    next_at: str
    sent_at: str
    problem: str


def table(model: type[SQLModel]) -> Table:
    """The SQLAlchemy table behind a model."""
    found = metadata.tables[str(model.__tablename__)]
    return found
