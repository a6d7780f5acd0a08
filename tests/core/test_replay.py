"""Replay: an initiative is what its entries say, and entries that don't follow say nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from provefirst.deadlines import Deadline
from provefirst.decisions import Conclusion, Hold
from provefirst.errors import BrokenLedgerError
from provefirst.evidence import Kind
from provefirst.findings import Level
from provefirst.history import EVENTS, MOVING, replay
from provefirst.initiative import Initiative
from provefirst.ledger import GENESIS, Entry, Event, seal
from provefirst.money import Account, Tranche
from provefirst.people import Role
from provefirst.stages import Choice, Outcome, Reason, Stage
from tests import world as w
from tests.core.stories import Story, at_research, finding, researched
from tests.world import NOON


def complaint(entries: list[Entry]) -> str:
    """What is wrong with `entries`, which can't be replayed."""
    with pytest.raises(BrokenLedgerError) as caught:
        replay(entries)
    return str(caught.value)


class TestWhatCannotBeReplayed:
    def test_nothing(self):
        with pytest.raises(ValueError, match="there is nothing to replay"):
            replay([])

    def test_an_unknown_event(self):
        *before, last = researched().entries
        forced = seal(
            Event("gate.forced", "dana", last.data), initiative="PF-1", version=8, at=last.at, previous=last.previous
        )
        assert complaint([*before, forced]) == "PF-1: entry 8: unknown event 'gate.forced'"

    def test_a_gap(self):
        first, _, third = at_research().entries[:3]
        assert complaint([first, third]) == "PF-1: entry 3: does not follow from the entry before it"

    def test_a_beginning_that_is_missing(self):
        assert complaint(at_research().entries[1:]) == "PF-1: entry 2: does not follow from the entry before it"

    def test_the_same_entry_twice(self):
        first, *_ = at_research().entries
        assert complaint([first, first]) == "PF-1: entry 1: does not follow from the entry before it"

    def test_entries_in_another_order(self):
        first, second, third = at_research().entries[:3]
        assert complaint([first, third, second]) == "PF-1: entry 3: does not follow from the entry before it"

    def test_an_entry_that_follows_another_digest(self):
        first, second = at_research().entries[:2]
        torn = replace(second, previous="f" * 64)
        assert complaint([first, torn]) == "PF-1: entry 2: does not follow from the entry before it"

    def test_an_entry_of_another_initiative(self):
        first, second = at_research().entries[:2]
        strange = replace(second, initiative="PF-2")
        assert complaint([first, strange]) == "PF-2: entry 2: belongs to another stream"


class TestEvents:
    """What was written years ago must mean the same today: these names are only ever added to."""

    def test_none_is_renamed_or_forgotten(self):
        written = """initiative.opened evidence.submitted findings.recorded vote.cast decision.made gate.opened
            gate.closed stage.entered hold.lifted condition.cleared budget.requested budget.approved tranche.released
            money.spent money.returned deadline.set deadline.withdrawn initiative.concluded policy.migrated
            attempt.stalled reminder.raised pool.funded policy.adopted person.left conflict.declared
            independence.declared method_review.submitted glass.requested glass.broken glass.used"""
        assert set(written.split()) - EVENTS == set()

    def test_those_that_move_money_are_known(self):
        assert sorted(MOVING) == [
            "budget.approved",
            "budget.requested",
            "money.returned",
            "money.spent",
            "tranche.released",
        ]


