"""Whatever anybody does in whatever order: no money and no deadline while a gate is closed."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from provefirst.clauses import FindingRule
from provefirst.evidence import Kind
from provefirst.findings import Finding, Level
from provefirst.history import replay
from provefirst.ledger import verify
from provefirst.lifecycle import attempts, concluding, deciding, funding, organisation, reviewing, scheduling
from provefirst.lifecycle.act import Done
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.submitting import submit
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Money
from provefirst.people import Role
from provefirst.stages import Choice, Outcome, Stage
from provefirst.store.listing import initiatives
from provefirst.store.projections import initiative_row
from tests import world as w
from tests.journeys.judge import QUORUM, faults

PEOPLE = st.sampled_from(sorted(w.PEOPLE))
SAID = deciding.Said(reason=w.WORDS)
DOCUMENTS = {
    Kind.PROPOSAL: w.proposal(),
    Kind.ETHICS_SCREEN: w.screen(),
    Kind.RESEARCH_DOSSIER: w.dossier(),
    Kind.REPLICATION_REPORT: w.replication(),
    Kind.PREREGISTRATION: w.preregistration(),
    Kind.ANALYSIS_REPORT: w.analysis(),
    Kind.EXPLANATION: w.explanation(),
    Kind.EFFORT_ESTIMATE: w.estimate(),
    Kind.PRODUCTION_REPORT: w.production(),
}
CAPPED = {
    "proposal": w.gate(Stage.PROPOSAL, [Kind.PROPOSAL, Kind.ETHICS_SCREEN], Role.ETHICS_REVIEWER),
    "research": w.gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], exploration_cap=5_000_00),
    "replication": w.gate(Stage.REPLICATION, [Kind.REPLICATION_REPORT], findings={"PF501": FindingRule()}),
}
LAX = w.policies(
    review=w.gate(Stage.REVIEW, [Kind.REVIEW]),
    release=w.gate(Stage.RELEASE, [Kind.PROPOSAL], Role.BOARD_MEMBER, deadline=True),
    replication=w.gate(Stage.REPLICATION, [Kind.REPLICATION_REPORT], findings={"PF501": FindingRule()}),
)
"""Adopted before the policy in force: whoever may migrate to it finds one vote enough."""
QUORUMS = {LAX.digest: QUORUM | {"review": ("reviewer", 1), "release": ("board_member", 1)}}
AMOUNTS = st.sampled_from([1, 2_000_00, 5_000_00, 40_000_00, 100_000_00, 100_000_01])
FUNDED = 1_000_000_00
TEMPLATE = Path(tempfile.mkdtemp(prefix="machine-"))


def ballots(today):  # type: ignore[no-untyped-def]
    """Any choice, with what it needs."""
    return st.one_of(
        st.just(w.ballot()),
        st.just(w.ballot(Choice.CONDITIONAL_GO, conditions=("Ask the nurses",))),
        st.sampled_from(list(Stage)).map(lambda stage: w.ballot(Choice.RECYCLE, back_to=stage)),
        st.just(w.ballot(Choice.HOLD, condition="More rows", until=today + timedelta(days=9))),
        st.just(w.ballot(Choice.STOP)),
    )


class Organisation(RuleBasedStateMachine):
    """People who do as they please."""

    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        if not (TEMPLATE / "provefirst.db").exists():
            made = w.World.make(TEMPLATE, policy_set=LAX)
            organisation.adopt(made.workspace, w.policies(**CAPPED), by="root")
            made.workspace.store.engine.dispose()
        shutil.copytree(TEMPLATE, self.home, dirs_exist_ok=True)
        self.clock = w.Clock()
        self.workspace = Workspace.open(self.home, clock=self.clock)
        self.world = w.World(self.workspace, self.clock)
        self.known: list[str] = []
        self.seen: dict[str, int] = {}

    def teardown(self) -> None:
        self.workspace.store.engine.dispose()
        shutil.rmtree(self.home, ignore_errors=True)

    @initialize(target=keys, stages=st.integers(0, 6))
    def first(self, stages: int) -> str:
        """One initiative that has come some way already."""
        self.known.append(key := self.world.open())
        for _ in range(stages):
            self.goes_on(key, Level.PASSED)
        return key

    @rule(target=keys, who=PEOPLE, budget=st.sampled_from([0, 1, 300_000_00, 900_000_00]))
    def opens(self, who: str, budget: int):  # type: ignore[no-untyped-def]
        answer = open_initiative(self.workspace, w.proposal(budget), by=who, screen=w.screen())
        if not isinstance(answer, Done):
            return multiple()
        self.known.append(answer.initiative.key)
        return answer.initiative.key

    @rule(key=keys, who=PEOPLE, kind=st.sampled_from(sorted(DOCUMENTS)))
    def submits(self, key: str, who: str, kind: Kind) -> None:
        submit(self.workspace, key, kind, DOCUMENTS[kind], by=who)

    @rule(key=keys, who=PEOPLE, ballot=ballots(w.NOON.date() + timedelta(days=60)), is_review=st.booleans())
    def votes(self, key: str, who: str, ballot, is_review: bool) -> None:  # type: ignore[no-untyped-def]
        if is_review:
            document = w.peer_review().model_copy(update={"ballot": ballot})
            reviewing.review(self.workspace, key, document, by=who)
        else:
            reviewing.vote(self.workspace, key, ballot, by=who)

    @rule(key=keys, level=st.sampled_from([Level.PASSED, Level.PASSED, *Level]))
    def goes_on(self, key: str, level: Level) -> None:
        """The next right step, so that deep states are reached at all; right but for what is measured."""
        self._prepares(key, level)
        if self.world.initiative(key).is_open:
            self.world.approve(key)

    @rule(key=keys)
    def changes_between_two_votes(self, key: str) -> None:
        """One of two approves, the evidence changes, the other one approves."""
        self._prepares(key, Level.PASSED)
        panels = {Stage.REVIEW: ("rita", "rolf"), Stage.RELEASE: ("bea", "ben")}
        first, second = panels.get(self.world.initiative(key).stage, ("", ""))
        if first:
            self.world.approve(key, first)
            likely = 31 + len(self.world.initiative(key).submissions) % 50
            submit(self.workspace, key, Kind.EFFORT_ESTIMATE, w.estimate(likely=likely), by="dana")
            concluding.conclude(self.workspace, key, w.lesson(), by="dana")
            self.world.approve(key, second)

    def _prepares(self, key: str, level: Level) -> None:
        self._engine_runs(level)
        for condition in self.world.initiative(key).open_conditions:
            for handle in ("ella", "rita", "rolf", "bea"):
                deciding.clear(self.workspace, key, condition.number, SAID, by=handle)
        for kind, document in DOCUMENTS.items():
            submit(self.workspace, key, kind, document, by="olga" if kind is Kind.ETHICS_SCREEN else "dana")
        self._engine_runs(level)

    @rule(key=keys, who=PEOPLE)
    def decides(self, key: str, who: str) -> None:
        deciding.decide_now(self.workspace, key, by=who)

    @rule(key=keys, who=PEOPLE, number=st.integers(0, 3))
    def lifts_or_clears(self, key: str, who: str, number: int) -> None:
        if number:
            deciding.clear(self.workspace, key, number, SAID, by=who)
        else:
            deciding.resume(self.workspace, key, SAID, by=who)

    @rule(key=keys, who=PEOPLE, amount=AMOUNTS, kind=st.sampled_from(["budget", "exploration"]))
    def releases(self, key: str, who: str, amount: int, kind: str) -> None:
        money = Money(amount=amount, currency="EUR")
        request = funding.Request.model_validate({"amount": money, "purpose": "Pilot", "kind": kind})
        funding.release(self.workspace, key, request, by=who)

    @rule(key=keys, who=PEOPLE, amount=AMOUNTS)
    def spends(self, key: str, who: str, amount: int) -> None:
        money = Money(amount=amount, currency="EUR")
        expense = funding.Expense(amount=money, what="Machines", on=w.NOON.date())
        funding.spend(self.workspace, key, expense, by=who)

    @rule(key=keys, who=PEOPLE, days=st.integers(-5, 400), override=st.sampled_from([None, "The board wants it."]))
    def sets_a_deadline(self, key: str, who: str, days: int, override: str | None) -> None:
        wish = scheduling.Wish(day=self.clock().date() + timedelta(days=days), override=override)
        scheduling.set_deadline(self.workspace, key, wish, by=who)

    @rule(key=keys, who=PEOPLE, outcome=st.sampled_from(list(Outcome)))
    def concludes(self, key: str, who: str, outcome: Outcome) -> None:
        concluding.conclude(self.workspace, key, w.lesson(outcome), by=who)

    @rule(key=keys, who=PEOPLE | st.just("root"))
    def migrates(self, key: str, who: str) -> None:
        organisation.migrate(self.workspace, key, LAX.digest, SAID, by=who)

    @rule(key=keys)
    def migrates_between_two_votes(self, key: str) -> None:
        """One of two approves, then one would be enough: but it was given under other rules."""
        self._prepares(key, Level.PASSED)
        if self.world.initiative(key).stage in (Stage.REVIEW, Stage.RELEASE):
            first = {Stage.REVIEW: "rita", Stage.RELEASE: "bea"}[self.world.initiative(key).stage]
            self.world.approve(key, first)
            self.migrates(key, "root")
            deciding.decide_now(self.workspace, key, by="dana")

    @rule(days=st.sampled_from([-1, 0.5, 40]))
    def time_passes(self, days: float) -> None:
        self.clock.pass_days(days)

    @rule(level=st.sampled_from(list(Level)))
    def engine_runs(self, level: Level) -> None:
        self._engine_runs(level)

    def _engine_runs(self, level: Level) -> None:
        for attempt in attempts.due(self.workspace, self.clock() + timedelta(days=1)):
            claimed = attempts.claim(self.workspace, attempt, "run", self.clock())
            if claimed:
                state = claimed.initiative
                found = (Finding(code="PF501", level=level),) if attempt.stage is Stage.REPLICATION else ()
                measured = attempts.Measured(state.evidence_digest(attempt.stage), state.policy, found)
                attempts.record(self.workspace, attempt, "run", measured)

    @invariant()
    def nothing_is_freed_behind_a_closed_gate_and_everything_is_what_the_entries_make(self) -> None:
        """For what changed since the last look: the judge finds no fault, replay and projection agree."""
        with self.workspace.store.reading() as work:
            rows = {row["key"]: dict(row) for row in initiatives(work)}
            for key in self.known:
                if self.seen.get(key) == rows[key]["version"]:
                    continue
                entries = work.entries(key)
                verify(entries)
                state = replay(entries)
                assert faults(entries, QUORUMS) == []
                assert rows[key] == initiative_row(state)
                assert self.workspace.load(work, key) == state
                self.seen[key] = state.version

    @invariant()
    def no_money_is_made_or_lost(self) -> None:
        with self.workspace.store.reading() as work:
            balances = [amount for _, amount, _ in work.accounts("")]
        assert sum(balances) == FUNDED
        assert min(balances) >= 0


TestOrganisation = Organisation.TestCase
TestOrganisation.settings = settings(
    max_examples=60,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_the_right_steps_reach_money_and_a_deadline_so_that_the_machine_is_not_idle():
    machine = Organisation()
    try:
        key = machine.first(6)
        machine.releases(key, "bea", 40_000_00, "budget")
        machine.sets_a_deadline(key, "olga", 400, None)
        state = machine.world.initiative(key)
        assert (state.stage, len(state.tranches), state.deadline is not None) == (Stage.WATCH, 1, True)
        machine.nothing_is_freed_behind_a_closed_gate_and_everything_is_what_the_entries_make()
        machine.no_money_is_made_or_lost()
    finally:
        machine.teardown()


@pytest.fixture(scope="module", autouse=True)
def template():  # type: ignore[no-untyped-def]
    yield
    shutil.rmtree(TEMPLATE, ignore_errors=True)
