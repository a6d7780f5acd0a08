"""How it ends: whichever way, with a lesson, and by as many peers."""

from datetime import timedelta

import pytest

from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.opening import open_initiative
from provefirst.stages import Choice, Outcome, Reason, Stage
from tests import world as w
from tests.lifecycle.answers import SOON, TODAY, events, pool, refused, votes
from tests.world import World, done

NEGATIVE = (Outcome.NOT_FEASIBLE, Outcome.INCONCLUSIVE)


@pytest.fixture
def researched(world: World) -> str:
    key = world.bring_to(world.open(), Stage.RESEARCH)
    world.submit_stage(key)
    return key


def ends(world: World, key: str, outcome: Outcome = Outcome.NOT_FEASIBLE, *, by: str = "dana") -> Answer:
    return conclude(world.workspace, key, w.lesson(outcome), by=by)


class TestProposing:
    @pytest.mark.parametrize("handle", ["rita", "bea", "hans", "ella", "root", "anna", "otto"])
    def test_nobody_proposes_an_end_but_who_works_on_it(self, world, researched, handle):
        before = events(world, researched)
        assert refused(ends(world, researched, by=handle)) != ()
        assert events(world, researched) == before

    @pytest.mark.parametrize("outcome", NEGATIVE)
    def test_the_owner_does_not_judge_whether_it_can_work(self, world, researched, outcome):
        assert refused(ends(world, researched, outcome, by="olga")) == (
            f"{outcome.value}: a data scientist proposes it",
        )

    def test_nothing_is_feasible_before_the_release_gate(self, world, researched):
        assert refused(ends(world, researched, Outcome.FEASIBLE)) == ("feasible: the release gate is not passed",)

    @pytest.mark.parametrize("days", [0, -1])
    def test_a_day_to_look_again_lies_ahead(self, world, researched, days):
        day = TODAY + timedelta(days=days)
        lesson = w.lesson().model_copy(update={"revisit_on": day})
        assert refused(conclude(world.workspace, researched, lesson, by="dana")) == (
            f"revisit_on: {day.isoformat()} is not after today",
        )

    def test_a_proposed_end_ends_nothing(self, world, researched):
        state = done(ends(world, researched)).initiative
        assert (state.is_open, state.stage) == (True, Stage.RESEARCH)

    def test_peers_may_go_on_all_the_same(self, world, researched):
        done(ends(world, researched))
        assert done(world.approve(researched)).initiative.stage is Stage.REPLICATION


