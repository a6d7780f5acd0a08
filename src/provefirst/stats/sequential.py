"""Is it still as good as was claimed? Tests that may be looked at after every batch, for ever.

Each is an e-process: under the null its expectation never exceeds 1, so by Ville's inequality (1939) the chance that it
ever reaches 1/alpha is at most alpha, however often it is looked at. The mixtures are the one-sided ones of Howard,
Ramdas, McAuliffe & Sekhon (2021, Ann. Statist. 49(2), 1055-1080): Proposition 6 (normal) and 8 (beta-binomial). So that
a model which held for long is found out as soon as a new one, processes are begun at every batch and weighted by
1/(j (j + 1)) (as in Shin, Ramdas & Rinaldo 2024, New England J. Stat. Data Sci. 2(2), "E-detectors"): the weights sum
to 1, so the sum is an e-process again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from provefirst.stats import arguments
from provefirst.stats.arguments import Floats

CONCENTRATION = 40.0
"""Rows that the prior of the beta-binomial mixture is worth: tuned to losses of a sixth of a standard deviation."""


_BLOCK = 256


@dataclass(frozen=True)
class Batch:
    """What a batch of rows says: estimate, standard error, size, and ``right`` rows where the metric is a share."""

    estimate: float
    error: float
    rows: int
    right: int | None = None


def share_below(right: Floats, rows: Floats, null: float, concentration: float = CONCENTRATION) -> Floats:
    """Log e-values against "the share is at least ``null``", elementwise over counts (Proposition 8).

    The mixture is a beta distribution around ``null``, cut off there.
    """
    arguments.share("null", null)
    null = min(max(null, 1e-9), 1 - 1e-9)
    first, second = concentration * null, concentration * (1.0 - null)
    with np.errstate(divide="ignore"):
        mixed = special.betaln(first + right, second + rows - right) + np.log(
            special.betainc(first + right, second + rows - right, null)
        )
    prior = special.betaln(first, second) + math.log(special.betainc(first, second, null))
    simple = right * math.log(null) + (rows - right) * math.log1p(-null)
    result: Floats = mixed - prior - simple
    return result


def mean_below(deviation: Floats, information: Floats, scale: float) -> Floats:
    """Log e-values against "the mean is at least the null" (Proposition 6), elementwise.

    ``deviation`` is the sum of (null - estimate)/error² over batches, ``information`` that of 1/error², ``scale`` the
    information at which a loss is to be seen soonest. Exact for normal estimates, else as their sums become so.
    """
    arguments.positive("scale", scale)
    total = information + scale
    result: Floats = (
        math.log(2.0)
        + 0.5 * np.log(scale / total)
        + deviation**2 / (2.0 * total)
        + special.log_ndtr(deviation / np.sqrt(total))
    )
    return result


def wealth(batches: Sequence[Batch], null: float, *, greater_is_better: bool = True, scale: float = 1.0) -> list[float]:
    """After each batch, the log e-value against "still at least ``null``" (at most, where less is better)."""
    if all(batch.right is not None for batch in batches):
        right = np.array([batch.right for batch in batches], dtype=np.float64)
        rows = np.array([batch.rows for batch in batches], dtype=np.float64)
        return _over_starts((right, rows), lambda parts: share_below(parts[0], parts[1], null))
    sign = 1.0 if greater_is_better else -1.0
    information = np.array([1.0 / max(batch.error, 1e-12) ** 2 for batch in batches])
    below = np.array([sign * (null - batch.estimate) for batch in batches]) * information
    return _over_starts((below, information), lambda parts: mean_below(parts[0], parts[1], scale))


def above_share(counts: Sequence[int], rows: Sequence[int], limit: float) -> list[float]:
    """After each batch, the log e-value against "at most ``limit`` of the rows" are among those counted."""
    left = [all_ - count for count, all_ in zip(counts, rows, strict=True)]
    return wealth([Batch(0.0, 0.0, *pair) for pair in zip(rows, left, strict=True)], 1.0 - limit)


def above_mean(estimates: Sequence[float], errors: Sequence[float], limit: float, width: float = 0.05) -> list[float]:
    """After each batch, the log e-value against "the mean is at most ``limit``".

    An excess of ``width`` shows soonest.
    """
    batches = [Batch(one, error, 1) for one, error in zip(estimates, errors, strict=True)]
    return wealth(batches, limit, greater_is_better=False, scale=1.0 / width**2)


def together(streams: Sequence[Sequence[tuple[int, float]]], batches: int) -> list[float]:
    """After each of ``batches``, the log of the weighted sum of several e-processes: an e-process of all their nulls.

    A stream holds (batch, log e-value) and stands at its last until it goes on; before it begins it is worth 1. The
    j-th stream has the weight 1/(j (j + 1)), so that one may come at any time.
    """
    known = np.zeros((batches, len(streams) + 1))
    for number, stream in enumerate(streams):
        for batch, log in stream:
            known[batch:, number] = log
    places = np.arange(1, len(streams) + 1, dtype=np.float64)
    weights = np.append(-np.log(places * (places + 1.0)), -math.log(len(streams) + 1.0))
    return [float(special.logsumexp(row + weights)) for row in known]


def _over_starts(sums: tuple[Floats, ...], judge: Callable[[list[Floats]], Floats]) -> list[float]:
    """After each batch, the log of the weighted sum of the processes begun at every batch so far."""
    size = sums[0].size
    totals = [np.concatenate(([0.0], values.cumsum())) for values in sums]
    starts = np.arange(1, size + 1, dtype=np.float64)
    weights = -np.log(starts * (starts + 1.0))
    found = []
    for first in range(0, size, _BLOCK):  # so that a watch of many years needs no square of its batches
        ends = np.arange(first, min(first + _BLOCK, size))[:, np.newaxis]
        is_begun = np.arange(size) <= ends
        tails = [np.where(is_begun, total[ends + 1] - total[:-1], 0.0) for total in totals]
        logs = np.where(is_begun, judge(tails) + weights, -np.inf)
        still = -np.log(ends + 2.0)  # what has still to begin
        found += special.logsumexp(np.hstack((logs, still)), axis=1).tolist()
    return found
