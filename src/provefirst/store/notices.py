"""Notices: what people are to be told of, how they want to be told, and what is still on its way to them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Column, Index, RowMapping, Select, Text, delete, insert, or_, select, text
from sqlmodel import Field

from provefirst.ledger import Entry
from provefirst.store import retries
from provefirst.store.tables import Base, InitiativeRow, PartRow, PersonRow, WaitingRow, table
from provefirst.store.work import Work

Row: TypeAlias = RowMapping


class TellingRow(Base, table=True):
    """Entries of which somebody may have to be told: written with them, and gone once it is known who."""

    __tablename__ = "telling"

    initiative: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    first: int


class NoticeRow(Base, table=True):
    """One thing that one person is to be told on one channel. Gone once it was taken."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_due", "status", "next_at"),)

    handle: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    initiative: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    what: str = Field(sa_column=Column(Text, nullable=False))
    status: str
    tries: int
    next_at: str
    problem: str


class ChannelRow(Base, table=True):
    """An address of somebody's own, encrypted: whoever knows it can write there."""

    __tablename__ = "channel"

    id: str = Field(primary_key=True)
    handle: str = Field(index=True)
    name: str
    address: str = Field(sa_column=Column(Text, nullable=False))
    added_at: str


class WishRow(Base, table=True):
    """How somebody wants to be told of what, and what their calendar is known by."""

    __tablename__ = "wish"

    handle: str = Field(primary_key=True)
    topics: str = "{}"
    calendar: str = Field(default="", index=True)


