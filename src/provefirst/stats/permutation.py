"""Permutation p-values that are never 0 (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9, art. 39)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from provefirst.stats import arguments
from provefirst.stats.intervals import Interval, beta_limits


@dataclass(frozen=True)
class Permutation:
    """The observed value, the p-value and how sure the permutations are of it.

    ``p`` carries (b + 1)/(m + 1) with Clopper-Pearson limits of the exact p-value, from b of m permutations.
    """

    observed: float
    p: Interval
    permutations: int


def permutation_p(observed: float, permuted: ArrayLike, alpha: float = 0.05) -> Permutation:
    """The p-value of ``observed`` among ``permuted`` (m,), greater values speaking against chance.

    Ties count as at least as great. Values equal up to rounding count as ties.
    """
    value, draws = arguments.number("observed", observed), arguments.vector("permuted", permuted)
    reached = int(np.count_nonzero(draws >= value - 1e-12 * max(1.0, abs(value))))
    low, high = beta_limits(reached, draws.size, alpha)
    estimate = (reached + 1) / (draws.size + 1)
    p = Interval(estimate, min(low, estimate), max(high, estimate), draws.size, alpha, "phipson-smyth")
    return Permutation(value, p, draws.size)


def permutation_test(
    score: Callable[[NDArray[Any]], float],
    labels: ArrayLike,
    *,
    seed: int,
    permutations: int = 999,
    alpha: float = 0.05,
) -> Permutation:
    """Is ``score(labels)`` more than chance gives? Greater is better.

    ``score`` takes labels (n,) in the order given and is called again with them shuffled, ``permutations`` times: the
    whole procedure (fitting, choosing, scoring) belongs inside it, or what it overfits stays hidden.
    """
    actual = np.asarray(labels)
    generator = np.random.default_rng(arguments.count("seed", seed))
    repeats = range(arguments.count("permutations", permutations, least=1))
    shuffled = np.array([score(generator.permutation(actual)) for _ in repeats], dtype=np.float64)
    return permutation_p(float(score(actual)), shuffled, alpha)
