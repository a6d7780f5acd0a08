"""What a gate has decided, as a replayed initiative holds it: decisions, openings, conditions, holds, conclusions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from provefirst.stages import Choice, Outcome, Reason, Stage


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision at a gate, by the persons whose votes carried it."""

    stage: Stage
    attempt: int
    choice: Choice
    by: tuple[str, ...]
    reasons: tuple[str, ...]
    at: datetime
    version: int
    back_to: Stage | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A gate that stands open, and what it freed."""

    stage: Stage
    attempt: int
    at: datetime
    version: int
    exploration_cap: int
    deadline: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """What a conditional go asked for; it closes every later gate until cleared."""

    number: int
    stage: Stage
    text: str
    cleared_by: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Parked: what it waits for and the day to look again. Time alone never lifts it."""

    condition: str
    until: date
    by: tuple[str, ...]
    is_reminded: bool = False


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How it ended, why, and where the lesson stands."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    lesson: str
    by: tuple[str, ...]
    at: datetime
