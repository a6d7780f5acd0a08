"""How would more rows help? A power law through scores at several training sizes.

score = asymptote -/+ scale * rows^-exponent (Cortes, Jackel, Solla, Vapnik & Denker 1994, NIPS 6; Hestness et al.
2017). A warning, never binding: it extrapolates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments
from provefirst.stats.arguments import Floats
from provefirst.stats.intervals import Interval

_EXPONENTS = np.geomspace(0.05, 2.0, 120)


@dataclass(frozen=True)
class Curve:
    """A fitted learning curve; ``scale`` >= 0 and ``residual`` (root mean square) are in the score's units."""

    asymptote: float
    scale: float
    exponent: float
    residual: float
    sizes: int
    greater_is_better: bool

    def score_at(self, rows: float) -> float:
        """The score the curve gives at so many training rows."""
        drop = self.scale * math.pow(arguments.positive("rows", rows), -self.exponent)
        return self.asymptote - drop if self.greater_is_better else self.asymptote + drop

    def rows_to(self, goal: float) -> float:
        """Training rows at which the curve reaches the goal; infinite where it never does, 1 at the least."""
        gap = self.asymptote - arguments.number("goal", goal)
        gap = gap if self.greater_is_better else -gap
        if gap <= 0.0:
            return math.inf
        if self.scale <= gap:
            return 1.0
        exponent = math.log(self.scale / gap) / self.exponent
        return math.exp(exponent) if exponent < 700.0 else math.inf


@dataclass(frozen=True)
class RowsToGoal:
    """The curve, the training rows to the goal with their interval, and how often they were infinite.

    ``rows.n`` is the number of sizes the curve was fitted to.
    """

    curve: Curve
    goal: float
    rows: Interval
    never: float


def fit_curve(
    sizes: ArrayLike, scores: ArrayLike, *, greater_is_better: bool = True, limit: float | None = None
) -> Curve:
    """Least squares of the power law through ``scores`` (m,) at training ``sizes`` (m,), m >= 4 sizes, 3 distinct.

    Every exponent of a grid from .05 to 2 is tried with the best scale >= 0 and the best asymptote not beyond
    ``limit`` (1 for accuracy, 0 for an error). Raises ValueError for sizes that aren't positive or too few.
    """
    rows, values = _points(sizes, scores)
    fits = _fit(rows, values[np.newaxis], greater_is_better, limit)
    return _curve(fits[0], rows, values, greater_is_better)


def rows_to_goal(
    sizes: ArrayLike,
    scores: ArrayLike,
    goal: float,
    *,
    seed: int,
    greater_is_better: bool = True,
    limit: float | None = None,
    alpha: float = 0.05,
    draws: int = 500,
) -> RowsToGoal:
    """Training rows to the goal, with the interval over refits to resampled residuals (``draws``, from ``seed``).

    Residuals are widened by sqrt(m/(m - 3)) for the three parameters fitted (Davison & Hinkley 1997, ch. 6).
    """
    rows, values = _points(sizes, scores)
    curve = fit_curve(rows, values, greater_is_better=greater_is_better, limit=limit)
    fitted = np.array([curve.score_at(size) for size in rows])
    generator = np.random.default_rng(arguments.count("seed", seed))
    residuals = (values - fitted - (values - fitted).mean()) * math.sqrt(rows.size / (rows.size - 3.0))
    drawn = fitted + generator.choice(residuals, size=(arguments.count("draws", draws, least=100), rows.size))
    refits = _fit(rows, drawn, greater_is_better, limit)
    needed = np.array([_curve(fit, rows, values, greater_is_better).rows_to(goal) for fit in refits])
    arguments.probability("alpha", alpha)
    low, high = np.quantile(needed, (alpha / 2, 1.0 - alpha / 2), method="inverted_cdf")
    estimate = curve.rows_to(goal)
    interval = Interval(estimate, min(float(low), estimate), max(float(high), estimate), rows.size, alpha, "power law")
    return RowsToGoal(curve, goal, interval, float(np.isinf(needed).mean()))


def _fit(rows: Floats, values: Floats, greater_is_better: bool, limit: float | None) -> Floats:
    """Asymptote, scale and exponent, (b, 3), for each of the score vectors ``values`` (b, m)."""
    sign = -1.0 if greater_is_better else 1.0
    shapes = sign * rows ** -_EXPONENTS[:, np.newaxis]
    mean_shape = shapes.mean(axis=1)
    centred = shapes - mean_shape[:, np.newaxis]
    scale = np.maximum(0.0, (values - values.mean(axis=1, keepdims=True)) @ centred.T / (centred**2).sum(axis=1))
    asymptote = values.mean(axis=1, keepdims=True) - scale * mean_shape
    if limit is not None:
        beyond = asymptote > limit if greater_is_better else asymptote < limit
        through = np.maximum(0.0, (values - limit) @ shapes.T / (shapes**2).sum(axis=1))
        asymptote, scale = np.where(beyond, limit, asymptote), np.where(beyond, through, scale)
    errors = ((values[:, np.newaxis] - asymptote[..., np.newaxis] - scale[..., np.newaxis] * shapes) ** 2).sum(axis=2)
    best = errors.argmin(axis=1)
    each = np.arange(len(values))
    return np.column_stack((asymptote[each, best], scale[each, best], _EXPONENTS[best]))


def _curve(fit: Floats, rows: Floats, values: Floats, greater_is_better: bool) -> Curve:
    asymptote, scale, exponent = (float(part) for part in fit)
    drop = scale * rows**-exponent
    fitted = asymptote - drop if greater_is_better else asymptote + drop
    residual = float(np.sqrt(((values - fitted) ** 2).mean()))
    return Curve(asymptote, scale, exponent, residual, rows.size, greater_is_better)


def _points(sizes: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    rows, values = arguments.vector("sizes", sizes, least=4), arguments.vector("scores", scores, least=4)
    arguments.same_length("scores", values, "sizes", rows)
    if rows.min() <= 0.0:
        raise InvalidInputError("sizes", float(rows.min()), "numbers above 0")
    if len(np.unique(rows)) < 3:
        raise InvalidInputError("sizes", len(np.unique(rows)), "at least 3 different sizes")
    return rows, values
