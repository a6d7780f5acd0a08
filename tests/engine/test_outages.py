"""Prefect away, killed or back, a database that fails: runs wait, and nothing is lost."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from provefirst.engine import ports
from provefirst.engine.deployed import DeployedRuns
from provefirst.engine.dispatcher import Dispatcher
from provefirst.engine.embedded import EmbeddedRuns
from provefirst.engine.engine import Engine
from provefirst.engine.prefect_api import connected
from provefirst.engine.run import Plan, running
from provefirst.engine.server import PrefectServer, is_healthy
from provefirst.ledger import instant
from provefirst.lifecycle import attempts
from provefirst.stages import Stage
from provefirst.store.outbox import of_initiative
from tests.engine.test_reconciler import outbox
from tests.engines import SECONDS, eventually, quick
from tests.world import World


@pytest.fixture
def folder(prefect_template: Path, tmp_path: Path) -> Path:
    """The data of a Prefect server that a test starts and kills."""
    folder = tmp_path / "prefect"
    folder.mkdir()
    (folder / "prefect.db").write_bytes(prefect_template.read_bytes())
    return folder


def test_runs_wait_while_prefect_is_away_and_are_run_when_it_comes(live_world: World, folder: Path):
    server = PrefectServer(folder, port=ports.any_free(), with_pages=False)
    with running(live_world.workspace, quick("embedded", server.api_url)) as engine:
        key = live_world.bring_to(live_world.open(), Stage.RESEARCH)
        assert outbox(live_world, key) == [("proposal", 1, 5, "due", 0), ("research", 1, 9, "due", 0)]
        eventually(lambda: engine.pulse().waiting == 2)
        assert not engine.pulse().is_prefect_up
        assert engine.pulse().is_alive
        with server:
            server.wait()
            engine.settle(SECONDS)
            assert engine.pulse().is_prefect_up
    assert outbox(live_world, key) == [("proposal", 1, 5, "finished", 1), ("research", 1, 9, "finished", 1)]


def test_a_killed_prefect_server_is_started_again_and_nothing_is_lost(live_world: World, folder: Path):
    port = ports.any_free()
    with PrefectServer(folder, port=port, with_pages=False) as server:
        server.wait()
        with running(live_world.workspace, quick("embedded", server.api_url)) as engine:
            first = live_world.open()
            engine.settle(SECONDS)
            killed = _kill(server)
            keys = [live_world.bring_to(live_world.open(), Stage.REPLICATION) for _ in range(3)]
            engine.settle(SECONDS)
        assert server.pid != killed
    finished = [("proposal", 1, 5, "finished"), ("research", 1, 9, "finished"), ("replication", 1, 15, "finished")]
    assert outbox(live_world, first) == [("proposal", 1, 5, "finished", 1)]
    assert [[run[:4] for run in outbox(live_world, key)] for key in keys] == [finished] * 3


def test_prefect_killed_in_the_middle_of_runs_loses_none(live_world: World, folder: Path):
    with PrefectServer(folder, port=ports.any_free(), with_pages=False) as server:
        server.wait()
        with running(live_world.workspace, quick("embedded", server.api_url)) as engine:
            keys = [live_world.open(budget=1_000_00) for _ in range(12)]
            eventually(lambda: _is_under_way(engine))
            _kill(server)
            engine.settle(SECONDS)
    assert [[run[:4] for run in outbox(live_world, key)] for key in keys] == [[("proposal", 1, 5, "finished")]] * 12


def test_an_engine_brings_its_own_server_and_takes_it_down(live_world: World, folder: Path):
    with running(live_world.workspace, Plan()) as engine:
        key = live_world.open()
        engine.settle(SECONDS)
        url = engine.api_url
        assert folder == live_world.workspace.home / "prefect"
        assert is_healthy(url)
    assert outbox(live_world, key) == [("proposal", 1, 5, "finished", 1)]
    assert not is_healthy(url)


def test_a_killed_runner_is_started_again_and_nothing_is_lost(live_world: World, deployed: Engine):
    assert isinstance(deployed.runs, DeployedRuns)
    first = live_world.open()
    deployed.settle(SECONDS)
    runner = deployed.runs.runner.pid
    assert runner is not None
    os.kill(runner, signal.SIGKILL)
    second = live_world.open()
    deployed.settle(SECONDS)
    assert deployed.runs.runner.pid != runner
    assert [outbox(live_world, key) for key in (first, second)] == [[("proposal", 1, 5, "finished", 1)]] * 2


def test_what_prefect_answers_with_an_error_is_put_off_and_the_row_keeps_it(live_world: World, prefect: PrefectServer):
    key = live_world.open()
    with connected(prefect.api_url, retries=0) as client:
        client._client.base_url = prefect.api_url + "/no-such-api"
        runs = EmbeddedRuns(live_world.workspace, prefect.api_url)
        assert Dispatcher(live_world.workspace, runs).dispatch(client) == 0
    with live_world.workspace.store.reading() as work:
        [row] = of_initiative(work, key)
    assert (row["status"], row["runs"]) == ("due", 0)
    assert row["problem"].startswith("Client error '404 Not Found' for url")
    assert row["next_at"] > instant(live_world.clock())


def test_a_clock_that_is_set_back_holds_up_no_run(embedded: Engine, live_world: World):
    key = live_world.open()
    embedded.settle(SECONDS)
    live_world.clock.pass_days(-1)
    live_world.bring_to(key, Stage.RESEARCH)
    embedded.settle(SECONDS)
    assert outbox(live_world, key)[1] == ("research", 1, 9, "finished", 1)


def _kill(server: PrefectServer) -> int:
    assert server.pid is not None
    killed = server.pid
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: not is_healthy(server.api_url) or server.pid != killed)
    return killed


def _is_under_way(engine: Engine) -> bool:
    return any(run.claimed_at for run in attempts.unfinished(engine.workspace))
