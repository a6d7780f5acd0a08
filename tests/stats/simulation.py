"""How far a simulated rate may be from a claimed one before it contradicts it."""

from __future__ import annotations

import math

# One-sided probability 3e-5 for each comparison: a hundred of them still hardly ever fail by luck with another seed.
SIGMAS = 4.0


def most(rate: float, trials: int) -> float:
    """The highest share of trials that a true rate of at most ``rate`` explains."""
    return rate + SIGMAS * math.sqrt(rate * (1.0 - rate) / trials)


def least(rate: float, trials: int) -> float:
    """The lowest share of trials that a true rate of at least ``rate`` explains."""
    return rate - SIGMAS * math.sqrt(rate * (1.0 - rate) / trials)
