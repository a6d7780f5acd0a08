"""Effect sizes on scales where they are roughly normal, and the ways between those scales.

Formulas after Borenstein, Hedges, Higgins & Rothstein 2009, "Introduction to Meta-Analysis", ch. 7.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from provefirst.errors import InvalidInputError
from provefirst.stats import arguments


@dataclass(frozen=True)
class Effect:
    """An estimate and its standard error on the same, roughly normal scale, 0 meaning no effect."""

    estimate: float
    se: float
    n: int | None = None
    scale: str = "normal"

    def __post_init__(self) -> None:
        arguments.number("estimate", self.estimate)
        arguments.positive("se", self.se)

    @property
    def z(self) -> float:
        """Estimate over standard error."""
        return self.estimate / self.se


def fisher_z(r: float) -> float:
    """atanh(r) of a correlation strictly between -1 and 1."""
    return math.atanh(_correlation(r))


def correlation_from_fisher_z(z: float) -> float:
    """tanh(z)."""
    return math.tanh(arguments.number("z", z))


def effect_from_correlation(r: float, n: int) -> Effect:
    """Fisher's z of a correlation over ``n`` rows, with standard error 1/sqrt(n - 3); needs n >= 4."""
    rows = arguments.count("n", n, least=4)
    return Effect(fisher_z(r), 1.0 / math.sqrt(rows - 3), rows, "fisher z")


def d_from_correlation(r: float) -> float:
    """Cohen's d = 2 r / sqrt(1 - r^2), groups of equal size (eq. 7.5)."""
    return 2.0 * _correlation(r) / math.sqrt(1.0 - r * r)


def correlation_from_d(d: float, first: int | None = None, second: int | None = None) -> float:
    """r = d / sqrt(d^2 + a), a = (n1 + n2)^2 / (n1 n2), 4 where the group sizes aren't given (eqs 7.7, 7.8)."""
    arguments.number("d", d)
    ratio = 4.0
    if first is not None and second is not None:
        one, two = arguments.count("first", first, least=1), arguments.count("second", second, least=1)
        ratio = (one + two) ** 2 / (one * two)
    return d / math.sqrt(d * d + ratio)


def as_d(effect: Effect) -> Effect:
    """An effect on any of these scales as Cohen's d, its standard error by the delta method.

    Fisher's z: d = 2 sinh z. Logit of an AUC: d = sqrt(2) Phi^-1(AUC). Logits and log odds ratios: times sqrt(3) / pi.
    """
    x = effect.estimate
    if effect.scale == "d":
        return effect
    if effect.scale == "fisher z":
        d, slope = 2.0 * math.sinh(x), 2.0 * math.cosh(x)
    elif effect.scale == "logit auc":
        area = float(special.expit(x))
        quantile = float(special.ndtri(area))
        density = math.exp(-quantile * quantile / 2.0) / math.sqrt(2.0 * math.pi)
        d, slope = math.sqrt(2.0) * quantile, math.sqrt(2.0) * area * (1.0 - area) / density
    elif effect.scale in ("logit", "log odds ratio"):
        d, slope = d_from_log_odds_ratio(x), math.sqrt(3.0) / math.pi
    else:
        allowed = "fisher z, logit auc, logit, log odds ratio or d"
        raise InvalidInputError("scale", effect.scale, allowed)
    return Effect(d, slope * effect.se, effect.n, "d")


def effect_from_d(d: float, first: int, second: int) -> Effect:
    """Cohen's d of two groups, with variance (n1 + n2)/(n1 n2) + d^2/(2 (n1 + n2)) (eq. 4.20)."""
    one, two = arguments.count("first", first, least=2), arguments.count("second", second, least=2)
    variance = (one + two) / (one * two) + d * d / (2.0 * (one + two))
    return Effect(arguments.number("d", d), math.sqrt(variance), one + two, "d")


