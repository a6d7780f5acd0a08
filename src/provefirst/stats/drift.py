"""Are two sets of rows alike? The classifier two-sample test (Lopez-Paz & Oquab 2017, ICLR), by AUC."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from provefirst.stats import arguments, delong
from provefirst.stats.intervals import Interval


@dataclass(frozen=True)
class Drift:
    """How well a classifier tells the two sets apart: AUC with interval, and the p-value of "not at all"."""

    auc: Interval
    p: float
    z: float


def two_sample(is_new: ArrayLike, scores: ArrayLike, alpha: float = 0.05) -> Drift:
    """Judge scores of a classifier trained to tell new rows from old ones, on rows it wasn't trained on.

    ``is_new`` (n,) of 0 and 1, ``scores`` (n,), higher meaning new. One-sided Mann-Whitney with variance under
    the null corrected for ties (Lehmann 1975, ch. 1): (m + n + 1 - sum(t^3 - t)/((m + n)(m + n - 1)))/(12 m n).
    Scores pooled over cross-validation folds lean a little below .5 where there is no drift, so the test errs on
    the side of "alike". Raises ValueError for a single class or unequal lengths.
    """
    auc = delong.auc_interval(is_new, scores, alpha)
    labels, values = arguments.binary("is_new", is_new), arguments.vector("scores", scores)
    new, rows = int(labels.sum()), labels.size
    ties = np.unique(values, return_counts=True)[1].astype(np.float64)
    correction = float((ties**3 - ties).sum()) / (rows * (rows - 1.0))
    variance = (rows + 1.0 - correction) / (12.0 * new * (rows - new))
    z = (auc.estimate - 0.5) / math.sqrt(variance) if variance > 1e-15 else 0.0
    return Drift(auc, float(special.ndtr(-z)), z)
