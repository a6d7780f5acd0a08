"""What a gate decides beside going on: with conditions, back to an earlier stage, or not now."""

from datetime import timedelta

import pytest

from provefirst.evidence import Kind
from provefirst.lifecycle.act import Done
from provefirst.lifecycle.deciding import decide_now
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.submitting import submit
from provefirst.people import ENGINE
from provefirst.stages import Choice, Stage
from tests import world as w
from tests.lifecycle.answers import SOON, clears, events, promises, refused, releases, resumes, votes
from tests.world import World, done

ASKED = "condition 1 of the research gate is not cleared: Ask the nurses"


def closed(answer) -> tuple[str, ...]:
    """Why the gate is still closed after what was done."""
    assert isinstance(answer, Done), answer
    return answer.gate.reasons


class TestConditions:
    @pytest.fixture
    def conditional(self, world: World) -> str:
        """At replication, approved but for a condition of the research gate."""
        key = world.bring_to(world.open(), Stage.RESEARCH)
        world.submit_stage(key)
        done(votes(world, key, Choice.CONDITIONAL_GO, "rita", conditions=("Ask the nurses",)))
        world.submit_stage(key)
        return key

    def test_it_closes_the_next_gate_whoever_approves(self, world, conditional):
        assert closed(world.approve(conditional, "rita", "rolf")) == (ASKED,)

    def test_time_does_not_clear_it(self, world, conditional):
        world.approve(conditional)
        world.clock.pass_days(10_000)
        assert refused(decide_now(world.workspace, conditional, by=ENGINE)) == (ASKED,)

    def test_no_author_clears_it(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        done(submit(world.workspace, key, Kind.RESEARCH_DOSSIER, w.dossier(), by="dirk"))
        done(votes(world, key, Choice.CONDITIONAL_GO, "rita", conditions=("Ask the nurses",)))
        assert refused(clears(world, key, 1, "dirk"))[0] == (
            f"dirk is data scientist on {key}, and nobody has two parts on one initiative"
        )

    def test_the_owner_does_not_clear_it(self, world):
        key = done(open_initiative(world.workspace, w.proposal(), by="otto", screen=w.screen())).initiative.key
        world.bring_to(key, Stage.RESEARCH)
        world.submit_stage(key)
        done(votes(world, key, Choice.CONDITIONAL_GO, "rita", conditions=("Ask the nurses",)))
        assert refused(clears(world, key, 1, "otto"))[0] == (
            f"otto is product owner on {key}, and nobody has two parts on one initiative"
        )

    @pytest.mark.parametrize("handle", ["dana", "olga", "hans", "root", "anna"])
    def test_nobody_clears_it_who_judges_nothing(self, world, conditional, handle):
        assert refused(clears(world, conditional, 1, handle)) != ()

    def test_another_gates_keeper_does_not_clear_it(self, world, conditional):
        assert refused(clears(world, conditional, 1, "bea")) == (
            "the research gate set condition 1: a reviewer clears it",
        )

    def test_one_that_is_not_there_is_not_cleared(self, world, conditional):
        assert refused(clears(world, conditional, 2, "rita")) == (
            f"condition 2 does not wait to be cleared on {conditional}; waiting: 1",
        )

    def test_one_is_cleared_once(self, world, conditional):
        done(clears(world, conditional, 1, "rita"))
        assert refused(clears(world, conditional, 1, "rolf")) == (
            f"condition 1 does not wait to be cleared on {conditional}; waiting: none",
        )

    def test_clearing_it_opens_the_gate_that_waited_for_nothing_else(self, world, conditional):
        world.approve(conditional)
        state = done(clears(world, conditional, 1, "rolf")).initiative
        assert (state.stage, state.conditions[0].cleared_by, state.conditions[0].how) == (
            Stage.DATA_ANALYSIS,
            "rolf",
            w.WORDS,
        )


class TestRecycling:
    @pytest.fixture
    def recycled(self, world: World) -> str:
        """Sent back from replication to research."""
        key = world.bring_to(world.open(), Stage.REPLICATION)
        world.submit_stage(key)
        done(votes(world, key, Choice.RECYCLE, "rita", back_to=Stage.RESEARCH))
        return key

    def test_one_of_two_peers_sends_nothing_back(self, world):
        key = world.bring_to(world.open(), Stage.REVIEW)
        done(votes(world, key, Choice.RECYCLE, "rita", back_to=Stage.RESEARCH))
        assert world.initiative(key).stage is Stage.REVIEW

    def test_two_who_name_different_stages_send_nothing_back(self, world):
        key = world.bring_to(world.open(), Stage.REVIEW)
        done(votes(world, key, Choice.RECYCLE, "rita", back_to=Stage.RESEARCH))
        done(votes(world, key, Choice.RECYCLE, "rolf", back_to=Stage.REPLICATION))
        assert world.initiative(key).stage is Stage.REVIEW

    def test_it_begins_a_new_attempt_at_the_stage_named(self, world, recycled):
        state = world.initiative(recycled)
        assert (state.stage, state.attempt, state.decisions[-1].back_to) == (Stage.RESEARCH, 2, Stage.RESEARCH)

    def test_gates_from_there_on_are_closed_and_earlier_ones_stay_open(self, world, recycled):
        assert list(world.initiative(recycled).openings) == [Stage.PROPOSAL]

    def test_earlier_evidence_stays_visible_and_counts_no_more(self, world, recycled):
        state = world.initiative(recycled)
        assert [(one.kind, one.stage, one.attempt) for one in state.submissions[2:] if one.by == "dana"] == [
            (Kind.RESEARCH_DOSSIER, Stage.RESEARCH, 1),
            (Kind.REPLICATION_REPORT, Stage.REPLICATION, 1),
        ]
        assert closed(world.approve(recycled)) == ("research_dossier: not submitted",)

    def test_what_was_submitted_before_may_be_submitted_again(self, world, recycled):
        world.submit_stage(recycled)
        assert done(world.approve(recycled)).initiative.stage is Stage.REPLICATION

    def test_each_stage_on_the_way_is_a_new_attempt(self, world, recycled):
        world.bring_to(recycled, Stage.DATA_ANALYSIS)
        assert dict(world.initiative(recycled).attempts) == {
            Stage.PROPOSAL: 1,
            Stage.RESEARCH: 2,
            Stage.REPLICATION: 2,
            Stage.DATA_ANALYSIS: 1,
        }

    def test_it_withdraws_the_deadline_and_locks_the_money(self, world):
        key = world.bring_to(world.open(), Stage.WATCH)
        done(promises(world, key))
        before = world.initiative(key).version
        done(votes(world, key, Choice.RECYCLE, "rita", back_to=Stage.REVIEW))
        assert events(world, key, before)[-5:] == [
            "decision.made",
            "gate.closed",
            "gate.closed",
            "deadline.withdrawn",
            "stage.entered",
        ]
        assert world.initiative(key).deadline is None
        assert refused(releases(world, key, 1)) == (
            f"money is locked: the release gate is closed, and {key} is at review",
        )


class TestHolding:
    @pytest.fixture
    def held(self, world: World) -> str:
        key = world.bring_to(world.open(), Stage.RESEARCH)
        world.submit_stage(key)
        done(votes(world, key, Choice.HOLD, "rita", condition="More rows", until=SOON))
        return key

    @pytest.mark.parametrize("days", [10, 11, 365, 10_000])
    def test_time_never_lifts_it(self, world, held, days):
        world.clock.pass_days(days)
        assert refused(decide_now(world.workspace, held, by=ENGINE)) == (
            f"on hold until {SOON.isoformat()} (and due to be looked at again): More rows",
            "0 of 1 approvals by a reviewer",
        )

    @pytest.mark.parametrize("days", [0, 10, 10_000])
    def test_nobody_approves_what_is_on_hold(self, world, held, days):
        world.clock.pass_days(days)
        assert refused(world.approve(held, "rolf")) == (f"{held} is on hold until {SOON.isoformat()}: resume it first",)

    @pytest.mark.parametrize("handle", ["dana", "olga", "hans", "root", "anna"])
    def test_nobody_resumes_it_who_judges_nothing(self, world, held, handle):
        assert refused(resumes(world, held, handle)) != ()

    def test_another_gates_keeper_does_not_resume_it(self, world, held):
        assert refused(resumes(world, held, "bea")) == ("the research gate is kept by a reviewer",)

    def test_what_is_not_on_hold_is_not_resumed(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        assert refused(resumes(world, key, "rita")) == (f"{key} is not on hold",)

    def test_work_goes_on_meanwhile(self, world, held):
        dossier = w.dossier().model_copy(update={"conclusion": "More rows were found."})
        done(submit(world.workspace, held, Kind.RESEARCH_DOSSIER, dossier, by="dana"))

    def test_resuming_approves_nothing(self, world, held):
        state = done(resumes(world, held, "rita")).initiative
        assert (state.hold, state.stage, state.standing_votes) == (None, Stage.RESEARCH, ())

    def test_once_resumed_it_passes_by_a_new_vote(self, world, held):
        done(resumes(world, held, "rita"))
        assert done(world.approve(held)).initiative.stage is Stage.REPLICATION

    def test_of_two_days_to_look_again_the_later_is_kept_and_both_conditions(self, world):
        key = world.bring_to(world.open(), Stage.REVIEW)
        later = SOON + timedelta(days=5)
        done(votes(world, key, Choice.HOLD, "rita", condition="More rows", until=later))
        done(votes(world, key, Choice.HOLD, "rolf", condition="A new law", until=SOON))
        hold = world.initiative(key).hold
        assert (hold.condition, hold.until, hold.by) == ("More rows; A new law", later, ("rita", "rolf"))


class TestDecidingNow:
    def test_where_no_vote_carries_anything_every_reason_is_told(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        assert refused(decide_now(world.workspace, key, by="olga")) == (
            "research_dossier: not submitted",
            "0 of 1 approvals by a reviewer",
        )

    def test_it_writes_nothing_then(self, world):
        key = world.open()
        before = events(world, key)
        refused(decide_now(world.workspace, key, by=ENGINE))
        assert events(world, key) == before