def d_from_log_odds_ratio(log_odds_ratio: float) -> float:
    """d = ln(OR) sqrt(3) / pi (eq. 7.1)."""
    return arguments.number("log_odds_ratio", log_odds_ratio) * math.sqrt(3.0) / math.pi


def log_odds_ratio_from_d(d: float) -> float:
    """ln(OR) = d pi / sqrt(3) (eq. 7.3)."""
    return arguments.number("d", d) * math.pi / math.sqrt(3.0)


def effect_from_odds_table(a: int, b: int, c: int, d: int) -> Effect:
    """ln(ad/bc) with variance 1/a + 1/b + 1/c + 1/d; each cell gets 1/2 more where one is 0 (Haldane 1956)."""
    cells = [float(arguments.count(field, cell)) for field, cell in zip("abcd", (a, b, c, d), strict=True)]
    if min(cells) == 0.0:
        cells = [cell + 0.5 for cell in cells]
    estimate = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    return Effect(estimate, math.sqrt(sum(1.0 / cell for cell in cells)), a + b + c + d, "log odds ratio")


def auc_from_d(d: float) -> float:
    """Phi(d / sqrt(2)): the AUC of two normal classes with equal spread d apart (Ruscio 2008)."""
    return float(special.ndtr(arguments.number("d", d) / math.sqrt(2.0)))


def d_from_auc(auc: float) -> float:
    """sqrt(2) Phi^-1(AUC), AUC strictly between 0 and 1."""
    return math.sqrt(2.0) * float(special.ndtri(arguments.probability("auc", auc)))


def effect_from_auc(auc: float, positives: int, negatives: int) -> Effect:
    """logit(AUC), by the delta method from Hanley & McNeil's 1982 variance; 0 is a random ranking.

    Use it where only the AUC and the class sizes were reported; with the scores at hand, DeLong's standard
    error is better.
    """
    area = arguments.probability("auc", auc)
    m, n = arguments.count("positives", positives, least=1), arguments.count("negatives", negatives, least=1)
    variance = hanley_mcneil_variance(area, m, n)
    return Effect(float(special.logit(area)), math.sqrt(variance) / (area * (1.0 - area)), m + n, "logit auc")


def hanley_mcneil_variance(auc: float, positives: int, negatives: int) -> float:
    """Variance of an AUC from class sizes alone, exponential scores (Hanley & McNeil 1982, Radiology 143)."""
    first, second = auc / (2.0 - auc), 2.0 * auc * auc / (1.0 + auc)
    spread = (positives - 1) * (first - auc * auc) + (negatives - 1) * (second - auc * auc)
    return (auc * (1.0 - auc) + spread) / (positives * negatives)


def effect_from_accuracy(accuracy: float, n: int, chance: float = 0.5, scale: str = "logit") -> Effect:
    """Accuracy over ``n`` rows against ``chance``, as a difference of logits or of arcsines; 0 is chance.

    "logit": ln((x + 1/2)/(n - x + 1/2)) - logit(chance), variance 1/(x + 1/2) + 1/(n - x + 1/2) (Gart &
    Zweifel 1967). "arcsine": asin(sqrt(accuracy)) - asin(sqrt(chance)), standard error 1/(2 sqrt(n)).
    """
    hit_rate, rows = arguments.share("accuracy", accuracy), arguments.count("n", n, least=1)
    base = arguments.probability("chance", chance)
    if arguments.one_of("scale", scale, ("logit", "arcsine")) == "arcsine":
        return Effect(math.asin(math.sqrt(hit_rate)) - math.asin(math.sqrt(base)), 0.5 / math.sqrt(rows), rows, scale)
    hits, misses = hit_rate * rows + 0.5, (1.0 - hit_rate) * rows + 0.5
    estimate = math.log(hits / misses) - float(special.logit(base))
    return Effect(estimate, math.sqrt(1.0 / hits + 1.0 / misses), rows, scale)


def _correlation(r: float) -> float:
    if not -1.0 < r < 1.0:
        raise InvalidInputError("r", r, "a number strictly between -1 and 1")
    return float(r)
