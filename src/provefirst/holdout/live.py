"""Live rows: the metric of a batch of production rows, groups within it, and whether its inputs have drifted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from provefirst.errors import InvalidInputError
from provefirst.holdout.scoring import ON_CHANCES, SCORE_OF, in_form
from provefirst.holdout.tables import read_table
from provefirst.stats import bootstrap, metrics

DRAWS = 400
MOST = 4000
_LEAST_IN_GROUP = 20


@dataclass(frozen=True)
class Live:
    """What a batch says. `error` is the standard error of `estimate`; `right` counts rows where it is a share."""

    rows: int
    estimate: float
    error: float
    right: int | None
    groups: tuple[dict[str, Any], ...]


def measured(rows: bytes, metric: str, positive: str | None, groups: tuple[str, ...] = ()) -> Live:
    """The metric on rows (truth, prediction[, score]), and on each value of the columns `groups` with 20 rows."""
    table = read_table(rows, where="rows")
    is_chances = metric in ON_CHANCES and any(str(name).startswith(SCORE_OF) for name in table.columns)
    for name in ("truth", *(() if is_chances else ("prediction",)), *groups):
        if name not in table.columns:
            known = ", ".join(map(str, table.columns))[:200]
            raise InvalidInputError("rows", known, f"a column {name!r} beside truth and prediction")
    if table["truth"].isna().any():
        raise InvalidInputError("truth", "rows without a value", "only rows whose truth is known by now")
    estimate, error, right = _figures(table, metric, positive)
    found = [
        {"column": column, "group": str(name)[:80], **_within(table, table[column] == name, metric, positive)}
        for column in groups
        for name, rows_of in table[column].value_counts().sort_index().items()
        if rows_of >= _LEAST_IN_GROUP
    ]
    return Live(len(table), estimate, error, right, tuple(found))


def drift(inputs: bytes, sealed: bytes, *, seed: int = 0) -> dict[str, float]:
    """How well live inputs are told from the sealed ones, by columns that both have: AUC, its interval, p, and what the
    sampling of live and of sealed rows gives to its standard error."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    from provefirst.stats.delong import auc_errors
    from provefirst.stats.drift import two_sample

    old, new = read_table(sealed, where="sealed"), read_table(inputs, where="inputs")
    shared = [name for name in new.columns if name in old.columns]
    if not shared:
        raise InvalidInputError("inputs", ", ".join(map(str, new.columns))[:200], "columns that the sealed rows have")
    size = min(len(old), len(new), MOST)
    if size < 20:
        raise InvalidInputError("inputs", len(new), "20 rows or more")
    both = pd.concat([part[shared].sample(size, random_state=seed) for part in (old, new)], ignore_index=True)
    encoded = pd.DataFrame({name: _encoded(both[name]) for name in shared})
    is_new = np.repeat([0, 1], size)
    model = HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=8, random_state=seed)
    folds = StratifiedKFold(2, shuffle=True, random_state=seed)
    scores = cross_val_predict(model, encoded.to_numpy(), is_new, cv=folds, method="predict_proba")[:, 1]
    found = two_sample(is_new, scores)
    live_error, sealed_error = auc_errors(is_new, scores)
    figures = {"auc": found.auc.estimate, "low": found.auc.low, "high": found.auc.high, "p": found.p}
    return {**figures, "rows": float(size), "live_error": live_error, "sealed_error": sealed_error}


def _within(table: pd.DataFrame, is_in: pd.Series[bool], metric: str, positive: str | None) -> dict[str, Any]:
    """The metric on a group, and by how much it is worse there than on all other rows, with its standard error."""
    part, others = table[is_in], table[~is_in]
    found: dict[str, Any] = {"rows": len(part), "estimate": None, "gap": None, "gap_error": None}
    try:
        own = _figures(part, metric, positive)
        found["estimate"] = own[0]
        if len(others) < _LEAST_IN_GROUP:
            return found
        rest = _figures(others, metric, positive)
    except InvalidInputError:  # a metric that two classes are needed for, on rows of one
        return found
    worse = rest[0] - own[0] if metrics.metric(metric).greater_is_better else own[0] - rest[0]
    return {**found, "gap": worse, "gap_error": math.hypot(_floored(own, len(part)), _floored(rest, len(others)))}


def _floored(figures: tuple[float, float, int | None], rows: int) -> float:
    """The standard error; of a share that is 0 or 1 it is not nothing."""
    estimate, error, right = figures
    if right is None:
        return error
    return float(np.sqrt(max(estimate * (1 - estimate), 0.25 / rows) / rows))


def _figures(table: pd.DataFrame, metric: str, positive: str | None) -> tuple[float, float, int | None]:
    pairs = in_form(metric, table["truth"], table, positive)
    score = metrics.prepare(metric, pairs.truth, pairs.prediction)
    estimate = metrics.value(score)
    if metric == "accuracy":
        right = int(metrics.is_right(pairs.truth, pairs.prediction).sum())
        return estimate, float(np.sqrt(estimate * (1 - estimate) / len(table))), right
    draws = bootstrap.defined(bootstrap.resample(score, DRAWS, np.random.default_rng(0)))
    return estimate, max(float(draws.std(ddof=1)), 1e-9), None


def _encoded(values: pd.Series[Any]) -> pd.Series[Any]:
    is_number = pd.api.types.is_numeric_dtype(values.dtype)
    return values.astype("float64") if is_number else pd.Series(pd.factorize(values)[0], dtype="float64")
