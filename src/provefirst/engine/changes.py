"""Noticing that somebody wrote to the database, cheaply enough to ask many times a second.

SQLite counts the commits of other connections for whoever asks. PostgreSQL has no such number, so the outbox's index is
asked for the rows that wait. Both take well under a millisecond on a connection that is kept. It is the driver's own:
SQLAlchemy would begin a transaction, within which SQLite sees nothing change.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Engine, PoolProxiedConnection

from provefirst.ledger import instant
from provefirst.store.outbox import LONGEST_PAUSE

_COUNTER = "PRAGMA data_version"
_WAITING = (
    "SELECT count(*), max(cause), max(next_at) FROM outbox WHERE status = 'due' AND next_at NOT BETWEEN %s AND %s"
)


class Changes:
    """Asked `seen()`, says whether something may have been written since it was asked last."""

    def __init__(self, database: Engine, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._connection: PoolProxiedConnection | None = None
        self._last: tuple[object, ...] = ()

    def seen(self) -> bool:
        try:
            sign = self._sign()
        except Exception:  # each driver has errors of its own; the engine's next turn meets the trouble, and says so
            self.close()
            return True
        has_changed, self._last = sign != self._last, sign
        return has_changed

    def close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.invalidate()
            self._connection = None

    def _sign(self) -> tuple[object, ...]:
        if self._connection is None:
            self._connection = self._database.raw_connection()
            if self._database.dialect.name == "postgresql":
                self._connection.driver_connection.autocommit = True  # type: ignore[union-attr]
        cursor = self._connection.cursor()
        try:
            if self._database.dialect.name == "sqlite":
                cursor.execute(_COUNTER)
            else:
                now = self._clock()
                cursor.execute(_WAITING, (instant(now), instant(now + LONGEST_PAUSE)))
            return tuple(cursor.fetchone() or ())
        finally:
            cursor.close()
