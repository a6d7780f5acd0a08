"""Two models on the same rows: which is better, by how much, and is it luck?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments, bootstrap, delong, metrics
from provefirst.stats.intervals import Interval, tails


@dataclass(frozen=True)
class Comparison:
    """First minus second, with its interval.

    ``p_greater`` is the one-sided p-value against "first isn't better than second by more than ``margin``";
    ``p_two_sided`` the one against "the difference is the margin". In the sign of the metric: for a loss, a
    good first model has a negative difference.
    """

    difference: Interval
    margin: float
    p_greater: float
    p_two_sided: float
    method: str


@dataclass(frozen=True)
class McNemar:
    """Rows only the first (``only_first``) or only the second model got right, of ``n``, with exact p-values."""

    only_first: int
    only_second: int
    n: int
    p_greater: float
    p_two_sided: float


@dataclass(frozen=True)
class ResampledT:
    """A corrected resampled t test: mean difference with its interval, t, degrees of freedom and p-values."""

    difference: Interval
    t: float
    degrees: int
    p_greater: float
    p_two_sided: float


def mcnemar_counts(only_first: int, only_second: int, n: int) -> McNemar:
    """McNemar's test (1947, Psychometrika 12, 153-157), exact: the discordant rows are fair coin tosses.

    Raises ValueError for negative counts or more discordant rows than ``n``.
    """
    first, second = arguments.count("only_first", only_first), arguments.count("only_second", only_second)
    rows = arguments.count("n", n, least=max(1, first + second))
    discordant = first + second
    if discordant == 0:
        return McNemar(0, 0, rows, 1.0, 1.0)
    greater = float(special.bdtr(second, discordant, 0.5))
    smaller = float(special.bdtr(first, discordant, 0.5))
    return McNemar(first, second, rows, greater, min(1.0, 2.0 * min(greater, smaller)))


def mcnemar(first_right: ArrayLike, second_right: ArrayLike) -> McNemar:
    """Exact McNemar from whether each model got each row right, both of shape (n,), 0 and 1."""
    first, second = _pairs(first_right, second_right)
    return mcnemar_counts(int((first & ~second).sum()), int((second & ~first).sum()), first.size)


def paired_accuracy(
    first_right: ArrayLike,
    second_right: ArrayLike,
    margin: float = 0.0,
    alpha: float = 0.05,
) -> Comparison:
    """Difference of two accuracies on the same rows.

    At margin 0 the p-values are exact McNemar's; elsewhere those of Tango's score test (1998, Stat. Med. 17,
    891-908), whose inversion is the interval at any margin.
    """
    first, second = _pairs(first_right, second_right)
    test = mcnemar_counts(int((first & ~second).sum()), int((second & ~first).sum()), first.size)
    interval = _tango_interval(test.only_first, test.only_second, test.n, alpha)
    if margin == 0.0:
        return Comparison(interval, margin, test.p_greater, test.p_two_sided, "exact mcnemar")
    if not -1.0 < margin < 1.0:
        raise InvalidInputError("margin", margin, "a number strictly between -1 and 1")
    z = _tango_z(test.only_first, test.only_second, test.n, margin)
    greater = float(special.ndtr(-z))
    return Comparison(interval, margin, greater, 2.0 * float(special.ndtr(-abs(z))), "tango score")


def paired_auc(
    labels: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    margin: float = 0.0,
    alpha: float = 0.05,
) -> Comparison:
    """Difference of two AUCs on the same rows (DeLong et al. 1988); shapes as in ``delong.auc_difference``.

    Where the difference has no variance (the two rank every pair alike, or one ranks all right and the other is
    constant), the p-value is the chance that k independent pairs, k the rows of the rarer class, hide as much as lies
    between the difference and the margin: (1 - (difference - margin))^k; 1 where nothing lies between.
    """
    interval, se = delong.auc_difference(labels, first, second, alpha)
    if se == 0.0:
        beyond = interval.estimate - arguments.number("margin", margin)
        hidden = max(0.0, 1.0 - abs(beyond)) ** bootstrap.rarer_class(labels)
        return Comparison(interval, margin, hidden if beyond > 0 else 1.0, min(1.0, 2.0 * hidden), interval.method)
    z = (interval.estimate - arguments.number("margin", margin)) / se
    greater, both = float(special.ndtr(-z)), 2.0 * float(special.ndtr(-abs(z)))
    return Comparison(interval, margin, greater, both, "paired delong")


def paired_bootstrap(
    metric: str,
    truth: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    seed: int,
    margin: float = 0.0,
    alpha: float = 0.05,
    resamples: int = bootstrap.RESAMPLES,
) -> Comparison:
    """Difference of any metric on the same resampled rows, with its BCa interval; arrays of shape (n,).

    The p-values are (b + 1)/(B + 1), b the resamples on the wrong side of the margin (both sides doubled for
    the two-sided one), so never 0.
    """
    scores = metrics.prepare(metric, truth, first), metrics.prepare(metric, truth, second)
    gap, described = metrics.difference(*scores), metrics.metric(metric)
    scarce = bootstrap.rarer_class(truth) if described.rarer_class else gap.n
    limits = metrics.Metric(metric, True, *bootstrap.difference_limits(described), described.prepare)
    samples, interval = bootstrap.bca(gap, limits, scarce, seed=seed, alpha=alpha, resamples=resamples)
    at_most = (int(np.count_nonzero(samples <= margin)) + 1) / (samples.size + 1)
    at_least = (int(np.count_nonzero(samples >= margin)) + 1) / (samples.size + 1)
    return Comparison(interval, margin, at_most, min(1.0, 2.0 * min(at_most, at_least)), "paired bootstrap")


def improvement(
    metric: str,
    truth: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    seed: int,
    margin: float = 0.0,
    alpha: float = 0.05,
) -> Comparison:
    """By how much ``first`` is better than ``second``, whichever way is better, by the test proper to the metric.

    ``margin`` >= 0 is what counts as better. Accuracy: ``paired_accuracy``; ROC AUC: ``paired_auc``; the rest:
    ``paired_bootstrap``, a loss being turned round so that a positive difference is always good for ``first``.
    """
    if not 0.0 <= margin < float("inf"):
        raise InvalidInputError("margin", margin, "a finite number of at least 0")
    if metric == "roc_auc":
        return paired_auc(truth, first, second, margin, alpha)
    if metric == "accuracy":
        return paired_accuracy(metrics.is_right(truth, first), metrics.is_right(truth, second), margin, alpha)
    better, worse = (first, second) if metrics.metric(metric).greater_is_better else (second, first)
    return paired_bootstrap(metric, truth, better, worse, seed=seed, margin=margin, alpha=alpha)


def nadeau_bengio(
    first: ArrayLike,
    second: ArrayLike,
    n_train: int,
    n_test: int,
    alpha: float = 0.05,
    corrected: bool = True,
) -> ResampledT:
    """The corrected resampled t test (Nadeau & Bengio 2003, Machine Learning 52, 239-281).

    ``first`` and ``second`` (J,) are the scores of two models on the same J splits, each training on ``n_train``
    rows and testing on ``n_test``. Splits share rows, so the variance of the mean is (1/J + n_test/n_train)
    S^2 instead of S^2/J; ``corrected=False`` gives the uncorrected test. Raises ValueError for fewer than
    two splits or unequal lengths.
    """
    one, two = arguments.vector("first", first, least=2), arguments.vector("second", second, least=2)
    arguments.same_length("second", two, "first", one)
    ratio = arguments.count("n_test", n_test, least=1) / arguments.count("n_train", n_train, least=1)
    gaps = one - two
    splits, mean = gaps.size, float(gaps.mean())
    se = math.sqrt(float(gaps.var(ddof=1)) * (1.0 / splits + (ratio if corrected else 0.0)))
    degrees, below = splits - 1, tails(alpha)[0]
    reach = -float(special.stdtrit(degrees, below)) * se
    method = "nadeau-bengio" if corrected else "resampled t"
    interval = Interval(mean, mean - reach, mean + reach, splits, alpha, method)
    t = mean / se if se > 0.0 else math.copysign(math.inf, mean) if mean else 0.0
    greater = float(special.stdtr(degrees, -t))
    return ResampledT(interval, t, degrees, greater, 2.0 * float(special.stdtr(degrees, -abs(t))))


def _pairs(first_right: ArrayLike, second_right: ArrayLike) -> tuple[arguments.Bools, arguments.Bools]:
    first, second = (
        arguments.binary("first_right", first_right),
        arguments.binary("second_right", second_right),
    )
    arguments.same_length("second_right", second, "first_right", first)
    return first, second


def _tango_z(only_first: int, only_second: int, n: int, gap: float) -> float:
    """Tango 1998: the score statistic against a difference of ``gap``, its nuisance share by maximum likelihood."""
    b = -only_first - only_second + (2 * n - only_first + only_second) * gap
    root = math.sqrt(max(0.0, b * b + 8.0 * n * only_second * gap * (1.0 - gap)))
    nuisance = (root - b) / (4.0 * n)
    variance = n * (2.0 * nuisance + gap * (1.0 - gap))
    distance = only_first - only_second - n * gap
    if variance <= 1e-12:
        return 0.0 if abs(distance) < 1e-9 else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


def _tango_interval(only_first: int, only_second: int, n: int, alpha: float) -> Interval:
    below, above = tails(alpha)
    low = _tango_limit(only_first, only_second, n, below, -1.0)
    high = _tango_limit(only_first, only_second, n, above, 1.0)
    return Interval((only_first - only_second) / n, low, high, n, alpha, "tango score")


def _tango_limit(only_first: int, only_second: int, n: int, tail: float, end: float) -> float:
    """The gap, between the estimate and ``end``, at which the score statistic reaches its quantile."""
    reach = -float(special.ndtri(tail))
    inside, outside = (only_first - only_second) / n, end
    for _ in range(60):
        middle = (inside + outside) / 2.0
        if abs(_tango_z(only_first, only_second, n, middle)) < reach:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2.0
