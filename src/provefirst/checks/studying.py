"""Studying a work set: one's own estimator cross-validated in honest folds, and its predictions as they are logged."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from provefirst.checks.fits import honest_folds
from provefirst.checks.material import Claim, Material, Roles
from provefirst.errors import InvalidInputError, nearest, shorten
from provefirst.holdout.scoring import SCORE_OF, paired_with
from provefirst.holdout.tables import cleaned, read_table, texts, to_parquet
from provefirst.stats import metrics
from provefirst.texts import visible

FOLDS = 5
LONGEST = 200


@dataclass(frozen=True)
class WorkSet:
    """The rows that may be worked on, what their columns are for, and by which metric they are judged."""

    frame: pd.DataFrame
    roles: Roles
    metric: str
    seed: int

    @classmethod
    def read(cls, content: bytes, roles: Roles, metric: str, seed: int) -> WorkSet:
        """The work set as the engine handed it out."""
        return cls(read_table(content, where="work set"), roles, metric, seed)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Columns that a model may use: neither target, name, time nor group, nor known only after the outcome."""
        return self._material.features

    @property
    def task(self) -> str:
        return self._material.task

    @property
    def target(self) -> pd.Series[Any]:
        return self.frame[self.roles.target]

    def folds(self, k: int = FOLDS) -> NDArray[np.int_]:
        """The honest fold of each row, 0..k-1: whole groups, or blocks of time, or the same share of each class."""
        if not 2 <= k <= len(self.frame) // 2:
            raise InvalidInputError("folds", k, f"a whole number from 2 to {len(self.frame) // 2}")
        return honest_folds(self._material, np.arange(len(self.frame)), k)

    def score(self, predictions: bytes, *, where: str = "predictions") -> float:
        """The metric of a predictions file; InvalidInputError where it has not one row for each work row."""
        ids = self.frame[str(self.roles.identifier)]
        pairs = paired_with(
            ids, self.target, predictions, self.metric, self.roles.positive, where=where, whose="work row"
        )
        return metrics.value(metrics.prepare(self.metric, pairs.truth, pairs.prediction))

    @cached_property
    def _material(self) -> Material:
        """The engine's own view of the rows; nothing is sealed here."""
        return Material(
            work=self.frame,
            sealed=self.frame,
            roles=self.roles,
            claim=Claim(self.metric, 0.0),
            split="",
            blindness="",
            seed=self.seed,
        )


def cross_validated(estimator: Any, work: WorkSet, features: tuple[str, ...] | None, folds: int) -> pd.DataFrame:
    """Predictions for every work row by clones of a scikit-learn estimator that never saw it, with scores if it can.

    It is given the usable columns as they are, a frame, and the target as it is.
    """
    from sklearn.base import clone

    names = list(work.features if features is None else _usable(features, work))
    fold_of = work.folds(folds)
    parts = []
    for fold in np.unique(fold_of):
        out = fold_of == fold
        fitted = clone(estimator).fit(work.frame.loc[~out, names], work.target[~out])
        parts.append(_said(fitted, work, work.frame.loc[out, names], work.frame.loc[out, str(work.roles.identifier)]))
    said = pd.concat(parts).sort_index()
    gaps = [name for name in said if str(name).startswith(SCORE_OF)]
    return said.fillna(dict.fromkeys(gaps, 0.0))  # a class that a fold's models never met


def written(given: Any) -> bytes:
    """Predictions as a file: what is one already, or a table or columns by name made into one."""
    if isinstance(given, bytes):
        return given
    if isinstance(given, Path | str):
        return _content(Path(given))
    if isinstance(given, Mapping):
        given = pd.DataFrame({str(name): np.asarray(values) for name, values in given.items()})
    if not isinstance(given, pd.DataFrame):
        told = shorten(type(given).__name__)
        raise InvalidInputError("predictions", told, "a table with columns id and prediction, its bytes or its path")
    return to_parquet(cleaned(given, where="predictions"))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise InvalidInputError("predictions", str(path), f"a file that can be read ({problem.strerror})") from None


def timed(make: Any) -> tuple[Any, float]:
    """What `make()` gives, and the seconds that it took."""
    started = time.perf_counter()
    made = make()
    return made, round(time.perf_counter() - started, 3)


def settings(estimator: Any) -> dict[str, bool | int | float | str | None]:
    """An estimator's parameters as a try holds them; what is no plain value is named by its type."""
    return plain(estimator.get_params(deep=True)) if hasattr(estimator, "get_params") else {}


def plain(params: Mapping[str, Any]) -> dict[str, bool | int | float | str | None]:
    """Parameters by name as plain values, 500 at most."""
    kept = sorted(params.items())[:500]
    return {shorten(visible(str(name)), LONGEST): _value(value) for name, value in kept if str(name).strip()}


def _value(value: Any) -> bool | int | float | str | None:
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**63):
        return value
    words = (
        value if isinstance(value, str) else repr(value) if isinstance(value, list | tuple) else type(value).__name__
    )
    return shorten(" ".join(visible(words).split()), LONGEST) or None


def _usable(features: tuple[str, ...], work: WorkSet) -> tuple[str, ...]:
    for name in features:
        if name in work.roles.after_outcome:
            raise InvalidInputError("features", name, "a column known before the outcome: this one is not")
        if name not in work.features:
            raise InvalidInputError("features", name, "a usable column", nearest=nearest(name, work.features))
    return features


def _said(fitted: Any, work: WorkSet, rows: pd.DataFrame, ids: pd.Series[Any]) -> pd.DataFrame:
    said = pd.DataFrame({"id": ids, "prediction": np.asarray(fitted.predict(rows))}, index=rows.index)
    if not hasattr(fitted, "predict_proba") or work.task == "regression":
        return said
    words = list(texts(pd.Series(fitted.classes_)))
    chances = fitted.predict_proba(rows)
    if work.roles.positive is not None:
        position = words.index(work.roles.positive) if work.roles.positive in words else None
        return said.assign(score=0.0 if position is None else chances[:, position])
    return said.assign(**{f"{SCORE_OF}{word}": chances[:, n] for n, word in enumerate(words)})
