"""The portfolio's figures, from a ledger."""

from typing import Any

from sqlalchemy import event

from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.forecasting import calibration
from provefirst.lifecycle.portfolio import figures
from provefirst.stages import Choice, Stage
from tests import world as w
from tests.lifecycle.answers import releases, spends, votes
from tests.world import World, done

INDEXES = ("ix_entry_freed", "ix_entry_registered", "ix_entry_foreseen")


def test_a_yes_and_a_no_are_told_in_days_and_money(any_world: World):
    world = any_world
    no = world.bring_to(world.open(), Stage.RESEARCH)
    yes = world.open()
    world.clock.pass_days(12)
    world.submit_stage(no)
    done(conclude(world.workspace, no, w.lesson(), by="dana"))
    done(votes(world, no, Choice.STOP, "rita", "rolf"))
    world.bring_to(yes, Stage.WATCH)
    done(releases(world, yes, 40_000))
    done(spends(world, yes, 10_000, on=world.clock().date()))
    found = figures(world.workspace)
    assert (found["days_to_no"]["n"], found["days_to_no"]["median"]) == (1, 12.0)
    assert (found["days_to_yes"]["n"], found["days_to_yes"]["median"]) == (1, 12.0)
    assert found["avoided"] == [
        {"currency": "EUR", "n": 1, "low": 0, "high": 100_000_00, "share": None, "funded": 1},
    ]
    assert found["released"] == {"EUR": {"by_blindness": {"none": 40_000_00}, "blind_share": 0.0}}


def test_nothing_done_is_no_figure(world: World):
    found = figures(world.workspace)
    assert (found["days_to_no"]["n"], found["avoided"], found["released"]) == (0, [], {})


def test_it_asks_as_often_for_many_as_for_one(world: World):
    asked: list[str] = []
    counts = []
    event.listen(world.workspace.store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    for more in (1, 4):
        for _ in range(more):
            world.bring_to(world.open(), Stage.WATCH)
        asked.clear()
        figures(world.workspace)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8


def test_figures_and_forecasts_find_their_entries_by_the_indexes_made_for_them(world: World):
    asked: list[tuple[str, Any]] = []
    engine = world.workspace.store.engine
    event.listen(engine, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
    figures(world.workspace)
    calibration(world.workspace)
    with engine.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given).all() for said, given in list(asked)
                 if said.startswith("SELECT") and "entry" in said]  # fmt: skip
    used = {name for plan in plans for row in plan for name in INDEXES if name in row[3]}
    assert used == set(INDEXES)
