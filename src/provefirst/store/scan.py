"""Scanning: every row of the ledger in order, by the bare driver, a batch at a time, as of one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, text

from provefirst.chain import COLUMNS, Row
from provefirst.errors import ProvefirstError, StorageError
from provefirst.store.database import dialect, transaction
from provefirst.store.work import Work

BATCH = 2000
_ROWS = f"SELECT {', '.join(COLUMNS)} FROM entry ORDER BY initiative, version"


class UnreadableTextError(ProvefirstError):
    """A column holds bytes that are no text; scan again with `is_lenient` to see which."""


@contextmanager
def snapshot(engine: Engine) -> Iterator[Work]:
    """A unit of work that only reads, and sees the database as of one moment, whatever is written meanwhile."""
    with transaction(engine, writes=False) as connection:
        if dialect(connection) == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield Work(connection)


def batches(work: Work, *, is_lenient: bool = False) -> Iterator[list[Row]]:
    """All rows, ordered by stream and version. With `is_lenient`, bytes that are no text come as lone surrogates."""
    driver: Any = work.connection.connection.driver_connection
    if dialect(work.connection) == "postgresql":
        yield from _postgresql(driver)
        return
    driver.text_factory = _lenient if is_lenient else str
    try:
        cursor = driver.execute(_ROWS)
        while rows := cursor.fetchmany(BATCH):
            yield rows
    except sqlite3.DatabaseError as problem:
        if "decode" in str(problem):
            raise UnreadableTextError(str(problem)) from problem
        raise StorageError(f"the database can't be read: {problem}") from problem
    finally:
        driver.text_factory = str


def _postgresql(driver: Any) -> Iterator[list[Row]]:
    """By a cursor of the server's: pg8000 by itself would first gather every row in memory."""
    cursor = driver.cursor()
    cursor.execute(f"DECLARE ledger_scan NO SCROLL CURSOR FOR {_ROWS}")
    while True:
        cursor.execute(f"FETCH {BATCH} FROM ledger_scan")
        if not (rows := cursor.fetchall()):
            break
        yield list(rows)
    cursor.execute("CLOSE ledger_scan")


def _lenient(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")
