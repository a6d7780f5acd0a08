"""The logged tries: each one's out-of-fold predictions on the work set, and what the best of them is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from provefirst.checks.case import Case, MissingError
from provefirst.checks.material import Material
from provefirst.errors import InvalidInputError
from provefirst.evidence import DataRegistration, Kind
from provefirst.holdout.scoring import Pairs, paired_with
from provefirst.stats import metrics
from provefirst.stats.intervals import Interval
from provefirst.stats.tries import CorrectedBest, bbc_cv
from provefirst.stats.verdict import metric_interval
from provefirst.tries import Logged, logged

ROWS = 5000
LEVEL = 0.05
"""Error probability of the best try's own interval, two-sided; and of its bound over all tries, one-sided."""


@dataclass(frozen=True)
class Tried:
    """Each try's own score in the order logged, the best of them with its interval, and what choosing it leaves.

    `counted` tries have no predictions, `earlier` ones are of another work set. Where there are any of the former,
    `bound` is what the best is surely worth among as many tries as there were, by Bonferroni: nothing else can be said.
    """

    scores: tuple[float, ...]
    best: Interval
    corrected: CorrectedBest
    counted: int
    earlier: int
    bound: float | None


def tried(case: Case) -> Tried:
    """All tries scored on the same rows of the work set; MissingError where none were logged."""
    everything = logged(case.initiative)
    if not everything:
        raise MissingError(f"{Kind.TRIES.value}: not submitted")
    return case.once("tried", lambda: _tried(case, case.material, everything))


def _tried(case: Case, material: Material, everything: tuple[Logged, ...]) -> Tried:
    if material.roles.identifier is None:
        raise InvalidInputError("identifier", None, "a column by which predictions name their rows")
    here = None if case.given is not None else case.document(DataRegistration).work
    counted = [one for one in everything if one.is_counted_only]
    known = [one for one in everything if not one.is_counted_only and one.work in (None, here)]
    if not known:
        raise MissingError(f"{Kind.TRIES.value}: {len(everything)} logged, none with predictions for this work set")
    pairs = [_pairs(case, material, one) for one in known]
    metric, truth = material.claim.metric, pairs[0].truth
    rows = material.sample(truth.size, ROWS)
    corrected = bbc_cv(metric, truth[rows], np.stack([p.prediction for p in pairs], axis=1)[rows], seed=material.seed)
    scores = tuple(metrics.value(metrics.prepare(metric, p.truth, p.prediction)) for p in pairs)
    best = pairs[scores.index(max(scores) if material.greater_is_better else min(scores))]
    interval = metric_interval(metric, truth, best.prediction, LEVEL, seed=material.seed)
    bound = _bound(material, best, interval, len(known) + len(counted)) if counted else None
    return Tried(scores, interval, corrected, len(counted), len(everything) - len(known) - len(counted), bound)


def _pairs(case: Case, material: Material, one: Logged) -> Pairs:
    work, roles = material.work, material.roles
    content = case.read(str(one.attempt.predictions))
    where = one.attempt.name
    return paired_with(
        work[str(roles.identifier)],
        work[roles.target],
        content,
        material.claim.metric,
        roles.positive,
        where=where,
        whose="work row",
    )


def _bound(material: Material, best: Pairs, interval: Interval, tries: int) -> float:
    """The bound on the bad side at 5 % over all tries: exact for shares, else by the normal law from the interval."""
    if material.claim.metric == "accuracy":
        return metric_interval("accuracy", best.truth, best.prediction, 2 * LEVEL / tries, seed=0).low
    wider = float(special.ndtri(LEVEL / tries) / special.ndtri(LEVEL / 2))
    if material.greater_is_better:
        return interval.estimate - wider * (interval.estimate - interval.low)
    return interval.estimate + wider * (interval.high - interval.estimate)
