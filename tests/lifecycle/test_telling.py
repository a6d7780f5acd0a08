"""How far a run is with its checks is told while it has the attempt, and stops no measurement."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from provefirst.errors import StorageError
from provefirst.lifecycle import attempts
from provefirst.stages import Stage
from provefirst.store import outbox
from tests.world import World


@pytest.fixture
def owed(world: World, monkeypatch: pytest.MonkeyPatch) -> outbox.Attempt:
    """The run that data analysis owes, taken."""
    monkeypatch.setattr(attempts, "TOLD_EVERY", 0.0)
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    with world.workspace.store.reading() as work:
        due = [one for one in outbox.due(work, now=world.clock(), limit=99) if one.initiative == key]
    taken = next(one for one in due if one.stage is Stage.DATA_ANALYSIS)
    assert attempts.claim(world.workspace, taken, "a run", world.clock())
    return taken


def state(world: World, owed: outbox.Attempt) -> str:
    with world.workspace.store.reading() as work:
        row = outbox.row_of(work, owed)
    assert row is not None
    return str(row["state"])


def test_each_check_is_told_before_it_runs(world: World, owed: outbox.Attempt) -> None:
    said: list[object] = []
    event.listen(
        world.workspace.store.engine, "before_cursor_execute",
        lambda *a: said.append(outbox.told(str(a[3][0]))) if a[2].startswith("UPDATE outbox") else None,
    )  # fmt: skip
    codes = [one.code for one in attempts.measure(world.workspace, owed).findings]
    assert said == [(done, len(codes), code) for done, code in enumerate(codes)]


def test_what_has_finished_is_told_of_no_more(world: World, owed: outbox.Attempt) -> None:
    with world.workspace.store.writing() as work:
        assert outbox.change(work, owed, only=("claimed",), status="finished", state="GateOpen")
    attempts.measure(world.workspace, owed)
    assert state(world, owed) == "GateOpen"


def test_where_it_cannot_be_told_it_is_measured_all_the_same(
    world: World, owed: outbox.Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise StorageError("the database is busy")

    monkeypatch.setattr(outbox, "tell", fail)
    assert attempts.measure(world.workspace, owed).findings
    assert state(world, owed) == ""


def test_a_run_that_takes_it_over_begins_anew(world: World, owed: outbox.Attempt) -> None:
    with world.workspace.store.writing() as work:
        outbox.tell(work, owed, 3, 9, "PF301")
    assert attempts.again(world.workspace, owed, "it was killed", world.clock())
    assert attempts.claim(world.workspace, owed, "another run", world.clock())
    assert state(world, owed) == ""
