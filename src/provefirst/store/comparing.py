"""Comparing: the projections as they stand against those that the ledger makes, without writing to the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, collate, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from provefirst.chain import Bad
from provefirst.errors import BrokenLedgerError
from provefirst.store.database import dialect
from provefirst.store.projections import PROJECTIONS, Sums, remake
from provefirst.store.tables import BalanceRow, WaitingRow, metadata, table
from provefirst.store.work import Work

_AT_A_TIME = 1000


def projection_problems(work: Work, streams: Iterable[str], *, unsound: Collection[str]) -> Iterator[Bad]:
    """Where a projection differs from what `streams` make. Nothing is said of `unsound` ones, nor then of balances."""
    skipped, policies = set(unsound), _Policies(work)
    with _scratch() as scratch:
        sums = Sums()
        for stream in streams:
            try:
                sums.add(remake(scratch, work.entries(stream), policies))
            except BrokenLedgerError as problem:
                skipped.add(stream)
                yield Bad(stream, problem.version, problem.problem)
            except Exception as problem:  # a forged entry, sealed anew, may hold anything at all
                skipped.add(stream)
                yield Bad(stream, 0, f"its entries tell no history: {type(problem).__name__}: {str(problem)[:200]}")
        if not skipped:
            sums.write(scratch)
        left_out = ({BalanceRow} if skipped else set()) | (set() if policies.are_whole else {WaitingRow})
        for model in PROJECTIONS:
            if model not in left_out:
                yield from _differences(scratch, work.connection, model, skipped)


class _Policies:
    """Policy sets as they were adopted. Where one was changed or can't be read, what waits can't be told from it."""

    def __init__(self, work: Work) -> None:
        self.work, self.are_whole = work, True

    def __call__(self, digest: str) -> str | None:
        try:
            content = self.work.policy(digest)
        except DBAPIError:  # the audit of policies tells it
            content = None
        if content is None or sha256(content.encode()).hexdigest() != digest:
            self.are_whole = False
            return None
        return content


def _differences(made: Connection, found: Connection, model: type[SQLModel], skipped: Collection[str]) -> Iterator[Bad]:
    rows = table(model)
    key, name = [column.name for column in rows.primary_key.columns], str(rows.name)
    told: set[str] = set()
    try:
        for ledger, projection in _paired(_ordered(made, rows), _ordered(found, rows), key):
            row = dict(ledger or projection or {})
            stream = str(row.get("initiative") or row.get("key") or row[key[0]])
            if stream in skipped or stream in told or ledger == projection:
                continue
            told.add(stream)
            version = row.get("version")
            place = version if isinstance(version, int) else 0
            yield Bad(stream, place, f"projection {name} {_told(ledger, projection)}")
    except DBAPIError as problem:
        yield Bad(f"projection {name}", 0, f"can't be read: {problem.orig}")


def _told(ledger: RowMapping | None, projection: RowMapping | None) -> str:
    if ledger is None:
        return "has a row that the ledger doesn't make"
    if projection is None:
        return "lacks a row that the ledger makes"
    name = next(name for name in ledger if ledger[name] != projection[name])
    return f"says {name} {str(projection[name])[:80]!r}, and the ledger {str(ledger[name])[:80]!r}"


def _paired(
    made: Iterator[RowMapping], found: Iterator[RowMapping], key: list[str]
) -> Iterator[tuple[RowMapping | None, RowMapping | None]]:
    """Rows with the same key side by side; both come ordered by it."""
    left, right = next(made, None), next(found, None)
    while left is not None or right is not None:
        first = _key(left, key), _key(right, key)
        if right is None or (left is not None and first[0] < first[1]):
            yield left, None
            left = next(made, None)
        elif left is None or first[1] < first[0]:
            yield None, right
            right = next(found, None)
        else:
            yield left, right
            left, right = next(made, None), next(found, None)


def _key(row: RowMapping | None, key: list[str]) -> list[Any]:
    """A row's key as something that can be compared whatever was stored there."""
    return [(type(row[name]).__name__, row[name]) for name in key] if row is not None else []


def _ordered(connection: Connection, rows: Table) -> Iterator[RowMapping]:
    """All rows in the order of their key, as code points: the order of a database's language is its own."""
    by_code_point = dialect(connection) == "postgresql"
    order = [
        collate(column, "C") if by_code_point and column.type.python_type is str else column
        for column in rows.primary_key.columns
    ]
    # For this statement only: on the connection it would stay, and stream whatever comes later.
    options = {"yield_per": _AT_A_TIME}
    found = connection.execute(select(rows).order_by(*order), execution_options=options)
    return iter(found.mappings())


@contextmanager
def _scratch() -> Iterator[Connection]:
    """An empty database in a folder that vanishes: as large as the projections are, and not in memory."""
    with TemporaryDirectory(prefix="provefirst-") as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'scratch.db'}")
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql("PRAGMA synchronous=OFF")
                # What a forged entry makes must be compared, not refused.
                connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
                metadata.create_all(connection, [table(model) for model in PROJECTIONS])
                yield connection
        finally:
            engine.dispose()
