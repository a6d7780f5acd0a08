"""Simple ways out, fitted on the work set and scored on the sealed rows: what a claim has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from provefirst.checks.material import Material
from provefirst.checks.models import Answers, ModelName
from provefirst.holdout.scoring import Pairs
from provefirst.holdout.splitting import instants
from provefirst.holdout.tables import texts
from provefirst.stats import metrics
from provefirst.stats.comparison import Comparison, paired_accuracy, paired_auc, paired_bootstrap

SIMPLER: dict[str, tuple[ModelName, ...]] = {
    "complex": ("constant", "linear", "shallow_tree"),
    "shallow_tree": ("constant",),
    "linear": ("constant",),
}
"""What a claim for a model of each class has to beat; persistence too where rows follow each other in time."""

_SEASONS = ((3600.0, 24), (86_400.0, 7), (7 * 86_400.0, 52), (30.4 * 86_400.0, 12), (91.3 * 86_400.0, 4))
"""Seconds between rows, and how many of them make a season: hours, days, weeks, months, quarters."""


@dataclass(frozen=True)
class Baseline:
    """A simple way out and what it says about the sealed rows."""

    name: str
    pairs: Pairs

    @property
    def score(self) -> float:
        """Its metric on the sealed rows."""
        return metrics.value(metrics.prepare(self.pairs.metric, self.pairs.truth, self.pairs.prediction))


def baselines(material: Material, names: tuple[ModelName, ...]) -> tuple[Baseline, ...]:
    """The named models and, where a time column is named, persistence and seasonal persistence."""
    found = [Baseline(name, fitted(material, name)) for name in names]
    if material.roles.time is not None:
        found += [Baseline(name, material.paired(answers)) for name, answers in persistence(material)]
    return tuple(found)


def fitted(material: Material, name: ModelName) -> Pairs:
    """What the model of that name says about the sealed rows, fitted on the work set (a sample of it where large)."""
    return material.paired(material.fits.sealed(name))


def compare(better: Pairs, than: Pairs, *, margin: float, alpha: float, seed: int) -> Comparison:
    """Is the first better than the second by more than `margin`, on the same rows? `p_greater` tells.

    For a loss the difference is that of the second minus the first, so that greater always speaks for the first.
    """
    metric, truth = better.metric, better.truth
    if metric == "accuracy":
        right = better.prediction == truth, than.prediction == truth
        return paired_accuracy(*right, margin=margin, alpha=alpha)
    if metric == "roc_auc" and better.prediction.ndim == 1:
        return paired_auc(truth, better.prediction, than.prediction, margin=margin, alpha=alpha)
    is_loss = not metrics.metric(metric).greater_is_better
    first, second = (than, better) if is_loss else (better, than)
    return paired_bootstrap(metric, truth, first.prediction, second.prediction, seed=seed, margin=margin, alpha=alpha)


def persistence(material: Material) -> list[tuple[str, Answers]]:
    """The last value before each sealed row (of its group); also that of a season before, where rows are regular."""
    roles = material.roles
    both = pd.concat([material.work, material.sealed], ignore_index=True)
    when = instants(both[material.need(roles.time, "time")], str(roles.time))
    group = texts(both[roles.group]).to_numpy() if roles.group else np.zeros(len(both), dtype=int)
    target = pd.Series(material.coded(both[roles.target]), dtype="float64")
    order = np.lexsort((np.arange(len(both)), when))
    ordered = target.iloc[order].groupby(group[order])
    lags = [("persistence", 1)]
    if (season := _season(when[order], group[order])) is not None:
        lags.append(("seasonal_persistence", season))
    work, fallback = len(material.work), _fallback(material)
    return [(name, _answers(material, ordered.shift(lag).sort_index().iloc[work:], fallback)) for name, lag in lags]


def _answers(material: Material, earlier: pd.Series[Any], fallback: float) -> Answers:
    values = earlier.fillna(fallback).to_numpy()
    if material.task == "regression":
        return Answers(values)
    codes = values.astype(int)
    return Answers(codes, np.eye(len(material.classes))[codes])


def _fallback(material: Material) -> float:
    if material.task == "regression":
        return float(np.mean(material.y_work))
    return float(np.bincount(material.y_work).argmax())


def _season(when: Any, group: Any) -> int | None:
    """How many rows make a season, where most rows of a group are one known step apart."""
    steps = pd.Series(when).groupby(group).diff().dropna().to_numpy() / 1e6  # microseconds to seconds
    steps = steps[steps > 0]
    if steps.size < 10:
        return None
    usual = float(np.median(steps))
    for seconds, season in _SEASONS:
        if abs(usual / seconds - 1) < 0.1 and np.mean(np.abs(steps / usual - 1) < 0.1) > 0.8:
            return season
    return None
