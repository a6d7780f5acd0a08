"""The verdict: feasible, not feasible, or inconclusive with the rows it would take.

On the sealed set, with H registered looks, each of the two one-sided bounds is taken at alpha/H, so that over
all looks a wrong "feasible" has probability at most alpha, and so has a wrong "not feasible" (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments, bootstrap, delong, metrics
from provefirst.stats.intervals import Interval, clopper_pearson

Outcome = Literal["feasible", "not_feasible", "inconclusive"]

FEASIBLE: Outcome = "feasible"
NOT_FEASIBLE: Outcome = "not_feasible"
INCONCLUSIVE: Outcome = "inconclusive"

_PROPORTIONS = ("accuracy", "recall", "precision", "specificity")
_EXACT_SEARCH_UP_TO = 5_000


@dataclass(frozen=True)
class Verdict:
    """An outcome and everything it rests on.

    ``interval`` is two-sided at 2 * alpha / looks, so each of its ends is a one-sided bound at alpha / looks.
    ``rows_needed`` counts all rows (not further ones); None unless inconclusive, and where the estimate is at the goal.
    """

    outcome: Outcome
    interval: Interval
    goal: float
    alpha: float
    looks: int
    greater_is_better: bool
    rows_needed: int | None


def verdict(
    interval_at: Callable[[float], Interval],
    *,
    goal: float,
    alpha: float = 0.05,
    looks: int = 1,
    greater_is_better: bool = True,
    power: float = 0.8,
) -> Verdict:
    """Judge a metric against its goal.

    ``interval_at(a)`` gives the two-sided interval at error probability ``a``. Feasible: the bound on the bad
    side reaches the goal. Not feasible: the bound on the good side misses it. ``rows_needed`` are those at which
    the estimate, were it the truth, would be told from the goal with probability ``power``. Raises ValueError
    for an alpha or power outside (0, 1), an alpha/looks of 0.5 or more, looks below 1 or a goal that isn't finite.
    """
    level = arguments.probability("alpha", alpha) / arguments.count("looks", looks, least=1)
    if level >= 0.5:
        raise InvalidInputError("alpha", alpha, "less than half of looks")
    found = interval_at(2.0 * level)
    outcome = judge(found, arguments.number("goal", goal), greater_is_better)
    needed = rows_needed(found, goal, level, power) if outcome == INCONCLUSIVE else None
    return Verdict(outcome, found, goal, alpha, looks, greater_is_better, needed)


def judge(interval: Interval, goal: float, greater_is_better: bool = True) -> Outcome:
    """Which side of the goal the whole interval is on; reaching the goal exactly is enough to be feasible."""
    if greater_is_better:
        reached, missed = interval.low >= goal, interval.high < goal
    else:
        reached, missed = interval.high <= goal, interval.low > goal
    return FEASIBLE if reached else NOT_FEASIBLE if missed else INCONCLUSIVE


def metric_interval(
    metric: str,
    truth: ArrayLike,
    prediction: ArrayLike,
    alpha: float = 0.05,
    *,
    seed: int,
    resamples: int = bootstrap.RESAMPLES,
) -> Interval:
    """The two-sided interval of a metric by the method proper to it; arrays of shape (n,), or chances (n, k).

    Accuracy, recall, precision and specificity are shares of rows (all, actual, said, actual negatives; ``n``
    counts those): Clopper-Pearson. ROC AUC: DeLong. Everything else: BCa bootstrap from ``seed``. Raises
    ValueError as those do, and for a share of no rows.
    """
    if metric == "roc_auc" and np.ndim(prediction) == 1:
        return delong.auc_interval(truth, prediction, alpha)
    if metric in _PROPORTIONS:
        successes, n = _hits(metric, truth, prediction)
        return clopper_pearson(successes, n, alpha)
    return bootstrap.bca_interval(metric, truth, prediction, seed=seed, alpha=alpha, resamples=resamples)


def metric_verdict(
    metric: str,
    truth: ArrayLike,
    prediction: ArrayLike,
    *,
    goal: float,
    seed: int,
    alpha: float = 0.05,
    looks: int = 1,
    power: float = 0.8,
) -> Verdict:
    """``verdict`` of a named metric on its rows, with the interval proper to it and the way that is better."""
    return verdict(
        lambda level: metric_interval(metric, truth, prediction, level, seed=seed),
        goal=goal,
        alpha=alpha,
        looks=looks,
        greater_is_better=metrics.metric(metric).greater_is_better,
        power=power,
    )


def rows_needed(interval: Interval, goal: float, level: float, power: float = 0.8) -> int | None:
    """Rows, in all, at which the estimate seen would be told from the goal if it were the truth.

    ``level`` is the one-sided error probability, of which ``interval`` holds both bounds. Shares: exact, by
    Clopper-Pearson. Others: the standard error is read off the bound facing the goal and shrinks with the root of
    the rows. None where the estimate is at the goal, or where that bound is infinite.
    """
    estimate = interval.estimate
    if estimate == goal:
        return None
    if interval.method == "clopper-pearson":
        return rows_needed_for_share(estimate, goal, level, power)
    reach = estimate - interval.low if estimate > goal else interval.high - estimate
    if not math.isfinite(reach):
        return None
    quantile, powered = _quantile(level), _quantile(1.0 - arguments.probability("power", power))
    se = reach / quantile
    rows = interval.n * (se * max(quantile + powered, quantile) / abs(estimate - goal)) ** 2
    return max(interval.n + 1, math.ceil(rows))


def rows_needed_for_share(share: float, goal: float, level: float, power: float = 0.8) -> int | None:
    """The least n from which on a true ``share`` is told from ``goal`` with at least ``power``, always.

    By Clopper-Pearson at one-sided ``level``; "always" since exact power goes up and down as n grows. Above
    5,000 rows by the normal approximation, where the two differ by less than one in a hundred. None where share is
    goal, and for a goal of 0 or 1, which no number of rows can tell.
    """
    arguments.share("share", share)
    arguments.probability("power", power)
    if share == goal or not 0.0 < goal < 1.0:
        return None
    p, g = (share, goal) if share > goal else (1.0 - share, 1.0 - goal)
    z, zb = _quantile(level), max(0.0, _quantile(1.0 - power))
    rough = ((z * math.sqrt(g * (1.0 - g)) + zb * math.sqrt(p * (1.0 - p))) / (p - g)) ** 2
    if rough > _EXACT_SEARCH_UP_TO:
        return math.ceil(rough)
    n = np.arange(1, math.ceil(1.5 * rough + 20.0 * z / min(1.0 - g, p - g)) + 50)
    lacking = np.flatnonzero(_power_of_share(n, p, g, level) < power)
    return int(n[lacking[-1]]) + 1 if lacking.size else 1


def _power_of_share(n: NDArray[np.int_], share: float, goal: float, level: float) -> arguments.Floats:
    """P(Clopper-Pearson's lower bound reaches the goal) for each n: that X exceeds the critical count."""
    critical = np.floor(special.bdtrik(1.0 - level, n, goal))
    critical += special.betainc(n - critical, critical + 1.0, 1.0 - goal) < 1.0 - level
    reached = special.betainc(critical + 1.0, np.maximum(n - critical, 0.5), share)
    return np.where(critical >= n, 0.0, reached).astype(np.float64)


def _quantile(tail: float) -> float:
    return -float(special.ndtri(tail))


def _hits(metric: str, truth: ArrayLike, prediction: ArrayLike) -> tuple[int, int]:
    if metric == "accuracy":
        right = metrics.is_right(truth, prediction)
        return int(right.sum()), right.size
    positive, called = arguments.binary("truth", truth), arguments.binary("prediction", prediction)
    arguments.same_length("prediction", called, "truth", positive)
    if metric == "specificity":
        positive, called = ~positive, ~called
    counted = called if metric == "precision" else positive
    if not counted.any():
        raise InvalidInputError(metric, "a share of 0 rows", "at least one row that counts")
    return int((positive & called).sum()), int(counted.sum())
