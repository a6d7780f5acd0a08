"""How much each single column tells about the target by itself: what leaks tells nearly everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provefirst.checks.fits import shuffled_folds
from provefirst.checks.material import Material
from provefirst.checks.models import Answers

ROWS = 4000


@dataclass(frozen=True)
class Skills:
    """Skill of each usable column alone, (c,); 0 is guessing, 1 is knowing."""

    single: NDArray[np.float64]
    names: tuple[str, ...]
    n: int


def skills(material: Material) -> Skills:
    """Cross-validated skill of a shallow tree on each column alone, on at most 4,000 rows of the work set."""
    return material.fits.once("skills", lambda: _skills(material))


def skill(material: Material, answers: Answers, y: NDArray[Any]) -> float:
    """Twice the AUC above a half; for more classes, the share of a guess's errors avoided; for numbers, R squared."""
    if material.task == "regression":
        rest, spread = float(((y - answers.value) ** 2).mean()), float(((y - y.mean()) ** 2).mean())
        return 1 - rest / spread if spread > 0 else 0.0
    if material.task == "binary" and answers.chances is not None and np.unique(y).size == 2:
        from provefirst.stats.metrics import prepare, value

        return 2 * value(prepare("roc_auc", y, answers.chances[:, 1])) - 1
    guess = 1 - np.bincount(y).max() / y.size
    return float(1 - (answers.value != y).mean() / guess) if guess > 0 else 0.0


def together(material: Material, without: int | None = None) -> float:
    """The skill of all columns, or of all but one, on the same rows and folds as that of each alone."""
    rows, folds = _rows(material)
    kept = np.array([other for other in range(len(material.features)) if other != without], dtype=int)
    if not kept.size:
        return 0.0
    x, y = material.x_work.rows(rows).columns(kept), material.y_work[rows]
    return skill(material, material.fits.cross("boosted", x, y, folds), y)


def _rows(material: Material) -> tuple[NDArray[np.intp], NDArray[np.int_]]:
    rows = material.sample(len(material.work), ROWS)
    y = material.y_work[rows]
    generator = np.random.default_rng(material.seed)
    return rows, shuffled_folds(y, 2, generator, stratify=material.task != "regression")


def _skills(material: Material) -> Skills:
    rows, folds = _rows(material)
    x, y = material.x_work.rows(rows), material.y_work[rows]
    fits = material.fits
    single = [
        skill(material, fits.cross("shallow_tree", x.columns(np.array([position])), y, folds), y)
        for position in range(len(material.features))
    ]
    return Skills(np.array(single, dtype=np.float64), material.features, rows.size)
