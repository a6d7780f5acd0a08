"""The unit of work: everything that one transaction reads and writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping, bindparam, insert, select, text

from provefirst.errors import UnknownError, nearest
from provefirst.ledger import Entry, canonical
from provefirst.people import Person
from provefirst.store.database import dialect, transaction
from provefirst.store.tables import BalanceRow, EntryRow, PersonRow, PolicyRow, SequenceRow, table

_ENTRY, _PERSON, _POLICY = table(EntryRow), table(PersonRow), table(PolicyRow)
_BALANCE, _SEQUENCE = table(BalanceRow), table(SequenceRow)
_STREAM = (
    select(_ENTRY)
    .where(_ENTRY.c.initiative == bindparam("stream"), _ENTRY.c.version > bindparam("after"))
    .order_by(_ENTRY.c.version)
)
_APPEND = insert(_ENTRY)
_BY_HANDLE = select(_PERSON).where(_PERSON.c.handle == bindparam("named"))
_POLICY_OF = select(_POLICY.c.content).where(_POLICY.c.digest == bindparam("named"))
"""Statements of every verb: made once, for making them takes longer than to run them."""


@dataclass(frozen=True)
class Store:
    """A database. `writing` and `reading` give a unit of work each, as one transaction."""

    engine: Engine

    @contextmanager
    def writing(self) -> Iterator[Work]:
        with transaction(self.engine, writes=True) as connection:
            yield Work(connection)

    @contextmanager
    def reading(self) -> Iterator[Work]:
        with transaction(self.engine, writes=False) as connection:
            yield Work(connection)


@dataclass(frozen=True)
class Work:
    """What can be read and written within one transaction."""

    connection: Connection

    def entries(self, initiative: str, *, after: int = 0) -> tuple[Entry, ...]:
        """The stream's entries with a version above `after`, in order."""
        rows = self.connection.execute(_STREAM, {"stream": initiative, "after": after})
        return tuple(entry_of(row) for row in rows.mappings())

    def last(self, initiative: str) -> Entry | None:
        """The stream's newest entry."""
        newest = select(_ENTRY).where(_ENTRY.c.initiative == initiative).order_by(_ENTRY.c.version.desc()).limit(1)
        row = self.connection.execute(newest).mappings().one_or_none()
        return entry_of(row) if row else None

    def of_event(self, initiative: str, event: str) -> tuple[Entry, ...]:
        """The stream's entries of one event, in order."""
        rows = self.connection.execute(
            select(_ENTRY).where(_ENTRY.c.event == event, _ENTRY.c.initiative == initiative).order_by(_ENTRY.c.version)
        )
        return tuple(entry_of(row) for row in rows.mappings())

    def streams(self) -> tuple[str, ...]:
        """Every stream's name."""
        return tuple(
            self.connection.execute(select(_ENTRY.c.initiative).distinct().order_by(_ENTRY.c.initiative)).scalars()
        )

    def append(self, entries: Sequence[Entry]) -> None:
        """Write `entries`. A version that is taken, or one that does not follow, is refused by the database."""
        if entries:
            self.connection.execute(_APPEND, [row_of(entry) for entry in entries])

    def lock(self, initiative: str) -> None:
        """Wait until no other transaction writes to `initiative` (SQLite lets one write at a time anyway)."""
        if dialect(self.connection) == "postgresql":
            self.connection.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 7))"), {"key": initiative}
            )

    def next_key(self, prefix: str) -> str:
        """A new initiative's key; two transactions never get the same."""
        keep = text(
            "INSERT INTO sequence (prefix, last) VALUES (:prefix, 1) "
            "ON CONFLICT (prefix) DO UPDATE SET last = sequence.last + 1 RETURNING last"
        )
        return f"{prefix}-{self.connection.execute(keep, {'prefix': prefix}).scalar_one()}"

    def person(self, handle: str) -> Person:
        """The person with `handle`; UnknownError with the nearest handle where there is none."""
        row = self.connection.execute(_BY_HANDLE, {"named": handle}).mappings().one_or_none()
        if row is None:
            known = self.connection.execute(select(_PERSON.c.handle).limit(5000)).scalars().all()
            raise UnknownError("person", handle, "nobody here has that name", nearest=nearest(handle, known))
        return person_of(row)

    def people(self) -> tuple[Person, ...]:
        return tuple(
            person_of(row) for row in self.connection.execute(select(_PERSON).order_by(_PERSON.c.handle)).mappings()
        )

    def save_person(self, person: Person) -> None:
        """Add `person`, or change what is known of them."""
        values = {
            "handle": person.handle,
            "name": person.name,
            "email": person.email or "",
            "roles": canonical(sorted(role.value for role in person.roles)),
            "is_active": person.is_active,
            "identity": person.identity,
            "manager": person.manager or "",
            "cost_centre": person.cost_centre or "",
            "expertise": canonical(sorted(person.expertise)),
        }
        self.connection.execute(_SAVE_PERSON, values)

    def accounts_of(self, person: Person) -> frozenset[str]:
        """The handles of every other account of the same human."""
        if not person.identity:
            return frozenset()
        same = select(_PERSON.c.handle).where(_PERSON.c.identity == person.identity, _PERSON.c.handle != person.handle)
        return frozenset(self.connection.execute(same).scalars())

    def policy(self, digest: str) -> str | None:
        """The canonical JSON of the policy set with `digest`."""
        return self.connection.execute(_POLICY_OF, {"named": digest}).scalar_one_or_none()

    def policies(self) -> tuple[tuple[str, str], ...]:
        """Digest and canonical JSON of every policy set that was adopted."""
        return tuple((row[0], row[1]) for row in self.connection.execute(select(_POLICY.c.digest, _POLICY.c.content)))

    def save_policy(self, digest: str, content: str) -> None:
        """Keep a policy set, once; see `lock`."""
        if self.policy(digest) is None:
            self.connection.execute(insert(_POLICY), {"digest": digest, "content": content})

    def balance(self, account: str) -> tuple[int, str] | None:
        """Minor units and currency on `account`; None where there is no such account."""
        row = self.connection.execute(
            select(_BALANCE.c.amount, _BALANCE.c.currency).where(_BALANCE.c.account == account)
        ).one_or_none()
        return (row[0], row[1]) if row else None

    def accounts(self, prefix: str) -> tuple[tuple[str, int, str], ...]:
        """Every account whose name begins with `prefix`: name, minor units, currency."""
        found = (
            select(_BALANCE).where(_BALANCE.c.account.startswith(prefix, autoescape=True)).order_by(_BALANCE.c.account)
        )
        return tuple((row.account, row.amount, row.currency) for row in self.connection.execute(found))


