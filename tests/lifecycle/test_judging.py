"""Review and vote: who says what at which gate, and what their word is bound to."""

import pytest
from pydantic import ValidationError

from provefirst.evidence import Kind
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.reviewing import method_review, review, vote
from provefirst.lifecycle.submitting import submit
from provefirst.people import Role
from provefirst.reviews import Ballot
from provefirst.stages import Choice, Outcome, Stage
from tests import world as w
from tests.lifecycle.answers import LATE, TODAY, events, refused, votes
from tests.world import World, done

STALE = "the dossier has changed since you read it: read it again before you vote"


@pytest.fixture
def researched(world: World) -> str:
    key = world.bring_to(world.open(), Stage.RESEARCH)
    world.submit_stage(key)
    return key


def reviews(world: World, key: str, by: str = "rita", **more: object) -> Answer:
    return review(world.workspace, key, w.peer_review(), by=by, **more)  # type: ignore[arg-type]


def ballots(world: World, key: str, by: str, **more: object) -> Answer:
    return vote(world.workspace, key, w.ballot(), by=by, **more)  # type: ignore[arg-type]


class TestBallots:
    @pytest.mark.parametrize(
        ("choice", "missing"),
        [("conditional_go", "conditions"), ("recycle", "back_to"), ("hold", "condition")],
    )
    def test_a_choice_needs_what_belongs_to_it(self, choice, missing):
        with pytest.raises(ValidationError, match=f"{choice} needs {missing}"):
            Ballot.model_validate({"choice": choice, "reason": w.WORDS})

    def test_a_hold_needs_a_day(self):
        with pytest.raises(ValidationError, match="hold needs until"):
            Ballot.model_validate({"choice": "hold", "reason": w.WORDS, "condition": "More rows"})

    @pytest.mark.parametrize(
        ("field", "value", "owner"),
        [
            ("conditions", ("Ask the nurses",), "conditional_go"),
            ("back_to", Stage.PROPOSAL, "recycle"),
            ("condition", "More rows", "hold"),
            ("until", LATE, "hold"),
        ],
    )
    def test_a_go_carries_nothing_of_another_choice(self, field, value, owner):
        with pytest.raises(ValidationError, match=f"{field} belongs to {owner}, not to go"):
            w.ballot(Choice.GO, **{field: value})

    def test_no_vote_is_cast_without_a_reason(self):
        with pytest.raises(ValidationError):
            Ballot.model_validate({"choice": "go", "reason": "  "})


class TestWhereItIsRefused:
    def test_before_research_there_is_nothing_to_review(self, world):
        assert refused(reviews(world, world.open())) == ("there is nothing to review yet at proposal",)

    def test_the_board_does_not_vote_where_peers_review(self, world, researched):
        assert refused(ballots(world, researched, "bea")) == ("the research gate asks for reviews, not for votes",)

    def test_peers_do_not_decide_where_the_board_votes(self, world):
        key = world.bring_to(world.open(), Stage.RELEASE)
        assert refused(reviews(world, key)) == ("the release gate asks for a board member, not for a reviewer",)

    def test_the_board_does_not_vote_where_ethics_is_asked(self, world):
        assert refused(ballots(world, world.open(), "bea")) == ("bea is not ethics reviewer",)

    @pytest.mark.parametrize("handle", ["olga", "dana", "hans", "bea", "ella", "root", "anna"])
    def test_nobody_but_a_reviewer_reviews(self, world, researched, handle):
        before = events(world, researched)
        assert refused(reviews(world, researched, handle)) != ()
        assert events(world, researched) == before

    def test_the_method_alone_is_not_reviewed_where_results_are_shown_at_once(self, world, researched):
        answer = method_review(world.workspace, researched, w.METHOD, by="rita")
        assert refused(answer) == ("the research gate shows results at once: review them with the method",)

    def test_the_method_is_reviewed_once(self, world):
        key = world.bring_to(world.open(), Stage.REVIEW)
        world.judge_method(key, "rita")
        answer = method_review(world.workspace, key, w.METHOD, by="rita")
        assert refused(answer) == ("rita has reviewed the method already, and has seen results since",)

    def test_a_stop_without_a_lesson_is_refused(self, world, researched):
        assert refused(votes(world, researched, Choice.STOP, "rita")) == (
            "stop concludes, and no conclusion with its lesson is proposed yet",
        )

    @pytest.mark.parametrize("stage", [Stage.RESEARCH, Stage.REPLICATION, Stage.WATCH])
    def test_recycling_forward_or_nowhere_is_refused(self, world, researched, stage):
        assert refused(votes(world, researched, Choice.RECYCLE, "rita", back_to=stage)) == (
            f"recycle goes back: {stage.label} is not before research",
        )

    def test_a_hold_until_today_is_refused(self, world, researched):
        answer = votes(world, researched, Choice.HOLD, "rita", condition="More rows", until=TODAY)
        assert refused(answer) == (f"until: {TODAY.isoformat()} is not after today",)

    def test_after_the_end_nobody_votes(self, world, researched):
        done(conclude(world.workspace, researched, w.lesson(Outcome.WITHDRAWN), by="olga"))
        assert refused(reviews(world, researched)) == (f"{researched} is concluded: withdrawn",)


