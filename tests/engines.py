"""Engines for tests: one Prefect server for the whole session, and an engine of each mode on a world of its own.

A test that asks for `engine` runs twice, embedded and in Prefect mode. Its world's clock ticks.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from provefirst.engine import ports
from provefirst.engine.engine import Engine, Pace
from provefirst.engine.prefect_api import tag_of
from provefirst.engine.reconciler import Patience
from provefirst.engine.run import Mode, Plan, running
from provefirst.engine.server import PrefectServer, settings
from provefirst.lifecycle.workspace import Workspace
from tests.world import World

MODES: tuple[Mode, ...] = ("embedded", "prefect")
SECONDS = 90.0
"""How long a test waits for what must come: far more than it takes, and only where it never comes."""


class TickingClock:
    """The true time, which flows in processes of their own have too, until it is set forward or back."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def pass_days(self, days: float) -> None:
        self._offset += timedelta(days=days)


@contextmanager
def prefect_server(folder: Path) -> Iterator[PrefectServer]:
    """A Prefect server that answers."""
    with PrefectServer(folder, port=ports.any_free(), with_pages=False) as server:
        server.wait()
        yield server


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """The session's Prefect server. Whoever wants to break one starts another."""
    folder = tmp_path_factory.mktemp("prefect")
    os.environ.update(settings(folder, with_pages=False))  # Prefect reads it when it is imported
    with prefect_server(folder) as server:
        yield server


@pytest.fixture(scope="session")
def prefect_template(prefect: PrefectServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the session's Prefect database: a server that starts on a copy of it has nothing to migrate."""
    file = tmp_path_factory.mktemp("template") / "prefect.db"
    with closing(sqlite3.connect(prefect.folder / "prefect.db")) as source, closing(sqlite3.connect(file)) as target:
        source.backup(target)
    return file


@pytest.fixture
def live_world(world: World) -> World:
    """A world whose clock ticks: what is put off for a second comes due."""
    world.workspace.clock = world.clock = TickingClock()  # type: ignore[assignment]
    return world


@pytest.fixture
def embedded(live_world: World, prefect: PrefectServer) -> Iterator[Engine]:
    """An engine that runs flows in this process, at work on `live_world`."""
    with running(live_world.workspace, quick("embedded", prefect.api_url)) as made:
        yield made


@pytest.fixture
def deployed(live_world: World, prefect: PrefectServer) -> Iterator[Engine]:
    """An engine whose flows are deployments that a runner executes, at work on `live_world`."""
    with running(live_world.workspace, quick("prefect", prefect.api_url)) as made:
        yield made


@pytest.fixture(params=MODES)
def engine(request: pytest.FixtureRequest, live_world: World, prefect: PrefectServer) -> Iterator[Engine]:
    """An engine at work on `live_world`, in each mode in turn."""
    with running(live_world.workspace, quick(request.param, prefect.api_url)) as made:
        yield made


def quick(mode: Mode, prefect_url: str, **changes: Any) -> Plan:
    """A plan that looks for lost runs each half second, so that tests need not wait ten."""
    pace = changes.pop("pace", Pace(reconcile=0.5, stop=5.0))
    return Plan(mode=mode, prefect_url=prefect_url, pace=pace, patience=changes.pop("patience", Patience()), **changes)


def eventually(what: Callable[[], object], seconds: float = SECONDS) -> None:
    """Return once `what()` is true; fail where it isn't within `seconds`."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, f"it did not come to pass within {seconds:g} seconds"
        time.sleep(0.02)


def runs_of(workspace: Workspace, prefect: PrefectServer, initiative: str = "") -> list[dict[str, Any]]:
    """The flow runs that Prefect keeps for a workspace, oldest first."""
    tags = [tag_of(workspace), *([initiative] if initiative else [])]
    query = {"flow_runs": {"tags": {"all_": tags}}, "sort": "START_TIME_ASC"}
    return list(_post(prefect, "/flow_runs/filter", query))


def artifacts_of(prefect: PrefectServer, run_id: str) -> dict[str, dict[str, Any]]:
    """The artifacts that a run left, by key."""
    found = _post(prefect, "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run_id]}}})
    return {artifact["key"]: artifact for artifact in found}


def events_of(workspace: Workspace, prefect: PrefectServer) -> list[tuple[str, str]]:
    """The events that Prefect heard about a workspace's initiatives, in the order of the ledger."""
    labels = {"labels": {"provefirst.ledger": [tag_of(workspace)]}}
    found = _post(prefect, "/events/filter", {"filter": {"resource": labels}, "limit": 50})["events"]
    heard = sorted(found, key=lambda event: (event["resource"]["prefect.resource.name"], event["payload"]["version"]))
    return [(event["resource"]["prefect.resource.name"], event["event"]) for event in heard]


def set_state(prefect: PrefectServer, run_id: str, kind: str) -> None:
    """What "change state" in Prefect's pages does."""
    state = {"type": kind, "name": kind.title(), "message": "set by hand"}
    _post(prefect, f"/flow_runs/{run_id}/set_state", {"state": state, "force": True})


def _post(prefect: PrefectServer, path: str, body: dict[str, Any]) -> Any:
    answer = httpx.post(prefect.api_url + path, json=body, timeout=30)
    answer.raise_for_status()
    return answer.json()
