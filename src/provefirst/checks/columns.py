"""What each usable column of the work set looks like, on a sample of at most 20,000 rows, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from provefirst.checks.encoding import is_moment, is_number
from provefirst.checks.material import Material
from provefirst.holdout.fingerprints import row_hashes


@dataclass(frozen=True)
class Column:
    """A column on the sampled rows: how many values are missing and distinct, and the commonest one's share."""

    name: str
    kind: str
    rows: int
    missing: float
    distinct: int
    commonest: float


def profile(material: Material) -> tuple[Column, ...]:
    """Every usable column."""
    return material.fits.once("profile", lambda: tuple(_columns(material)))


def sampled(material: Material) -> pd.DataFrame:
    """The sampled rows of the work set."""
    return material.fits.once("sampled", lambda: material.work.iloc[material.fits.rows])


def _columns(material: Material) -> list[Column]:
    frame = sampled(material)
    found = []
    for name in material.features:
        values = frame[name]
        codes, uniques = pd.factorize(values)
        counts = np.bincount(codes[codes >= 0], minlength=1)
        known = int(counts.sum())
        kind = "number" if is_number(values) else "moment" if is_moment(values) else "text"
        missing = 1 - known / len(frame)
        found.append(Column(name, kind, len(frame), missing, len(uniques), counts.max() / known if known else 1.0))
    return found


def continuous(material: Material) -> tuple[str, ...]:
    """Numeric columns with so many values that two rows hardly share one by chance.

    Against the number of different rows, not of rows: where each row is there four times, so is each value. Whole
    numbers (ages, counts) repeat by nature and count only where nearly each row has its own.
    """
    return material.fits.once("continuous", lambda: tuple(_continuous(material)))


def _continuous(material: Material) -> list[str]:
    frame = sampled(material)
    rows = np.unique(row_hashes(frame, material.features)).size
    names = []
    for column in profile(material):
        if column.kind == "text" or column.distinct <= max(20, 0.5 * rows * (1 - column.missing)):
            continue
        values = frame[column.name].dropna()
        is_measured = column.kind == "number" and bool((values % 1 != 0).any())
        if is_measured or column.distinct > 0.5 * column.rows * (1 - column.missing):
            names.append(column.name)
    return names


def gaps(material: Material) -> NDArray[np.bool_]:
    """Where values are missing among the sampled rows, (n, c)."""
    missing: NDArray[np.bool_] = np.isnan(material.fits.x.values)
    return missing


def listed(names: Any) -> str | None:
    """The first few of these names for a message; None where there are none."""
    chosen = [str(name) for name in names]
    if not chosen:
        return None
    more = f" and {len(chosen) - 3} more" if len(chosen) > 3 else ""
    return ", ".join(chosen[:3]) + more