_TELLINGS, _NOTICES, _CHANNELS, _WISHES = table(TellingRow), table(NoticeRow), table(ChannelRow), table(WishRow)
_INITIATIVES, _PARTS, _PEOPLE, _WAITING = table(InitiativeRow), table(PartRow), table(PersonRow), table(WaitingRow)
_TELL = insert(_TELLINGS)
_WISH = text(
    "INSERT INTO wish (handle, topics, calendar) VALUES (:handle, :topics, :calendar) "
    "ON CONFLICT (handle) DO UPDATE SET topics = excluded.topics, calendar = excluded.calendar"
)
_OWE = text(
    "INSERT INTO notice (handle, channel, initiative, version, topic, what, status, tries, next_at, problem) "
    "VALUES (:handle, :channel, :initiative, :version, :topic, :what, 'due', 0, :next_at, '') "
    "ON CONFLICT (handle, channel, initiative, version, topic) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing on its way."""

    handle: str
    channel: str
    initiative: str
    version: int
    topic: str
    what: str
    tries: int

    @property
    def key(self) -> dict[str, object]:
        names = ("handle", "channel", "initiative", "version", "topic")
        return {name: getattr(self, name) for name in names}


def note(work: Work, entries: Sequence[Entry]) -> None:
    """Write that people may have to be told of `entries`, in their transaction."""
    if entries:
        row = {"initiative": entries[0].initiative, "first": entries[0].version, "version": entries[-1].version}
        work.connection.execute(_TELL, row)


def tellings(work: Work, *, limit: int) -> tuple[Row, ...]:
    """What nobody has been told of yet, and of whose entries."""
    found = select(_TELLINGS).order_by(_TELLINGS.c.initiative, _TELLINGS.c.version).limit(limit)
    return tuple(work.connection.execute(found).mappings())


def told(work: Work, telling: Row) -> bool:
    """Take a telling away; whether it was still there."""
    same = (_TELLINGS.c.initiative == telling["initiative"], _TELLINGS.c.version == telling["version"])
    return work.connection.execute(delete(_TELLINGS).where(*same)).rowcount == 1


def owe(work: Work, notices: Sequence[Mapping[str, object]]) -> None:
    """Write what people are to be told; what is written already stays as it is."""
    if notices:
        work.connection.execute(_OWE, list(notices))


def due(work: Work, *, at: str, limit: int) -> tuple[Notice, ...]:
    """What is to be told by now, each person's together."""
    found = select(_NOTICES).where(_NOTICES.c.status == "due", _NOTICES.c.next_at <= at)
    order = (_NOTICES.c.handle, _NOTICES.c.channel, _NOTICES.c.initiative, _NOTICES.c.version)
    rows = work.connection.execute(found.order_by(*order).limit(limit)).mappings()
    return tuple(Notice(**{name: row[name] for name in Notice.__slots__}) for row in rows)


def lease(work: Work, notice: Notice, now: datetime) -> bool:
    """Take a notice for oneself for a while; whether nobody else has."""
    return retries.lease(work, _NOTICES, notice.key, notice.tries, now=now)


def settle(work: Work, notice: Notice, problem: str, now: datetime) -> None:
    """Note how telling a leased notice went. One that was taken is gone."""
    if problem:
        retries.settle(work, _NOTICES, notice.key, notice.tries, retries.failed(notice.tries, problem, now))
    else:
        work.connection.execute(delete(_NOTICES).where(*(_NOTICES.c[name] == v for name, v in notice.key.items())))


def problems(work: Work, handle: str) -> tuple[Row, ...]:
    """What could not be told so far, and why; newest first."""
    found = select(_NOTICES).where(_NOTICES.c.handle == handle, _NOTICES.c.problem != "")
    return tuple(work.connection.execute(found.order_by(_NOTICES.c.next_at.desc()).limit(10)).mappings())


def wish(work: Work, handle: str) -> tuple[dict[str, str], str]:
    """How somebody wants to be told, by topic, and the digest of their calendar's secret."""
    row = work.connection.execute(select(_WISHES).where(_WISHES.c.handle == handle)).mappings().one_or_none()
    return (json.loads(row["topics"]), row["calendar"]) if row else ({}, "")


def wishes(work: Work, handles: Collection[str]) -> dict[str, dict[str, str]]:
    """How each of them wants to be told, by topic."""
    found = select(_WISHES.c.handle, _WISHES.c.topics).where(_WISHES.c.handle.in_(sorted(handles)))
    return {row[0]: json.loads(row[1]) for row in work.connection.execute(found)}


def keep_wish(work: Work, handle: str, topics: Mapping[str, str], calendar: str) -> None:
    values = {"handle": handle, "topics": json.dumps(dict(topics), sort_keys=True), "calendar": calendar}
    work.connection.execute(_WISH, values)


def owner_of_calendar(work: Work, digest: str) -> str | None:
    """Whose calendar is known by this digest; None where nobody's is, or theirs no longer."""
    found = select(_WISHES.c.handle).join(_PEOPLE, _PEOPLE.c.handle == _WISHES.c.handle)
    is_theirs = (_WISHES.c.calendar == digest, _WISHES.c.calendar != "", _PEOPLE.c.is_active.is_(True))
    return work.connection.execute(found.where(*is_theirs)).scalar_one_or_none()


def dates_of(work: Work, handle: str, *, is_all: bool) -> tuple[Row, ...]:
    """Initiatives with a deadline or a day to look again: those with a part of `handle`, or all."""
    rows = _INITIATIVES
    shown = (rows.c.key, rows.c.title, rows.c.deadline, rows.c.revisit_on, rows.c.changed_at, rows.c.version)
    found: Select[Any] = select(*shown).where(or_(rows.c.deadline != "", rows.c.revisit_on != ""))
    if not is_all:
        found = found.join(_PARTS, _PARTS.c.initiative == rows.c.key).where(_PARTS.c.handle == handle)
    return tuple(work.connection.execute(found.order_by(rows.c.changed_at.desc()).limit(1000)).mappings())


def channels(work: Work, handles: Collection[str]) -> tuple[Row, ...]:
    """The addresses of their own that people have, the oldest first."""
    found = select(_CHANNELS).where(_CHANNELS.c.handle.in_(sorted(handles)))
    return tuple(work.connection.execute(found.order_by(_CHANNELS.c.added_at, _CHANNELS.c.id)).mappings())


def add_channel(work: Work, row: Mapping[str, object]) -> None:
    work.connection.execute(insert(_CHANNELS), dict(row))


def remove_channel(work: Work, handle: str, channel: str) -> bool:
    """Take an address away with what was on its way there; whether it was theirs."""
    work.connection.execute(delete(_NOTICES).where(_NOTICES.c.handle == handle, _NOTICES.c.channel == channel))
    same = (_CHANNELS.c.handle == handle, _CHANNELS.c.id == channel)
    return work.connection.execute(delete(_CHANNELS).where(*same)).rowcount == 1


def waits(work: Work, initiative: str, *, since: str) -> tuple[Row, ...]:
    """What an initiative has waited for since then or later."""
    found = select(_WAITING).where(_WAITING.c.initiative == initiative, _WAITING.c.since >= since)
    return tuple(work.connection.execute(found.order_by(_WAITING.c.line)).mappings())


def parts(work: Work, initiative: str) -> dict[str, str]:
    """The part that each person has on an initiative who is still active."""
    found = select(_PARTS.c.handle, _PARTS.c.role).join(_PEOPLE, _PEOPLE.c.handle == _PARTS.c.handle)
    on = (_PARTS.c.initiative == initiative, _PEOPLE.c.is_active.is_(True))
    return {row[0]: row[1] for row in work.connection.execute(found.where(*on))}


def with_role(work: Work, role: str) -> frozenset[str]:
    """Everybody active who has `role`."""
    has_it = _PEOPLE.c.roles.contains(json.dumps(role), autoescape=True)
    found = select(_PEOPLE.c.handle).where(_PEOPLE.c.is_active.is_(True), has_it)
    return frozenset(work.connection.execute(found).scalars())


def row_of(work: Work, initiative: str) -> Row:
    """An initiative as lists show it."""
    return work.connection.execute(select(_INITIATIVES).where(_INITIATIVES.c.key == initiative)).mappings().one()


def addresses(work: Work, handles: Collection[str]) -> dict[str, str]:
    """The e-mail address of each of them who is active and has one."""
    has_one = (_PEOPLE.c.handle.in_(sorted(handles)), _PEOPLE.c.is_active.is_(True), _PEOPLE.c.email != "")
    return {
        row[0]: row[1] for row in work.connection.execute(select(_PEOPLE.c.handle, _PEOPLE.c.email).where(*has_one))
    }
