"""The stages an initiative passes, and the choices and outcomes open to it."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """A stage, in the order of the lifecycle; each is left through the gate of the same name."""

    PROPOSAL = "proposal"
    RESEARCH = "research"
    REPLICATION = "replication"
    DATA_ANALYSIS = "data_analysis"
    REVIEW = "review"
    RELEASE = "release"
    WATCH = "watch"

    @property
    def position(self) -> int:
        return ORDER.index(self)

    @property
    def next(self) -> Stage | None:
        """The stage that follows, or None after the last."""
        return ORDER[self.position + 1] if self.position + 1 < len(ORDER) else None

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


ORDER: tuple[Stage, ...] = tuple(Stage)


class Choice(StrEnum):
    """What a vote or a decision says."""

    GO = "go"
    CONDITIONAL_GO = "conditional_go"
    RECYCLE = "recycle"
    HOLD = "hold"
    STOP = "stop"

    @property
    def is_approval(self) -> bool:
        return self in (Choice.GO, Choice.CONDITIONAL_GO)


class Outcome(StrEnum):
    """How an initiative ended. None of them is a failure."""

    FEASIBLE = "feasible"
    NOT_FEASIBLE = "not_feasible"
    INCONCLUSIVE = "inconclusive"
    WITHDRAWN = "withdrawn"
    RETIRED = "retired"


class Reason(StrEnum):
    """Why an initiative ended as it did: a fixed list, so that conclusions can be searched and counted."""

    GOAL_REACHED = "goal_reached"
    GOAL_MISSED = "goal_missed"
    DATA_INSUFFICIENT = "data_insufficient"
    DATA_UNAVAILABLE = "data_unavailable"
    TRENDS_DIFFER = "trends_differ"
    ORIGINAL_FLAWED = "original_flawed"
    NOT_REPLICATED = "not_replicated"
    NO_VALUE = "no_value"
    DISCRIMINATORY = "discriminatory"
    SUPERSEDED = "superseded"
    PRIORITIES_CHANGED = "priorities_changed"
    RETIRED = "retired"
