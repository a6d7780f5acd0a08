"""One engine on one data folder, and one on one PostgreSQL database: two would each send what the other sent."""

from __future__ import annotations

import os
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO

from sqlalchemy import Connection, Engine, text

from provefirst.errors import ProvefirstError

try:
    import fcntl
except ImportError:  # Windows has no flock; see `_take`
    fcntl = None  # type: ignore[assignment]

FILE = "engine.lock"
ADVISORY = 7033032
"""The PostgreSQL lock that an engine holds as long as it is connected."""

PATIENCE = 2.0
"""Seconds that PostgreSQL may take to notice that the engine before was killed."""


class AlreadyRunningError(ProvefirstError):
    """Another engine works here."""

    def __init__(self, place: str, holder: str) -> None:
        self.place, self.holder = place, holder
        super().__init__(f"an engine already runs on {place} ({holder}): stop it first, or give another data folder")


class EngineLock(AbstractContextManager["EngineLock"]):
    """Held while an engine works. The operating system lets go of it when the process dies, however it dies."""

    def __init__(self, folder: Path, database: Engine) -> None:
        self._folder, self._database = folder, database
        self._file: IO[str] | None = None
        self._session: Connection | None = None

    def __enter__(self) -> EngineLock:
        self._file = _take(self._folder)
        try:
            self._session = _take_database(self._database)
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.invalidate()  # ends the server's session, and its lock with it
            self._session.close()
        if self._file is not None:
            self._file.close()


def _take(folder: Path) -> IO[str]:
    path = folder / FILE
    file = path.open("a+", encoding="utf-8")
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        pid = file.read().strip()
        file.close()
        raise AlreadyRunningError(str(folder), f"process {pid}" if pid else "another process") from None
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def _take_database(database: Engine) -> Connection | None:
    """A session that holds the lock in PostgreSQL; None on SQLite, whose file lies in the folder that is locked."""
    if database.dialect.name != "postgresql":
        return None
    session = database.connect().execution_options(isolation_level="AUTOCOMMIT")
    until = time.monotonic() + PATIENCE
    while not session.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": ADVISORY}).scalar_one():
        if time.monotonic() > until:
            session.close()
            raise AlreadyRunningError(f"the database {database.url.database}", "another process holds its lock")
        time.sleep(0.1)
    return session
