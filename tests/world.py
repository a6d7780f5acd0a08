"""A small organisation with people, a pool and policies: real logic on a real database, nothing mocked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from provefirst.clauses import Approvals, Requires, Unlocks
from provefirst.evidence import (
    AnalysisReport,
    EffortEstimate,
    EthicsScreen,
    Explanation,
    Goal,
    Kind,
    Lesson,
    Preregistration,
    ProductionReport,
    Proposal,
    ReplicationReport,
    ResearchDossier,
    Source,
)
from provefirst.gates import GatePolicy, PolicySet
from provefirst.initiative import Initiative
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Answer, Done
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.remembering import Difference, answer
from provefirst.lifecycle.reviewing import method_review, review, vote
from provefirst.lifecycle.submitting import submit
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Money
from provefirst.people import Person, Role
from provefirst.reviews import Ballot, Declaration, MethodReview, Review
from provefirst.stages import Choice, Outcome, Reason, Stage

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS = "Said in enough words."

PEOPLE: Mapping[str, tuple[Role, ...]] = {
    "root": (Role.ADMIN,),
    "olga": (Role.PRODUCT_OWNER,),
    "otto": (Role.PRODUCT_OWNER, Role.REVIEWER, Role.BOARD_MEMBER),
    "dana": (Role.DATA_SCIENTIST,),
    "dirk": (Role.DATA_SCIENTIST, Role.REVIEWER),
    "hans": (Role.DATA_OWNER,),
    "ella": (Role.ETHICS_REVIEWER,),
    "rita": (Role.REVIEWER,),
    "rolf": (Role.REVIEWER,),
    "bea": (Role.BOARD_MEMBER,),
    "ben": (Role.BOARD_MEMBER,),
    "anna": (Role.AUDITOR,),
}


class Clock:
    """A clock that says what it is told to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)


def proposal(budget: int = 100_000_00, **changes: object) -> Proposal:
    fields: dict[str, object] = {
        "title": "Tell benign from malignant",
        "problem": "Every biopsy is read twice, and the second reading takes a week.",
        "affected": "Patients who wait for their result.",
        "hypothesis": "Cell nuclei features tell benign from malignant in 93 of 100 cases.",
        "goal": Goal(metric="accuracy", value=0.93, why="The second reading is as good."),
        "budget": Money(amount=budget, currency="EUR"),
        "domain": "health",
    }
    return Proposal.model_validate(fields | changes)


def screen() -> EthicsScreen:
    return EthicsScreen(
        harms=("A tumour is missed",),
        groups=("Older patients",),
        personal_data="pseudonymous",
        discrimination_risk="low",
        safeguards=WORDS,
    )


def source(**changes: object) -> Source:
    fields: dict[str, object] = {
        "citation": "Street, Wolberg, Mangasarian 1993",
        "metric": "accuracy",
        "reported": 0.975,
        "rows": 569,
        "is_code_public": False,
        "is_data_public": True,
        "carries_over": WORDS,
    }
    return Source.model_validate(fields | changes)


def dossier() -> ResearchDossier:
    return ResearchDossier(sources=(source(),), conclusion=WORDS)


def replication(**changes: object) -> ReplicationReport:
    fields: dict[str, object] = {"mode": "public_data", "original": source(), "method": WORDS}
    return ReplicationReport.model_validate(fields | changes)


def preregistration(**changes: object) -> Preregistration:
    fields: dict[str, object] = {
        "hypothesis": WORDS,
        "metric": "accuracy",
        "goal": 0.9,
        "candidates": ("logistic regression",),
        "stopping_rule": WORDS,
    }
    return Preregistration.model_validate(fields | changes)


def analysis(summary: str = WORDS) -> AnalysisReport:
    return AnalysisReport(summary=summary, model=WORDS, limitations=WORDS)


def explanation() -> Explanation:
    return Explanation(method="permutation importance", top_features=("radius",), account=WORDS)


def estimate(**changes: object) -> EffortEstimate:
    fields: dict[str, object] = {"optimistic": 20, "likely": 40, "pessimistic": 90, "assumptions": WORDS}
    return EffortEstimate.model_validate(fields | changes)


def production() -> ProductionReport:
    return ProductionReport(
        metric="accuracy",
        estimate=0.95,
        low=0.93,
        high=0.97,
        rows=900,
        since=NOON.date() - timedelta(days=30),
        until=NOON.date(),
    )


def lesson(outcome: Outcome = Outcome.NOT_FEASIBLE, *reasons: Reason, **changes: object) -> Lesson:
    fields: dict[str, object] = {
        "outcome": outcome,
        "reasons": reasons or (Reason.GOAL_MISSED,),
        "lesson": WORDS,
        "would_change_if": "More sizes are measured.",
    }
    return Lesson.model_validate(fields | changes)


def ballot(choice: Choice = Choice.GO, **fields: object) -> Ballot:
    return Ballot.model_validate({"choice": choice, "reason": WORDS} | fields)


def peer_review(choice: Choice = Choice.GO, summary: str = WORDS, **fields: object) -> Review:
    return Review(
        summary=summary,
        strengths=WORDS,
        weaknesses=WORDS,
        has_conflict_of_interest=False,
        ballot=ballot(choice, **fields),
    )


METHOD = MethodReview(summary=WORDS, has_conflict_of_interest=False)
INTEREST = Declaration(has_conflict_of_interest=False, reason=WORDS)


