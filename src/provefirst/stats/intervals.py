"""Intervals: the shape every estimate comes in, and the exact one for a proportion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scipy import special

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments

Side = Literal["two-sided", "lower", "upper"]
SIDES: tuple[Side, ...] = ("two-sided", "lower", "upper")


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval and the number of rows it rests on.

    ``alpha`` is the error probability of the whole interval: shared by both ends when ``side`` is
    "two-sided", all on the one end otherwise (the other end is then the limit of the scale). A two-sided
    interval at ``2 * alpha`` is therefore both one-sided bounds at ``alpha``.
    """

    estimate: float
    low: float
    high: float
    n: int
    alpha: float
    method: str
    side: Side = "two-sided"

    @property
    def width(self) -> float:
        """High minus low, in the units of the estimate."""
        return self.high - self.low

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def tails(alpha: float, side: str = "two-sided") -> tuple[float, float]:
    """The error probability left to the lower and to the upper end; 0 where that end is open."""
    arguments.probability("alpha", alpha)
    arguments.one_of("side", side, SIDES)
    if side == "two-sided":
        return alpha / 2, alpha / 2
    return (alpha, 0.0) if side == "lower" else (0.0, alpha)


def beta_limits(successes: float, n: float, alpha: float, side: Side = "two-sided") -> tuple[float, float]:
    """Clopper-Pearson limits where ``successes`` and ``n`` need not be whole numbers.

    ``low`` is the alpha quantile of Beta(x, n - x + 1), ``high`` the 1 - alpha quantile of Beta(x + 1, n - x).
    """
    below, above = tails(alpha, side)
    low = 0.0 if below == 0.0 or successes <= 0 else float(special.betaincinv(successes, n - successes + 1, below))
    open_above = above == 0.0 or successes >= n
    high = 1.0 if open_above else float(special.betainccinv(successes + 1, n - successes, above))
    return low, high


def clopper_pearson(successes: int, n: int, alpha: float = 0.05, side: Side = "two-sided") -> Interval:
    """The exact interval of a proportion (Clopper & Pearson 1934, Biometrika 26, 404-413).

    ``successes`` of ``n`` rows; the interval covers the true share with at least 1 - alpha, whatever it is.
    Raises ValueError for ``n`` below 1, ``successes`` outside 0..n or an ``alpha`` outside (0, 1).
    """
    rows = arguments.count("n", n, least=1)
    hits = arguments.count("successes", successes, least=0, most=rows)
    low, high = beta_limits(hits, rows, alpha, side)
    return Interval(hits / rows, low, high, rows, alpha, "clopper-pearson", side)


def normal_interval(
    estimate: float, se: float, n: int, alpha: float = 0.05, side: Side = "two-sided", method: str = "normal"
) -> Interval:
    """Estimate plus and minus the normal quantile times its standard error (same units as the estimate).

    Raises ValueError for a negative or non-finite ``se``.
    """
    if not 0.0 <= se < float("inf"):
        raise InvalidInputError("se", se, "a finite number of at least 0")
    below, above = tails(alpha, side)
    low = estimate + float(special.ndtri(below)) * se if below else float("-inf")
    high = estimate - float(special.ndtri(above)) * se if above else float("inf")
    return Interval(arguments.number("estimate", estimate), low, high, n, alpha, method, side)
