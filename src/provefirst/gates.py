"""Gates: what a policy asks of a stage, and whether an initiative may pass. Pure: the ledger decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from provefirst.clauses import USUAL_ALARM, Approvals, FindingRule, Reminders, Requires, Unlocks, WatchLimits
from provefirst.findings import Finding
from provefirst.initiative import Initiative
from provefirst.ledger import digest_of
from provefirst.likeness import Resemblance
from provefirst.people import Role
from provefirst.production import Health
from provefirst.reviews import Vote
from provefirst.stages import ORDER, Choice, Stage
from provefirst.texts import Document


class GatePolicy(Document):
    """The policy of one gate."""

    leaves: Stage
    requires: Requires
    approvals: Approvals
    unlocks: Unlocks = Unlocks()
    earlier: Literal["answered", "shown"] = Field(
        default="answered",
        description="at proposal: whether it must be said what differs from an earlier initiative that ended with a no",
    )
    blind: bool | None = Field(
        default=None, description="whether reviewers judge the method before results are shown; else at review only"
    )

    reminders: Reminders | None = Field(default=None, description="when to remind; else after 7 days, and nobody else")
    spending_alarm: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="at release: per cent of what was released that is spent when its people are told; else 80",
    )
    watch: WatchLimits | None = Field(default=None, description="at watch: what production may show beside its metric")

    @model_serializer(mode="wrap")
    def _as_adopted(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A policy that doesn't say these keeps the digest that it had before they could be said."""
        written: dict[str, Any] = write(self)
        added = ("reminders", "spending_alarm", "watch")
        return {name: value for name, value in written.items() if name not in added or value is not None}

    @property
    def alarm_share(self) -> int:
        """Per cent of what was released from which on spending is told of."""
        return USUAL_ALARM if self.spending_alarm is None else self.spending_alarm

    @property
    def limits(self) -> WatchLimits:
        return self.watch or WatchLimits()

    @property
    def is_blind(self) -> bool:
        """Whether reviewers see no result before their method review is in. Only peers are blinded."""
        is_wanted = self.leaves is Stage.REVIEW if self.blind is None else self.blind
        return is_wanted and self.approvals.role is Role.REVIEWER

    @property
    def is_answered(self) -> bool:
        """Whether this gate waits until it is said what differs from an earlier no."""
        return self.leaves is Stage.PROPOSAL and self.earlier == "answered"

    @property
    def said_elsewhere(self) -> Mapping[str, Stage]:
        """Keys that count at another gate only, with that gate's stage."""
        keys = {"spending_alarm": Stage.RELEASE, "watch": Stage.WATCH}
        return {name: stage for name, stage in keys.items() if getattr(self, name) and self.leaves is not stage}

    @model_validator(mode="after")
    def _unlocks_fit(self) -> GatePolicy:
        if self.unlocks.exploration_cap and self.leaves.position >= Stage.RELEASE.position:
            raise ValueError(f"an exploration cap is for gates before release: {self.leaves.value} comes after it")
        if self.unlocks.deadline and self.leaves.position < Stage.RELEASE.position:
            raise ValueError(f"a deadline can't be unlocked by the {self.leaves.value} gate: only by release or watch")
        return self


class PolicySet(Document):
    """One policy for every gate: what an initiative is opened under, and keeps."""

    gates: dict[Stage, GatePolicy]

    @model_validator(mode="after")
    def _whole(self) -> PolicySet:
        for stage in ORDER:
            if stage not in self.gates:
                raise ValueError(f"no policy for the {stage.value} gate")
            if self.gates[stage].leaves is not stage:
                raise ValueError(f"the {stage.value} gate's policy says it leaves {self.gates[stage].leaves.value}")
            for name, other in self.gates[stage].said_elsewhere.items():
                raise ValueError(f"{name} is said at the {other.value} gate, not at {stage.value}")
        return self

    @property
    def digest(self) -> str:
        return digest_of(self.model_dump(mode="json"))

    def at(self, stage: Stage) -> GatePolicy:
        return self.gates[stage]

    def approvals_to_stop(self, stage: Stage) -> Approvals:
        """Whose votes conclude at `stage`: the board's where the board decides, else the review gate's peers.

        At the first gate there is nothing for peers to review yet: whoever keeps it says that it must not begin.
        """
        own = self.gates[stage].approvals
        is_own = own.role is Role.BOARD_MEMBER or stage is Stage.PROPOSAL
        return own if is_own else self.gates[Stage.REVIEW].approvals


@dataclass(frozen=True, slots=True)
class Open:
    """The gate may be passed; `conditional` where an approval carried conditions for the next one."""

    votes: tuple[Vote, ...]

    def __bool__(self) -> bool:
        return True

    @property
    def conditions(self) -> tuple[str, ...]:
        """Each condition that an approval carries, once."""
        return tuple(dict.fromkeys(text for vote in self.votes for text in vote.ballot.conditions))

    @property
    def choice(self) -> Choice:
        return Choice.CONDITIONAL_GO if self.conditions else Choice.GO


@dataclass(frozen=True, slots=True)
class Closed:
    """The gate stays shut, with every reason why."""

    reasons: tuple[str, ...]

    def __bool__(self) -> bool:
        return False


Gate = Open | Closed


