"""What pages ask of all initiatives at once is answered alike by both databases."""

from __future__ import annotations

from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.reviewing import review
from provefirst.stages import Choice, Stage
from provefirst.store import outbox, overview
from tests.world import World, done, lesson, peer_review


def test_what_ended_is_counted_by_stage_and_outcome(any_world: World) -> None:
    world = any_world
    key = world.bring_to(world.open(), Stage.REPLICATION)
    done(conclude(world.workspace, key, lesson(), by="dana"))
    for peer in ("rita", "rolf"):
        done(review(world.workspace, key, peer_review(Choice.STOP), by=peer))
    running = world.open()
    with world.workspace.store.reading() as work:
        assert overview.ended(work) == ({"stage": "replication", "outcome": "not_feasible", "count": 1},)
        assert overview.under_policies(work) == {world.initiative(running).policy: 1}
        assert overview.titles(work, {running, "PF-99"}) == {running: "Tell benign from malignant"}


def test_progress_is_of_the_newest_run_that_has_not_finished(any_world: World) -> None:
    world = any_world
    key = world.open()
    with world.workspace.store.writing() as work:
        for owed in outbox.due(work, now=world.clock(), limit=9):
            outbox.change(work, owed, only=("due",), status="done")
        assert overview.progress(work, key)["status"] is None
    done(world.approve(key))
    with world.workspace.store.reading() as work:
        found = overview.progress(work, key)
    assert (found["version"], found["status"], found["stage"]) == (world.initiative(key).version, "due", "research")