class TestStopping:
    def test_a_lesson_that_was_voted_past_ends_nothing_later(self, world, researched):
        """What it was written for is over: at the next stage it is proposed anew, or not at all."""
        done(ends(world, researched))
        done(world.approve(researched))
        assert refused(votes(world, researched, Choice.STOP, "rita")) == (
            "stop concludes, and no conclusion with its lesson is proposed yet",
        )
        done(ends(world, researched, Outcome.INCONCLUSIVE))
        state = done(votes(world, researched, Choice.STOP, "rita", "rolf")).initiative
        assert state.conclusion.outcome is Outcome.INCONCLUSIVE

    @pytest.mark.parametrize("outcome", NEGATIVE)
    def test_one_peer_does_not_carry_it(self, world, researched, outcome):
        done(ends(world, researched, outcome))
        assert done(votes(world, researched, Choice.STOP, "rita")).initiative.is_open

    def test_one_peer_twice_does_not_either(self, world, researched):
        done(ends(world, researched))
        assert done(votes(world, researched, Choice.STOP, "rita", "rita")).initiative.is_open

    def test_another_lesson_voids_the_votes_for_the_first(self, world, researched):
        done(ends(world, researched))
        done(votes(world, researched, Choice.STOP, "rita"))
        other = w.lesson(Outcome.INCONCLUSIVE, Reason.DATA_INSUFFICIENT)
        done(conclude(world.workspace, researched, other, by="dana"))
        assert done(votes(world, researched, Choice.STOP, "rolf")).initiative.is_open
        state = done(votes(world, researched, Choice.STOP, "rita")).initiative
        assert (state.conclusion.outcome, state.conclusion.reasons) == (
            Outcome.INCONCLUSIVE,
            (Reason.DATA_INSUFFICIENT,),
        )

    @pytest.mark.parametrize("outcome", NEGATIVE)
    def test_a_negative_passes_the_same_quorum_as_the_review_gate(self, world, researched, outcome):
        lesson = done(ends(world, researched, outcome)).initiative.submissions[-1]
        state = done(votes(world, researched, Choice.STOP, "rita", "rolf")).initiative
        end = state.conclusion
        assert (end.outcome, end.reasons, end.lesson, end.by) == (
            outcome,
            (Reason.GOAL_MISSED,),
            lesson.digest,
            ("rita", "rolf"),
        )

    @pytest.mark.parametrize("outcome", [*NEGATIVE, Outcome.FEASIBLE])
    def test_past_the_release_gate_each_outcome_takes_two_peers(self, world, outcome):
        key = world.bring_to(world.open(), Stage.WATCH)
        done(ends(world, key, outcome))
        assert done(votes(world, key, Choice.STOP, "rita")).initiative.is_open
        assert done(votes(world, key, Choice.STOP, "rolf")).initiative.conclusion.outcome is outcome

    def test_where_the_board_decides_the_board_stops(self, world):
        key = world.bring_to(world.open(), Stage.RELEASE)
        done(ends(world, key))
        state = done(votes(world, key, Choice.STOP, "bea", "ben")).initiative
        assert (state.conclusion.outcome, state.conclusion.by) == (Outcome.NOT_FEASIBLE, ("bea", "ben"))

    def test_what_must_not_begin_is_stopped_at_the_first_gate(self, world):
        key = world.open()
        done(ends(world, key))
        assert done(votes(world, key, Choice.STOP, "ella")).initiative.conclusion.by == ("ella",)

    def test_what_is_on_hold_can_be_stopped(self, world, researched):
        done(votes(world, researched, Choice.HOLD, "rita", condition="More rows", until=SOON))
        done(ends(world, researched))
        state = done(votes(world, researched, Choice.STOP, "rita", "rolf")).initiative
        assert (state.is_open, state.hold) == (False, None)

    def test_it_gives_the_money_back_and_closes_what_stood_open(self, world, researched):
        before = pool(world)
        done(ends(world, researched))
        done(votes(world, researched, Choice.STOP, "rita"))
        version = world.initiative(researched).version
        state = done(votes(world, researched, Choice.STOP, "rolf")).initiative
        assert events(world, researched, version) == [
            "evidence.submitted",
            "vote.cast",
            "decision.made",
            "gate.closed",
            "money.returned",
            "initiative.concluded",
        ]
        assert (pool(world) - before, dict(state.openings)) == (100_000_00, {})


class TestWithdrawing:
    def test_a_data_scientist_withdraws_nothing(self, world, researched):
        assert refused(ends(world, researched, Outcome.WITHDRAWN)) == (
            "withdrawn: the product owner withdraws",
            f"withdrawn: olga opened {researched}, and alone withdraws it",
        )

    def test_the_owner_withdraws_at_once(self, world, researched):
        state = done(ends(world, researched, Outcome.WITHDRAWN, by="olga")).initiative
        assert (state.conclusion.outcome, state.conclusion.by) == (Outcome.WITHDRAWN, ("olga",))

    @pytest.mark.parametrize("stage", list(Stage))
    def test_they_may_at_every_stage(self, world, stage):
        key = world.bring_to(world.open(), stage)
        assert not done(ends(world, key, Outcome.WITHDRAWN, by="olga")).initiative.is_open

    def test_an_owner_with_other_roles_withdraws_as_owner(self, world):
        key = done(open_initiative(world.workspace, w.proposal(), by="otto", screen=w.screen())).initiative.key
        assert done(ends(world, key, Outcome.WITHDRAWN, by="otto")).initiative.conclusion.by == ("otto",)

    def test_it_ends_once(self, world, researched):
        done(ends(world, researched, Outcome.WITHDRAWN, by="olga"))
        assert refused(ends(world, researched, Outcome.WITHDRAWN, by="olga")) == (
            f"{researched} is concluded: withdrawn",
        )
