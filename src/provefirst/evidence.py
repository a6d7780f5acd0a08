"""Evidence: the kinds of it, what each must hold, and the stage each belongs to.

Typed-in figures appear only where they are somebody else's claim (a paper's) or a wish. What decides at a gate is
measured from the attached data and written down as findings.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from provefirst.money import Money
from provefirst.stages import Outcome, Reason
from provefirst.texts import Count, Digest, Document, Finite, Line, Probability, Prose, Whole, Word

MetricName = Literal[
    "accuracy", "balanced_accuracy", "f1_macro", "roc_auc", "average_precision", "log_loss", "brier",
    "r2", "mae", "rmse", "mape",
]  # fmt: skip
DataKind = Literal["tabular", "time_series", "text", "image", "audio", "video", "graph", "mixed", "other"]
LESS_IS_BETTER = frozenset({"log_loss", "brier", "mae", "rmse", "mape"})


class Kind(StrEnum):
    """What a piece of evidence is."""

    PROPOSAL = "proposal"
    ETHICS_SCREEN = "ethics_screen"
    RESEARCH_DOSSIER = "research_dossier"
    REPLICATION_REPORT = "replication_report"
    PREREGISTRATION = "preregistration"
    DATA_REGISTRATION = "data_registration"
    TRIES = "tries"
    LOOK = "look"
    ANALYSIS_REPORT = "analysis_report"
    EXPLANATION = "explanation"
    EFFORT_ESTIMATE = "effort_estimate"
    REVIEW = "review"
    PRODUCTION_REPORT = "production_report"
    LESSON = "lesson"


class Goal(Document):
    """The value of a metric at which the initiative is worth its money."""

    metric: MetricName
    value: Finite = Field(description="in the metric's own unit; accuracy and its like from 0 to 1")
    why: Prose = Field(description="what reaching it is worth, and to whom")

    @model_validator(mode="after")
    def _in_range(self) -> Goal:
        if self.metric in ("mae", "rmse", "mape", "log_loss"):
            if self.value < 0:
                raise ValueError(f"{self.metric} is never negative")
        elif self.value > 1 or (self.value < 0 and self.metric != "r2"):
            raise ValueError(f"{self.metric} lies between 0 and 1")
        return self


class Proposal(Document):
    """What a product owner wants to find out, for whom, and what it would be worth."""

    title: Line
    problem: Prose
    affected: Prose = Field(description="who is affected by the decisions that this would support")
    hypothesis: Prose = Field(description="a sentence that data can refute")
    goal: Goal
    prior_art: tuple[Line, ...] = Field(default=(), max_length=50)
    budget: Money = Field(description="requested; locked until the board releases it")
    wished_deadline: date | None = Field(default=None, description="a wish: nothing is promised by it")
    domain: Word = "other"
    data_kind: DataKind = "other"
    forecast: Probability | None = Field(
        default=None, description="how likely it is that this proves feasible; scored by role, never by person"
    )


class EthicsScreen(Document):
    """Gate 0: who could be harmed or treated unfairly. An ethics reviewer says by vote whether work may begin."""

    harms: tuple[Line, ...] = Field(max_length=50, description="what could go wrong for the people affected; may be ()")
    groups: tuple[Line, ...] = Field(max_length=50, description="groups that could be treated worse; may be ()")
    personal_data: Literal["none", "pseudonymous", "personal", "special_category"]
    discrimination_risk: Literal["low", "medium", "high"]
    safeguards: Prose


class Source(Document):
    """Somebody's published result, and why it should carry over."""

    citation: Prose
    link: Word | None = None
    metric: MetricName
    reported: Finite = Field(description="as reported, in the metric's own unit")
    rows: Count = Field(description="rows that the reported figure was measured on")
    is_code_public: bool
    is_data_public: bool
    carries_over: Prose = Field(description="why this should hold for our data, or why not")


class ResearchDossier(Document):
    """How others did it."""

    sources: tuple[Source, ...] = Field(min_length=1, max_length=200)
    conclusion: Prose


class ReplicationReport(Document):
    """An original claim against the same thing done by ourselves; `predictions` are attached as a file."""

    mode: Literal["public_code", "public_data", "reformulated"]
    original: Source
    original_splits: int = Field(default=1, ge=1, le=1000, description="folds or holdouts behind the original figure")
    method: Prose = Field(description="what was done, so that another could do it again")
    deviations: tuple[Line, ...] = Field(default=(), max_length=50)
    reference_rate: Probability = Field(
        default=0.5, description="what guessing reaches on the original data: the share of the largest class"
    )
    reported_as: Literal["metric", "r", "d", "odds_ratio"] = Field(
        default="metric", description="what the original's figure is, where it is no value of the metric"
    )

    @model_validator(mode="after")
    def _in_range(self) -> ReplicationReport:
        figure = self.original.reported
        if self.reported_as == "r" and not -1 < figure < 1:
            raise ValueError("original.reported: a correlation lies between -1 and 1")
        if self.reported_as == "odds_ratio" and figure <= 0:
            raise ValueError("original.reported: an odds ratio is above 0")
        return self


