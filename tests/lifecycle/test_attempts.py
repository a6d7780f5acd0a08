"""Runs: each is asked for by the ledger, had by one, and writes nothing once it has lost its claim."""

from datetime import timedelta

import pytest

from provefirst.clauses import FindingRule
from provefirst.evidence import Kind
from provefirst.findings import Level
from provefirst.lifecycle import attempts, organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.attempts import RUNS, Claimed, GateReport, Measured
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Choice, Outcome, Stage
from provefirst.store.outbox import Attempt, of_initiative
from tests import world as w
from tests.core.stories import finding
from tests.lifecycle.answers import events, refused, votes
from tests.world import World, done

MEASURED = w.policies(research=w.gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], findings={"PF301": FindingRule()}))
PASSED = finding(Level.PASSED)


@pytest.fixture
def owed(world: World) -> Attempt:
    """The run that a new initiative asks for."""
    world.open()
    [attempt] = attempts.due(world.workspace, world.clock())
    return attempt


@pytest.fixture
def measured(world: World) -> str:
    """At research under a policy that asks for a finding; its dossier is submitted."""
    organisation.adopt(world.workspace, MEASURED, by="root")
    key = world.bring_to(world.open(), Stage.RESEARCH)
    world.submit_stage(key)
    return key


def claims(world: World, attempt: Attempt, run: str = "run-1") -> Claimed | Refused:
    return attempts.claim(world.workspace, attempt, run, world.clock())


def records(world: World, attempt: Attempt, run: str = "run-1", *, on: str = "") -> GateReport | Refused:
    """Let `run` record a finding on the evidence as it stands, or on that with another digest."""
    state = world.initiative(attempt.initiative)
    measured = Measured(on or state.evidence_digest(attempt.stage), state.policy, (PASSED,))
    return attempts.record(world.workspace, attempt, run, measured)


def fails(world: World, attempt: Attempt, problem: str = "no memory") -> bool:
    return attempts.again(world.workspace, attempt, problem, world.clock())


def sends(world: World, run: str = "run-1") -> Attempt:
    """Send the one run that is due; the attempt as it is once sent."""
    [attempt] = attempts.due(world.workspace, world.clock())
    attempts.sent(world.workspace, attempt, run, world.clock())
    [running] = attempts.unfinished(world.workspace)
    return running.attempt


def rows(world: World, key: str) -> list[tuple[str, int, str, str]]:
    """The runs of an initiative: stage, attempt, how each stands and with which state it ended."""
    with world.workspace.store.reading() as work:
        found = of_initiative(work, key)
    return [(row["stage"], row["attempt"], row["status"], row["state"]) for row in found]


def newest(world: World, key: str) -> Attempt:
    """The run that was asked for last."""
    return max(attempts.due(world.workspace, world.clock()), key=lambda one: (one.initiative == key, one.cause))


