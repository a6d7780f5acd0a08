"""The logged tries: each one's out-of-fold predictions on the work set, and what the best of them is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special

from provefirst.checks.case import Case, MissingError
from provefirst.checks.material import Material
from provefirst.errors import InvalidInputError
from provefirst.evidence import DataRegistration, Kind
from provefirst.holdout.fingerprints import from_bytes
from provefirst.holdout.scoring import Pairs, paired_with
from provefirst.holdout.sealing import overlap
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

    `counted` tries have no predictions for these rows, `earlier` ones are of another work set. Where there are any of
    the former, `bound` is what the best is surely worth among as many tries as there were, by Bonferroni: nothing else
    can be said.
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
    known = [one for one in everything if not one.is_counted_only and one.work in (None, here)]
    counted = [*(one for one in everything if one.is_counted_only), *_on_same_rows(case, everything, known, here)]
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


def _on_same_rows(
    case: Case, everything: tuple[Logged, ...], known: list[Logged], here: str | None
) -> Iterator[Logged]:
    """Tries on a work set that was replaced by one with rows of it, unless they were logged for that as well.

    What was learnt on these rows is known, so that another registration makes no try undone.
    """
    named = {one.attempt.name for one in known}
    others = [one for one in everything if one.work not in (None, here) and not one.is_counted_only]
    sharing = _sharing(case) if others else frozenset()
    return (one for one in others if one.work in sharing and one.attempt.name not in named)


def _sharing(case: Case) -> frozenset[str]:
    """Work sets, by their digests, of which rows are worked on in the current one."""
    registered = [one for one in case.initiative.submissions if one.kind is Kind.DATA_REGISTRATION]
    hashes = {str(one.content["work"]): one.derived.get("worked_hashes") for one in registered}
    digest = case.submission(Kind.DATA_REGISTRATION).derived.get("worked_hashes")
    mine = from_bytes(case.read(digest)) if digest else from_bytes(b"")
    return frozenset(work for work, other in hashes.items() if other and overlap(from_bytes(case.read(other)), mine))


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