_PERSON_FIELDS = tuple(PersonRow.model_fields)
_SAVE_PERSON = text(
    "INSERT INTO person ({names}) VALUES ({values}) ON CONFLICT (handle) DO UPDATE SET {changes}".format(  # noqa: S608  # its own columns
        names=", ".join(_PERSON_FIELDS),
        values=", ".join(f":{name}" for name in _PERSON_FIELDS),
        changes=", ".join(f"{name} = excluded.{name}" for name in _PERSON_FIELDS if name != "handle"),
    )
)


def entry_of(row: RowMapping) -> Entry:
    """An entry as the ledger knows it, from its row."""
    return Entry(
        initiative=row["initiative"],
        version=row["version"],
        event=row["event"],
        actor=row["actor"],
        at=row["at"],
        data=json.loads(row["data"]),
        previous=row["previous"],
        digest=row["digest"],
    )


def row_of(entry: Entry) -> dict[str, object]:
    """An entry's row: its data as canonical JSON."""
    return {
        "initiative": entry.initiative,
        "version": entry.version,
        "event": entry.event,
        "actor": entry.actor,
        "at": entry.at,
        "data": canonical(entry.data),
        "previous": entry.previous,
        "digest": entry.digest,
    }


def person_of(row: RowMapping) -> Person:
    return Person(
        handle=row["handle"],
        name=row["name"],
        email=row["email"] or None,
        roles=frozenset(json.loads(row["roles"])),
        is_active=bool(row["is_active"]),
        manager=row["manager"] or None,
        cost_centre=row["cost_centre"] or None,
        expertise=frozenset(json.loads(row["expertise"])),
    )
