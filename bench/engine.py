"""How quick the engine is, beside the least that it could take.

    python bench/engine.py [--repeats 30] [--initiatives 10000] [--only latency,many]

latency     approval by another process to the first line of the next stage's flow: embedded, and in Prefect mode
            beside a bare Prefect flow that is served with the same polling. The two take turns, so that they meet
            the same machine.
many        listing among many open initiatives, and what the engine costs when nothing happens, with none and with many

The answer is JSON. Prefect servers and databases are made for it, in a folder that is gone afterwards.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import text

from provefirst.engine import ports
from provefirst.engine.engine import Engine
from provefirst.engine.prefect_api import connected
from provefirst.engine.run import Plan, running
from provefirst.engine.runner import POLL_SECONDS
from provefirst.engine.server import PrefectServer, settings
from provefirst.lifecycle import listing
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.outbox import of_initiative
from tests.world import Clock, World

SEAT = 1_00
"""What each initiative asks for, in minor units: little, so that the pool lasts."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeats", type=int, default=30)
    options.add_argument("--initiatives", type=int, default=10_000)
    options.add_argument("--only", default="latency,many")
    given = options.parse_args()
    wanted = given.only.split(",")
    answer: dict[str, Any] = {"machine": f"{os.cpu_count()} cores, Python {platform.python_version()}"}
    with TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.update(settings(folder / "prefect", with_pages=False))
        with PrefectServer(folder / "prefect", port=ports.any_free(), with_pages=False) as server:
            server.wait()
            if "latency" in wanted:
                answer["latency"] = latency(folder, server.api_url, given.repeats)
            if "many" in wanted:
                answer["many"] = many(folder, server.api_url, given.initiatives)
    sys.stdout.write(json.dumps(answer, indent=1) + "\n")


def latency(folder: Path, prefect_url: str, repeats: int) -> dict[str, Any]:
    """Seconds from an approval to the first line of the next stage's flow."""
    found = {}
    with engine_on(folder / "embedded", Plan(prefect_url=prefect_url)) as (world, engine):
        ours = approvals(world, engine)
        ours()  # the first run imports what the others find imported
        found["embedded"] = summary([ours() for _ in range(repeats)])
    with ExitStack() as stack:
        world, engine = stack.enter_context(engine_on(folder / "prefect_mode", Plan("prefect", prefect_url)))
        bare = stack.enter_context(served(folder / "bare", prefect_url))
        ours = approvals(world, engine)
        ours()
        bare()
        pairs = [(ours(), bare()) for _ in range(max(5, repeats // 2))]
        found["prefect"] = summary([pair[0] for pair in pairs])
        found["bare_prefect"] = summary([pair[1] for pair in pairs])
        found["prefect_to_bare"] = round(median(p[0] for p in pairs) / median(p[1] for p in pairs), 3)
    return found


def approvals(world: World, engine: Engine) -> Callable[[], float]:
    """Each call has another process approve an initiative, and says how long its next stage's first line took."""

    def once() -> float:
        key = world.open(budget=SEAT)
        engine.settle(300)
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            pool.apply(approve, (str(world.workspace.home), ""))  # imports
            asked = pool.apply(approve, (str(world.workspace.home), key))
        engine.settle(300)
        with world.workspace.store.reading() as work:
            first_line = of_initiative(work, key)[1]["claimed_at"]
        return (datetime.fromisoformat(first_line) - asked).total_seconds()

    return once


def approve(home: str, key: str) -> datetime:
    """Vote for `key`; returns when that began."""
    workspace = Workspace.open(home)
    if not key:
        workspace.is_prepared()
        return datetime.now(UTC)
    asked = datetime.now(UTC)
    World(workspace, Clock()).approve(key)
    return asked


@contextmanager
def served(folder: Path, prefect_url: str) -> Iterator[Callable[[], float]]:
    """Serves a plain Prefect flow; each call asks for a run of it, and says how long its first line took."""
    folder.mkdir()
    log = folder / "first_lines"
    environment = {
        **os.environ,
        "PREFECT_API_URL": prefect_url,
        "PREFECT_RUNNER_POLL_FREQUENCY": str(POLL_SECONDS),
        "BARE_LOG": str(log),
    }
    server = subprocess.Popen([sys.executable, str(Path(__file__).with_name("bare.py"))], env=environment)
    try:
        with connected(prefect_url, retries=3) as client:
            deployment = _when_there(lambda: client.read_deployment_by_name("bare/bare"))

            def once() -> float:
                seen = len(log.read_text().splitlines()) if log.exists() else 0
                asked = time.time()
                parameters = {"initiative": "PF-1", "attempt": 1, "cause": seen}
                client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
                lines: list[str] = []
                while len(lines) <= seen:
                    time.sleep(0.02)
                    lines = log.read_text().splitlines() if log.exists() else []
                time.sleep(1)  # let the run end, as ours has when it is measured
                return float(lines[-1]) - asked

            yield once
    finally:
        server.terminate()
        server.wait()


@contextmanager
def engine_on(home: Path, plan: Plan) -> Iterator[tuple[World, Engine]]:
    """A world, true in time, with an engine at work on it."""
    world = World.make(home)
    world.workspace.clock = lambda: datetime.now(UTC)
    try:
        with running(world.workspace, plan) as engine:
            yield world, engine
    finally:
        world.workspace.store.engine.dispose()


def many(folder: Path, prefect_url: str, count: int) -> dict[str, Any]:
    """Listing among `count` open initiatives, and what an idle engine takes of a core with none and with them."""
    with engine_on(folder / "none", Plan(prefect_url=prefect_url)) as (_, engine):
        engine.settle(300)
        idle_with_none = idle()
    world = World.make(folder / "many")
    world.clock.now = datetime.now(UTC) - timedelta(days=1)  # so late that nobody is to be reminded yet
    for _ in range(count):
        world.open(budget=1)
        world.clock.pass_days(0.9 / count)
    with world.workspace.store.writing() as work:  # their first runs, and telling people, are not what is measured
        work.connection.execute(text("UPDATE outbox SET status = 'finished', state = 'GateClosed'"))
        work.connection.execute(text("DELETE FROM telling"))
    seconds = []
    for number in range(200):
        began = time.perf_counter()
        listing.initiatives(world.workspace, limit=100, stage="proposal" if number % 2 else "")
        seconds.append(time.perf_counter() - began)
    world.workspace.clock = lambda: datetime.now(UTC)
    with running(world.workspace, Plan(prefect_url=prefect_url)) as engine:
        engine.settle(300)
        idle_with_many = idle()
    return {
        "initiatives": count,
        "list_milliseconds_p95": round(quantiles(seconds, n=20)[-1] * 1000, 2),
        "idle_percent_of_a_core_with_none": idle_with_none,
        "idle_percent_of_a_core_with_many": idle_with_many,
    }


def idle(seconds: float = 30.0) -> float:
    """The processor's time that this process takes while it waits, in percent of one core."""
    time.sleep(5)
    began = time.process_time()
    time.sleep(seconds)
    return round((time.process_time() - began) / seconds * 100, 2)


def summary(seconds: list[float]) -> dict[str, float]:
    return {
        "median": round(median(seconds), 3),
        "least": round(min(seconds), 3),
        "most": round(max(seconds), 3),
        "repeats": len(seconds),
    }


def _when_there(ask: Callable[[], Any]) -> Any:
    for _ in range(600):
        try:
            return ask()
        except Exception:
            time.sleep(0.1)
    return ask()


if __name__ == "__main__":
    main()
