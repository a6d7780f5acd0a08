"""An initiative: what its ledger entries say, and nothing that they don't. `history.replay(entries)` makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType

from provefirst.arrivals import Arrival
from provefirst.deadlines import Deadline
from provefirst.decisions import Conclusion, Condition, Decision, Hold, Opening
from provefirst.evidence import Kind
from provefirst.findings import Finding
from provefirst.glass import Glass
from provefirst.kinds import MODELS
from provefirst.ledger import GENESIS, Data, digest_of
from provefirst.likeness import Resemblance
from provefirst.money import Books, Tranche
from provefirst.people import Role
from provefirst.production import Freeze, Judgement, Observation
from provefirst.reviews import MethodOpinion, Vote
from provefirst.stages import Stage
from provefirst.texts import Document

NEVER = datetime.min.replace(tzinfo=UTC)

OPINIONS = frozenset({Kind.REVIEW})
"""Evidence that judges other evidence: it is not part of what is being judged."""

UNMEASURED = OPINIONS | {Kind.LESSON}
"""Evidence that findings are not measured on."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A piece of evidence as submitted: bound to stage and attempt, with the digest of its content and its files."""

    kind: Kind
    stage: Stage
    attempt: int
    by: str
    at: datetime
    version: int
    digest: str
    content: Data
    attachments: Mapping[str, str]
    derived: Data

    @property
    def document(self) -> Document:
        """The content as its evidence model."""
        return MODELS[self.kind].model_validate(self.content)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Findings that the engine recorded on a stage's evidence, whose digest is `measured_on`, as `policy` asked."""

    stage: Stage
    attempt: int
    measured_on: str
    policy: str
    at: datetime
    version: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Initiative:
    """The state of one initiative at `version` of its ledger, whose newest digest is `head`."""

    key: str
    version: int = 0
    head: str = GENESIS
    title: str = ""
    owner: str = ""
    domain: str = ""
    policy: str = ""
    stage: Stage = Stage.PROPOSAL
    opened_at: datetime = NEVER
    changed_at: datetime = NEVER
    attempts: Mapping[Stage, int] = field(default_factory=lambda: MappingProxyType({}))
    parts: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType({}))
    submissions: tuple[Submission, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    votes: tuple[Vote, ...] = ()
    decisions: tuple[Decision, ...] = ()
    openings: Mapping[Stage, Opening] = field(default_factory=lambda: MappingProxyType({}))
    conditions: tuple[Condition, ...] = ()
    hold: Hold | None = None
    books: Books = field(default_factory=Books)
    budget: int = 0
    tranches: tuple[Tranche, ...] = ()
    deadline: Deadline | None = None
    conclusion: Conclusion | None = None
    stalls: tuple[str, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    conflicts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unconflicted: frozenset[str] = frozenset()
    methods: tuple[MethodOpinion, ...] = ()
    glass: tuple[Glass, ...] = ()
    left: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    observations: tuple[Observation, ...] = ()
    production: Judgement | None = None
    freeze: Freeze | None = None
    references: frozenset[str] = frozenset()
    resemblances: Mapping[str, Resemblance] = field(default_factory=lambda: MappingProxyType({}))
    whole: str = ""
    """Where this is only what one person may see of an initiative: the dossier's digest of all of it."""

    @property
    def attempt(self) -> int:
        """The number of the current stage's attempt, from 1."""
        return self.attempts.get(self.stage, 0)

    @property
    def is_open(self) -> bool:
        return self.version > 0 and self.conclusion is None

    def is_passed(self, stage: Stage) -> bool:
        """Whether the gate of `stage` stands open."""
        return stage in self.openings

    def times_passed(self, stage: Stage) -> int:
        """How often the gate of `stage` was opened: an attempt that was recycled or stopped opened none."""
        return sum(decision.stage is stage and decision.choice.is_approval for decision in self.decisions)

    @cached_property
    def _current(self) -> Mapping[Kind, Submission]:
        latest: dict[Kind, Submission] = {}
        for submission in self.submissions:
            is_reached = submission.stage.position <= self.stage.position
            if is_reached and submission.attempt == self.attempts.get(submission.stage):
                latest[submission.kind] = submission
        return latest

    def current(self, kind: Kind) -> Submission | None:
        """The newest submission of `kind` in the newest attempt of its stage; None where there is none."""
        return self._current.get(kind)

    @property
    def proposed(self) -> Submission | None:
        """The conclusion that is proposed now: one that was voted past at an earlier stage or attempt is none."""
        lesson = self.current(Kind.LESSON)
        is_here = lesson is not None and (lesson.stage, lesson.attempt) == (self.stage, self.attempt)
        return lesson if is_here else None

    def evidence_digest(self, stage: Stage) -> str:
        """The digest of what findings at `stage` are measured on."""
        attempt = self.attempts.get(stage)
        measured = {
            submission.kind.value: [submission.digest, dict(submission.attachments)]
            for submission in self.submissions
            if (submission.stage, submission.attempt) == (stage, attempt) and submission.kind not in UNMEASURED
        }
        return digest_of(measured)

    @cached_property
    def current_findings(self) -> Mapping[str, Finding]:
        """The newest finding of each code whose evidence has not changed since it was measured, and, at the current
        stage, whose policy has not: another may ask for other limits."""
        found: dict[str, Finding] = {}
        for measurement in self.measurements:
            is_reached = measurement.stage.position <= self.stage.position
            is_asked = measurement.stage is not self.stage or measurement.policy == self.policy
            if (
                is_reached
                and is_asked
                and measurement.attempt == self.attempts.get(measurement.stage)
                and measurement.measured_on == self.evidence_digest(measurement.stage)
            ):
                found.update((finding.code, finding) for finding in measurement.findings)
        return MappingProxyType(found)

    @cached_property
    def dossier(self) -> str:
        """The digest of all that a vote is about: evidence, findings and policy as they stand now."""
        if self.whole:
            return self.whole
        evidence = {
            kind.value: [submission.digest, dict(submission.attachments)]
            for kind, submission in self._current.items()
            if kind not in OPINIONS
        }
        findings = {code: finding.model_dump(mode="json") for code, finding in self.current_findings.items()}
        place = [self.key, self.stage.value, self.attempt, self.policy]
        return digest_of([*place, evidence, findings])

    @cached_property
    def _newest_votes(self) -> tuple[Vote, ...]:
        """Each person's newest vote at the current stage's attempt, in the order cast; a decision spends them all."""
        spent = max((decision.version for decision in self.decisions), default=0)
        is_here = (self.stage, self.attempt)
        here = [vote for vote in self.votes if (vote.stage, vote.attempt) == is_here and vote.version > spent]
        newest = {vote.by: vote.version for vote in here}
        return tuple(vote for vote in here if newest[vote.by] == vote.version)

    @cached_property
    def standing_votes(self) -> tuple[Vote, ...]:
        """The newest vote of each person who is still here, at the current stage's attempt, in the order cast."""
        return tuple(vote for vote in self._newest_votes if vote.version > self.left.get(vote.by, 0))

    @cached_property
    def lapsed_votes(self) -> tuple[Vote, ...]:
        """Votes at the current stage's attempt that count no longer, because whoever cast them left since."""
        return tuple(vote for vote in self._newest_votes if vote not in self.standing_votes)

    @cached_property
    def authors(self) -> frozenset[str]:
        """Everybody who wrote evidence that is being judged."""
        return frozenset(submission.by for submission in self.submissions if submission.kind not in OPINIONS)

    @cached_property
    def knows_method(self) -> frozenset[str]:
        """Who reviewed the method of an attempt that still stands: results may be shown to them."""
        return frozenset(
            opinion.by
            for opinion in self.methods
            if opinion.stage.position <= self.stage.position and opinion.attempt == self.attempts.get(opinion.stage)
        )

    @property
    def open_conditions(self) -> tuple[Condition, ...]:
        return tuple(condition for condition in self.conditions if not condition.cleared_by)

    def conditions_at(self, stage: Stage) -> tuple[Condition, ...]:
        """Open conditions that close the gate of `stage`: those of earlier gates. Watch goes round, so its own too."""
        is_round = stage.next is None
        return tuple(
            condition
            for condition in self.open_conditions
            if condition.stage.position < stage.position or (is_round and condition.stage is stage)
        )

    @property
    def exploration_cap(self) -> int:
        """Minor units that the gates passed so far free for exploration, before the release gate opens."""
        return max((opening.exploration_cap for opening in self.openings.values()), default=0)

    @property
    def explored(self) -> int:
        return sum(tranche.amount for tranche in self.tranches if tranche.kind == "exploration")

    def with_part(self, handle: str, role: Role) -> Initiative:
        """The initiative once `handle` has taken the part `role` on it; the first part taken stays."""
        if handle in self.parts:
            return self
        return replace(self, parts=MappingProxyType({**self.parts, handle: role}))
