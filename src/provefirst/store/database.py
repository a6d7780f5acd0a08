"""The database: SQLite in a file by default, PostgreSQL by URL, opened the same way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from provefirst.errors import ConstraintError, InvalidInputError, StorageError

BUSY_SECONDS = 30
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+pg8000", "postgres": "postgresql+pg8000"}


def sqlite_url(file: Path) -> str:
    """The URL of an SQLite database in `file`."""
    return f"sqlite:///{file}"


def connect(url: str) -> Engine:
    """An engine on `url`; `postgresql://` takes the pg8000 driver. The password never appears in an error."""
    try:
        parsed = make_url(url)
    except Exception as problem:
        raise InvalidInputError("database", "(not shown)", "a URL such as postgresql://user@host/name") from problem
    backend = parsed.drivername.partition("+")[0]
    if backend not in _DRIVERS:
        raise InvalidInputError("database", parsed.drivername, "sqlite or postgresql")
    if "+" not in parsed.drivername:
        parsed = parsed.set(drivername=_DRIVERS[backend])
    if backend != "sqlite":
        if "host" in parsed.query:  # a socket's folder, as libpq writes it
            folder = parsed.query["host"]
            socket = f"{folder}/.s.PGSQL.{parsed.query.get('port', '5432')}"
            parsed = parsed.difference_update_query(["host", "port"]).update_query_dict({"unix_sock": socket})
        return create_engine(parsed, pool_pre_ping=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite`, not by the driver's guess
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction(engine: Engine, *, writes: bool) -> Iterator[Connection]:
    """One transaction: all of it is written, or nothing. Storage that fails becomes a StorageError."""
    with translated(), engine.connect().execution_options(writes=writes) as connection, connection.begin():
        yield connection


@contextmanager
def part(connection: Connection) -> Iterator[None]:
    """A part of a transaction: where it fails, it alone is taken back, and what came before it stands."""
    with translated(), connection.begin_nested():
        yield


@contextmanager
def translated() -> Iterator[None]:
    """Let what a driver raises be a StorageError, or a ConstraintError where it refused a row."""
    try:
        yield
    except UnicodeEncodeError as problem:
        raise _unspeakable(problem.object) from problem
    except DBAPIError as problem:
        if _words(problem)[1] == _NO_SUCH_CHARACTER:
            raise _unspeakable("(not shown)") from problem
        if (refusal := _refusal(problem)) is not None:
            raise ConstraintError(refusal) from problem
        raise StorageError(_told(problem)) from problem


def _refusal(problem: DBAPIError) -> str | None:
    """What a constraint or trigger said; None where it was something else. pg8000 names most by SQLSTATE only."""
    text, state = _words(problem)
    return text if state.startswith("23") or isinstance(problem, IntegrityError) else None


def _told(problem: DBAPIError) -> str:
    text, state = _words(problem)
    if "locked" in text or "busy" in text:
        return f"the database was busy for {BUSY_SECONDS} seconds: nothing was written, try again"
    if "full" in text or "disk I/O" in text or "No space" in text or "readonly" in text:
        return f"the disk refused the write ({text}): nothing was written"
    if "no such table" in text or "no such column" in text or state in _NOT_PREPARED:
        return "the database is empty or older than this version: run `provefirst init` to prepare it"
    if "not a database" in text or "malformed" in text:
        return f"the file is no SQLite database, or it is damaged ({text})"
    if state.startswith(_AWAY) or (not state and isinstance(problem, OperationalError | InterfaceError)):
        return f"the database can't be reached: {text}"
    return f"the database refused: {text}"


def _unspeakable(text: str) -> InvalidInputError:
    """What was asked for can't be there: no database holds such text."""
    return InvalidInputError("text", text, "text without null characters and halves of characters")


_NO_SUCH_CHARACTER = "22021"
"""SQLSTATE of text that PostgreSQL can't hold."""

_NOT_PREPARED = ("42P01", "42703")
"""SQLSTATE of a table or column that isn't there."""

_AWAY = ("08", "28", "3D", "53", "57")
"""SQLSTATE classes: no connection, not let in, no such database, out of resources, shut down."""


def _words(problem: DBAPIError) -> tuple[str, str]:
    """What the driver says, in its own words, and the SQLSTATE where there is one."""
    said: BaseException | None = problem.orig
    while said is not None and not _details(said) and said.__context__ is not None:
        said = said.__context__  # pg8000 hides why it was not let in: it can't say goodbye
    details = _details(said) if said is not None else {}
    return (str(details.get("M")), str(details.get("C", ""))) if details else (str(problem.orig), "")


def _details(problem: BaseException) -> dict[str, object]:
    """The fields of PostgreSQL's answer, where that is what `problem` holds."""
    details = problem.args[0] if problem.args else None
    return details if isinstance(details, dict) else {}


def dialect(connection: Connection | Engine) -> str:
    """`sqlite` or `postgresql`."""
    return connection.dialect.name
