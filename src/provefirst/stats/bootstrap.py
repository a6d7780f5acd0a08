"""The BCa bootstrap (Efron 1987, JASA 82, 171-185; Efron & Tibshirani 1993, ch. 14), quick at 20,000 rows.

A metric of row sums needs no row-wise loop: few distinct rows are resampled as multinomial cells, many as
counts times the row matrix, and the jackknife is exact. A ranking metric is resampled by row weights, and its
acceleration comes from at most 400 blocks of rows (the jackknife of blocks estimates the same skewness).

No bootstrap knows of errors larger than those it saw. Measured error of a one-sided 5 % upper bound of RMSE: with
normal errors 11 % at 50 rows and 7 % at 200; with lognormal ones 27 % and 15 % (MAE: 13 % and 5 %). Where a few large
errors make up the loss, register MAE, or more rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments, metrics
from provefirst.stats.arguments import Floats
from provefirst.stats.intervals import Interval, Side, tails
from provefirst.stats.metrics import Metric, Score, Sums, Weights

RESAMPLES = 2000
_CELLS_AT_ONCE = 2_000_000
_FEW_DISTINCT = 64
_BLOCKS = 400


def bca_interval(
    metric: str,
    truth: ArrayLike,
    prediction: ArrayLike,
    *,
    seed: int,
    alpha: float = 0.05,
    side: Side = "two-sided",
    resamples: int = RESAMPLES,
) -> Interval:
    """The BCa interval of a metric (see ``metrics.prepare`` for what ``prediction`` means to each).

    ``truth`` and ``prediction`` have shape (n,). At least 10 resamples must fall beyond each limit, so a small
    ``alpha`` raises ``resamples``. Resamples on which the metric is undefined (a class missing) are left out;
    ValueError where that is more than half of them. Where every resample agrees (all predictions perfect, say)
    the limits allow for the share of rows that could differ unseen, 1 - alpha^(1/k), k the rows (of the rarer
    class where the metric lives on it); on a scale without limit that limit is infinite.
    """
    score = metrics.prepare(metric, truth, prediction)
    described = metrics.metric(metric)
    scarce = rarer_class(truth) if described.rarer_class else score.n
    return bca(score, described, scarce, seed=seed, alpha=alpha, side=side, resamples=resamples)[1]


def rarer_class(truth: ArrayLike) -> int:
    """How many rows the rarest class has; all rows where there is one class."""
    return int(np.unique(np.asarray(truth), return_counts=True)[1].min())


def bca(
    score: Score,
    limits: Metric,
    scarce: int,
    *,
    seed: int,
    alpha: float = 0.05,
    side: Side = "two-sided",
    resamples: int = RESAMPLES,
) -> tuple[Floats, Interval]:
    """The resampled values of a prepared score, and its BCa interval; ``scarce`` as in ``bca_interval``."""
    below, above = tails(alpha, side)
    smallest = min(tail for tail in (below, above) if tail > 0.0)
    draws = max(arguments.count("resamples", resamples, least=100), int(np.ceil(10.0 / smallest)))
    generator = np.random.default_rng(arguments.count("seed", seed))
    samples = defined(resample(score, draws, generator))
    estimate = metrics.value(score)
    least, most = limits.low, limits.high
    if float(np.ptp(samples)) <= 1e-12 * max(1.0, abs(estimate)):
        span = most - least
        low = estimate - span * (1.0 - below ** (1.0 / scarce)) if below else least
        high = estimate + span * (1.0 - above ** (1.0 / scarce)) if above else most
        method = "no variation among rows"
    else:
        acceleration = _acceleration(jackknife(score, generator))
        low = _limit(samples, estimate, acceleration, below) if below else least
        high = _limit(samples, estimate, acceleration, 1.0 - above) if above else most
        method = f"bca bootstrap, {draws} resamples"
    return samples, Interval(estimate, max(low, least), min(high, most), score.n, alpha, method, side)


def resample(score: Score, draws: int, generator: np.random.Generator) -> Floats:
    """The metric on ``draws`` resamples of its rows with replacement, shape (draws,)."""
    if isinstance(score, Weights):
        return np.concatenate([score.weigh(drawn) for drawn in counts(score.n, draws, generator)])
    distinct, cells = _distinct(score.rows)
    if cells is not None:
        return score.combine(generator.multinomial(score.n, cells / score.n, size=draws) @ distinct)
    return np.concatenate([score.combine(drawn @ score.rows) for drawn in counts(score.n, draws, generator)])


def jackknife(score: Score, generator: np.random.Generator) -> Floats:
    """The metric without one row (or, for a ranking of many rows, one random block) at a time."""
    if isinstance(score, Sums):
        values = score.combine(score.rows.sum(axis=0) - score.rows)
    else:
        blocks = generator.permutation(score.n) % min(score.n, _BLOCKS)
        left_out = range(int(blocks.max()) + 1)
        values = np.concatenate([score.weigh((blocks != block)[np.newaxis].astype(float)) for block in left_out])
    return values[np.isfinite(values)]


def counts(n: int, draws: int, generator: np.random.Generator) -> Iterator[Floats]:
    """How often each row was drawn, (b, n) at a time, so that memory stays small."""
    at_once = max(1, _CELLS_AT_ONCE // n)
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        drawn = generator.integers(0, n, size=(size, n), dtype=np.int32).astype(np.int64)
        drawn += np.arange(size)[:, np.newaxis] * n
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)


def _distinct(rows: Floats) -> tuple[Floats, Floats | None]:
    """The distinct rows and how often each occurs, or None for that where they are many."""
    distinct, cells = np.unique(rows, axis=0, return_counts=True)
    return (distinct, cells.astype(np.float64)) if len(distinct) <= _FEW_DISTINCT else (rows, None)


def defined(samples: Floats) -> Floats:
    """The values that are numbers; ValueError where they are fewer than half."""
    kept = samples[np.isfinite(samples)]
    if 2 * kept.size < samples.size:
        share = f"undefined on {samples.size - kept.size} of {samples.size} resamples"
        raise InvalidInputError("metric", share, "defined on at least half: more rows of each class")
    return kept


def _acceleration(values: Floats) -> float:
    """A sixth of the skewness of the jackknife's influence (Efron & Tibshirani 1993, eq. 14.15)."""
    influence = values.mean() - values
    spread = float((influence**2).sum())
    return float((influence**3).sum()) / (6.0 * spread**1.5) if spread > 0.0 else 0.0


def _limit(samples: Floats, estimate: float, acceleration: float, level: float) -> float:
    """The BCa limit at a level (Efron & Tibshirani 1993, eqs 14.10 and 14.14)."""
    below = (np.count_nonzero(samples < estimate) + np.count_nonzero(samples <= estimate)) / 2
    share = min(max(below, 0.5), samples.size - 0.5) / samples.size
    bias = float(special.ndtri(share))
    shifted = bias + float(special.ndtri(level))
    adjusted = float(special.ndtr(bias + shifted / max(1.0 - acceleration * shifted, 1e-6)))
    return float(np.quantile(samples, adjusted))


def difference_limits(limits: Metric) -> tuple[float, float]:
    """The least and the greatest difference of two values of a metric."""
    width = limits.high - limits.low
    return -width, width
