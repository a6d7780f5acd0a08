"""Deadlines: none before its gate opens, none without an estimate, and none too early without a reason."""

from datetime import date, timedelta

import pytest

from provefirst.evidence import Kind
from provefirst.lifecycle import organisation
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.scheduling import latest_p80
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Choice, Outcome, Stage
from tests import world as w
from tests.lifecycle.answers import LATE, SOON, TODAY, promises, refused, votes
from tests.world import World, done

UNESTIMATED = w.policies(
    data_analysis=w.gate(Stage.DATA_ANALYSIS, [Kind.ANALYSIS_REPORT]), review=w.gate(Stage.REVIEW, [Kind.REVIEW])
)
NO_ESTIMATE = "a deadline is locked: there is no effort_estimate"


@pytest.fixture
def watched(world: World) -> str:
    return world.bring_to(world.open(), Stage.WATCH)


def p80(world: World, key: str) -> date:
    """The day before which a deadline needs a reason."""
    day = latest_p80(world.initiative(key), TODAY)
    assert day is not None
    return day


class TestLocked:
    @pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.WATCH])
    @pytest.mark.parametrize("handle", ["olga", "bea"])
    def test_no_deadline_before_the_release_gate(self, world, stage, handle):
        key = world.bring_to(world.open(), stage)
        locked = f"a deadline is locked: no gate that frees one is open, and {key} is at {stage.label}"
        is_estimated = stage.position > Stage.DATA_ANALYSIS.position
        assert refused(promises(world, key, by=handle)) == ((locked,) if is_estimated else (locked, NO_ESTIMATE))

    def test_none_without_an_estimate(self, world):
        organisation.adopt(world.workspace, UNESTIMATED, by="root")
        key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
        done(submit(world.workspace, key, Kind.ANALYSIS_REPORT, w.analysis(), by="dana"))
        done(world.approve(key))
        world.bring_to(key, Stage.WATCH)
        assert refused(promises(world, key)) == (NO_ESTIMATE,)

    def test_none_while_on_hold(self, world, watched):
        done(votes(world, watched, Choice.HOLD, "rita", condition="More rows", until=SOON))
        assert refused(promises(world, watched)) == (f"on hold until {SOON.isoformat()}: More rows",)

    def test_none_after_the_end(self, world, watched):
        done(conclude(world.workspace, watched, w.lesson(Outcome.WITHDRAWN), by="olga"))
        assert refused(promises(world, watched))[0] == f"{watched} is concluded: withdrawn"

    @pytest.mark.parametrize("handle", ["dana", "rita", "ella", "hans", "root", "anna"])
    def test_none_by_anybody_else(self, world, watched, handle):
        assert refused(promises(world, watched, by=handle)) != ()
        assert world.initiative(watched).deadline is None


class TestTooEarly:
    @pytest.mark.parametrize("days", [0, -1, -400])
    def test_a_day_that_is_over_is_refused_whatever_the_reason(self, world, watched, days):
        day = TODAY + timedelta(days=days)
        assert refused(promises(world, watched, day, by="bea", override="The fair.")) == (
            f"day: {day.isoformat()} is not after today, {TODAY.isoformat()}",
        )

    def test_the_day_before_the_p80_needs_a_reason(self, world, watched):
        limit = p80(world, watched)
        day = limit - timedelta(days=1)
        assert refused(promises(world, watched, day, by="bea")) == (
            f"{day.isoformat()} is before the P80 of the estimate, {limit.isoformat()}: say why",
        )

    def test_the_owner_has_no_reason_good_enough(self, world, watched):
        limit = p80(world, watched)
        assert refused(promises(world, watched, SOON, override="The fair is in April.")) == (
            f"a day before the P80, {limit.isoformat()}, is set by a board member",
        )

    def test_the_reason_of_a_board_member_stays_on_record(self, world, watched):
        limit = p80(world, watched)
        done(promises(world, watched, SOON, by="bea", override="The fair is in April."))
        deadline = world.initiative(watched).deadline
        assert (deadline.day, deadline.p80, deadline.override, deadline.by) == (
            SOON,
            limit,
            "The fair is in April.",
            "bea",
        )
        done(promises(world, watched, LATE))
        with world.workspace.store.reading() as work:
            said = [entry.data["override"] for entry in work.entries(watched) if entry.event == "deadline.set"]
        assert said == ["The fair is in April.", ""]


class TestSet:
    def test_the_p80_itself_needs_no_reason(self, world, watched):
        limit = p80(world, watched)
        deadline = done(promises(world, watched, limit)).initiative.deadline
        assert (deadline.day, deadline.p80, deadline.override, deadline.by) == (limit, limit, "", "olga")

    def test_a_reason_that_is_not_needed_is_not_kept(self, world, watched):
        deadline = done(promises(world, watched, LATE, by="bea", override="The fair.")).initiative.deadline
        assert deadline.override == ""

    def test_the_estimate_counts_from_the_day_it_is_asked_for(self, world, watched):
        limit = p80(world, watched)
        world.clock.pass_days(7)
        answer = promises(world, watched, limit)
        later = limit + timedelta(days=7)
        assert refused(answer) == (
            f"{limit.isoformat()} is before the P80 of the estimate, {later.isoformat()}: say why",
        )
