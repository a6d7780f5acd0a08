"""Production: what was observed of a released model, how it is judged, and the freeze that follows a broken one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

FALSE_ALARM = 0.05
"""The chance that a model which holds what was claimed, and stays within its policy's limits, is ever called anything
else, however long it is watched: of its metric and all that is judged beside it together."""


class Health(StrEnum):
    """How a released model does: as claimed, below the claimed interval, or below the goal that made it worth it."""

    HOLDS = "holds"
    DEGRADED = "degraded"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the sealed set promised: the metric's estimate, the worse end of its interval, and the goal."""

    metric: str
    estimate: float
    bound: float
    goal: float
    greater_is_better: bool

    @property
    def strictest(self) -> float:
        """The better of bound and goal: whoever is at least as good as that should never hear an alarm."""
        return max(self.bound, self.goal) if self.greater_is_better else min(self.bound, self.goal)

    @property
    def scale(self) -> float:
        """The information at which a loss as wide as the claimed margin shows."""
        return 1.0 / max(abs(self.estimate - self.bound), 0.005) ** 2


@dataclass(frozen=True, slots=True)
class Observation:
    """One period of production: the metric on its rows, and what else was seen. Money in minor units."""

    number: int
    version: int
    at: datetime
    since: date
    until: date
    rows: int
    estimate: float
    error: float
    right: int | None
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Signal:
    """What is judged beside the metric: what was seen, the policy's limit, and the evidence that it is passed.

    `log_e` is a log e-value, alarming at `alarm_at`; `about` says of which column and group it speaks, where it does.
    """

    name: str
    seen: float
    limit: float
    log_e: float
    alarm_at: float
    about: str = ""

    @property
    def is_alarming(self) -> bool:
        return self.log_e >= self.alarm_at


def shares_of_alarm(judged: int) -> tuple[float, float]:
    """The chance of a false alarm of the metric, and of each of `judged` other signals: half of it, and equal parts."""
    return (FALSE_ALARM, 0.0) if not judged else (FALSE_ALARM / 2, FALSE_ALARM / 2 / judged)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict after an observation. `log_degraded` and `log_broken` are log e-values, alarming at `alarm_at`;
    `because` names every reason for an alarm."""

    health: Health
    at: datetime
    version: int
    rows: int
    estimate: float
    log_degraded: float
    log_broken: float
    alarm_at: float = -math.log(FALSE_ALARM)
    signals: tuple[Signal, ...] = ()
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Freeze:
    """Money that stands still since `since`, and why; a board member thaws it, or a release gate passed anew."""

    because: str
    since: date