class TestWhatItIsBoundTo:
    def test_a_review_of_another_dossier_is_refused(self, world, researched):
        assert refused(reviews(world, researched, dossier="a" * 64)) == (STALE,)

    def test_a_vote_on_another_dossier_is_refused(self, world):
        key = world.bring_to(world.open(), Stage.RELEASE)
        assert refused(ballots(world, key, "bea", dossier="a" * 64)) == (STALE,)

    def test_who_read_what_lies_there_votes_on_it(self, world, researched):
        dossier = world.initiative(researched).dossier
        state = done(reviews(world, researched, dossier=dossier)).initiative
        assert (state.votes[-1].dossier, state.stage) == (dossier, Stage.REPLICATION)

    def test_new_evidence_voids_an_approval_visibly(self, world):
        key = world.bring_to(world.open(), Stage.REVIEW)
        done(reviews(world, key, "rita"))
        done(submit(world.workspace, key, Kind.EFFORT_ESTIMATE, w.estimate(likely=50), by="dana"))
        gate = done(reviews(world, key, "rolf")).gate
        assert gate.reasons == (  # type: ignore[union-attr]
            "1 of 2 approvals by a reviewer",
            "approval by rita is void: what was approved has changed since",
        )

    def test_who_approves_anew_opens_it(self, world):
        key = world.bring_to(world.open(), Stage.REVIEW)
        done(reviews(world, key, "rita"))
        done(submit(world.workspace, key, Kind.EFFORT_ESTIMATE, w.estimate(likely=50), by="dana"))
        done(reviews(world, key, "rolf"))
        assert done(reviews(world, key, "rita")).initiative.stage is Stage.RELEASE

    def test_a_changed_mind_takes_the_place_of_the_first_word(self, world):
        key = world.bring_to(world.open(), Stage.REVIEW)
        done(reviews(world, key, "rita"))
        done(votes(world, key, Choice.RECYCLE, "rita", back_to=Stage.RESEARCH))
        gate = done(reviews(world, key, "rolf")).gate
        assert gate.reasons == ("1 of 2 approvals by a reviewer",)  # type: ignore[union-attr]


class TestWhatItDoes:
    def test_a_review_is_evidence_and_a_vote(self, world):
        key = world.bring_to(world.open(), Stage.REVIEW)
        before = world.initiative(key).version
        done(reviews(world, key))
        assert events(world, key, before) == ["method_review.submitted", "evidence.submitted", "vote.cast"]
        assert world.initiative(key).parts["rita"] is Role.REVIEWER

    def test_the_last_vote_that_is_asked_for_opens_the_gate_with_it(self, world):
        key = world.bring_to(world.open(), Stage.RELEASE)
        done(ballots(world, key, "bea"))
        before = world.initiative(key).version
        state = done(ballots(world, key, "ben")).initiative
        assert events(world, key, before) == [
            "vote.cast",
            "decision.made",
            "gate.opened",
            "budget.approved",
            "stage.entered",
        ]
        assert (state.stage, state.decisions[-1].by) == (Stage.WATCH, ("bea", "ben"))
