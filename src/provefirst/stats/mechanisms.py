"""Answering many questions from one holdout without giving it away.

Thresholdout: Dwork, Feldman, Hardt, Pitassi, Reingold & Roth 2015, "The reusable holdout", Science 349, 636-638.
Ladder: Blum & Hardt 2015, "The Ladder: a reliable leaderboard for machine learning competitions", ICML.
Both are values: asking gives the answer and the mechanism as it is afterwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from provefirst.stats import arguments
from provefirst.stats.arguments import Floats


@dataclass(frozen=True)
class Thresholdout:
    """Answers with the training value unless the holdout's is further from it than a noisy threshold.

    ``budget`` counts the answers that may still draw on the holdout; ``shift`` is the noise now on the threshold.
    """

    threshold: float
    sigma: float
    budget: int
    shift: float

    @classmethod
    def start(
        cls, generator: np.random.Generator, threshold: float = 0.04, sigma: float = 0.01, budget: int = 10_000
    ) -> Thresholdout:
        """A new mechanism, with the threshold and noise of the paper's experiments unless told otherwise."""
        arguments.positive("threshold", threshold)
        arguments.positive("sigma", sigma)
        return cls(threshold, sigma, arguments.count("budget", budget), float(generator.laplace(scale=2 * sigma)))

    @property
    def is_spent(self) -> bool:
        """Whether the holdout answers no more."""
        return self.budget == 0

    def ask(
        self, training: ArrayLike, holdout: ArrayLike, generator: np.random.Generator
    ) -> tuple[Floats, Thresholdout]:
        """Answers to q questions in order, (q,), from their mean on training rows and on holdout rows, (q,) each.

        NaN from where the budget is spent. The paper's algorithm: noise Lap(4 sigma) on each comparison; beyond
        the threshold, the holdout's value plus Lap(sigma), one off the budget and a new Lap(2 sigma) on the threshold.
        """
        inside, outside = arguments.vector("training", training), arguments.vector("holdout", holdout)
        arguments.same_length("holdout", outside, "training", inside)
        answers, after, start = inside.copy(), self, 0
        distance = np.abs(outside - inside) - generator.laplace(scale=4 * self.sigma, size=inside.size)
        while start < inside.size:
            if after.is_spent:
                answers[start:] = np.nan
                break
            beyond = np.flatnonzero(distance[start:] > after.threshold + after.shift)
            if not beyond.size:
                break
            first = start + int(beyond[0])
            answers[first] = outside[first] + generator.laplace(scale=self.sigma)
            shift = float(generator.laplace(scale=2 * self.sigma))
            after, start = replace(after, budget=after.budget - 1, shift=shift), first + 1
        return answers, after


@dataclass(frozen=True)
class Ladder:
    """A leaderboard that moves only for an improvement too large for luck (the parameter-free Ladder).

    ``best`` is the loss shown, infinite before the first submission; ``losses`` those of the best submission.
    """

    best: float = math.inf
    losses: tuple[float, ...] = ()

    def submit(self, losses: ArrayLike) -> tuple[float, Ladder]:
        """The loss to show after a submission with these losses on the holdout rows, (n,).

        It counts where its mean is below ``best`` by more than s/sqrt(n), s the standard deviation of the row-wise
        difference from the best submission's losses; it is then shown rounded to the nearest 1/n.
        """
        rows = arguments.vector("losses", losses, least=2)
        if self.losses:
            arguments.same_length("losses", rows, "the best submission", np.asarray(self.losses))
        step = float(np.std(rows - np.asarray(self.losses))) / math.sqrt(rows.size) if self.losses else 0.0
        mean = float(rows.mean())
        if not mean < self.best - step:
            return self.best, self
        shown = round(mean * rows.size) / rows.size
        return shown, Ladder(shown, tuple(rows.tolist()))
