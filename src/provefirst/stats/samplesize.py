"""How many sealed rows a promise takes, before any is looked at (Renggli et al. 2019, "Continuous Integration of
Machine Learning Models with ease.ml/ci: Towards a Rigorous Yet Practical Treatment", SysML).

Both forms hold for H looks together: a fixed list of H models costs ln H, models that are each chosen after seeing the
last answer (pass or fail) cost H ln 2.
"""

from __future__ import annotations

import math

from provefirst.stats import arguments


def hoeffding_rows(epsilon: float, delta: float, looks: int = 1, quantities: int = 1, adaptive: bool = False) -> int:
    """Rows so that a sum or difference of shares is within ``epsilon`` of the truth on every look.

    ceil(k^2 (ln k + L - ln delta) / (2 epsilon^2)): each of the k = ``quantities`` shares (2 for new
    accuracy minus old accuracy) gets epsilon/k and delta/k. L = ln H, or H ln 2 where ``adaptive``. One-sided, error
    probability ``delta``. Raises ValueError for epsilon or delta outside (0, 1) or a count below 1.
    """
    tolerance, level = arguments.probability("epsilon", epsilon), arguments.probability("delta", delta)
    k = arguments.count("quantities", quantities, least=1)
    exponent = math.log(k) + _cost_of_looks(looks, adaptive) - math.log(level)
    return math.ceil(k * k * exponent / (2.0 * tolerance * tolerance))


def bennett_rows(epsilon: float, delta: float, disagreement: float, looks: int = 1, adaptive: bool = False) -> int:
    """Rows for the difference of two accuracies, when the two models disagree on at most a known share of rows.

    ceil((L - ln(delta/4)) / (p h(epsilon/p))), h(u) = (1 + u) ln(1 + u) - u: Bennett's inequality with
    variance at most p = ``disagreement``, far fewer rows than ``hoeffding_rows`` when the models are alike. Raises
    ValueError for epsilon, delta or disagreement outside (0, 1).
    """
    tolerance, level = arguments.probability("epsilon", epsilon), arguments.probability("delta", delta)
    p = arguments.probability("disagreement", disagreement)
    u = tolerance / p
    rate = p * ((1.0 + u) * math.log1p(u) - u)
    return math.ceil((_cost_of_looks(looks, adaptive) - math.log(level / 4.0)) / rate)


def _cost_of_looks(looks: int, adaptive: bool) -> float:
    registered = arguments.count("looks", looks, least=1)
    return registered * math.log(2.0) if adaptive else math.log(registered)
