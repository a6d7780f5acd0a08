"""Metrics in a form that can be resampled without looping over rows.

Most metrics are a function of sums over rows (``Sums``); a ranking metric is a function of row weights
(``Weights``). Both are vectorised over resamples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments
from provefirst.stats.arguments import Bools, Floats


@dataclass(frozen=True)
class Sums:
    """A metric of the sums of ``rows`` (n, p): ``combine`` takes sums (b, p) to values (b,)."""

    rows: Floats
    combine: Callable[[Floats], Floats]

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.rows.shape[0])


@dataclass(frozen=True)
class Weights:
    """A metric of row weights: ``weigh`` takes weights (b, n) to values (b,)."""

    n: int
    weigh: Callable[[Floats], Floats]


Score = Sums | Weights
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Metric:
    """What a metric is called, which way is better, its limits, and how it reads two arrays.

    ``rarer_class`` says that what it can tell is limited by the rows of the rarer class, not by all rows.
    """

    name: str
    greater_is_better: bool
    low: float
    high: float
    prepare: Callable[[NDArray[Any], NDArray[Any]], Score]
    rarer_class: bool = False


def metric(name: str) -> Metric:
    """The metric of that name; ValueError names the known ones."""
    return _METRICS[arguments.one_of("metric", name, tuple(_METRICS))]


def metric_names() -> tuple[str, ...]:
    """Every metric known here."""
    return tuple(_METRICS)


def prepare(name: str, truth: ArrayLike, prediction: ArrayLike) -> Score:
    """A score of ``truth`` (n,) against ``prediction`` (n,), ready to resample.

    Labels for accuracy, balanced_accuracy and f1_macro may be of any type; f1, precision, recall, specificity
    and matthews want 0 and 1; roc_auc and average_precision a score, log_loss and brier a probability of
    class 1; rmse, mae, r2 numbers; so does mape, as a share, with no truth of 0. Chances of several classes (n, k)
    go to ``multiclass``.
    """
    known = metric(name)
    if np.ndim(prediction) == 2:
        from provefirst.stats import multiclass  # late: it builds on what stands here

        return multiclass.prepare(name, np.asarray(truth), np.asarray(prediction))
    return known.prepare(*_columns(truth, prediction))


def is_right(truth: ArrayLike, prediction: ArrayLike) -> Bools:
    """Which rows of ``prediction`` (n,) are the label of ``truth`` (n,), labels being of any type.

    Raises ValueError where labels aren't all numbers and no predicted one occurs in ``truth``: "1" is not 1.
    """
    right: Bools = _spelt_alike(*_columns(truth, prediction))
    return right


def _columns(truth: ArrayLike, prediction: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    actual, guess = np.asarray(truth), np.asarray(prediction)
    for field, array in (("truth", actual), ("prediction", guess)):
        if array.ndim != 1 or array.size == 0:
            raise InvalidInputError(field, f"an array of shape {array.shape}", "shape (n,) with n >= 1")
    arguments.same_length("prediction", guess, "truth", actual)
    return actual, guess


def _spelt_alike(truth: NDArray[Any], guess: NDArray[Any]) -> Bools:
    are_numbers = truth.dtype.kind in "biuf" and guess.dtype.kind in "biuf"
    known, said = set(truth.tolist()), guess.tolist()
    if not are_numbers and known.isdisjoint(said):
        raise InvalidInputError("prediction", said[0], "one of " + ", ".join(repr(label) for label in list(known)[:5]))
    return np.asarray(truth == guess, dtype=np.bool_)


def value(score: Score) -> float:
    """The metric on the rows as they are."""
    if isinstance(score, Sums):
        return float(score.combine(score.rows.sum(axis=0, keepdims=True))[0])
    return float(score.weigh(np.ones((1, score.n)))[0])


def difference(first: Score, second: Score) -> Score:
    """First minus second, resampled on the same rows."""
    if isinstance(first, Sums) and isinstance(second, Sums):
        one, two, width = first.combine, second.combine, first.rows.shape[1]
        both = np.hstack((first.rows, second.rows))
        return Sums(both, lambda sums: one(sums[:, :width]) - two(sums[:, width:]))
    if isinstance(first, Weights) and isinstance(second, Weights):
        left, right = first.weigh, second.weigh
        return Weights(first.n, lambda weights: left(weights) - right(weights))
    raise InvalidInputError("second", type(second).__name__, "a score of the same metric as first")


def _share(part: Floats, whole: Floats, otherwise: float) -> Floats:
    shares: Floats = np.divide(part, whole, out=np.full(whole.shape, otherwise), where=whole != 0)
    return shares


def _accuracy(truth: NDArray[Any], guess: NDArray[Any]) -> Score:
    hit = _spelt_alike(truth, guess).astype(np.float64)
    return Sums(np.column_stack((np.ones(hit.size), hit)), lambda s: s[:, 1] / s[:, 0])


def _by_class(truth: NDArray[Any], guess: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    _spelt_alike(truth, guess)
    classes = np.unique(truth)
    actual, said = truth[:, np.newaxis] == classes, guess[:, np.newaxis] == classes
    return actual.astype(np.float64), said.astype(np.float64), (actual & said).astype(np.float64)


def _balanced_accuracy(truth: NDArray[Any], guess: NDArray[Any]) -> Score:
    actual, _, hit = _by_class(truth, guess)
    width = actual.shape[1]

    def combine(sums: Floats) -> Floats:
        recall = _share(sums[:, width:], sums[:, :width], 0.0)
        return _share(recall.sum(axis=1), (sums[:, :width] > 0).sum(axis=1).astype(np.float64), np.nan)

    return Sums(np.hstack((actual, hit)), combine)


def _f1_macro(truth: NDArray[Any], guess: NDArray[Any]) -> Score:
    actual, said, hit = _by_class(truth, guess)
    width = actual.shape[1]

    def combine(sums: Floats) -> Floats:
        either, hits = sums[:, :width], sums[:, width:]
        mean: Floats = _share(2 * hits, either, 0.0).sum(axis=1) / width
        return mean

    return Sums(np.hstack((actual + said, hit)), combine)


def _from_table(combine: Callable[[Floats, Floats, Floats, Floats], Floats]) -> Callable[..., Score]:
    """A metric of true positives, false positives, false negatives and true negatives."""

    def prepare_table(truth: NDArray[Any], guess: NDArray[Any]) -> Score:
        t, g = arguments.binary("truth", truth), arguments.binary("prediction", guess)
        cells = np.column_stack((t & g, ~t & g, t & ~g, ~t & ~g)).astype(np.float64)
        return Sums(cells, lambda s: combine(s[:, 0], s[:, 1], s[:, 2], s[:, 3]))

    return prepare_table


def _matthews(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return _share(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)), 0.0)


def _mean_of(loss: Callable[[Floats, Floats], Floats], root: bool = False) -> Callable[..., Score]:
    """The mean over rows of a loss, or the root of that mean."""

    def prepare_mean(truth: NDArray[Any], guess: NDArray[Any]) -> Score:
        losses = loss(arguments.vector("truth", truth), arguments.vector("prediction", guess))
        rows = np.column_stack((np.ones(losses.size), losses))
        return Sums(rows, lambda s: np.sqrt(s[:, 1] / s[:, 0]) if root else s[:, 1] / s[:, 0])

    return prepare_mean


def _relative(truth: Floats, guess: Floats) -> Floats:
    if not truth.all():
        raise InvalidInputError("truth", 0.0, "no zero, since the error is a share of the truth")
    result: Floats = np.abs((truth - guess) / truth)
    return result


def _log_loss(truth: Floats, guess: Floats) -> Floats:
    chance = np.clip(_probabilities(guess), _EPSILON, 1.0 - _EPSILON)
    positive = arguments.binary("truth", truth)
    result: Floats = -np.log(np.where(positive, chance, 1.0 - chance))
    return result


def _brier(truth: Floats, guess: Floats) -> Floats:
    result: Floats = (arguments.binary("truth", truth) - _probabilities(guess)) ** 2
    return result


def _probabilities(guess: Floats) -> Floats:
    outside = guess[(guess < 0.0) | (guess > 1.0)]
    if outside.size:
        raise InvalidInputError("prediction", float(outside[0]), "probabilities from 0 to 1")
    return guess


def _r2(truth: NDArray[Any], guess: NDArray[Any]) -> Score:
    y = arguments.vector("truth", truth, least=2)
    error = y - arguments.vector("prediction", guess)
    centred = y - y.mean()
    if not centred.any():
        raise InvalidInputError("truth", float(y[0]), "at least two different values")
    rows = np.column_stack((np.ones(y.size), centred, centred**2, error**2))
    return Sums(rows, lambda s: 1.0 - _share(s[:, 3], s[:, 2] - s[:, 1] ** 2 / s[:, 0], np.nan))


def _ranked(truth: NDArray[Any], guess: NDArray[Any]) -> tuple[NDArray[np.intp], Floats, NDArray[np.intp]]:
    """Row order by falling score, whether each row so ordered is positive, and where each tie starts."""
    labels = arguments.both_classes("truth", arguments.binary("truth", truth))
    scores = arguments.vector("prediction", guess)
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    starts = np.flatnonzero(np.concatenate(([True], falling[1:] != falling[:-1])))
    return order, labels[order].astype(np.float64), starts


def _average_precision(truth: NDArray[Any], guess: NDArray[Any]) -> Score:
    order, positive, starts = _ranked(truth, guess)

    def weigh(weights: Floats) -> Floats:
        ordered = weights[:, order]
        gained = np.add.reduceat(ordered * positive, starts, axis=1)
        found, seen = gained.cumsum(axis=1), np.add.reduceat(ordered, starts, axis=1).cumsum(axis=1)
        area: Floats = (gained * _share(found, seen, 0.0)).sum(axis=1)
        return _share(area, found[:, -1], np.nan)

    return Weights(order.size, weigh)


def _roc_auc(truth: NDArray[Any], guess: NDArray[Any]) -> Score:
    order, positive, starts = _ranked(truth, guess)

    def weigh(weights: Floats) -> Floats:
        ordered = weights[:, order]
        up = np.add.reduceat(ordered * positive, starts, axis=1)
        across = np.add.reduceat(ordered * (1.0 - positive), starts, axis=1)
        above = up.cumsum(axis=1) - up / 2
        area: Floats = (above * across).sum(axis=1)
        return _share(area, up.sum(axis=1) * across.sum(axis=1), np.nan)

    return Weights(order.size, weigh)


_INFINITY = float("inf")
_METRICS: dict[str, Metric] = {
    found.name: found
    for found in (
        Metric("accuracy", True, 0.0, 1.0, _accuracy),
        Metric("balanced_accuracy", True, 0.0, 1.0, _balanced_accuracy, True),
        Metric("f1_macro", True, 0.0, 1.0, _f1_macro, True),
        Metric("f1", True, 0.0, 1.0, _from_table(lambda a, b, c, d: _share(2 * a, 2 * a + b + c, 0.0)), True),
        Metric("precision", True, 0.0, 1.0, _from_table(lambda a, b, c, d: _share(a, a + b, 0.0)), True),
        Metric("recall", True, 0.0, 1.0, _from_table(lambda a, b, c, d: _share(a, a + c, 0.0)), True),
        Metric("specificity", True, 0.0, 1.0, _from_table(lambda a, b, c, d: _share(d, d + b, 0.0)), True),
        Metric("matthews", True, -1.0, 1.0, _from_table(_matthews), True),
        Metric("roc_auc", True, 0.0, 1.0, _roc_auc, True),
        Metric("average_precision", True, 0.0, 1.0, _average_precision, True),
        Metric("log_loss", False, 0.0, _INFINITY, _mean_of(_log_loss)),
        Metric("brier", False, 0.0, 1.0, _mean_of(_brier)),
        Metric("rmse", False, 0.0, _INFINITY, _mean_of(lambda y, g: (y - g) ** 2, root=True)),
        Metric("mse", False, 0.0, _INFINITY, _mean_of(lambda y, g: (y - g) ** 2)),
        Metric("mae", False, 0.0, _INFINITY, _mean_of(lambda y, g: np.abs(y - g))),
        Metric("mape", False, 0.0, _INFINITY, _mean_of(_relative)),
        Metric("r2", True, -_INFINITY, 1.0, _r2),
    )
}
