"""Gates: every reason why one stays closed, and the one way in which it opens."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from provefirst.clauses import Approvals, FindingRule
from provefirst.evidence import Kind
from provefirst.findings import Level
from provefirst.gates import Closed, GatePolicy, Open, decide
from provefirst.people import Role
from provefirst.stages import Choice, Outcome, Stage
from tests import world as w
from tests.core.stories import Story, at_research, finding, researched
from tests.world import NOON

TOMORROW = NOON.date() + timedelta(days=1)
NEEDS_ONE = "0 of 1 approvals by a reviewer"


def policy(*findings: str, leaves: Stage = Stage.RESEARCH, accept: tuple[Level, ...] = (), **fields: object):
    """A gate that one reviewer opens once there is a dossier, with the findings of these codes."""
    rule = FindingRule(accept=accept) if accept else FindingRule()
    evidence = fields.pop("evidence", [Kind.RESEARCH_DOSSIER])
    return w.gate(leaves, evidence, findings=dict.fromkeys(findings, rule), **fields)


def reasons(gate_policy: GatePolicy, story: Story, *, days: int = 0) -> tuple[str, ...]:
    """Why the gate is closed after `story`; none where it is open."""
    gate = decide(gate_policy, story.initiative, now=NOON + timedelta(days=days))
    return gate.reasons if isinstance(gate, Closed) else ()


def approved() -> Story:
    return researched().voted("rita")


class TestEvidence:
    def test_a_gate_stays_closed_while_evidence_is_missing(self):
        assert reasons(policy(), at_research().voted("rita")) == ("research_dossier: not submitted",)

    def test_each_missing_piece_is_named(self):
        asked = policy(evidence=[Kind.RESEARCH_DOSSIER, Kind.EFFORT_ESTIMATE, Kind.LESSON])
        assert reasons(asked, approved()) == ("effort_estimate: not submitted", "lesson: not submitted")

    def test_evidence_of_an_earlier_attempt_is_not_submitted_again_by_itself(self):
        story = researched().decided(Choice.RECYCLE, "rita", back_to="research").entered(Stage.RESEARCH, 2)
        assert reasons(policy(), story.voted("rita")) == ("research_dossier: not submitted",)

    def test_every_reason_is_told_not_the_first(self):
        assert reasons(policy("PF301", "PF302"), at_research()) == (
            "research_dossier: not submitted",
            "PF301: no finding",
            "PF302: no finding",
            NEEDS_ONE,
        )


class TestFindings:
    def test_a_gate_stays_closed_when_a_finding_is_missing(self):
        assert reasons(policy("PF301"), approved()) == ("PF301: no finding",)

    @pytest.mark.parametrize("level", [level for level in Level if level is not Level.PASSED])
    def test_nothing_but_passed_is_a_pass(self, level):
        story = researched().measured(finding(level)).voted("rita")
        assert reasons(policy("PF301"), story) == (f"PF301: {level.value.replace('_', ' ')}",)

    def test_what_the_check_says_is_told(self):
        story = researched().measured(finding(Level.FAILED, message="no better than chance")).voted("rita")
        assert reasons(policy("PF301"), story) == ("PF301: failed (no better than chance)",)

    @pytest.mark.parametrize("level", [Level.FAILED, Level.CRASHED])
    def test_a_policy_cannot_accept_what_failed_or_crashed(self, level):
        with pytest.raises(ValidationError):
            FindingRule(accept=(level,))

    def test_a_policy_cannot_accept_nothing(self):
        with pytest.raises(ValidationError):
            FindingRule.model_validate({"accept": ()})

    @pytest.mark.parametrize("level", [Level.WARNING, Level.SKIPPED, Level.NOT_APPLICABLE])
    def test_accepting_one_level_by_name_accepts_no_other(self, level):
        others = [other for other in Level if other is not level]
        told = [
            reasons(policy("PF301", accept=(level,)), researched().measured(finding(other)).voted("rita"))
            for other in others
        ]
        assert told == [(f"PF301: {other.value.replace('_', ' ')}",) for other in others]

    @pytest.mark.parametrize("level", [Level.PASSED, Level.WARNING, Level.SKIPPED, Level.NOT_APPLICABLE])
    def test_a_level_accepted_by_name_satisfies(self, level):
        story = researched().measured(finding(level)).voted("rita")
        assert reasons(policy("PF301", accept=(level,)), story) == ()

    def test_a_pass_of_one_check_is_no_pass_of_another(self):
        story = researched().measured(finding(Level.PASSED, "PF302")).voted("rita")
        assert reasons(policy("PF301"), story) == ("PF301: no finding",)

    def test_the_newest_finding_counts(self):
        story = researched().measured(finding(Level.PASSED)).measured(finding(Level.FAILED)).voted("rita")
        assert reasons(policy("PF301"), story) == ("PF301: failed",)

    def test_findings_on_other_evidence_do_not_count(self):
        story = researched().measured(finding(Level.PASSED), on="e" * 64).voted("rita")
        assert reasons(policy("PF301"), story) == ("PF301: no finding",)

    def test_new_evidence_makes_findings_void(self):
        story = researched().measured(finding(Level.PASSED)).submitted(Kind.RESEARCH_DOSSIER, files={"a": "f" * 64})
        assert reasons(policy("PF301"), story.voted("rita")) == ("PF301: no finding",)


class TestApprovals:
    def test_without_a_vote_a_gate_stays_closed(self):
        assert reasons(policy(), researched()) == (NEEDS_ONE,)

    @pytest.mark.parametrize(
        "said",
        [
            w.ballot(Choice.STOP),
            w.ballot(Choice.RECYCLE, back_to=Stage.PROPOSAL),
            w.ballot(Choice.HOLD, condition="More rows", until=TOMORROW),
        ],
        ids=lambda said: said.choice.value,
    )
    def test_only_an_approval_approves(self, said):
        assert reasons(policy(), researched().voted("rita", said)) == (NEEDS_ONE,)

    def test_the_vote_of_another_role_does_not_count(self):
        assert reasons(policy(), researched().voted("bea", role=Role.BOARD_MEMBER)) == (NEEDS_ONE,)

    def test_new_evidence_voids_an_approval_and_says_so(self):
        story = approved().submitted(Kind.RESEARCH_DOSSIER, files={"a": "f" * 64})
        assert reasons(policy(), story) == (
            NEEDS_ONE,
            "approval by rita is void: what was approved has changed since",
        )

    def test_new_findings_void_an_approval(self):
        story = approved().measured(finding(Level.WARNING))
        assert reasons(policy(), story) == (NEEDS_ONE, "approval by rita is void: what was approved has changed since")

    def test_a_peers_review_voids_no_other_peers_approval(self):
        assert reasons(policy(), approved().submitted(Kind.REVIEW, "rolf")) == ()

    def test_a_void_approval_can_be_given_anew(self):
        story = approved().submitted(Kind.RESEARCH_DOSSIER, files={"a": "f" * 64}).voted("rita")
        assert reasons(policy(), story) == ()

    def test_voting_twice_counts_once(self):
        assert reasons(policy(quorum=2), approved().voted("rita")) == ("1 of 2 approvals by a reviewer",)

    def test_a_later_vote_takes_the_place_of_the_earlier(self):
        assert reasons(policy(), approved().voted("rita", w.ballot(Choice.STOP))) == (NEEDS_ONE,)

    def test_as_many_persons_as_the_quorum_open(self):
        assert reasons(policy(quorum=2), approved().voted("rolf")) == ()

    def test_a_decision_spends_the_votes_that_carried_it(self):
        story = approved().decided(Choice.HOLD, "rita", condition="More rows", until=TOMORROW.isoformat())
        assert reasons(policy(), story.add("hold.lifted", "rita", reason=w.WORDS)) == (NEEDS_ONE,)

    def test_a_vote_at_an_earlier_gate_is_none_at_this(self):
        story = approved().passed().submitted(Kind.REPLICATION_REPORT)
        asked = policy(leaves=Stage.REPLICATION, evidence=[Kind.REPLICATION_REPORT])
        assert reasons(asked, story) == (NEEDS_ONE,)

    def test_the_vote_of_one_who_left_is_told_of(self):
        story = approved().add("person.left", "root", handle="rita")
        assert reasons(policy(), story) == (NEEDS_ONE, "the vote of rita no longer counts: they left")


class TestIndependence:
    def test_an_author_approves_nothing_of_their_own(self):
        assert reasons(policy(), researched().voted("dana")) == (NEEDS_ONE,)

    def test_an_author_of_earlier_evidence_is_an_author(self):
        story = researched().passed().submitted(Kind.REPLICATION_REPORT, "dirk").voted("dana")
        asked = policy(leaves=Stage.REPLICATION, evidence=[Kind.REPLICATION_REPORT])
        assert reasons(asked, story) == (NEEDS_ONE,)

    def test_the_owner_does_not_approve_what_they_asked_for(self):
        story = Story().opened().at(Stage.RESEARCH).submitted(Kind.RESEARCH_DOSSIER).voted("olga")
        assert reasons(policy(), story) == (NEEDS_ONE,)

    def test_writing_a_review_makes_no_author(self):
        assert reasons(policy(), researched().submitted(Kind.REVIEW, "rita").voted("rita")) == ()

    def test_what_a_policy_does_not_name_it_does_not_bar(self):
        rule = Approvals(role=Role.REVIEWER, quorum=1, independent_of=("product_owner",))
        lax = policy().model_copy(update={"approvals": rule})
        assert reasons(lax, researched().voted("dana")) == ()

    def test_a_policy_cannot_be_independent_of_nobody(self):
        with pytest.raises(ValidationError):
            Approvals(role=Role.REVIEWER, quorum=1, independent_of=())


class TestConditions:
    def conditional(self) -> Story:
        story = researched().passed(conditions=["Ask the nurses", "Count the rows"])
        return story.submitted(Kind.REPLICATION_REPORT).voted("rita")

    asked = policy(leaves=Stage.REPLICATION, evidence=[Kind.REPLICATION_REPORT])

    def test_each_open_condition_closes_the_next_gate(self):
        assert reasons(self.asked, self.conditional()) == (
            "condition 1 of the research gate is not cleared: Ask the nurses",
            "condition 2 of the research gate is not cleared: Count the rows",
        )

    def test_clearing_one_clears_no_other(self):
        story = self.conditional().add("condition.cleared", "rita", number=1, how=w.WORDS)
        assert reasons(self.asked, story) == ("condition 2 of the research gate is not cleared: Count the rows",)

    def test_once_all_are_cleared_they_close_nothing(self):
        story = self.conditional()
        for number in (1, 2):
            story.add("condition.cleared", "rita", number=number, how=w.WORDS)
        assert reasons(self.asked, story) == ()

    def test_a_condition_does_not_close_its_own_gate_on_a_later_attempt(self):
        story = researched().passed(conditions=["Ask the nurses"])
        story.decided(Choice.RECYCLE, "rita", back_to="research").entered(Stage.RESEARCH, 2)
        assert reasons(policy(), story.submitted(Kind.RESEARCH_DOSSIER).voted("rita")) == ()

    def test_watch_goes_round_so_its_own_conditions_close_it(self):
        story = Story().opened().at(Stage.WATCH).passed(conditions=["Ask the nurses"])
        asked = policy(leaves=Stage.WATCH, evidence=[Kind.PRODUCTION_REPORT])
        assert reasons(asked, story.submitted(Kind.PRODUCTION_REPORT).voted("rita")) == (
            "condition 1 of the watch gate is not cleared: Ask the nurses",
        )


class TestStanding:
    def held(self) -> Story:
        story = researched().decided(Choice.HOLD, "rita", condition="More rows", until="2026-03-12")
        return story.voted("rita")

    def test_a_hold_closes(self):
        assert reasons(policy(), self.held()) == ("on hold until 2026-03-12 (for 10 more days): More rows",)

    @pytest.mark.parametrize("days", [10, 11, 10_000])
    def test_time_never_lifts_a_hold(self, days):
        told = "on hold until 2026-03-12 (and due to be looked at again): More rows"
        assert reasons(policy(), self.held(), days=days) == (told,)

    def test_what_is_concluded_passes_no_gate(self):
        story = approved().add("initiative.concluded", outcome="withdrawn", reasons=[], lesson="l" * 64, by=["olga"])
        assert reasons(policy(), story) == (f"PF-1 is concluded: {Outcome.WITHDRAWN.value}",)

    def test_another_stages_policy_opens_nothing(self):
        elsewhere = policy(leaves=Stage.RELEASE)
        assert reasons(elsewhere, approved()) == ("PF-1 is at research, not at release",)


class TestOpen:
    def test_a_gate_opens_with_the_votes_that_open_it(self):
        gate = decide(policy(quorum=2), approved().voted("rolf").initiative, now=NOON)
        assert isinstance(gate, Open)
        assert ([vote.by for vote in gate.votes], gate.choice, bool(gate)) == (["rita", "rolf"], Choice.GO, True)

    def test_one_conditional_approval_makes_it_conditional_and_each_condition_counts_once(self):
        asks = w.ballot(Choice.CONDITIONAL_GO, conditions=("Ask the nurses",))
        more = w.ballot(Choice.CONDITIONAL_GO, conditions=("Ask the nurses", "Count the rows"))
        gate = decide(policy(quorum=2), researched().voted("rita", asks).voted("rolf", more).initiative, now=NOON)
        assert isinstance(gate, Open)
        assert (gate.choice, gate.conditions) == (Choice.CONDITIONAL_GO, ("Ask the nurses", "Count the rows"))

    def test_a_closed_gate_is_no_yes(self):
        assert not Closed(("any",))
