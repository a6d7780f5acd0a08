"""How many decisions a second there are, beside the least that they could take.

    python bench/decisions.py [--count 300]

Votes that open a gate, beside plain SQLAlchemy inserts of the same rows into the same tables, triggers and all, in one
transaction a decision. The two take turns; each turn gives a ratio, of which the median is told. On SQLite, and on a
PostgreSQL server of its own, which writes to the disk what is committed. The answer is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, TypeAlias

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import Table, insert, select

from provefirst.lifecycle.reviewing import vote
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.notices import TellingRow
from provefirst.store.schema import migrate
from provefirst.store.tables import EntryRow, InitiativeRow, OutboxRow, PartRow, WaitingRow, table
from provefirst.store.work import Work
from tests import parts
from tests.databases import Server
from tests.world import World, ballot

Rows: TypeAlias = list[tuple[Table, list[dict[str, Any]]]]

TURN = 20
"""Decisions a turn."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=300)
    count = options.parse_args().count
    answer: dict[str, Any] = {"machine": f"{os.cpu_count()} cores, Python {platform.python_version()}"}
    with TemporaryDirectory() as folder:
        answer["sqlite"] = decisions(Path(folder, "sqlite"), count)
        answer["postgresql"] = on_postgresql(Path(folder, "postgresql"), count)
    sys.stdout.write(json.dumps(answer, indent=1) + "\n")


def on_postgresql(folder: Path, count: int) -> dict[str, Any]:
    """`decisions` on a real server, as it comes: what is committed is on the disk."""
    running = parts.postgres().get_server(Path(mkdtemp(prefix="pg-")), cleanup_mode="delete")
    try:
        server = Server(running)
        return decisions(folder, count, server.create(), server.create())
    finally:
        running.cleanup()


def decisions(folder: Path, count: int, ours_in: str = "", plain_in: str = "") -> dict[str, Any]:
    """Votes that open a gate, and the same rows inserted plainly: they take turns, and each turn gives a ratio."""
    world, target = World.make(folder / "ours", ours_in or None), _empty(folder / "plain", plain_in)
    ours, plain = [], []
    for _ in range(count // TURN):
        keys = [world.open(budget=1_00) for _ in range(TURN)]
        at = {key: world.initiative(key).version for key in keys}
        ours.append(_speed(keys, lambda key: vote(world.workspace, key, ballot(), by="ella")))
        with world.workspace.store.reading() as work:
            before = {key: _rows(work, table(EntryRow), table(EntryRow).c.version <= at[key], key) for key in keys}
            written = {key: _written(work, key, version) for key, version in at.items()}
        with target.store.writing() as work:
            for key in keys:
                work.connection.execute(insert(table(EntryRow)), before[key])
        plain.append(_speed(keys, partial(_plainly, target, written)))
    for workspace in (world.workspace, target):
        workspace.store.engine.dispose()
    return {
        "ours_a_second": round(median(ours)),
        "plain_inserts_a_second": round(median(plain)),
        "ours_to_plain": round(median(mine / bare for mine, bare in zip(ours, plain, strict=True)), 3),
    }


def _empty(home: Path, url: str) -> Workspace:
    """A workspace with an empty database."""
    home.mkdir()
    workspace = Workspace.open(home, url or None)
    migrate(workspace.store.engine)
    return workspace


def _speed(keys: list[str], do: Callable[[str], object]) -> float:
    """How many of `keys` a second `do` does."""
    began = time.perf_counter()
    for key in keys:
        do(key)
    return len(keys) / (time.perf_counter() - began)


def _plainly(target: Workspace, written: dict[str, Rows], key: str) -> None:
    """Insert what the decision on `key` wrote, in one transaction."""
    with target.store.writing() as work:
        for rows, values in written[key]:
            work.connection.execute(insert(rows), values)


def _written(work: Work, key: str, version: int) -> Rows:
    """The rows that a decision on `key` wrote, in the order in which it did."""
    entry, shown, outbox = table(EntryRow), table(InitiativeRow), table(OutboxRow)
    waiting, part, telling = table(WaitingRow), table(PartRow), table(TellingRow)
    shown_row = [dict(row) for row in work.connection.execute(select(shown).where(shown.c.key == key)).mappings()]
    return [
        (entry, _rows(work, entry, entry.c.version > version, key)),
        (shown, shown_row),
        (waiting, _rows(work, waiting, waiting.c.initiative == key, key)),
        (part, _rows(work, part, part.c.handle == "ella", key)),
        (outbox, _rows(work, outbox, outbox.c.cause > version, key)),
        (telling, _rows(work, telling, telling.c.version > version, key)),
    ]


def _rows(work: Work, rows: Table, which: Any, key: str) -> list[dict[str, Any]]:
    found = select(rows).where(rows.c.initiative == key, which).order_by(*rows.primary_key.columns)
    return [dict(row) for row in work.connection.execute(found).mappings()]


if __name__ == "__main__":
    main()
