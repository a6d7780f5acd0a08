"""The models that the engine fits itself: simple ones that a claim must beat, and one that finds what there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from provefirst.checks.encoding import CATEGORIES, Design, Encoded
from provefirst.checks.threads import limited

Task = Literal["binary", "multiclass", "regression"]
ModelName = Literal["constant", "linear", "shallow_tree", "boosted"]
Floats = NDArray[np.float64]
DEPTH = 3
SMALL, MIDDLE, LARGE = 1_000, 10_000, 20_000
"""Rows from which boosting stops early; from which its trees have 31 leaves, not 15; from which bins are as fine as can
be. Out of fold, each was at least as good as the finer one below it, in less than half of the time."""
BINS = CATEGORIES


@dataclass(frozen=True)
class Answers:
    """What a model says about rows (n,): `value` a number or a class's code, `chances` (n, k) of each class."""

    value: NDArray[Any]
    chances: Floats | None = None


class Model:
    """A model of one kind; `fit` takes encoded rows and their target: class codes 0..k-1, or numbers."""

    def __init__(self, name: ModelName, task: Task, classes: int, seed: int) -> None:
        self.name, self.task, self.classes, self.seed = name, task, classes, seed
        self._design: Design | None = None
        self._fitted: Any = None
        self._present: NDArray[Any] = np.arange(classes)

    def fit(self, rows: Encoded, target: NDArray[Any]) -> Model:
        """This model, fitted."""
        if self.task != "regression":
            self._present, target = np.unique(target, return_inverse=True)
            if self._present.size < 2 and self.name != "constant":
                self.name = "constant"
        if self.name == "constant":
            self._fitted = self._constant(target)
            return self
        if self.name == "linear":
            self._design = Design.learn(rows)
        with limited(len(rows.values)):
            self._fitted = self._estimator(rows).fit(filled(self._matrix(rows)), target)
        return self

    def answer(self, rows: Encoded) -> Answers:
        """What it says about these rows."""
        n = len(rows.values)
        if self.name == "constant":
            if self.task == "regression":
                return Answers(np.full(n, self._fitted))
            return self._classes(np.tile(self._fitted, (n, 1)))
        with limited(n):
            if self.task == "regression":
                return Answers(np.asarray(self._fitted.predict(self._matrix(rows)), dtype=np.float64))
            return self._classes(self._fitted.predict_proba(self._matrix(rows)))

    def _classes(self, chances: Floats) -> Answers:
        whole = np.zeros((len(chances), self.classes))
        whole[:, self._present] = chances
        return Answers(whole.argmax(axis=1), whole)

    def _constant(self, target: NDArray[Any]) -> Any:
        if self.task == "regression":
            return float(target.mean())
        return np.bincount(target, minlength=self._present.size) / target.size

    def _matrix(self, rows: Encoded) -> NDArray[Any]:
        if self.name == "linear":
            assert self._design is not None  # noqa: S101  # fit made it
            return self._design.matrix(rows)
        return rows.values

    def _estimator(self, rows: Encoded) -> Any:
        is_regression = self.task == "regression"
        if self.name == "linear":
            from sklearn.linear_model import LogisticRegression, Ridge

            return Ridge(alpha=1.0) if is_regression else LogisticRegression(C=1.0, max_iter=200, tol=1e-3)
        if self.name == "shallow_tree":
            from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

            leaf = max(5, len(rows.values) // 200)
            tree = DecisionTreeRegressor if is_regression else DecisionTreeClassifier
            return tree(max_depth=DEPTH, min_samples_leaf=leaf, random_state=self.seed)
        return boosted(rows, is_regression=is_regression, seed=self.seed)


def filled(matrix: NDArray[Any]) -> NDArray[Any]:
    """The matrix, 0 in each column where nothing is known: boosted trees can't make bins of nothing."""
    blank = np.isnan(matrix[:1]).any(axis=0)
    blank[blank] = np.isnan(matrix[:, blank]).all(axis=0)
    if not blank.any():
        return matrix
    copy = matrix.copy()
    copy[:, blank] = 0.0
    return copy


def boosted(rows: Encoded, *, is_regression: bool, seed: int, rounds: int = 100) -> Any:
    """Histogram gradient boosting, unfitted, with early stopping where there are enough rows to spare some."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if is_regression else HistGradientBoostingClassifier
    n = len(rows.values)
    is_small = n < SMALL
    return kind(
        max_iter=min(rounds, 50) if is_small else rounds,
        learning_rate=0.1 if is_small else 0.15,
        max_bins=255 if n >= LARGE else BINS,
        max_leaf_nodes=15 if n < MIDDLE else 31,
        min_samples_leaf=5 if is_small else 20,
        l2_regularization=1.0,
        categorical_features=rows.categorical if rows.categorical.any() else None,
        early_stopping=not is_small,
        n_iter_no_change=5,
        random_state=seed,
    )
