"""Deadlines: a date that may be set once the gate that unlocks it is open and the effort has been estimated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil


@dataclass(frozen=True, slots=True)
class Estimate:
    """A three-point estimate in working days, and what the beta-PERT distribution makes of it."""

    optimistic: float
    likely: float
    pessimistic: float
    p50: float
    p80: float


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day agreed on. `override` is the reason why it may lie before `p80`, the day that 4 of 5 such efforts meet."""

    day: date
    p80: date
    override: str = ""
    by: str = ""
    version: int = 0


def working_day(start: date, days: float) -> date:
    """The day on which `days` working days (Monday to Friday, rounded up) after `start` are over."""
    weeks, rest = divmod(ceil(days), 5)
    if (weeks or rest) and start.weekday() >= 5:
        start -= timedelta(days=start.weekday() - 4)  # whole weeks count from the Friday before
    day = start + timedelta(weeks=weeks)
    while rest or day.weekday() >= 5:
        day += timedelta(days=1)
        if day.weekday() < 5 and rest:
            rest -= 1
    return day


def working_days(start: date, end: date) -> int:
    """How many working days (Monday to Friday) lie after `start`, up to and with `end`; 0 where it isn't later."""
    days = max((end - start).days, 0)
    weeks, rest = divmod(days, 7)
    return 5 * weeks + sum((start + timedelta(days=7 * weeks + one)).weekday() < 5 for one in range(1, rest + 1))
