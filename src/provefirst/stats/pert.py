"""Effort from three points: the beta-PERT distribution (Malcolm, Roseboom, Clark & Fazar 1959, Oper. Res. 7).

With optimistic o, likely m, pessimistic p and weight w (4 by convention), effort is o + (p - o) * X, X ~
Beta(1 + w (m - o)/(p - o), 1 + w (p - m)/(p - o)). Units are whatever the three points are in (hours, days).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments
from provefirst.stats.arguments import Floats

LEVELS = (0.5, 0.8, 0.95)
"""The quantiles that are told of every effort."""


@dataclass(frozen=True)
class ThreePoint:
    """One estimate. Raises ValueError unless 0 <= optimistic <= likely <= pessimistic and weight > 0."""

    optimistic: float
    likely: float
    pessimistic: float
    weight: float = 4.0

    def __post_init__(self) -> None:
        for field in ("optimistic", "likely", "pessimistic"):
            arguments.number(field, getattr(self, field))
        arguments.positive("weight", self.weight)
        if self.optimistic < 0:
            raise InvalidInputError("optimistic", self.optimistic, "at least 0")
        if self.likely < self.optimistic:
            raise InvalidInputError("likely", self.likely, f"at least optimistic ({self.optimistic})")
        if self.pessimistic < self.likely:
            raise InvalidInputError("pessimistic", self.pessimistic, f"at least likely ({self.likely})")

    @property
    def span(self) -> float:
        """Pessimistic minus optimistic."""
        return self.pessimistic - self.optimistic

    @property
    def shapes(self) -> tuple[float, float]:
        """The two parameters of the beta distribution; (1, 1) where the three points are one."""
        if self.span == 0.0:
            return 1.0, 1.0
        below = (self.likely - self.optimistic) / self.span
        return 1.0 + self.weight * below, 1.0 + self.weight * (1.0 - below)

    @property
    def mean(self) -> float:
        """(o + w m + p) / (w + 2)."""
        return (self.optimistic + self.weight * self.likely + self.pessimistic) / (self.weight + 2.0)

    @property
    def sd(self) -> float:
        """The exact standard deviation, not the span/6 rule of thumb: sqrt((mean - o)(p - mean)/(w + 3))."""
        product = (self.mean - self.optimistic) * (self.pessimistic - self.mean)
        return math.sqrt(max(product, 0.0) / (self.weight + 3.0))

    def quantile(self, level: float) -> float:
        """The effort not exceeded with probability ``level`` in [0, 1]."""
        arguments.share("level", level)
        first, second = self.shapes
        return self.optimistic + self.span * float(special.betaincinv(first, second, level))

    @property
    def p50(self) -> float:
        """The effort as likely to be exceeded as not."""
        return self.quantile(0.5)

    @property
    def p80(self) -> float:
        """The effort exceeded one time in five."""
        return self.quantile(0.8)


@dataclass(frozen=True)
class Total:
    """Effort of several items together: ``mean`` and ``sd`` exact, the quantiles from ``draws``."""

    mean: float
    sd: float
    p50: float
    p80: float
    p95: float
    items: int
    draws: int
    seed: int


def simulate_total(items: Sequence[ThreePoint], seed: int, draws: int = 100_000) -> Floats:
    """Draws, shape (draws,), of the summed effort of independent items. Raises ValueError for no items."""
    _some(items)
    arguments.count("draws", draws, least=1)
    generator = np.random.default_rng(arguments.count("seed", seed))
    total = np.zeros(draws)
    for item in items:
        total += item.optimistic + item.span * generator.beta(*item.shapes, size=draws)
    return total


def total_quantile(items: Sequence[ThreePoint], level: float, seed: int, draws: int = 100_000) -> float:
    """The summed effort not exceeded with probability ``level``."""
    return float(np.quantile(simulate_total(items, seed, draws), arguments.share("level", level)))


def total(items: Sequence[ThreePoint], seed: int, draws: int = 100_000) -> Total:
    """P50, P80, P95, mean and sd of the summed effort of independent items.

    One item needs no simulation and gets its exact quantiles.
    """
    _some(items)
    mean = sum(item.mean for item in items)
    sd = math.sqrt(sum(item.sd**2 for item in items))
    if len(items) == 1:
        p50, p80, p95 = (items[0].quantile(level) for level in LEVELS)
        return Total(mean, sd, p50, p80, p95, 1, 0, seed)
    p50, p80, p95 = np.quantile(simulate_total(items, seed, draws), LEVELS)
    return Total(mean, sd, float(p50), float(p80), float(p95), len(items), draws, seed)


def pooled(estimates: Sequence[Sequence[ThreePoint]], seed: int, draws: int = 100_000) -> tuple[float, float, float]:
    """P50, P80 and P95 of what several estimators say together, each of them with the same weight.

    The linear opinion pool (Stone 1961, Ann. Math. Stat. 32): the mixture of their distributions, so that where they
    disagree the pool is wider than any of them. Raises ValueError for no estimates.
    """
    _some(estimates)
    said = [simulate_total(items, seed + number, draws) for number, items in enumerate(estimates)]
    p50, p80, p95 = np.quantile(np.concatenate(said), LEVELS)
    return float(p50), float(p80), float(p95)


def _some(items: Sequence[object]) -> None:
    if not items:
        raise InvalidInputError("items", 0, "at least one estimate")
