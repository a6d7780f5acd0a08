"""Who must act: what a closed gate waits for, whose turn it is, and since when."""

from datetime import timedelta

from provefirst.clauses import FindingRule
from provefirst.evidence import Kind
from provefirst.findings import Level
from provefirst.people import Role
from provefirst.stages import Choice, Stage
from provefirst.waiting import Waiting, waiting_for
from tests import world as w
from tests.core.stories import Story, at_research, finding, researched
from tests.world import NOON

MEASURED = w.policies(research=w.gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], findings={"PF301": FindingRule()}))


def waits(story: Story, policies=w.FINDINGLESS) -> tuple[Waiting, ...]:
    return waiting_for(policies, story.initiative, now=NOON)


def minute(number: int):
    """When entry `number`, counted from 0, was written."""
    return NOON + timedelta(minutes=number)


def test_what_is_concluded_waits_for_nobody():
    story = researched().add("initiative.concluded", outcome="withdrawn", reasons=[], lesson="a" * 64, by=["olga"])
    assert waits(story) == ()


def test_a_gate_that_may_be_passed_waits_for_nobody():
    assert waits(researched().voted("rita")) == ()


def test_evidence_is_waited_for_from_those_who_write_it():
    assert waits(Story().opened()) == (
        Waiting(Role.PRODUCT_OWNER, ("olga",), "proposal to be submitted", NOON),
        Waiting(Role.PRODUCT_OWNER, ("olga",), "ethics_screen to be submitted", NOON),
    )


def test_while_evidence_is_missing_nobody_is_asked_to_vote():
    story = at_research()
    opened = minute(len(story.entries) - 2)
    assert waits(story) == (Waiting(Role.DATA_SCIENTIST, (), "research_dossier to be submitted", opened),)


def test_where_an_end_is_proposed_votes_are_asked_for_though_evidence_is_missing():
    story = at_research().submitted(Kind.LESSON)
    assert [(one.role, one.what) for one in waits(story)] == [
        (Role.DATA_SCIENTIST, "research_dossier to be submitted"),
        (Role.REVIEWER, "1 of 1 approvals still to be given"),
    ]


def test_votes_are_waited_for_since_the_evidence_is_what_it_is():
    story = researched()
    assert waits(story) == (
        Waiting(Role.REVIEWER, (), "1 of 1 approvals still to be given", minute(len(story.entries) - 1)),
    )


def test_who_voted_already_is_not_waited_for():
    story = Story().opened().at(Stage.REVIEW).submitted(Kind.EFFORT_ESTIMATE).submitted(Kind.REVIEW, "rita")
    [waiting] = waits(story.voted("rita"))
    assert (waiting.what, waiting.not_of) == ("1 of 2 approvals still to be given", ("rita",))


def test_who_has_a_conflict_is_not_waited_for():
    [waiting] = waits(researched().add("conflict.declared", "rita", reason=w.WORDS))
    assert (waiting.what, waiting.not_of) == ("1 of 1 approvals still to be given", ("rita",))


def test_who_approved_what_has_changed_since_is_waited_for_again():
    [waiting] = waits(researched().voted("rita").submitted(Kind.RESEARCH_DOSSIER, files={"a": "f" * 64}))
    assert (waiting.what, waiting.not_of) == ("1 of 1 approvals still to be given", ())


def test_a_finding_that_is_missing_is_waited_for_from_the_engine():
    told = [(one.who, one.what) for one in waits(researched(), MEASURED)]
    assert told == [("engine", "PF301 to be measured"), ("reviewer", "1 of 1 approvals still to be given")]


def test_nothing_is_measured_before_the_evidence_is_there():
    assert [one.what for one in waits(at_research(), MEASURED)] == ["research_dossier to be submitted"]


def test_a_finding_that_failed_is_waited_for_from_data_scientists():
    story = researched().measured(finding(Level.FAILED, message="no better than chance"))
    told = [(one.who, one.what) for one in waits(story, MEASURED)]
    assert told == [
        ("data scientist", "PF301: failed (no better than chance)"),
        ("reviewer", "1 of 1 approvals still to be given"),
    ]


def test_a_hold_is_waited_for_from_those_who_keep_the_gate():
    story = researched().voted("rita").decided(Choice.HOLD, "rita", condition="More rows", until="2026-04-01")
    held = minute(len(story.entries) - 1)
    assert waits(story)[0] == Waiting(Role.REVIEWER, ("rita",), "on hold: More rows", held)
    assert waits(story)[0].who == "reviewer (rita)"


def test_a_condition_is_waited_for_from_the_gate_that_set_it():
    story = Story().opened().at(Stage.RELEASE).passed(conditions=["Ask the nurses"])
    told = [(one.role, one.what) for one in waits(story)]
    assert told == [
        (Role.DATA_SCIENTIST, "production_report to be submitted"),
        (Role.BOARD_MEMBER, "to clear: Ask the nurses"),
    ]
