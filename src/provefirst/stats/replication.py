"""Did it replicate? Original effect against own effect, on one roughly normal scale.

Sceptical p-value: Held 2020, "A new standard for the analysis and design of replication studies", JRSS A 183,
431-448; golden level: Held, Micheloud & Pawel 2022, "The assessment of replication success based on relative
effect size", Ann. Appl. Stat. 16, 706-720.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from provefirst.stats import arguments
from provefirst.stats.effects import Effect
from provefirst.stats.intervals import Interval, normal_interval

GOLDEN_RATIO = (1.0 + math.sqrt(5.0)) / 2.0


@dataclass(frozen=True)
class Replication:
    """What an original and a replication say together.

    ``p_replication``, ``p_sceptical`` and ``p_golden`` are one-sided in the direction of the original;
    ``is_golden`` says p_golden < alpha. ``bayes_factor`` above 1 speaks for the original's effect.
    """

    original: Effect
    replication: Effect
    alpha: float
    relative_effect: float
    variance_ratio: float
    p_replication: float
    is_significant: bool
    prediction: Interval
    is_predicted: bool
    z_sceptical: float
    p_sceptical: float
    p_golden: float
    is_golden: bool
    bayes_factor: float


def z_sceptical(z_original: float, z_replication: float, variance_ratio: float) -> float:
    """zS, unsigned, from both z values and c = (original variance) / (replication variance).

    Held 2020, section 3: zS^2 = A/(c - 1) (sqrt(1 + (c - 1) H/A) - 1) with H and A the harmonic and arithmetic
    means of the squared z values. Written as H / (1 + sqrt(1 + (c - 1) H/A)), which is the same and also
    holds at c = 1. Raises ValueError for a non-finite z or c <= 0.
    """
    first = arguments.number("z_original", z_original) ** 2
    second = arguments.number("z_replication", z_replication) ** 2
    ratio = arguments.positive("variance_ratio", variance_ratio)
    if first == 0.0 or second == 0.0:
        return 0.0
    harmonic, arithmetic = 2.0 / (1.0 / first + 1.0 / second), (first + second) / 2.0
    return math.sqrt(harmonic / (1.0 + math.sqrt(max(0.0, 1.0 + (ratio - 1.0) * harmonic / arithmetic))))


def p_sceptical(z_original: float, z_replication: float, variance_ratio: float) -> float:
    """The one-sided sceptical p-value: 1 - Phi(zS), or Phi(zS) where the two effects point apart."""
    return _one_sided(z_sceptical(z_original, z_replication, variance_ratio), z_original, z_replication)


def p_golden(z_original: float, z_replication: float, variance_ratio: float) -> float:
    """The sceptical p-value at the golden level, to be held against alpha itself: of zS sqrt(golden ratio)."""
    scaled = z_sceptical(z_original, z_replication, variance_ratio) * math.sqrt(GOLDEN_RATIO)
    return _one_sided(scaled, z_original, z_replication)


def golden_level(alpha: float = 0.025) -> float:
    """The level to hold an unscaled sceptical p-value against: 1 - Phi(z(1 - alpha) / sqrt(golden ratio))."""
    quantile = -float(special.ndtri(arguments.probability("alpha", alpha)))
    return float(special.ndtr(-quantile / math.sqrt(GOLDEN_RATIO)))


def p_one_sided(effect: Effect, direction: float = 1.0) -> float:
    """P(Z >= z) in the direction whose sign is given (that of the original effect)."""
    return float(special.ndtr(-effect.z if direction >= 0 else effect.z))


def prediction_interval(original: Effect, se_replication: float, alpha: float = 0.05) -> Interval:
    """Where the replication's estimate falls if both estimate the same effect (Patil, Peng & Leek 2016).

    Original estimate plus and minus the normal quantile times sqrt(so^2 + sr^2); ``n`` is the original's.
    """
    se = math.hypot(original.se, arguments.positive("se_replication", se_replication))
    return normal_interval(original.estimate, se, original.n or 0, alpha, method="replication prediction")


def replication_bayes_factor(original: Effect, replication: Effect) -> float:
    """How much likelier the replication's estimate is under the original's posterior than under no effect.

    Verhagen & Wagenmakers 2014 (J. Exp. Psychol. Gen. 143, 1457-1475) in the normal approximation of Ly, Etz,
    Marsman & Wagenmakers 2019: N(r; o, so^2 + sr^2) / N(r; 0, sr^2).
    """
    total = original.se**2 + replication.se**2
    surprise = (replication.estimate - original.estimate) ** 2 / total
    log_ratio = 0.5 * (replication.z**2 - surprise + math.log(replication.se**2 / total))
    return math.exp(min(log_ratio, 700.0))


def compare(original: Effect, replication: Effect, alpha: float = 0.025) -> Replication:
    """Every judgement of a replication at once; ``alpha`` is one-sided, the prediction interval at 2 alpha.

    Both effects must be on the same scale, else ValueError.
    """
    arguments.one_of("replication.scale", replication.scale, (original.scale,))
    arguments.probability("alpha", alpha)
    zo, zr = original.z, replication.z
    ratio = (original.se / replication.se) ** 2
    prediction = prediction_interval(original, replication.se, 2 * alpha)
    significance, golden = p_one_sided(replication, original.estimate), p_golden(zo, zr, ratio)
    relative = replication.estimate / original.estimate if original.estimate else math.nan
    return Replication(
        original=original,
        replication=replication,
        alpha=alpha,
        relative_effect=relative,
        variance_ratio=ratio,
        p_replication=significance,
        is_significant=significance < alpha,
        prediction=prediction,
        is_predicted=replication.estimate in prediction,
        z_sceptical=z_sceptical(zo, zr, ratio),
        p_sceptical=p_sceptical(zo, zr, ratio),
        p_golden=golden,
        is_golden=golden < alpha,
        bayes_factor=replication_bayes_factor(original, replication),
    )


def _one_sided(z: float, z_original: float, z_replication: float) -> float:
    same_direction = z_original * z_replication >= 0.0
    return float(special.ndtr(-z if same_direction else z))
