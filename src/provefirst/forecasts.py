"""Forecasts: how likely each role thought it that an initiative proves feasible, and how that turned out.

They stand where each role writes anyway: the product owner's in the proposal, the data scientist's in the
preregistration, those of peers, ethics reviewers and board members in their ballots. They are scored by role and never
by person, so that nobody has a reason to say anything but what they think.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType

from provefirst.ledger import Entry
from provefirst.people import Role
from provefirst.stages import Outcome, Stage

BINS = 5
"""The calibration table has so many rows of the same width."""

_WRITTEN_BY = MappingProxyType({"proposal": Role.PRODUCT_OWNER, "preregistration": Role.DATA_SCIENTIST})


@dataclass(frozen=True, slots=True)
class Forecast:
    """A probability of feasibility as a role gave it at a stage, and whether it came true."""

    role: Role
    stage: Stage
    probability: float
    came_true: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts between `low` and `high`: how many, their mean, and how many of them came true."""

    low: float
    high: float
    n: int
    mean: float
    true: int


@dataclass(frozen=True, slots=True)
class Scored:
    """The Brier score of a role's forecasts (0 is perfect) with its 95 % interval, beside that of the base rate alone.

    Brier 1950 (Monthly Weather Review 78): the mean of (probability - outcome)². The interval is the mean's normal one
    over initiatives, since forecasts of one initiative come true or not together; None with fewer than two.
    """

    role: Role
    n: int
    initiatives: int
    brier: float
    low: float | None
    high: float | None
    base_rate: float
    brier_of_base_rate: float
    bins: tuple[Bin, ...]


def came_true(outcome: Outcome | None, *, is_funded: bool) -> bool | None:
    """Whether it proved feasible; None where that is not known: still under way, inconclusive or withdrawn."""
    if outcome is Outcome.NOT_FEASIBLE:
        return False
    if outcome is Outcome.FEASIBLE or (outcome is None and is_funded):
        return True
    return None


def forecasts(entries: Iterable[Entry], *, is_true: bool) -> tuple[Forecast, ...]:
    """Each person's newest forecast at each stage of one initiative; whose it is, is dropped here."""
    newest: dict[tuple[str, str], Forecast] = {}
    for entry in entries:
        role, said = _said(entry)
        if role is not None and said is not None:
            stage = Stage(entry.data["stage"])
            newest[entry.actor, stage.value] = Forecast(role, stage, said, is_true)
    return tuple(newest.values())


def scored(role: Role, told: Sequence[Sequence[Forecast]]) -> Scored | None:
    """The score of a role over the forecasts `told` of each initiative; None where it gave none."""
    by_initiative = [[one for one in some if one.role is role] for some in told]
    by_initiative = [some for some in by_initiative if some]
    flat = [one for some in by_initiative for one in some]
    if not flat:
        return None
    errors = [sum((one.probability - one.came_true) ** 2 for one in some) / len(some) for some in by_initiative]
    mean, half = _mean(errors)
    base = sum(some[0].came_true for some in by_initiative) / len(by_initiative)
    return Scored(
        role=role,
        n=len(flat),
        initiatives=len(by_initiative),
        brier=mean,
        low=None if half is None else max(mean - half, 0.0),
        high=None if half is None else min(mean + half, 1.0),
        base_rate=base,
        brier_of_base_rate=base * (1 - base),
        bins=tuple(_bins(flat)),
    )


def _said(entry: Entry) -> tuple[Role | None, float | None]:
    data: Mapping[str, object] = entry.data
    if entry.event == "vote.cast":
        return Role(str(data["part"])), entry.data["ballot"].get("forecast")
    if entry.event == "evidence.submitted" and data["kind"] in _WRITTEN_BY:
        if entry.data["derived"].get("looks_seen"):
            return None, None  # whoever has seen a result forecasts nothing
        return _WRITTEN_BY[str(data["kind"])], entry.data["content"].get("forecast")
    return None, None


def _mean(values: Sequence[float]) -> tuple[float, float | None]:
    """The mean, and half the width of its 95 % interval."""
    n, mean = len(values), sum(values) / len(values)
    if n < 2:
        return mean, None
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    return mean, 1.96 * sqrt(variance / n)


def _bins(flat: Sequence[Forecast]) -> Iterable[Bin]:
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        here = [one for one in flat if min(int(one.probability * BINS), BINS - 1) == number]
        if here:
            mean = sum(one.probability for one in here) / len(here)
            yield Bin(low, high, len(here), mean, sum(one.came_true for one in here))
