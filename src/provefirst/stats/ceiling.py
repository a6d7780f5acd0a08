"""How good can anything get on these columns? Cover & Hart's bound (1967, IEEE Trans. Inf. Theory 13, 21-27).

A warning, never binding: the bound is asymptotic, and distances over poor columns make it pessimistic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments
from provefirst.stats.intervals import Interval, clopper_pearson


@dataclass(frozen=True)
class Ceiling:
    """The highest accuracy that the nearest neighbour's error still allows, and that error itself."""

    accuracy: Interval
    neighbour_error: Interval
    classes: int


def least_error(neighbour_error: float, classes: int = 2) -> float:
    """The Bayes error R* at the lower end of R* <= R_NN <= R* (2 - c/(c - 1) R*), c ``classes``.

    (c - 1)/c (1 - sqrt(1 - c/(c - 1) R_NN)); (c - 1)/c, that of a guess, where R_NN is worse than guessing.
    """
    error = arguments.share("neighbour_error", neighbour_error)
    guess = 1.0 - 1.0 / arguments.count("classes", classes, least=2)
    return guess * (1.0 - math.sqrt(max(0.0, 1.0 - error / guess)))


def ceiling(mistakes: ArrayLike, classes: int = 2, alpha: float = 0.05) -> Ceiling:
    """The ceiling from which rows (n,) their nearest other row's label got wrong (1) or right (0).

    Clopper-Pearson limits of the error, carried through the bound, which rises with it.
    """
    wrong = arguments.binary("mistakes", mistakes)
    error = clopper_pearson(int(wrong.sum()), wrong.size, alpha)
    best, low, high = (1.0 - least_error(value, classes) for value in (error.estimate, error.high, error.low))
    return Ceiling(Interval(best, low, high, wrong.size, alpha, "cover-hart"), error, classes)


def neighbour_mistakes(features: ArrayLike, labels: ArrayLike) -> NDArray[np.bool_]:
    """Which rows their nearest other row's label gets wrong, (n,), by Euclidean distance (scale columns first).

    ``features`` (n, c), ``labels`` (n,) of any type. A row's twin counts as another row. Raises ValueError for fewer
    than two rows or unequal lengths.
    """
    from sklearn.neighbors import NearestNeighbors

    rows, answers = arguments.matrix("features", features, rows=2), np.asarray(labels)
    arguments.same_length("labels", answers, "features", rows)
    found: NDArray[np.intp] = NearestNeighbors(n_neighbors=1).fit(rows).kneighbors(return_distance=False)
    mistakes: NDArray[np.bool_] = answers[found[:, 0]] != answers
    return mistakes


def ceiling_of(features: ArrayLike, labels: ArrayLike, alpha: float = 0.05) -> Ceiling:
    """``ceiling`` of the leave-one-out nearest neighbour; ValueError for a single class."""
    answers: NDArray[Any] = np.asarray(labels)
    classes = len(np.unique(answers))
    if classes < 2:
        raise InvalidInputError("labels", f"{classes} class", "at least two classes")
    return ceiling(neighbour_mistakes(features, answers), classes, alpha)
