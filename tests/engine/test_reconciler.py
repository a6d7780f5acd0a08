"""A run that was lost is run again as the same attempt, until a limit; then its owner is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from provefirst.engine.prefect_api import connected, tag_of
from provefirst.engine.reconciler import Patience
from provefirst.engine.run import running
from provefirst.engine.server import PrefectServer
from provefirst.engine.stories import entrypoint
from provefirst.lifecycle import attempts
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.outbox import Attempt
from tests.engines import SECONDS, eventually, quick, runs_of
from tests.world import World

Lose = Callable[[Any, Any], Any]


def crashed(client: Any, run: Any) -> None:
    _end(client, run, "Crashed")


def failed(client: Any, run: Any) -> None:
    _end(client, run, "Failed")


def cancelled(client: Any, run: Any) -> None:
    _end(client, run, "Cancelled")


def completed(client: Any, run: Any) -> None:
    """As somebody could set it by hand, without the run having done anything."""
    _end(client, run, "Completed")


def deleted(client: Any, run: Any) -> None:
    client.delete_flow_run(run.id)


def abandoned(client: Any, run: Any) -> None:
    """As an engine leaves it that is killed while it runs."""
    _end(client, run, "Running")


@pytest.mark.parametrize("lose", [crashed, failed, cancelled, completed, deleted, abandoned])
def test_a_lost_run_is_run_again_as_the_same_attempt(live_world: World, prefect: PrefectServer, lose: Lose):
    key = live_world.open()
    sent(live_world.workspace, prefect, lose)
    with running(live_world.workspace, quick("embedded", prefect.api_url)) as engine:
        engine.settle(SECONDS)
        eventually(lambda: runs_of(live_world.workspace, prefect, key)[-1]["state_type"] == "COMPLETED")
    assert outbox(live_world, key) == [("proposal", 1, 5, "finished", 2)]
    last = runs_of(live_world.workspace, prefect, key)[-1]
    assert last["name"] == f"{key}/proposal/attempt-1"


def test_a_run_that_no_runner_begins_is_lost(live_world: World, prefect: PrefectServer):
    key = live_world.open()
    with connected(prefect.api_url, retries=0) as client:
        from prefect.deployments.runner import RunnerDeployment

        tag = tag_of(live_world.workspace)
        deployment = RunnerDeployment.from_entrypoint(entrypoint("proposal"), name=tag, tags=[tag]).apply()
        run = client.create_flow_run_from_deployment(deployment, parameters=_parameters(key), tags=[tag, key])
        attempts.sent(live_world.workspace, owed(live_world.workspace), str(run.id), live_world.clock())
    patience = Patience(begin=timedelta(0))
    with running(live_world.workspace, quick("embedded", prefect.api_url, patience=patience)) as engine:
        engine.settle(SECONDS)
    assert outbox(live_world, key) == [("proposal", 1, 5, "finished", 2)]


def test_a_run_that_prefect_is_patient_with_is_not_lost(live_world: World, prefect: PrefectServer):
    key = live_world.open()
    with connected(prefect.api_url, retries=0) as client:
        from prefect.deployments.runner import RunnerDeployment

        tag = tag_of(live_world.workspace)
        deployment = RunnerDeployment.from_entrypoint(entrypoint("proposal"), name=tag, tags=[tag]).apply()
        run = client.create_flow_run_from_deployment(deployment, parameters=_parameters(key), tags=[tag, key])
        attempts.sent(live_world.workspace, owed(live_world.workspace), str(run.id), live_world.clock())
    with running(live_world.workspace, quick("embedded", prefect.api_url)) as engine:
        second = live_world.open()
        eventually(lambda: outbox(live_world, second) == [("proposal", 1, 5, "finished", 1)])
        engine.finished()
        third = live_world.open()
        eventually(lambda: outbox(live_world, third) == [("proposal", 1, 5, "finished", 1)])
    assert outbox(live_world, key) == [("proposal", 1, 5, "sent", 1)]


def test_past_the_limit_the_owner_is_told_and_the_initiative_shows_it(live_world: World, prefect: PrefectServer):
    key = live_world.open()
    workspace = live_world.workspace
    for _ in range(attempts.RUNS - 1):
        sent(workspace, prefect, crashed)
        [run] = attempts.unfinished(workspace)
        assert attempts.again(workspace, run.attempt, "it crashed", live_world.clock())
        live_world.clock.pass_days(1)  # the pause before it is sent again
    sent(workspace, prefect, crashed)
    with running(workspace, quick("embedded", prefect.api_url)) as engine:
        engine.settle(SECONDS)
    told = "the run ended as Crashed: by the test"
    assert outbox(live_world, key) == [("proposal", 1, 5, "stalled", 5)]
    assert live_world.initiative(key).stalls == (f"proposal attempt 1: gave up after 5 runs: {told}",)
    with workspace.store.reading() as work:
        last = work.entries(key)[-1]
    assert (last.event, last.data["to"]) == ("reminder.raised", "olga")


def test_what_a_killed_engine_left_open_in_prefect_is_closed(live_world: World, prefect: PrefectServer):
    key = live_world.open()
    sent(live_world.workspace, prefect, abandoned)
    [left] = runs_of(live_world.workspace, prefect, key)
    with running(live_world.workspace, quick("embedded", prefect.api_url)) as engine:
        engine.settle(SECONDS)
        eventually(lambda: _run(live_world, prefect, key, left["id"])["state_type"] == "CRASHED")
    assert _run(live_world, prefect, key, left["id"])["state"]["message"] == "the engine stopped while this ran"


def sent(workspace: Workspace, prefect: PrefectServer, lose: Lose) -> None:
    """Send what is owed, and lose its run in Prefect: what an engine leaves behind that dies."""
    attempt = owed(workspace)
    with connected(prefect.api_url, retries=0) as client:
        body = {
            "flow_id": str(client.create_flow_from_name(attempt.stage.value)),
            "name": attempt.name,
            "parameters": _parameters(attempt.initiative),
            "tags": [tag_of(workspace), attempt.initiative],
            "state": {"type": "PENDING", "name": "Pending"},
        }
        run = client.read_flow_run(UUID(client.request("POST", "/flow_runs/", json=body).json()["id"]))
        attempts.sent(workspace, attempt, str(run.id), workspace.clock())
        lose(client, run)


def owed(workspace: Workspace) -> Attempt:
    [attempt] = attempts.due(workspace, workspace.clock())
    return attempt


def outbox(world: World, key: str) -> list[tuple[str, int, int, str, int]]:
    """The runs of an initiative: stage, attempt, cause, how it stands, how often it was sent."""
    from provefirst.store.outbox import of_initiative

    with world.workspace.store.reading() as work:
        rows = of_initiative(work, key)
    return [(row["stage"], row["attempt"], row["cause"], row["status"], row["runs"]) for row in rows]


def _end(client: Any, run: Any, state: str) -> None:
    from prefect import states

    client.set_flow_run_state(run.id, getattr(states, state)(message="by the test"), force=True)


def _run(world: World, prefect: PrefectServer, key: str, run_id: str) -> dict[str, Any]:
    return next(run for run in runs_of(world.workspace, prefect, key) if run["id"] == run_id)


def _parameters(key: str) -> dict[str, Any]:
    return {"initiative": key, "attempt": 1, "cause": 5}
