"""Production: what was observed of a released model, how it is judged, and the freeze that follows a broken one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

FALSE_ALARM = 0.05
"""The chance that a model which holds what was claimed is ever called degraded, however long it is watched."""


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
class Judgement:
    """The verdict after an observation. `log_degraded` and `log_broken` are log e-values, alarming at log(1/alpha)."""

    health: Health
    at: datetime
    version: int
    rows: int
    estimate: float
    log_degraded: float
    log_broken: float


@dataclass(frozen=True, slots=True)
class Freeze:
    """Money that stands still since `since`, and why; a board member thaws it, or a release gate passed anew."""

    because: str
    since: date
