"""`provefirst up` as a process: it says how it is, is there once, and stops in order."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from provefirst.engine import ports
from provefirst.engine.server import PrefectServer, is_healthy
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.outbox import of_initiative
from tests.databases import Database
from tests.engines import eventually
from tests.world import Clock, World

UP = "from provefirst.cli import main; main()"


@pytest.fixture
def home(sqlite_template: Path, tmp_path: Path, prefect_template: Path) -> Path:
    """A data folder with a world in it, and a Prefect database that needs no migrating."""
    (tmp_path / "provefirst.db").write_bytes(sqlite_template.read_bytes())
    (tmp_path / "prefect").mkdir()
    (tmp_path / "prefect" / "prefect.db").write_bytes(prefect_template.read_bytes())
    return tmp_path


@contextmanager
def up(home: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the address of its API. It is killed where a test leaves it running."""
    port = ports.any_free()
    process = start(home, "--port", str(port), *options)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def start(home: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", UP, "up", *options]
    environment = {**os.environ, "PROVEFIRST_HOME": str(home)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ready(api: str) -> dict[str, Any]:
    """What readiness says; empty where nobody answers. Asked without a pause, it would meet the limit of requests."""
    time.sleep(0.2)
    try:
        return dict(httpx.get(f"{api}/ready", timeout=5).json())
    except httpx.HTTPError:
        return {}


def test_it_says_how_it_is_and_stops_in_order(home: Path):
    prefect = ports.any_free()
    with up(home, "--json-logs", "--prefect-port", str(prefect)) as (process, api):
        eventually(lambda: ready(api).get("status") == "ready")
        assert httpx.get(f"{api}/health").json()["status"] == "alive"
        assert {name: ready(api)[name] for name in ("database", "prefect")} == {"database": "up", "prefect": "up"}
        assert is_healthy(api_of(prefect))
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
        assert not is_healthy(api_of(prefect))
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["event"] for line in lines if line["logger"] == "provefirst.up"] == ["up", "stopping", "down"]


def test_the_first_start_makes_the_data_folder_and_tells_the_first_admin_how_to_come_in(
    tmp_path: Path, prefect: PrefectServer
):
    with up(tmp_path / "new", "--prefect-url", prefect.api_url) as (process, api):
        eventually(lambda: ready(api) != {})
        assert process.stderr is not None
        link = next(line.strip() for line in process.stderr if line.startswith("  http"))
        assert link.startswith(f"{api}/setup/")
        ada = {"handle": "ada", "name": "Ada Admin", "password": "a sentence that only I know"}
        body = {"secret": link.rpartition("/")[2], **ada}
        assert httpx.post(f"{api}/api/v1/setup", json=body).status_code == 200
        assert httpx.post(f"{api}/api/v1/setup", json=body).status_code == 403


def test_nothing_of_it_is_left_when_it_is_killed(home: Path):
    prefect = ports.any_free()
    with up(home, "--prefect-port", str(prefect)) as (process, api):
        eventually(lambda: ready(api).get("prefect") == "up")
        process.kill()
        process.communicate()
        eventually(lambda: not is_healthy(api_of(prefect)), seconds=30)
        again = start(home, "--port", api.rpartition(":")[2], "--prefect-port", str(prefect))
        eventually(lambda: ready(api) != {})
        again.send_signal(signal.SIGINT)
        _, said = again.communicate(timeout=60)
        assert again.returncode == 0, said


def test_it_runs_what_another_process_decides(home: Path, prefect: PrefectServer):
    with up(home, "--prefect-url", prefect.api_url) as (_, api):
        eventually(lambda: ready(api).get("status") == "ready")
        world = World(Workspace.open(home), Clock())
        key = world.open()
        eventually(lambda: states(world, key) == ["GateClosed: 0 of 1 approvals by an ethics reviewer"])
        world.approve(key)
        eventually(lambda: states(world, key)[1:] == ["AwaitingEvidence"])
        world.workspace.store.engine.dispose()


def test_a_second_one_on_the_same_data_folder_is_refused(home: Path, prefect: PrefectServer):
    with up(home, "--prefect-url", prefect.api_url) as (process, api):
        eventually(lambda: ready(api) != {})
        second = start(home, "--port", str(ports.any_free()), "--prefect-url", prefect.api_url)
        _, said = second.communicate(timeout=60)
        assert second.returncode == 1
        assert f"an engine already runs on {home} (process {process.pid})" in " ".join(said.split())


def test_a_taken_port_is_said_plainly(home: Path, prefect: PrefectServer):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(home, "--port", str(port), "--prefect-url", prefect.api_url)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"port {port} on 127.0.0.1 is taken, so provefirst can't start there" in " ".join(said.split())


def test_on_postgresql_a_second_one_is_refused_from_any_folder(
    database: Database,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    prefect: PrefectServer,
):
    if database.dialect == "sqlite":
        return
    monkeypatch.setenv("PROVEFIRST_DATABASE_URL", database.url)
    with up(database.home, "--prefect-url", prefect.api_url) as (_, api):
        eventually(lambda: ready(api) != {})
        folder = tmp_path_factory.mktemp("elsewhere")
        second = start(folder, "--port", str(ports.any_free()), "--prefect-url", prefect.api_url)
        _, said = second.communicate(timeout=60)
        assert second.returncode == 1
        assert "an engine already runs on the database" in " ".join(said.split())


def api_of(prefect_port: int) -> str:
    return f"http://127.0.0.1:{prefect_port}/api"


def states(world: World, key: str) -> list[str]:
    """The states that an initiative's runs ended in."""
    with world.workspace.store.reading() as work:
        return [row["state"] for row in of_initiative(work, key) if row["status"] == "finished"]
