"""Noticing that somebody wrote to the database, cheaply enough to ask many times a second.

SQLite counts the commits of other connections for whoever asks. PostgreSQL has no such number, so the outbox's index is
asked for the rows that wait. Both take well under a millisecond on a connection that is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from provefirst.ledger import instant

_COUNTER = text("PRAGMA data_version")
_WAITING = text("SELECT count(*), max(next_at) FROM outbox WHERE status = 'due' AND next_at <= :now")


class Changes:
    """Asked `seen()`, says whether something may have been written since it was asked last."""

    def __init__(self, database: Engine, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._connection: Connection | None = None
        self._last: tuple[object, ...] = ()

    def seen(self) -> bool:
        try:
            sign = self._sign()
        except DBAPIError:
            self.close()  # the engine's next turn meets the same trouble, and says so
            return True
        has_changed, self._last = sign != self._last, sign
        return has_changed

    def close(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _sign(self) -> tuple[object, ...]:
        if self._connection is None:
            self._connection = self._database.connect().execution_options(isolation_level="AUTOCOMMIT")
        if self._database.dialect.name == "sqlite":
            return tuple(self._connection.execute(_COUNTER).one())
        return tuple(self._connection.execute(_WAITING, {"now": instant(self._clock())}).one())
