"""What the ledger owes is run: once, named for what it is, and ending in a state named for what it waits for."""

from __future__ import annotations

from provefirst.engine.engine import Engine
from provefirst.engine.server import PrefectServer
from provefirst.evidence import Kind
from provefirst.lifecycle import organisation
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Stage
from tests.engines import SECONDS, artifacts_of, events_of, eventually, runs_of
from tests.world import World, done, gate, policies, replication

MEASURED = policies(replication=gate(Stage.REPLICATION, [Kind.REPLICATION_REPORT], findings={"PF501": {}}))


def recorded(world: World, key: str) -> list[int]:
    """The causes that findings were recorded for, in order."""
    with world.workspace.store.reading() as work:
        return [entry.data["cause"] for entry in work.entries(key) if entry.event == "findings.recorded"]


def test_a_run_ends_in_a_state_named_for_what_is_waited_for(engine: Engine, live_world: World, prefect: PrefectServer):
    key = live_world.open()
    engine.settle(SECONDS)
    eventually(lambda: [run["state_type"] for run in runs_of(engine.workspace, prefect, key)] == ["COMPLETED"])
    [run] = runs_of(engine.workspace, prefect, key)
    assert run["name"] == f"{key}/proposal/attempt-1"
    assert run["state_name"] == "GateClosed: 0 of 1 approvals by an ethics reviewer"
    assert {key, "proposal"} < set(run["tags"])
    assert run["parameters"] == {"initiative": key, "attempt": 1, "cause": 5}


def test_evidence_is_measured_once_and_shown_with_the_run(engine: Engine, live_world: World, prefect: PrefectServer):
    assert organisation.adopt(engine.workspace, MEASURED, by="root") is None
    key = live_world.bring_to(live_world.open(), Stage.REPLICATION)
    engine.settle(SECONDS)
    [entered] = recorded(live_world, key)
    cause = done(submit(engine.workspace, key, Kind.REPLICATION_REPORT, replication(), by="dana")).entries[0].version
    engine.settle(SECONDS)
    assert recorded(live_world, key) == [entered, cause]
    last = runs_of(engine.workspace, prefect, key)[-1]
    assert last["name"] == f"{key}/replication/attempt-1"
    eventually(lambda: len(artifacts_of(prefect, last["id"])) == 3)
    kept = artifacts_of(prefect, last["id"])
    low = key.lower()
    assert set(kept) == {f"{low}-replication-gate", f"{low}-replication-findings", low}
    assert kept[f"{low}-replication-gate"]["data"].startswith(
        f"# {key}/replication/attempt-1\n\nThe gate is **closed**."
    )
    assert f"/initiatives/{key}" in kept[low]["data"]


def test_an_initiative_passes_every_stage(engine: Engine, live_world: World):
    key = live_world.open()
    for stage in list(Stage)[1:]:
        engine.settle(SECONDS)
        live_world.bring_to(key, stage)
    engine.settle(SECONDS)
    assert live_world.initiative(key).stage is Stage.WATCH


def test_what_the_ledger_says_is_announced_in_prefect(embedded: Engine, live_world: World, prefect: PrefectServer):
    key = live_world.bring_to(live_world.open(), Stage.RESEARCH)
    names = (
        "initiative.opened budget.requested evidence.submitted evidence.submitted stage.entered "
        "vote.cast decision.made gate.opened stage.entered"
    )
    expected = [(key, f"provefirst.{name}") for name in names.split()]
    eventually(lambda: len(events_of(embedded.workspace, prefect)) >= len(expected))
    assert events_of(embedded.workspace, prefect) == expected
