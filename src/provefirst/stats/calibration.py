"""Do predicted probabilities mean what they say?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments
from provefirst.stats.arguments import Bools, Floats
from provefirst.stats.intervals import Interval, normal_interval

_CLIP = 1e-6


@dataclass(frozen=True)
class Calibration:
    """Calibration of probabilities over ``n`` rows.

    ``intercept`` (0 is right) is that at slope 1, so it tells too high from too low overall; ``slope`` (1 is right)
    below 1 means too extreme. ``error`` is the expected calibration error, ``error_by_chance`` what a perfectly
    calibrated model shows at most, 95 times of 100, on as many rows; ``p_error`` the p-value of that.
    """

    intercept: Interval
    slope: Interval
    spiegelhalter_z: float
    p_spiegelhalter: float
    error: float
    error_by_chance: float
    p_error: float
    n: int


def spiegelhalter(truth: ArrayLike, probability: ArrayLike) -> tuple[float, float]:
    """Spiegelhalter's z and its two-sided p-value (1986, Stat. Med. 5, 421-433): is the Brier score as expected?

    sum((y - p)(1 - 2p)) / sqrt(sum((1 - 2p)^2 p (1 - p))); (0, 1) where every p is 1/2, or 0 or 1 and right.
    """
    actual, chance = _pairs(truth, probability)
    distance = float(((actual - chance) * (1.0 - 2.0 * chance)).sum())
    variance = float(((1.0 - 2.0 * chance) ** 2 * chance * (1.0 - chance)).sum())
    if variance == 0.0:
        z = math.copysign(math.inf, distance) if abs(distance) > 1e-12 else 0.0
    else:
        z = distance / math.sqrt(variance)
    return z, 2.0 * float(special.ndtr(-abs(z)))


def expected_error(truth: ArrayLike, probability: ArrayLike, bins: int = 10) -> float:
    """Mean distance of observed from predicted share over ``bins`` of equally many rows, weighted by rows.

    Naeini, Cooper & Hauskrecht 2015 (AAAI) with equal-mass bins. Rows of equal probability may
    fall into two bins; sorting is stable, so the value depends on row order only among them.
    """
    actual, chance = _pairs(truth, probability)
    order = np.argsort(chance, kind="stable")
    return float(_binned_error(actual[np.newaxis, order].astype(np.float64), chance[order], bins)[0])


def calibration(
    truth: ArrayLike, probability: ArrayLike, *, seed: int, alpha: float = 0.05, bins: int = 10, draws: int = 1000
) -> Calibration:
    """Everything about the calibration of ``probability`` (n,) against ``truth`` (n,) of 0 and 1.

    Intercept and slope by logistic regression on the logit of the probability (Cox 1958, Biometrika 45, 562-565),
    with Firth's 1993 penalty so that separated classes keep it finite. Chance of the error by drawing truth from
    the probabilities themselves, ``draws`` times from ``seed`` (Broecker & Smith 2007, Weather Forecast. 22, 651-661).
    Probabilities are kept 1e-6 from 0 and 1. Raises ValueError for a single class.
    """
    actual, chance = _pairs(truth, probability)
    arguments.both_classes("truth", actual)
    logits = special.logit(np.clip(chance, _CLIP, 1.0 - _CLIP))
    intercept, se_intercept = _firth(actual, np.ones((actual.size, 1)), logits)
    slope, se_slope = _firth(actual, np.column_stack((np.ones(actual.size), logits)), np.zeros(actual.size))
    z, p = spiegelhalter(actual, chance)
    order = np.argsort(chance, kind="stable")
    error = float(_binned_error(actual[np.newaxis, order].astype(np.float64), chance[order], bins)[0])
    by_chance = _error_by_chance(chance[order], bins, arguments.count("draws", draws, least=100), seed)
    return Calibration(
        intercept=normal_interval(intercept[0], se_intercept[0], actual.size, alpha, method="firth logistic"),
        slope=normal_interval(slope[-1], se_slope[-1], actual.size, alpha, method="firth logistic"),
        spiegelhalter_z=z,
        p_spiegelhalter=p,
        error=error,
        error_by_chance=float(np.quantile(by_chance, 0.95)),
        p_error=(int(np.count_nonzero(by_chance >= error)) + 1) / (by_chance.size + 1),
        n=actual.size,
    )


def _error_by_chance(ordered: Floats, bins: int, draws: int, seed: int) -> Floats:
    generator = np.random.default_rng(arguments.count("seed", seed))
    at_once = max(1, 2_000_000 // ordered.size)
    errors = []
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        drawn = (generator.random((size, ordered.size)) < ordered).astype(np.float64)
        errors.append(_binned_error(drawn, ordered, bins))
    return np.concatenate(errors)


def _binned_error(actual: Floats, ordered: Floats, bins: int) -> Floats:
    """The error of each row of ``actual`` (b, n), both in the order of the rising probability ``ordered`` (n,)."""
    count = min(arguments.count("bins", bins, least=1), ordered.size)
    starts = np.linspace(0, ordered.size, count, endpoint=False).astype(np.intp)
    gaps = np.add.reduceat(actual - ordered, starts, axis=1)
    error: Floats = np.abs(gaps).sum(axis=1) / ordered.size
    return error


def _firth(actual: Bools, design: Floats, offset: Floats) -> tuple[list[float], list[float]]:
    """Coefficients and standard errors of Firth's penalised logistic regression (1993, Biometrika 80, 27-38)."""
    beta = np.zeros(design.shape[1])
    information = design.T @ design
    for _ in range(200):
        chance = special.expit(design @ beta + offset)
        weighted = design * np.sqrt(chance * (1.0 - chance))[:, np.newaxis]
        information = weighted.T @ weighted
        leverage = np.einsum("ij,ji->i", weighted, np.linalg.pinv(information) @ weighted.T)
        score = design.T @ (actual - chance + leverage * (0.5 - chance))
        step = np.linalg.pinv(information) @ score
        beta = beta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-9:
            break
    se = np.sqrt(np.maximum(np.diag(np.linalg.pinv(information)), 0.0))
    return [float(value) for value in beta], [float(value) for value in se]


def _pairs(truth: ArrayLike, probability: ArrayLike) -> tuple[Bools, Floats]:
    actual, chance = arguments.binary("truth", truth), arguments.vector("probability", probability)
    arguments.same_length("probability", chance, "truth", actual)
    outside = chance[(chance < 0.0) | (chance > 1.0)]
    if outside.size:
        raise InvalidInputError("probability", float(outside[0]), "probabilities from 0 to 1")
    return actual, chance
