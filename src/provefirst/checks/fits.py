"""The engine's own models of a material, each fitted once however many checks ask for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from provefirst.checks.encoding import Encoded
from provefirst.checks.models import Answers, Model, ModelName
from provefirst.holdout.scoring import ON_CHANCES
from provefirst.holdout.splitting import instants
from provefirst.holdout.tables import texts
from provefirst.stats import metrics

if TYPE_CHECKING:
    from provefirst.checks.material import Material

T = TypeVar("T")
Folds = NDArray[np.int_]
FIT = 200_000
"""Rows that a model is fitted on at most."""


class Fits:
    """Models on the work set; cross-validated ones on a sample of at most 20,000 of its rows, in honest folds."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self._kept: dict[object, Any] = {}
        self._lock = RLock()

    def once(self, key: object, make: Callable[[], T]) -> T:
        """What `make` makes, made once."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]  # type: ignore[no-any-return]

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """Positions of the sampled work rows."""
        return self.material.sample(len(self.material.work))

    @cached_property
    def x(self) -> Encoded:
        """The sampled rows as numbers."""
        return self.material.x_work.rows(self.rows)

    @cached_property
    def y(self) -> NDArray[Any]:
        """The sampled rows' target."""
        return self.material.y_work[self.rows]

    @cached_property
    def folds(self) -> Folds:
        """The honest fold of each sampled row."""
        return honest_folds(self.material, self.rows, 5 if self.rows.size < 500 else 3)

    def model(self, name: ModelName, seed: int | None = None) -> Model:
        """A model of that kind, unfitted."""
        seed = self.material.seed if seed is None else seed
        return Model(name, self.material.task, len(self.material.classes), seed)

    def whole(self, name: ModelName) -> Model:
        """The model fitted on the work set, or on 200,000 rows of it."""

        def fit() -> Model:
            rows = self.material.sample(len(self.material.work), FIT)
            return self.model(name).fit(self.material.x_work.rows(rows), self.material.y_work[rows])

        return self.once(("whole", name), fit)

    def sealed(self, name: ModelName) -> Answers:
        """What the model fitted on the work set says about the sealed rows."""
        return self.once(("sealed", name), lambda: self.whole(name).answer(self.material.x_sealed))

    def fold_models(self, name: ModelName) -> dict[int, Model]:
        """A model for each honest fold of the sampled rows, fitted on all the others."""
        return self.once(("folds", name), lambda: self._fold_models(name, self.x, self.y, self.folds))

    def out_of_fold(self, name: ModelName) -> Answers:
        """What models that never saw them say about the sampled rows."""
        return self.once(("oof", name), lambda: self._crossed(self.fold_models(name), self.x, self.folds))

    def cross(self, name: ModelName, x: Encoded, y: NDArray[Any], folds: Folds) -> Answers:
        """Out-of-fold answers on these rows by these folds."""
        return self._crossed(self._fold_models(name, x, y, folds), x, folds)

    def _fold_models(self, name: ModelName, x: Encoded, y: NDArray[Any], folds: Folds) -> dict[int, Model]:
        there = np.unique(folds).tolist()
        return {fold: self.model(name).fit(x.rows(folds != fold), y[folds != fold]) for fold in there}

    def _crossed(self, models: dict[int, Model], x: Encoded, folds: Folds) -> Answers:
        is_regression = self.material.task == "regression"
        value = np.zeros(folds.size, dtype=np.float64 if is_regression else np.int64)
        chances = None if is_regression else np.zeros((folds.size, len(self.material.classes)))
        for fold, model in models.items():
            out = folds == fold
            said = model.answer(x.rows(out))
            value[out] = said.value
            if chances is not None and said.chances is not None:
                chances[out] = said.chances
        return Answers(value, chances)

    def score(self, answers: Answers, y: NDArray[Any]) -> float:
        """The claim's metric of these answers; NaN where it can't be had (a class missing)."""
        return score(self.material, answers, y)

    def cross_score(self, name: ModelName) -> float:
        """The cross-validated score on the sampled rows."""
        return self.score(self.out_of_fold(name), self.y)

    @cached_property
    def chosen(self) -> ModelName:
        """Boosted trees where cross-validation says that they are surely better than a linear model, else linear.

        "Surely": by the claim's metric, and by a paired difference of losses above twice its standard error.
        A linear model that reaches the goal is the best of outcomes, so it has the benefit of the doubt.
        """
        gaps = row_losses(self.material, self.out_of_fold("linear"), self.y)
        gaps = gaps - row_losses(self.material, self.out_of_fold("boosted"), self.y)
        gain = self.cross_score("boosted") - self.cross_score("linear")
        is_better = gain > 0 if self.material.greater_is_better else gain < 0
        return "boosted" if is_better and gaps.mean() > 2 * gaps.std() / np.sqrt(gaps.size) else "linear"


def honest_folds(material: Material, rows: NDArray[Any], k: int) -> Folds:
    """Folds of the work rows: whole groups, or blocks of time, or the same share of each class; 0..k-1, (n,)."""
    generator = np.random.default_rng(material.seed)
    roles, frame = material.roles, material.work
    if roles.group is not None:
        codes = np.unique(texts(frame[roles.group].iloc[rows]).to_numpy(dtype=str), return_inverse=True)[1]
        order = generator.permutation(codes.max() + 1)
        folds: Folds = order[codes] % k
        return folds
    if roles.time is not None:
        when = instants(frame[roles.time].iloc[rows], roles.time)
        ranks = np.argsort(np.argsort(when, kind="stable"), kind="stable")
        return ranks * k // rows.size
    return shuffled_folds(material.y_work[rows], k, generator, stratify=material.task != "regression")


def shuffled_folds(y: NDArray[Any], k: int, generator: np.random.Generator, *, stratify: bool) -> Folds:
    """Random folds, the same share of each class in each where `stratify`."""
    order = generator.permutation(y.size)
    if stratify:
        order = order[np.argsort(y[order], kind="stable")]
    folds = np.empty(y.size, dtype=np.int64)
    folds[order] = np.arange(y.size) % k
    return folds


def score(material: Material, answers: Answers, y: NDArray[Any]) -> float:
    """The claim's metric of answers about rows whose coded target is `y`; NaN where it can't be had."""
    metric = material.claim.metric
    given: NDArray[Any] = answers.value
    truth = y
    if metric in ON_CHANCES:
        chances = np.eye(len(material.classes))[answers.value] if answers.chances is None else answers.chances
        given = chances
        if material.task == "binary":
            position = material.positive_code
            truth, given = (y == position).astype(np.int64), chances[:, position]
    if metric in ("roc_auc", "average_precision") and np.unique(truth).size < 2:
        return float("nan")
    return metrics.value(metrics.prepare(metric, truth, given))


def row_losses(material: Material, answers: Answers, y: NDArray[Any]) -> NDArray[np.float64]:
    """A loss a row, (n,), that goes with the metric: squared error, whether wrong, or the log loss."""
    if material.task == "regression":
        absolute = np.abs(answers.value - y)
        loss: NDArray[np.float64] = absolute if material.claim.metric in ("mae", "mape") else absolute**2
        return loss
    if material.claim.metric in ("accuracy", "balanced_accuracy", "f1_macro") or answers.chances is None:
        wrong: NDArray[np.float64] = (answers.value != y).astype(np.float64)
        return wrong
    chance = answers.chances[np.arange(y.size), y]
    result: NDArray[np.float64] = -np.log(np.clip(chance, 1e-6, 1.0))
    return result
