"""Scoring a look: a predictions file against the sealed labels, by whatever framework the predictions were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from provefirst.errors import InvalidInputError, shorten
from provefirst.holdout.tables import read_table, texts
from provefirst.stats.verdict import Verdict, metric_verdict

ON_LABELS = ("accuracy", "balanced_accuracy", "f1_macro")
ON_CHANCES = ("roc_auc", "average_precision", "log_loss", "brier")
ON_NUMBERS = ("r2", "mae", "rmse", "mape")
SCORE_OF = "score:"
"""What the column begins with that holds the chance of one class of several: score:setosa."""


@dataclass(frozen=True)
class Pairs:
    """Truth and prediction on the same rows, shapes (n,), in the form that the metric asks for; chances of several
    classes (n, k)."""

    metric: str
    truth: NDArray[Any]
    prediction: NDArray[Any]


def look_verdict(
    labels: bytes,
    predictions: bytes,
    metric: str,
    *,
    goal: float,
    alpha: float,
    looks: int,
    seed: int,
    positive: str | None = None,
) -> Verdict:
    """The verdict of one look; InvalidInputError where the predictions don't fit the sealed rows or the metric."""
    pairs = paired(labels, predictions, metric, positive)
    return metric_verdict(metric, pairs.truth, pairs.prediction, goal=goal, seed=seed, alpha=alpha, looks=looks)


def paired(labels: bytes, predictions: bytes, metric: str, positive: str | None = None) -> Pairs:
    """Labels (id, truth) and predictions (id, prediction[, score]) row by row, in the order of the labels."""
    sealed = read_table(labels, where="labels")
    return paired_with(sealed["id"], sealed["truth"], predictions, metric, positive)


def paired_with(
    ids: pd.Series[Any],
    truth: pd.Series[Any],
    predictions: bytes,
    metric: str,
    positive: str | None,
    *,
    where: str = "predictions",
    whose: str = "sealed id",
) -> Pairs:
    """`truth` and the predictions in a file `where` (id, prediction[, score]), row by row in the order of `ids`.

    InvalidInputError names ids that are unknown, missing or doubled: there is one row for each of `whose`.
    """
    given = read_table(predictions, where=where)
    for name in ("id", "prediction"):
        if name not in given.columns:
            columns = shorten(", ".join(map(str, given.columns)))
            raise InvalidInputError(where, columns, "columns id and prediction (and score)")
    given, named = given.set_index(texts(given["id"])), texts(ids)
    _same_ids(named, given.index.to_series(), where, whose)
    return in_form(metric, truth, given.reindex(named).reset_index(drop=True), positive)


def in_form(metric: str, truth: pd.Series[Any], given: pd.DataFrame, positive: str | None) -> Pairs:
    """Truth and the fitting one of `prediction` and `score`, as the metric wants them.

    A label is the position of its class among the sorted ones of the truth, -1 where it is none of them.
    Metrics on chances read `score` (the higher, the likelier `positive`), else a numeric `prediction`; for three or
    more classes a column `score:CLASS` for each.
    """
    if metric in ON_NUMBERS:
        return Pairs(metric, _numbers("truth", truth), _numbers("prediction", given["prediction"]))
    words = texts(truth)
    if metric in ON_LABELS:
        if given["prediction"].isna().any():
            raise InvalidInputError("prediction", "rows without a value", "a prediction for each row")
        classes = pd.Index(sorted(words.unique()))
        return Pairs(metric, classes.get_indexer(words), classes.get_indexer(texts(given["prediction"])))
    if positive is None or words.nunique() > 2:
        return _several(metric, words, given)
    column = "score" if "score" in given.columns else "prediction"
    return Pairs(metric, (words == positive).to_numpy().astype(np.int64), _numbers(column, given[column]))


def _several(metric: str, words: pd.Series[str], given: pd.DataFrame) -> Pairs:
    """Codes of the classes, and their chances (n, k), from a column `score:CLASS` for each class of the truth."""
    columns = {name.removeprefix(SCORE_OF).strip(): name for name in given.columns if name.startswith(SCORE_OF)}
    classes = sorted(columns)
    if missing := sorted(set(words) - set(classes)):
        allowed = f"for {metric} of several classes a column {SCORE_OF}CLASS for each"
        raise InvalidInputError("predictions", f"no column {SCORE_OF}{shorten(missing[0], 60)}", allowed)
    chances = np.column_stack([_numbers(columns[word], given[columns[word]]) for word in classes])
    return Pairs(metric, pd.Index(classes).get_indexer(pd.Index(words)), chances)


def _numbers(field: str, values: pd.Series[Any]) -> NDArray[np.float64]:
    if not (pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)):
        raise InvalidInputError(field, shorten(str(values.iloc[0])), "numbers only")
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.isfinite(numbers).all():
        raise InvalidInputError(field, float(numbers[~np.isfinite(numbers)][0]), "finite numbers only, one a row")
    return numbers


def _same_ids(known: pd.Series[str], given: pd.Series[str], where: str, whose: str) -> None:
    doubled = given[given.duplicated()].unique()
    unknown = given[~given.isin(known)].unique()
    missing = known[~known.isin(given)].unique()
    strange = "not sealed" if whose == "sealed id" else f"no {whose}"
    for ids, what in ((doubled, "more than once"), (unknown, strange), (missing, "without a prediction")):
        if len(ids):
            shown = ", ".join(shorten(repr(str(name)), 40) for name in ids[:5])
            more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
            raise InvalidInputError(where, f"{shown}{more} {what}", f"one row for each {whose}, and no other")
