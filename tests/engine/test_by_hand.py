"""What people do by hand in Prefect's pages changes nothing that the ledger says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from provefirst.engine.engine import Engine
from provefirst.engine.prefect_api import connected, tag_of
from provefirst.engine.server import PrefectServer
from provefirst.engine.stories import flow_of
from provefirst.ledger import Entry
from provefirst.lifecycle.running import working_on
from tests.engines import SECONDS, eventually, runs_of, set_state
from tests.world import World

ByHand = Callable[..., Any]


@pytest.fixture
def by_hand(embedded: Engine) -> ByHand:
    """Runs a stage's flow as a click on "quick run" would, with parameters typed in; returns the state it ends in."""

    def run(stage: str, initiative: str, attempt: int = 1, cause: int = 5) -> Any:
        with connected(embedded.api_url, retries=0), working_on(embedded.workspace):
            return flow_of(stage)(initiative, attempt, cause, return_state=True)

    return run


def entries(world: World, key: str) -> tuple[Entry, ...]:
    with world.workspace.store.reading() as work:
        return work.entries(key)


@pytest.mark.parametrize(
    ("stage", "initiative", "attempt", "cause", "reason"),
    [
        (
            "research",
            "PF-1",
            1,
            5,
            "nothing asked for this run of PF-1/research/attempt-1: a gate opens it, not a click",
        ),
        (
            "proposal",
            "PF-1",
            2,
            5,
            "nothing asked for this run of PF-1/proposal/attempt-2: a gate opens it, not a click",
        ),
        (
            "proposal",
            "PF-1",
            1,
            4,
            "nothing asked for this run of PF-1/proposal/attempt-1: a gate opens it, not a click",
        ),
        ("proposal", "PF-9", 1, 5, "initiative: 'PF-9' is not accepted: no such initiative; did you mean 'PF-1'?"),
    ],
    ids=["stage", "attempt", "cause", "initiative"],
)
def test_a_run_that_nothing_asked_for_is_refused(
    embedded: Engine,
    live_world: World,
    by_hand: ByHand,
    stage: str,
    initiative: str,
    attempt: int,
    cause: int,
    reason: str,
):
    key = live_world.open()
    embedded.settle(SECONDS)
    before = entries(live_world, key)
    state = by_hand(stage, initiative, attempt, cause)
    assert (state.type.value, state.name, state.message) == ("CANCELLED", "Refused", reason)
    assert entries(live_world, key) == before


def test_a_run_that_has_finished_is_not_run_twice(embedded: Engine, live_world: World, by_hand: ByHand):
    key = live_world.open()
    embedded.settle(SECONDS)
    before = entries(live_world, key)
    state = by_hand("proposal", key)
    assert (state.name, state.message) == (
        "Refused",
        f"{key}/proposal/attempt-1 is finished: GateClosed: 0 of 1 approvals by an ethics reviewer",
    )
    assert entries(live_world, key) == before


@pytest.mark.parametrize("kind", ["COMPLETED", "FAILED", "RUNNING", "CANCELLED"])
def test_a_state_set_by_hand_changes_nothing(embedded: Engine, live_world: World, prefect: PrefectServer, kind: str):
    key = live_world.open()
    embedded.settle(SECONDS)
    before = entries(live_world, key)
    [run] = runs_of(embedded.workspace, prefect, key)
    set_state(prefect, run["id"], kind)
    embedded.finished()  # the reconciler looks at once
    embedded.settle(SECONDS)
    assert entries(live_world, key) == before
    assert live_world.initiative(key).openings == {}


def test_a_quick_run_of_a_deployment_is_refused(live_world: World, prefect: PrefectServer, deployed: Engine):
    key = live_world.open()
    deployed.settle(SECONDS)
    before = entries(live_world, key)
    with connected(prefect.api_url, retries=0) as client:
        deployment = client.read_deployment_by_name(f"release/{tag_of(live_world.workspace)}")
        parameters = {"initiative": key, "attempt": 1, "cause": 99}
        run = client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
        eventually(lambda: _state(client, run).is_final())
        state = _state(client, run)
    reason = f"nothing asked for this run of {key}/release/attempt-1: a gate opens it, not a click"
    assert (state.name, state.message) == ("Refused", reason)
    assert entries(live_world, key) == before


def _state(client: Any, run: Any) -> Any:
    return client.read_flow_run(run.id).state