def decide(policy: GatePolicy, initiative: Initiative, *, now: datetime) -> Gate:
    """Whether `initiative` may leave the stage that `policy` guards. `now` only words how long a hold still lasts."""
    approvals = tuple(_approvals(policy.approvals, initiative))
    reasons = (
        *_standing(policy, initiative, now),
        *_evidence(policy, initiative),
        *_findings(policy, initiative),
        *_conditions(policy, initiative),
        *_memory(policy, initiative),
        *_production(policy, initiative),
        *_votes(policy.approvals, initiative, approvals),
    )
    return Closed(reasons) if reasons else Open(approvals)


def agreed(policies: PolicySet, initiative: Initiative) -> tuple[Vote, ...]:
    """The votes that agree, with quorum, on recycle, hold or stop at the initiative's stage; empty where none do."""
    gate = policies.at(initiative.stage)
    for choice in (Choice.STOP, Choice.RECYCLE, Choice.HOLD):
        rule = policies.approvals_to_stop(initiative.stage) if choice is Choice.STOP else gate.approvals
        alike: dict[tuple[object, ...], list[Vote]] = {}
        for vote in initiative.standing_votes:
            ballot = vote.ballot
            if (
                ballot.choice is choice
                and vote.dossier == initiative.dossier
                and _is_independent(rule, vote, initiative)
            ):
                alike.setdefault((ballot.back_to,), []).append(vote)
        for votes in alike.values():
            if len(votes) >= rule.quorum:
                return tuple(votes)
    return ()


def accepts(rule: FindingRule, finding: Finding | None) -> str:
    """Why `finding` does not satisfy `rule`, or an empty text where it does."""
    if finding is None:
        return "no finding"
    if finding.level in rule.accept:
        return ""
    told = f" ({finding.message})" if finding.message else ""
    return f"{finding.level.value.replace('_', ' ')}{told}"


def _standing(policy: GatePolicy, initiative: Initiative, now: datetime) -> Iterator[str]:
    if initiative.conclusion is not None:
        yield f"{initiative.key} is concluded: {initiative.conclusion.outcome.value}"
    elif initiative.stage is not policy.leaves:
        yield f"{initiative.key} is at {initiative.stage.label}, not at {policy.leaves.label}"
    if (hold := initiative.hold) is not None:
        days = (hold.until - now.date()).days
        when = f"for {days} more days" if days > 0 else "and due to be looked at again"
        yield f"on hold until {hold.until.isoformat()} ({when}): {hold.condition}"


def _evidence(policy: GatePolicy, initiative: Initiative) -> Iterator[str]:
    if not policy.requires.evidence:
        yield "the policy asks for no evidence, so nothing can satisfy it"
    for kind in policy.requires.evidence:
        if initiative.current(kind) is None:
            yield f"{kind.value}: not submitted"


def _findings(policy: GatePolicy, initiative: Initiative) -> Iterator[str]:
    found = initiative.current_findings
    for code, rule in sorted(policy.requires.findings.items()):
        if reason := accepts(rule, found.get(code)):
            yield f"{code}: {reason}"


def _conditions(policy: GatePolicy, initiative: Initiative) -> Iterator[str]:
    for condition in initiative.conditions_at(policy.leaves):
        yield f"condition {condition.number} of the {condition.stage.label} gate is not cleared: {condition.text}"


def unanswered(policy: GatePolicy, initiative: Initiative) -> tuple[Resemblance, ...]:
    """Earlier initiatives that ended with a no, asked the like, and must be answered before this gate opens."""
    return tuple(one for one in initiative.resemblances.values() if policy.is_answered and one.must_be_answered)


def _memory(policy: GatePolicy, initiative: Initiative) -> Iterator[str]:
    for one in unanswered(policy, initiative):
        yield (
            f"{one.key} asked the like and ended not feasible (alike by {one.score:.2f}: {', '.join(one.shared)}): "
            "say what is different now"
        )


def _production(policy: GatePolicy, initiative: Initiative) -> Iterator[str]:
    judged = initiative.production
    if policy.leaves is Stage.WATCH and judged is not None and judged.health is Health.BROKEN:
        yield (
            f"production is broken: {judged.estimate:.4g} on {judged.rows} rows. Roll back, and say what was learnt "
            "(conclude), or go back to an earlier stage"
        )


def _approvals(rule: Approvals, initiative: Initiative) -> Iterator[Vote]:
    for vote in initiative.standing_votes:
        is_bound = vote.dossier == initiative.dossier
        if vote.ballot.choice.is_approval and is_bound and _is_independent(rule, vote, initiative):
            yield vote


def _is_independent(rule: Approvals, vote: Vote, initiative: Initiative) -> bool:
    barred: set[str] = set()
    if "author" in rule.independent_of:
        barred |= initiative.authors
    if "product_owner" in rule.independent_of:
        barred.add(initiative.owner)
    return vote.role is rule.role and vote.by not in barred


def _votes(rule: Approvals, initiative: Initiative, approvals: tuple[Vote, ...]) -> Iterator[str]:
    """What the quorum lacks, and which votes do not count towards it; where others reach it, nobody misses those."""
    persons = {vote.by for vote in approvals}
    if len(persons) >= max(rule.quorum, 1):
        return
    yield f"{len(persons)} of {max(rule.quorum, 1)} approvals by {rule.role.with_article}"
    for vote in initiative.standing_votes:
        if vote.ballot.choice.is_approval and vote.dossier != initiative.dossier:
            yield f"approval by {vote.by} is void: what was approved has changed since"
    for vote in initiative.lapsed_votes:
        yield f"the vote of {vote.by} no longer counts: they left"