class TestState:
    def test_before_any_entry_nothing_is_open(self):
        nothing = Initiative("PF-1")
        assert (nothing.is_open, nothing.version, nothing.head) == (False, 0, GENESIS)

    def test_it_stands_at_its_newest_entry(self):
        story = researched()
        last, state = story.entries[-1], story.initiative
        assert (state.version, state.head, state.changed_at) == (last.version, last.digest, last.time)

    def test_an_opening_names_owner_subject_policy_and_pool(self):
        state = Story().opened().initiative
        assert (state.key, state.owner, state.title, state.domain, state.policy, state.opened_at) == (
            "PF-1",
            "olga",
            "Tell benign from malignant",
            "health",
            "p" * 64,
            NOON,
        )
        assert (state.books.currency, state.books.pool, state.parts) == ("EUR", "main", {"olga": Role.PRODUCT_OWNER})

    def test_continuing_is_the_same_as_beginning_anew(self):
        entries = researched().voted("rita").passed().entries
        ways = [replay(entries[cut:], after=replay(entries[:cut])) for cut in range(1, len(entries))]
        assert ways == [replay(entries)] * len(ways)

    def test_a_stage_is_entered_with_its_attempt(self):
        story = researched().decided(Choice.RECYCLE, "rita", back_to="proposal").entered(Stage.PROPOSAL, 2)
        state = story.initiative
        assert (state.stage, state.attempt, dict(state.attempts)) == (
            Stage.PROPOSAL,
            2,
            {Stage.PROPOSAL: 2, Stage.RESEARCH: 1},
        )

    def test_evidence_of_an_earlier_attempt_stays_visible_and_counts_no_more(self):
        story = researched().decided(Choice.RECYCLE, "rita", back_to="research").entered(Stage.RESEARCH, 2)
        state = story.initiative
        kinds = [(one.kind, one.stage, one.attempt) for one in state.submissions]
        assert kinds[-1] == (Kind.RESEARCH_DOSSIER, Stage.RESEARCH, 1)
        assert state.current(Kind.RESEARCH_DOSSIER) is None

    def test_evidence_of_a_later_stage_does_not_count_at_an_earlier(self):
        story = researched().decided(Choice.RECYCLE, "rita", back_to="proposal").entered(Stage.PROPOSAL, 2)
        assert story.initiative.current(Kind.RESEARCH_DOSSIER) is None

    def test_the_first_part_taken_stays(self):
        state = researched().voted("rita").voted("rita", role=Role.BOARD_MEMBER).initiative
        assert state.parts["rita"] is Role.REVIEWER

    def test_a_hold_is_what_the_decision_said_until_it_is_lifted(self):
        story = researched().decided(Choice.HOLD, "rita", condition="More rows", until="2026-04-01")
        assert story.initiative.hold == Hold("More rows", date(2026, 4, 1), ("rita",))
        assert story.add("hold.lifted", "rita", reason=w.WORDS).initiative.hold is None

    def test_a_gate_that_was_closed_is_passed_no_more_but_was_once(self):
        story = researched().passed().add("gate.closed", stage="research", attempt=1, because="recycled")
        state = story.initiative
        assert (state.is_passed(Stage.RESEARCH), state.times_passed(Stage.RESEARCH)) == (False, 1)

    def test_conditions_are_numbered_through(self):
        story = researched().passed(conditions=["Ask the nurses"]).passed(conditions=["Count the rows", "Ask twice"])
        story.add("condition.cleared", "rita", number=2, how="Counted.")
        told = [(one.number, one.stage, one.text, one.cleared_by, one.how) for one in story.initiative.conditions]
        assert told == [
            (1, Stage.RESEARCH, "Ask the nurses", "", ""),
            (2, Stage.REPLICATION, "Count the rows", "rita", "Counted."),
            (3, Stage.REPLICATION, "Ask twice", "", ""),
        ]

    def test_findings_are_those_of_the_evidence_as_it_stands(self):
        story = researched().measured(finding(Level.PASSED))
        assert story.initiative.current_findings == {"PF301": finding(Level.PASSED)}
        assert story.submitted(Kind.RESEARCH_DOSSIER, files={"a": "f" * 64}).initiative.current_findings == {}

    def test_a_stall_is_told_in_words(self):
        story = researched().add("attempt.stalled", stage="research", attempt=1, cause=7, runs=5, problem="no memory")
        assert story.initiative.stalls == ("research attempt 1: gave up after 5 runs: no memory",)

    def test_a_reminder_changes_nothing_but_the_time(self):
        before = researched()
        after = researched().add("reminder.raised", to="reviewer", about="1 of 1 approvals")
        state, last = before.initiative, after.entries[-1]
        assert after.initiative == replace(state, version=last.version, head=last.digest, changed_at=last.time)

    def test_a_migration_puts_it_under_another_policy(self):
        story = researched().add("policy.migrated", "root", **{"from": "p" * 64, "to": "q" * 64, "reason": w.WORDS})
        assert story.initiative.policy == "q" * 64

    def test_a_deadline_is_what_was_agreed_until_it_is_withdrawn(self):
        story = researched().add("deadline.set", "bea", day="2026-09-01", p80="2026-10-01", override="The fair.")
        version = story.initiative.version
        assert story.initiative.deadline == Deadline(date(2026, 9, 1), date(2026, 10, 1), "The fair.", "bea", version)
        assert story.add("deadline.withdrawn", because="recycled").initiative.deadline is None


class TestMoney:
    def story(self) -> Story:
        story = researched()
        story.add("budget.requested", "olga", amount=500, moves=[["pool", "requested", 500]])
        return story.add("budget.approved", amount=500, moves=[["requested", "approved", 500]])

    def books(self, story: Story) -> dict[str, int]:
        on = story.initiative.books.on
        return {account.value: on(account) for account in Account if on(account)}

    def test_what_was_approved_is_the_budget(self):
        assert (self.books(self.story()), self.story().initiative.budget) == ({"approved": 500}, 500)

    def test_a_tranche_moves_money_and_says_what_it_waited_for(self):
        story = self.story()
        what = {"number": 1, "kind": "budget", "amount": 200, "purpose": "Pilot", "waits_for": "release gate"}
        story.add("tranche.released", "bea", **what, moves=[["approved", "released", 200]])
        version = story.initiative.version
        assert story.initiative.tranches == (Tranche(1, "budget", 200, "Pilot", "release gate", "bea", version),)
        assert self.books(story) == {"approved": 300, "released": 200}

    @pytest.mark.parametrize("amount", [501, 10**9])
    def test_entries_that_move_more_than_there_is_cannot_be_replayed(self, amount):
        story = self.story().add("money.spent", "olga", amount=amount, moves=[["approved", "released", amount]])
        with pytest.raises(ValueError, match="approved"):
            replay(story.entries)


def test_a_conclusion_says_how_why_by_whom_and_ends_a_hold():
    story = researched().decided(Choice.HOLD, "rita", condition="More rows", until="2026-04-01")
    told = {"outcome": "not_feasible", "reasons": ["goal_missed"], "lesson": "a" * 64, "by": ["rita", "rolf"]}
    state = story.add("initiative.concluded", **told).initiative
    at = NOON + timedelta(minutes=len(story.entries) - 1)
    assert state.conclusion == Conclusion(Outcome.NOT_FEASIBLE, (Reason.GOAL_MISSED,), "a" * 64, ("rita", "rolf"), at)
    assert (state.is_open, state.hold) == (False, None)