class TestClaiming:
    def test_what_nothing_asked_for_is_not_run(self, world, owed):
        by_hand = Attempt(owed.initiative, owed.stage, owed.attempt, owed.cause + 1)
        assert refused(claims(world, by_hand)) == (
            f"nothing asked for this run of {owed.name}: a gate opens it, not a click",
        )

    def test_a_stage_that_is_not_reached_is_not_run(self, world, owed):
        ahead = Attempt(owed.initiative, Stage.RELEASE, 1, owed.cause)
        assert refused(claims(world, ahead)) == (
            f"nothing asked for this run of {owed.initiative}/release/attempt-1: a gate opens it, not a click",
        )

    def test_what_one_run_has_no_other_gets(self, world, owed):
        assert isinstance(claims(world, owed), Claimed)
        assert refused(claims(world, owed, "run-2")) == (f"{owed.name} is being run already",)

    def test_the_run_that_has_it_may_ask_again(self, world, owed):
        claims(world, owed)
        assert isinstance(claims(world, owed), Claimed)

    def test_what_is_finished_is_not_run_again(self, world, owed):
        claims(world, owed)
        records(world, owed)
        assert refused(claims(world, owed)) == (
            f"{owed.name} is finished: GateClosed: 0 of 1 approvals by an ethics reviewer",
        )

    def test_a_stage_that_was_left_is_superseded(self, world, owed):
        done(world.approve(owed.initiative))
        assert refused(claims(world, owed)) == (f"{owed.initiative} is at research, attempt 1",)
        assert rows(world, owed.initiative) == [
            ("proposal", 1, "finished", "Superseded"),
            ("research", 1, "due", ""),
        ]

    def test_an_attempt_that_was_recycled_is_superseded(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        first = newest(world, key)
        world.submit_stage(key)
        done(world.approve(key))
        done(votes(world, key, Choice.RECYCLE, "rita", back_to=Stage.RESEARCH))
        assert refused(claims(world, first)) == (f"{key} is at research, attempt 2",)

    def test_what_is_concluded_is_not_run(self, world, owed):
        done(conclude(world.workspace, owed.initiative, w.lesson(Outcome.WITHDRAWN), by="olga"))
        assert refused(claims(world, owed)) == (f"{owed.initiative} is concluded: withdrawn",)


class TestRecording:
    def test_without_a_claim_nothing_is_written(self, world, owed):
        before = events(world, owed.initiative)
        assert refused(records(world, owed)) == (f"{owed.name} is no longer this run's",)
        assert events(world, owed.initiative) == before

    def test_under_anothers_claim_nothing_is_written(self, world, owed):
        claims(world, owed)
        before = events(world, owed.initiative)
        assert refused(records(world, owed, "run-2")) == (f"{owed.name} is no longer this run's",)
        assert events(world, owed.initiative) == before

    def test_a_run_that_was_given_up_for_lost_writes_nothing_when_it_comes_back(self, world, owed):
        attempt = sends(world)
        claims(world, attempt)
        assert fails(world, attempt)
        claims(world, attempt, "run-2")
        before = events(world, owed.initiative)
        assert refused(records(world, attempt)) == (f"{owed.name} is no longer this run's",)
        assert events(world, owed.initiative) == before
        assert isinstance(records(world, attempt, "run-2"), GateReport)

    def test_a_run_records_once(self, world, owed):
        claims(world, owed)
        records(world, owed)
        assert refused(records(world, owed)) == (f"{owed.name} is no longer this run's",)

    def test_findings_of_a_stage_that_was_left_meanwhile_are_not_written(self, world, owed):
        claims(world, owed)
        done(world.approve(owed.initiative))
        before = events(world, owed.initiative)
        assert isinstance(records(world, owed), GateReport)
        assert events(world, owed.initiative) == before

    def test_findings_on_evidence_that_changed_meanwhile_do_not_count(self, world, measured):
        attempt, old = newest(world, measured), world.initiative(measured).evidence_digest(Stage.RESEARCH)
        claims(world, attempt)
        dossier = w.dossier().model_copy(update={"conclusion": "Read once more."})
        done(submit(world.workspace, measured, Kind.RESEARCH_DOSSIER, dossier, by="dana"))
        report = records(world, attempt, on=old)
        assert report.gate.reasons == ("PF301: no finding", "0 of 1 approvals by a reviewer")
        assert world.initiative(measured).current_findings == {}

    def test_findings_on_the_evidence_as_it_stands_count(self, world, measured):
        attempt = newest(world, measured)
        claims(world, attempt)
        report = records(world, attempt)
        assert (report.gate.reasons, report.state) == (
            ("0 of 1 approvals by a reviewer",),
            "GateClosed: 0 of 1 approvals by a reviewer",
        )
        assert report.initiative.current_findings == {"PF301": PASSED}

    def test_a_finding_approves_nothing_by_itself(self, world, measured):
        done(world.approve(measured))
        attempt = newest(world, measured)
        claims(world, attempt)
        report = records(world, attempt)
        assert report.gate.reasons == (
            "0 of 1 approvals by a reviewer",
            "approval by rita is void: what was approved has changed since",
        )

    def test_what_waits_for_evidence_says_so(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        attempt = newest(world, key)
        claims(world, attempt)
        report = attempts.record(world.workspace, attempt, "run-1", Measured("", "", ()))
        assert report.state == "AwaitingEvidence"

    def test_new_evidence_asks_for_a_run_of_its_own(self, world, measured):
        before = rows(world, measured)
        dossier = w.dossier().model_copy(update={"conclusion": "Read once more."})
        done(submit(world.workspace, measured, Kind.RESEARCH_DOSSIER, dossier, by="dana"))
        assert rows(world, measured) == [*before, ("research", 1, "due", "")]


class TestSending:
    def test_what_was_sent_is_not_due(self, world, owed):
        sends(world)
        assert attempts.due(world.workspace, world.clock()) == ()

    def test_what_could_not_be_sent_waits_longer_each_time(self, world, owed):
        waited = []
        for _ in range(3):
            attempts.postpone(world.workspace, owed, "nobody answers", world.clock())
            seconds = next(n for n in range(99) if attempts.due(world.workspace, world.clock() + timedelta(seconds=n)))
            waited.append(seconds)
        assert waited == [1, 2, 4]

    def test_a_run_that_was_quicker_than_its_sender_keeps_its_claim(self, world, owed):
        claims(world, owed, "run-1")
        attempts.sent(world.workspace, owed, "run-1", world.clock())
        [running] = attempts.unfinished(world.workspace)
        assert (running.run_id, running.runs) == ("run-1", 1)
        assert isinstance(records(world, owed, "run-1"), GateReport)


class TestFailing:
    def stall(self, world: World) -> list[bool]:
        """Let every run fail that may be; whether each was given another."""
        given = []
        for _ in range(RUNS):
            given.append(fails(world, sends(world)))
            world.clock.pass_days(1)
        return given

    def test_a_run_that_failed_is_due_again_a_little_later(self, world, owed):
        assert fails(world, sends(world))
        assert attempts.due(world.workspace, world.clock()) == ()
        assert attempts.due(world.workspace, world.clock() + timedelta(seconds=1)) == (owed,)

    def test_each_run_has_a_key_of_its_own(self, world, owed):
        first = sends(world).key
        [running] = attempts.unfinished(world.workspace)
        fails(world, running.attempt)
        world.clock.pass_days(1)
        assert first != sends(world).key

    def test_what_has_finished_does_not_fail_any_more(self, world, owed):
        attempt = sends(world)
        claims(world, attempt)
        records(world, attempt)
        assert not fails(world, attempt)

    def test_past_the_limit_it_stalls(self, world, owed):
        assert self.stall(world) == [True] * (RUNS - 1) + [False]
        assert rows(world, owed.initiative) == [("proposal", 1, "stalled", "")]
        assert attempts.due(world.workspace, world.clock()) == ()

    def test_a_stall_is_on_record_and_its_owner_reminded(self, world, owed):
        before = world.initiative(owed.initiative).version
        self.stall(world)
        with world.workspace.store.reading() as work:
            told = [(entry.event, entry.data.get("to")) for entry in work.entries(owed.initiative, after=before)]
        assert told == [("attempt.stalled", None), ("reminder.raised", "olga")]
        assert world.initiative(owed.initiative).stalls == (
            f"proposal attempt 1: gave up after {RUNS} runs: no memory",
        )

    def test_what_stalled_is_not_claimed(self, world, owed):
        self.stall(world)
        assert refused(claims(world, owed)) == (f"{owed.name} is stalled: no memory",)

    def test_a_stall_opens_no_gate_and_closes_none(self, world, owed):
        self.stall(world)
        state = done(world.approve(owed.initiative)).initiative
        assert state.stage is Stage.RESEARCH