def gate(
    leaves: Stage, evidence: list[Kind], role: Role = Role.REVIEWER, quorum: int = 1, **fields: object
) -> GatePolicy:
    findings = fields.pop("findings", {})
    return GatePolicy(
        leaves=leaves,
        requires=Requires(evidence=tuple(evidence), findings=findings),  # type: ignore[arg-type]
        approvals=Approvals(role=role, quorum=quorum),  # type: ignore[arg-type]
        unlocks=Unlocks.model_validate(fields),
    )


def policies(**changes: GatePolicy) -> PolicySet:
    """Policies that ask for evidence and votes but for no finding: what a checkless journey passes."""
    stages = Stage
    gates = {
        "proposal": gate(stages.PROPOSAL, [Kind.PROPOSAL, Kind.ETHICS_SCREEN], Role.ETHICS_REVIEWER),
        "research": gate(stages.RESEARCH, [Kind.RESEARCH_DOSSIER]),
        "replication": gate(stages.REPLICATION, [Kind.REPLICATION_REPORT]),
        "data_analysis": gate(stages.DATA_ANALYSIS, [Kind.ANALYSIS_REPORT, Kind.EFFORT_ESTIMATE]),
        "review": gate(stages.REVIEW, [Kind.REVIEW, Kind.EFFORT_ESTIMATE], quorum=2),
        "release": gate(stages.RELEASE, [Kind.PROPOSAL], Role.BOARD_MEMBER, 2, deadline=True),
        "watch": gate(stages.WATCH, [Kind.PRODUCTION_REPORT]),
    }
    return PolicySet.model_validate({"gates": gates | changes})


FINDINGLESS = policies()


@dataclass
class World:
    """A workspace with people in it, and the short ways by which tests tell their stories."""

    workspace: Workspace
    clock: Clock
    keys: list[str] = field(default_factory=list)

    @classmethod
    def make(cls, home: Path, database_url: str | None = None, policy_set: PolicySet = FINDINGLESS) -> World:
        clock = Clock()
        workspace = Workspace.open(home, database_url, clock=clock).prepare()
        for handle, roles in PEOPLE.items():
            person = Person(handle=handle, name=handle.title() + " Name", roles=frozenset(roles))
            assert organisation.add_person(workspace, person, by="root") is None
        assert organisation.adopt(workspace, policy_set, by="root") is None
        assert organisation.fund(workspace, Money(amount=1_000_000_00, currency="EUR"), by="root") is None
        return cls(workspace, clock)

    def initiative(self, key: str) -> Initiative:
        return self.workspace.initiative(key)

    def open(self, **changes: object) -> str:
        answer = open_initiative(self.workspace, proposal(**changes), by="olga", screen=screen())
        return done(answer).initiative.key

    def approve(self, key: str, *handles: str) -> Answer:
        """Let `handles` (default: as many as the gate asks for) approve at the gate where `key` stands."""
        initiative = self.initiative(key)
        rule = self.workspace.policies(initiative.policy).at(initiative.stage).approvals
        panels = {
            Role.ETHICS_REVIEWER: ("ella",),
            Role.REVIEWER: ("rita", "rolf"),
            Role.BOARD_MEMBER: ("bea", "ben"),
        }
        answer: Answer | None = None
        for handle in handles or panels[rule.role][: rule.quorum]:
            if rule.role is Role.REVIEWER:
                answer = review(self.workspace, key, peer_review(), by=handle)
            else:
                answer = vote(self.workspace, key, ballot(), by=handle)
        assert answer is not None
        return answer

    def approve_stop(self, key: str) -> None:
        """Let peers end it as its lesson proposes."""
        for handle in ("rita", "rolf"):
            self.judge_method(key, handle)
            done(review(self.workspace, key, peer_review(Choice.STOP), by=handle))

    def answer_all(self, key: str) -> None:
        """Let the owner say what differs from each earlier initiative that ended with a no."""
        for one in self.initiative(key).resemblances.values():
            if one.must_be_answered and self.initiative(key).stage is Stage.PROPOSAL:
                done(answer(self.workspace, key, Difference(earlier=one.key, difference=WORDS), by="olga"))

    def judge_method(self, key: str, handle: str) -> None:
        """Let `handle` review the method, where the gate is blind and they have not."""
        initiative = self.initiative(key)
        is_blind = self.workspace.policies(initiative.policy).at(initiative.stage).is_blind
        if is_blind and handle not in initiative.knows_method:
            method_review(self.workspace, key, METHOD, by=handle)

    def submit_stage(self, key: str) -> None:
        """Submit what the current gate asks for, as the data scientist."""
        evidence = {
            Stage.RESEARCH: ((Kind.RESEARCH_DOSSIER, dossier()),),
            Stage.REPLICATION: ((Kind.REPLICATION_REPORT, replication()),),
            Stage.DATA_ANALYSIS: ((Kind.ANALYSIS_REPORT, analysis()), (Kind.EFFORT_ESTIMATE, estimate())),
            Stage.WATCH: ((Kind.PRODUCTION_REPORT, production()),),
        }
        for kind, document in evidence.get(self.initiative(key).stage, ()):
            done(submit(self.workspace, key, kind, document, by="dana"))

    def bring_to(self, key: str, stage: Stage) -> str:
        """Bring `key` through every gate before `stage`."""
        while self.initiative(key).stage is not stage:
            self.submit_stage(key)
            self.answer_all(key)
            done(self.approve(key))
        return key


def done(answer: Answer) -> Done:
    """`answer`, which must have been done."""
    assert isinstance(answer, Done), answer
    return answer
