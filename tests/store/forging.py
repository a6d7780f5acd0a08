"""Writing behind the verbs' back: entries sealed as they ought to be, put straight into the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from provefirst.errors import StorageError
from provefirst.ledger import Entry, Event, seal
from provefirst.store.tables import EntryRow, table
from provefirst.store.work import row_of
from tests.world import World

COLUMNS = [column.name for column in table(EntryRow).columns]
INSERT = f"INSERT INTO entry ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})"


def forged(world: World, key: str, event: str, data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The row of an entry that follows from the newest one of `key`, whole chain and all."""
    with world.workspace.store.reading() as work:
        last = work.last(key)
    assert last is not None
    previous = changes.pop("previous", last.digest)
    version = changes.pop("version", last.version + 1)
    actor = changes.pop("actor", "engine")
    entry = seal(Event(event, actor, data), initiative=key, version=version, at=last.at, previous=previous)
    return row_of(entry) | changes


def write(world: World, statement: str, values: dict[str, Any] | None = None) -> None:
    """Run `statement` in a transaction of its own."""
    with world.workspace.store.writing() as work:
        work.connection.execute(text(statement), values or {})


def refusal(world: World, statement: str, values: dict[str, Any] | None = None) -> str:
    """What the database says to `statement`; that it wrote nothing is checked as well."""
    before = everything(world)
    with pytest.raises(StorageError) as caught:
        write(world, statement, values)
    assert everything(world) == before
    return str(caught.value)


def refusal_of(world: World, key: str, event: str, data: dict[str, Any], **changes: Any) -> str:
    """What the database says to a forged entry."""
    return refusal(world, INSERT, forged(world, key, event, data, **changes))


def entries_of(world: World, key: str) -> tuple[Entry, ...]:
    with world.workspace.store.reading() as work:
        return work.entries(key)


def everything(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables that money, time and trust hang on."""
    tables = ("entry", "policy", "tranche", "deadline", "posting", "balance", "lesson", "initiative", "part")
    with world.workspace.store.reading() as work:
        return {
            name: sorted(map(tuple, work.connection.execute(text(f"SELECT * FROM {name}")).all()), key=repr)
            for name in tables
        }


@contextmanager
def careless(world: World) -> Iterator[Callable[[str], Any]]:
    """SQLite opened by a program that knows nothing of this one: no pragma is set."""
    with closing(sqlite3.connect(world.workspace.home / "provefirst.db", isolation_level=None)) as connection:
        assert connection.execute("PRAGMA recursive_triggers").fetchone() == (0,)
        yield connection.execute
