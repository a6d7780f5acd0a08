"""Time reminds those whose turn it is. It never approves."""

import pytest

from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.reminders import PATIENCE, raise_due
from provefirst.stages import Choice, Outcome, Stage
from tests import world as w
from tests.lifecycle.answers import SOON, events, votes
from tests.world import World, done


def reminded(world: World, days: float) -> int:
    """How many initiatives get a reminder once so many days have passed."""
    world.clock.pass_days(days)
    return raise_due(world.workspace, now=world.clock())


def reminders(world: World, key: str) -> list[tuple[str, str]]:
    """Who was reminded of what."""
    with world.workspace.store.reading() as work:
        return [(one.data["to"], one.data["about"]) for one in work.entries(key) if one.event == "reminder.raised"]


@pytest.mark.parametrize("days", [0, 1, PATIENCE.days - 0.001])
def test_nobody_is_reminded_before_their_time(world, days):
    key = world.open()
    assert (reminded(world, days), reminders(world, key)) == (0, [])


def test_whose_turn_it_is_is_reminded(world):
    key = world.open()
    assert (reminded(world, PATIENCE.days), reminders(world, key)) == (
        1,
        [("ethics reviewer", "1 of 1 approvals still to be given")],
    )


def test_everybody_who_is_waited_for_is_reminded_of_their_share(world):
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    reminded(world, PATIENCE.days)
    assert reminders(world, key) == [
        ("data scientist (dana)", "analysis_report to be submitted"),
        ("data scientist (dana)", "effort_estimate to be submitted"),
    ]


def test_nobody_is_reminded_twice_of_the_same_silence(world):
    world.open()
    assert [reminded(world, PATIENCE.days), reminded(world, 0), reminded(world, 1)] == [1, 0, 0]


def test_whoever_stays_silent_is_reminded_again(world):
    world.open()
    assert [reminded(world, PATIENCE.days), reminded(world, PATIENCE.days)] == [1, 1]


def test_what_happens_meanwhile_is_no_silence(world):
    key = world.open()
    world.clock.pass_days(PATIENCE.days - 1)
    done(world.approve(key))
    assert reminded(world, 1) == 0


def test_each_initiative_is_reminded_of_by_itself(world):
    keys = [world.open(), world.open()]
    assert reminded(world, PATIENCE.days) == 2
    assert [len(reminders(world, key)) for key in keys] == [1, 1]


def test_nobody_is_reminded_of_what_is_concluded(world):
    key = world.open()
    done(conclude(world.workspace, key, w.lesson(Outcome.WITHDRAWN), by="olga"))
    assert (reminded(world, 365), reminders(world, key)) == (0, [])


class TestHolds:
    @pytest.fixture
    def held(self, world: World) -> str:
        """On hold for ten days, of which six are over, in which it was not silent."""
        key = world.bring_to(world.open(), Stage.RESEARCH)
        done(votes(world, key, Choice.HOLD, "rita", condition="More rows", until=SOON))
        world.clock.pass_days(6)
        world.submit_stage(key)
        return key

    def test_before_its_day_it_is_left_alone(self, world, held):
        assert (reminded(world, 3), reminders(world, held)) == (0, [])

    def test_on_its_day_those_who_keep_the_gate_are_reminded(self, world, held):
        assert reminded(world, 4) == 1
        assert reminders(world, held) == [
            ("reviewer (rita)", "on hold: More rows"),
            ("reviewer", "1 of 1 approvals still to be given"),
        ]

    def test_its_day_lifts_nothing(self, world, held):
        reminded(world, 4)
        state = world.initiative(held)
        assert (state.hold is None, state.stage) == (False, Stage.RESEARCH)

    def test_what_is_written_on_its_day_does_not_hide_it(self, world, held):
        world.clock.pass_days(4)
        done(conclude(world.workspace, held, w.lesson(Outcome.INCONCLUSIVE), by="dana"))
        assert reminded(world, 0) == 1

    def test_its_day_comes_once(self, world, held):
        assert [reminded(world, 4), reminded(world, 1)] == [1, 0]


def test_a_reminder_opens_no_gate_however_often(world):
    key = world.open()
    for _ in range(20):
        reminded(world, PATIENCE.days)
    assert world.initiative(key).stage is Stage.PROPOSAL
    assert events(world, key)[-20:] == ["reminder.raised"] * 20