class Preregistration(Document):
    """What is going to be tested and how, said before the sealed set is looked at."""

    hypothesis: Prose
    metric: MetricName
    goal: Finite
    margin: Finite = Field(default=0.0, ge=0, description="by how much the best simple baseline must be beaten")
    alpha: Probability = Field(default=0.05, le=0.2, description="risk of a wrong verdict, one-sided, over all looks")
    looks: int = Field(default=1, ge=1, le=100, description="looks on the sealed set, counted together")
    candidates: tuple[Line, ...] = Field(min_length=1, max_length=50)
    model_class: Literal["linear", "shallow_tree", "complex"] = Field(
        default="complex", description="what the claim is for: a simple model need only beat simpler ones"
    )
    stopping_rule: Prose
    subgroups: tuple[Word, ...] = Field(default=(), max_length=50)
    forecast: Probability | None = Field(
        default=None, description="how likely it is that this proves feasible; scored by role, never by person"
    )


class Column(Document):
    """A column of the data, and when its value is known."""

    name: Word
    dtype: Word
    known_at: Literal["before", "at_prediction", "after_outcome", "unknown"] = "unknown"


class DataRegistration(Document):
    """Data sealed by its owner: what went to the work set, what was kept back, and who had seen it."""

    name: Line
    rows: Count
    columns: tuple[Column, ...] = Field(min_length=1, max_length=10_000)
    target: Word
    identifier: Word = Field(description="the column by which predictions name their row")
    fingerprint: Digest = Field(description="of the content")
    schema_fingerprint: Digest
    split: Literal["time", "group", "stratified", "random"]
    seed: Whole = Field(ge=0)
    sealed_rows: Count
    blindness: Literal["prospective", "sealed", "declared"]
    had_access: tuple[Word, ...] = Field(default=(), max_length=1000, description="who had seen the data before")
    work: Digest = Field(description="blob with the work set, target included")
    sealed_features: Digest = Field(description="blob with the sealed rows without their target")


class Try(Document):
    """One model attempt on the work set."""

    name: Line
    params: dict[Word, bool | Whole | Finite | Word | None] = Field(default_factory=dict, max_length=500)
    predictions: Digest | None = Field(
        default=None, description="the attached out-of-fold predictions; without them the try is counted and no more"
    )
    seconds: Finite = Field(default=0.0, ge=0)


class Tries(Document):
    """Attempts on the work set: all of them, not the best. They are added to those logged before."""

    tries: tuple[Try, ...] = Field(min_length=1, max_length=100_000)


class Look(Document):
    """One scoring on the sealed set."""

    number: Count
    of: Count = Field(description="looks preregistered")
    predictions: Digest
    registration: Digest = Field(description="the data registration whose sealed set was scored")


class AnalysisReport(Document):
    """What the data analysis found: quality, availability, drift, signal. The figures stand in the findings."""

    summary: Prose
    model: Prose
    limitations: Prose


class Explanation(Document):
    """Why the model says what it says, in words that a product owner can question."""

    method: Line
    top_features: tuple[Word, ...] = Field(min_length=1, max_length=100)
    account: Prose


class WorkItem(Document):
    """A part of the effort, in working days."""

    name: Line
    optimistic: Finite = Field(gt=0, le=10_000)
    likely: Finite = Field(gt=0, le=10_000)
    pessimistic: Finite = Field(gt=0, le=10_000)

    @model_validator(mode="after")
    def _ordered(self) -> WorkItem:
        if not self.optimistic <= self.likely <= self.pessimistic:
            raise ValueError("optimistic ≤ likely ≤ pessimistic must hold")
        return self


class EffortEstimate(Document):
    """Effort to bring it into production, in working days (Monday to Friday): as a whole, or the sum of its items."""

    optimistic: Finite = Field(gt=0, le=10_000)
    likely: Finite = Field(gt=0, le=10_000)
    pessimistic: Finite = Field(gt=0, le=10_000)
    assumptions: Prose
    items: tuple[WorkItem, ...] = Field(
        default=(), max_length=200, description="parts of the work; the three points above are their sums"
    )

    @model_validator(mode="after")
    def _ordered(self) -> EffortEstimate:
        if not self.optimistic <= self.likely <= self.pessimistic:
            raise ValueError("optimistic ≤ likely ≤ pessimistic must hold")
        for name in ("optimistic", "likely", "pessimistic"):
            total = sum(getattr(item, name) for item in self.items)
            if self.items and abs(getattr(self, name) - total) > 1e-6 * total:
                raise ValueError(f"{name} is the sum of the items: {total:g}")
        return self


class ProductionReport(Document):
    """How the released model does on live data."""

    metric: MetricName
    estimate: Finite
    low: Finite
    high: Finite
    rows: Count
    since: date
    until: date

    @model_validator(mode="after")
    def _ordered(self) -> ProductionReport:
        if not self.low <= self.estimate <= self.high:
            raise ValueError("low ≤ estimate ≤ high must hold")
        if self.until < self.since:
            raise ValueError("until is before since")
        return self


class Lesson(Document):
    """What the organisation now knows. As valuable after a no as after a yes."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = Field(min_length=1, max_length=5)
    lesson: Prose
    would_change_if: Prose = Field(description="what would have to be different for another answer")
    revisit_on: date | None = Field(default=None, description="the day to look again")
    revisit_rows: Count | None = Field(default=None, description="look again once so many rows of `revisit_data` exist")
    revisit_data: Word | None = Field(default=None, description="the name under which that data would be registered")
    revisit_source: Line | None = Field(
        default=None, description="look again once a source is cited whose citation has these words"
    )

    @model_validator(mode="after")
    def _rows_are_of_something(self) -> Lesson:
        if (self.revisit_rows is None) != (self.revisit_data is None):
            raise ValueError("revisit_rows and revisit_data go together: so many rows of which data")
        return self
