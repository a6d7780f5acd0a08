"""The logged tries: each one's out-of-fold predictions on the work set, and what the best of them is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from provefirst.checks.case import Case
from provefirst.checks.material import Material
from provefirst.errors import InvalidInputError
from provefirst.evidence import Tries
from provefirst.holdout.scoring import in_form
from provefirst.holdout.tables import read_table, texts
from provefirst.stats import metrics
from provefirst.stats.intervals import Interval
from provefirst.stats.tries import CorrectedBest, bbc_cv
from provefirst.stats.verdict import metric_interval

ROWS = 5000
LEVEL = 0.05
"""Error probability of the best try's own interval, two-sided."""


@dataclass(frozen=True)
class Tried:
    """Each try's own score in the order logged, the best of them with its interval, and what choosing it leaves."""

    scores: tuple[float, ...]
    best: Interval
    corrected: CorrectedBest


def tried(case: Case) -> Tried:
    """All tries scored on the same rows of the work set; MissingError where none were logged."""
    document = case.document(Tries)
    return case.once("tried", lambda: _tried(case, case.material, document))


def _tried(case: Case, material: Material, document: Tries) -> Tried:
    if material.roles.identifier is None:
        raise InvalidInputError("identifier", None, "a column by which predictions name their rows")
    ids = pd.Index(texts(material.work[material.roles.identifier]))
    columns, truth = [], np.empty(0)
    for one in document.tries:
        truth, prediction = _aligned(material, case.read(one.predictions), ids, one.name)
        columns.append(prediction)
    rows = material.sample(truth.size, ROWS)
    metric = material.claim.metric
    corrected = bbc_cv(metric, truth[rows], np.column_stack(columns)[rows], seed=material.seed)
    scores = tuple(metrics.value(metrics.prepare(metric, truth, column)) for column in columns)
    best = scores.index(max(scores) if material.greater_is_better else min(scores))
    return Tried(scores, metric_interval(metric, truth, columns[best], LEVEL, seed=material.seed), corrected)


def _aligned(material: Material, content: bytes, ids: pd.Index[Any], name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    given = read_table(content, where=name)
    if not {"id", "prediction"} <= set(given.columns):
        raise InvalidInputError(name, list(map(str, given.columns)), "columns id and prediction (and score)")
    named = pd.Index(texts(given["id"]))
    if named.has_duplicates or len(named) != len(ids) or not ids.isin(named).all():
        raise InvalidInputError(name, f"{len(named)} rows", f"one prediction for each of the {len(ids)} work rows")
    ordered = given.set_axis(named).reindex(ids).reset_index(drop=True)
    pairs = in_form(material.claim.metric, material.work[material.roles.target], ordered, material.roles.positive)
    return pairs.truth, pairs.prediction
