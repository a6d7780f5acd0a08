"""What a policy can't be, and what votes agree on beside going on: to recycle, to hold, to stop."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from provefirst.clauses import Approvals, Requires
from provefirst.evidence import Kind
from provefirst.gates import PolicySet, agreed
from provefirst.initiative import Initiative
from provefirst.people import Role
from provefirst.stages import ORDER, Choice, Stage
from tests import world as w
from tests.core.stories import Story, researched

TOMORROW = w.NOON.date() + timedelta(days=1)


class TestPolicies:
    @pytest.mark.parametrize("quorum", [0, -1, 101])
    def test_a_quorum_of_nobody_cannot_be_made(self, quorum):
        with pytest.raises(ValidationError):
            Approvals(role=Role.REVIEWER, quorum=quorum)

    def test_an_empty_policy_cannot_be_made(self):
        with pytest.raises(ValidationError):
            Requires(evidence=())

    def test_nobody_who_neither_reviews_nor_votes_can_be_asked(self):
        with pytest.raises(ValidationError):
            Approvals.model_validate({"role": Role.DATA_SCIENTIST, "quorum": 1})

    @pytest.mark.parametrize("stage", ORDER)
    def test_a_set_without_a_gate_is_refused(self, stage):
        gates = {other: gate for other, gate in w.FINDINGLESS.gates.items() if other is not stage}
        with pytest.raises(ValidationError, match=f"no policy for the {stage.value} gate"):
            PolicySet(gates=gates)

    def test_a_gate_under_anothers_name_is_refused(self):
        gates = {**w.FINDINGLESS.gates, Stage.WATCH: w.FINDINGLESS.at(Stage.REVIEW)}
        with pytest.raises(ValidationError, match="the watch gate's policy says it leaves review"):
            PolicySet(gates=gates)


def carried(initiative: Initiative) -> list[str]:
    """Who agrees on something else than going on."""
    return [vote.by for vote in agreed(w.FINDINGLESS, initiative)]


class TestAgreed:
    stop = w.ballot(Choice.STOP)
    back = w.ballot(Choice.RECYCLE, back_to=Stage.PROPOSAL)
    park = w.ballot(Choice.HOLD, condition="More rows", until=TOMORROW)

    def test_nobody_agrees_where_nobody_voted(self):
        assert carried(researched().initiative) == []

    def test_an_approval_is_agreement_on_nothing_else(self):
        assert carried(researched().voted("rita").initiative) == []

    def test_one_peer_does_not_stop_an_initiative(self):
        assert carried(researched().voted("rita", self.stop).initiative) == []

    def test_the_same_peer_twice_does_not_stop_it_either(self):
        assert carried(researched().voted("rita", self.stop).voted("rita", self.stop).initiative) == []

    def test_an_author_and_the_owner_stop_nothing(self):
        story = researched().voted("dana", self.stop).voted("olga", self.stop).voted("rita", self.stop)
        assert carried(story.initiative) == []

    def test_votes_to_stop_what_has_changed_since_do_not_count(self):
        story = researched().voted("rita", self.stop).submitted(Kind.LESSON).voted("rolf", self.stop)
        assert carried(story.initiative) == []

    def test_as_many_peers_as_review_asks_for_stop_it(self):
        assert carried(researched().voted("rita", self.stop).voted("rolf", self.stop).initiative) == ["rita", "rolf"]

    def test_at_the_boards_gate_peers_stop_nothing(self):
        story = Story().opened().at(Stage.RELEASE).voted("rita", self.stop).voted("rolf", self.stop)
        assert carried(story.initiative) == []

    def test_at_the_boards_gate_the_board_stops(self):
        story = Story().opened().at(Stage.RELEASE)
        for handle in ("bea", "ben"):
            story.voted(handle, self.stop, role=Role.BOARD_MEMBER)
        assert carried(story.initiative) == ["bea", "ben"]

    def test_at_the_first_gate_whoever_keeps_it_stops(self):
        story = Story().opened().voted("ella", self.stop, role=Role.ETHICS_REVIEWER)
        assert carried(story.initiative) == ["ella"]

    @pytest.mark.parametrize("name", ["back", "park"])
    def test_recycle_and_hold_take_the_gates_own_quorum(self, name):
        assert carried(researched().voted("rita", getattr(self, name)).initiative) == ["rita"]

    def test_two_who_want_to_go_back_to_different_stages_do_not_agree(self):
        story = Story().opened().at(Stage.REVIEW).voted("rita", self.back)
        story.voted("rolf", w.ballot(Choice.RECYCLE, back_to=Stage.RESEARCH))
        assert carried(story.initiative) == []

    def test_two_who_want_to_go_back_to_the_same_stage_agree(self):
        story = Story().opened().at(Stage.REVIEW).voted("rita", self.back).voted("rolf", self.back)
        assert carried(story.initiative) == ["rita", "rolf"]
