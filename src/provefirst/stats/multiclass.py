"""Metrics of the chances of three or more classes, in the same resampleable form as those of two.

``truth`` (n,) holds class codes 0..k-1, ``chances`` (n, k) a column for each class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments
from provefirst.stats.arguments import Floats
from provefirst.stats.metrics import Score, Sums, Weights, metric

_EPSILON = float(np.finfo(np.float64).eps)
_SLACK = 0.01
"""By how much the chances of a row may miss 1 in all: rounding in a file, no more."""


def prepare(name: str, truth: NDArray[Any], chances: NDArray[Any]) -> Score:
    """A score of ``chances`` against ``truth``, ready to resample.

    log_loss: minus the log of the true class's chance. brier: half the squared distance from the truth, so that it
    lies between 0 and 1 and is that of two classes where there are two. roc_auc and average_precision: the mean over
    the classes that occur, each against all others; those take any scores. Raises ValueError for other metrics, codes
    out of range, and chances of a row that don't add up to 1.
    """
    given = arguments.matrix("prediction", chances, columns=2)
    codes = _codes(truth, given)
    if name in ("roc_auc", "average_precision"):
        return _one_against_others(name, codes, given)
    if name not in ("log_loss", "brier"):
        allowed = "log_loss, brier, roc_auc or average_precision for the chances of several classes"
        raise InvalidInputError("metric", name, allowed)
    shares = _adding_up(given)
    losses = _log_loss(codes, shares) if name == "log_loss" else _brier(codes, shares)
    return Sums(np.column_stack((np.ones(losses.size), losses)), lambda s: s[:, 1] / s[:, 0])


def _codes(truth: NDArray[Any], chances: Floats) -> NDArray[np.intp]:
    arguments.same_length("prediction", chances, "truth", truth)
    numbers = arguments.vector("truth", truth)
    strange = numbers[(numbers < 0) | (numbers >= chances.shape[1]) | (numbers != np.floor(numbers))]
    if strange.size:
        raise InvalidInputError("truth", float(strange[0]), f"a class code from 0 to {chances.shape[1] - 1}")
    codes: NDArray[np.intp] = numbers.astype(np.intp)
    return codes


def _adding_up(chances: Floats) -> Floats:
    outside = chances[(chances < 0.0) | (chances > 1.0)]
    if outside.size:
        raise InvalidInputError("prediction", float(outside[0]), "probabilities from 0 to 1")
    totals = chances.sum(axis=1, keepdims=True)
    off = totals[np.abs(totals - 1.0) > _SLACK]
    if off.size:
        raise InvalidInputError("prediction", float(off[0]), "probabilities that add up to 1 in each row")
    shares: Floats = chances / totals
    return shares


def _log_loss(codes: NDArray[np.intp], chances: Floats) -> Floats:
    losses: Floats = -np.log(np.clip(chances[np.arange(codes.size), codes], _EPSILON, 1.0))
    return losses


def _brier(codes: NDArray[np.intp], chances: Floats) -> Floats:
    distance = chances.copy()
    distance[np.arange(codes.size), codes] -= 1.0
    losses: Floats = (distance**2).sum(axis=1) / 2.0
    return losses


def _one_against_others(name: str, codes: NDArray[np.intp], chances: Floats) -> Score:
    there = np.unique(codes)
    if there.size < 2:
        raise InvalidInputError("truth", f"{there.size} class", "at least two classes")
    weighers = [_weigher(name, codes == code, chances[:, code]) for code in there]

    def weigh(weights: Floats) -> Floats:
        mean: Floats = np.mean([one(weights) for one in weighers], axis=0)
        return mean

    return Weights(codes.size, weigh)


def _weigher(name: str, is_it: NDArray[np.bool_], score: Floats) -> Callable[[Floats], Floats]:
    one = metric(name).prepare(is_it.astype(np.float64), score)
    assert isinstance(one, Weights)  # noqa: S101  # what ranking metrics are
    return one.weigh
