"""What the best of many tries is worth, once the choosing is paid for.

BBC-CV: Tsamardinos, Greasidou & Borboudakis 2018, "Bootstrapping the out-of-sample predictions for efficient and
accurate cross-validation", Machine Learning 107, 1895-1922.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments, bootstrap, metrics
from provefirst.stats.arguments import Floats
from provefirst.stats.intervals import Interval
from provefirst.stats.metrics import Score, Sums

VectorScore = Callable[[NDArray[Any], NDArray[Any]], Floats]


@dataclass(frozen=True)
class CorrectedBest:
    """The best of ``tries`` configurations: which, its own score, and what choosing it leaves of that.

    ``optimism`` is naive minus corrected where greater is better, corrected minus naive otherwise.
    """

    best: int
    naive: float
    corrected: Interval
    tries: int
    optimism: float


def bbc_cv(
    metric: str | VectorScore,
    truth: ArrayLike,
    predictions: ArrayLike,
    *,
    seed: int,
    alpha: float = 0.05,
    resamples: int = 1000,
) -> CorrectedBest:
    """The score to expect of "try all, keep the best", from pooled out-of-fold predictions.

    ``truth`` (n,), ``predictions`` (n, c), one column per configuration, none left out; chances of k classes (n, c, k).
    On each resample of rows the best configuration is chosen on the rows drawn and scored on the others; the corrected
    estimate is the mean of those scores, its interval their quantiles. ``metric`` is a name (see ``metrics``) or a
    function of truth (m,) and predictions (m, c) to scores (c,), greater being better. Resamples where a class is
    missing are left out. A ranking metric of 50 configurations over 20,000 rows takes half a minute. Raises ValueError
    for fewer than 10 rows, unequal lengths, or a score undefined on most resamples.
    """
    actual, columns = np.asarray(truth), np.asarray(predictions)
    if columns.ndim not in (2, 3) or columns.shape[1] < 1 or columns.shape[0] < 10:
        allowed = "shape (n, c) or (n, c, k) with n >= 10 and c >= 1"
        raise InvalidInputError("predictions", f"an array of shape {columns.shape}", allowed)
    arguments.same_length("predictions", columns, "truth", actual)
    draws = arguments.count("resamples", resamples, least=100)
    arguments.probability("alpha", alpha)
    generator = np.random.default_rng(arguments.count("seed", seed))
    if isinstance(metric, str):
        sign = 1.0 if metrics.metric(metric).greater_is_better else -1.0
        scores = [metrics.prepare(metric, actual, column) for column in np.moveaxis(columns, 1, 0)]
        own = sign * np.array([metrics.value(score) for score in scores])
        outside = _named(scores, sign, draws, generator)
    else:
        sign, own = 1.0, np.asarray(metric(actual, columns), dtype=np.float64)
        outside = _called(metric, actual, columns, draws, generator)
    outside = sign * bootstrap.defined(outside)
    low, high = np.quantile(outside, (alpha / 2, 1.0 - alpha / 2))
    estimate, naive = float(outside.mean()), sign * float(np.nanmax(own))
    interval = Interval(estimate, float(low), float(high), actual.size, alpha, f"bbc-cv, {draws} resamples")
    return CorrectedBest(int(np.nanargmax(own)), naive, interval, columns.shape[1], sign * (naive - estimate))


def _named(scores: list[Score], sign: float, draws: int, generator: np.random.Generator) -> Floats:
    """Signed out-of-bag score of the configuration best in the bag, for each resample."""
    chosen = []
    for counts in bootstrap.counts(scores[0].n, draws, generator):
        inside, left = _all(scores, counts, sign), _all(scores, (counts == 0.0).astype(np.float64), sign)
        chosen.append(_outside_of_best(inside, left))
    return np.concatenate(chosen)


def _all(scores: list[Score], weights: Floats, sign: float) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        values = [s.combine(weights @ s.rows) if isinstance(s, Sums) else s.weigh(weights) for s in scores]
    signed: Floats = sign * np.stack(values, axis=1)
    return signed


def _called(
    score: VectorScore, truth: NDArray[Any], columns: NDArray[Any], draws: int, generator: np.random.Generator
) -> Floats:
    inside, left = np.empty((draws, columns.shape[1])), np.empty((draws, columns.shape[1]))
    for draw in range(draws):
        rows = generator.integers(0, truth.size, size=truth.size)
        others = np.setdiff1d(np.arange(truth.size), rows)
        inside[draw], left[draw] = score(truth[rows], columns[rows]), score(truth[others], columns[others])
    return _outside_of_best(inside, left)


def _outside_of_best(inside: Floats, left: Floats) -> Floats:
    best = np.where(np.isnan(inside), -np.inf, inside).argmax(axis=1)
    outside: Floats = left[np.arange(len(best)), best]
    return outside
