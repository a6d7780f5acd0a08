"""An original claim and our own figure on one scale, for the replication checks.

The original is known by what its paper reports: a metric, its rows, how many splits it is the mean of, and the share of
the largest class. Our own figure is computed from the attached file `predictions` (id, truth, prediction[, score]).

- accuracy: log odds of being right less those of the reference rate, variance 1/(x + 1/2) + 1/(n - x + 1/2)
  (`effects.effect_from_accuracy`);
- roc_auc: logit, with Hanley and McNeil's variance for the original (class sizes from the reference rate) and DeLong's
  for ours;
- r2: Fisher's z of its root (0 where it is negative).

A figure from J folds shares rows between its splits. Its standard error is widened by sqrt(1 + J n_test/n_train), that
is sqrt(1 + J/(J - 1)) (Nadeau & Bengio 2003), for the original and for ours alike, since ours repeats its design.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from provefirst.checks.case import Case, NotApplicableError
from provefirst.evidence import Kind, ReplicationReport
from provefirst.stats.effects import Effect
from provefirst.stats.intervals import Interval
from provefirst.stats.replication import Replication

METRICS = ("accuracy", "roc_auc", "r2")


@dataclass(frozen=True)
class Replicated:
    """Both figures in the metric's own unit (ours with its interval), and what they say together."""

    metric: str
    reported: float
    rows: int
    own: Interval
    together: Replication


def replicated(case: Case, alpha: float) -> Replicated:
    """The replication at one-sided `alpha`; MissingError without its file, NotApplicableError for other metrics."""
    report = case.document(ReplicationReport)
    content = case.file(Kind.REPLICATION_REPORT, "predictions")
    metric = report.original.metric
    if metric not in METRICS:
        raise NotApplicableError(f"{metric} has no scale on which two studies can be compared: {', '.join(METRICS)}")
    return case.once(("replicated", alpha), lambda: _replicated(report, content, alpha))


def _replicated(report: ReplicationReport, content: bytes, alpha: float) -> Replicated:
    from provefirst.stats import effects, replication

    own, interval = _own(report, content)
    if report.reported_as != "metric":
        own = effects.as_d(own)  # two studies are compared on one scale
    together = replication.compare(_widened(_original(report), report), _widened(own, report), alpha)
    return Replicated(report.original.metric, report.original.reported, report.original.rows, interval, together)


def _original(report: ReplicationReport) -> Effect:
    from provefirst.stats import effects

    source = report.original
    if report.reported_as == "r":
        return effects.as_d(effects.effect_from_correlation(source.reported, source.rows))
    if report.reported_as != "metric":
        is_ratio = report.reported_as == "odds_ratio"
        d = effects.d_from_log_odds_ratio(math.log(source.reported)) if is_ratio else source.reported
        smaller = max(2, round(source.rows * (1 - report.reference_rate)))
        return effects.effect_from_d(d, smaller, max(2, source.rows - smaller))
    if source.metric == "accuracy":
        return effects.effect_from_accuracy(source.reported, source.rows, report.reference_rate)
    if source.metric == "r2":
        return effects.effect_from_correlation(math.sqrt(max(0.0, min(source.reported, 0.9999))), source.rows)
    smaller = max(1, round(source.rows * (1 - report.reference_rate)))
    area = min(max(source.reported, 1e-4), 1 - 1e-4)
    return effects.effect_from_auc(area, smaller, max(1, source.rows - smaller))


def _own(report: ReplicationReport, content: bytes) -> tuple[Effect, Interval]:
    """Our effect from truth and prediction, and the figure itself with its 95 % interval."""
    import pandas as pd

    from provefirst.errors import InvalidInputError
    from provefirst.holdout.scoring import in_form
    from provefirst.holdout.sealing import positive_of
    from provefirst.holdout.tables import read_table, texts
    from provefirst.stats import delong, effects
    from provefirst.stats.verdict import metric_interval

    given = read_table(content, where="predictions")
    for name in ("id", "truth", "prediction"):
        if name not in given.columns:
            raise InvalidInputError("predictions", list(map(str, given.columns)), "columns id, truth and prediction")
    if (doubled := texts(given["id"]).duplicated()).any():
        raise InvalidInputError("predictions", str(given["id"][doubled].iloc[0]), "each id once")
    metric = report.original.metric
    positive = positive_of(given["truth"], None) if metric == "roc_auc" else None
    pairs = in_form(metric, given["truth"], pd.DataFrame(given), positive)
    interval = metric_interval(metric, pairs.truth, pairs.prediction, seed=0)
    figure, rows = interval.estimate, len(given)
    if metric == "accuracy":
        return effects.effect_from_accuracy(figure, rows, report.reference_rate), interval
    if metric == "r2":
        return effects.effect_from_correlation(math.sqrt(max(0.0, min(figure, 0.9999))), rows), interval
    se = delong.auc_standard_error(pairs.truth, pairs.prediction)
    if 0 < figure < 1 and se > 0:
        logit = math.log(figure / (1 - figure))
        return Effect(logit, se / (figure * (1 - figure)), rows, "logit auc"), interval
    positives = int(pairs.truth.sum())
    area = min(max(figure, 1e-4), 1 - 1e-4)
    return effects.effect_from_auc(area, positives, rows - positives), interval


def _widened(effect: Effect, report: ReplicationReport) -> Effect:
    splits = report.original_splits
    return effect if splits < 2 else replace(effect, se=effect.se * math.sqrt(1 + splits / (splits - 1)))
