"""The portfolio's figures, from a ledger."""

from sqlalchemy import event

from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.portfolio import figures
from provefirst.stages import Choice, Stage
from tests import world as w
from tests.lifecycle.answers import releases, spends, votes
from tests.world import World, done


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
