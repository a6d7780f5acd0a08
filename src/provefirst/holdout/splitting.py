"""The honest split: by time, else by group, else stratified; never random where time or group is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from provefirst.errors import InvalidInputError
from provefirst.holdout.tables import texts

Kind = Literal["time", "group", "stratified"]
Mask = NDArray[np.bool_]
DOTTED = r"^\d{1,2}\.\d{1,2}\.\d{4}(?!\d)"
DOUBTFUL = r"^\d{1,2}([/-]\d{1,2}[/-]\d{2,4}|\.\d{1,2}\.\d{2})(?!\d)"
"""How dates begin that are read by the day first, and those of which nobody can say what comes first."""
FEW = 20
"""A numeric target with more distinct values than this is a regression target."""


@dataclass(frozen=True)
class Split:
    """Which rows are kept back, shape (n,), and by what they were told apart."""

    sealed: Mask
    kind: Kind


def split(
    frame: pd.DataFrame,
    target: str,
    *,
    share: float,
    seed: int,
    time: str | None = None,
    group: str | None = None,
) -> Split:
    """Keep back about `share` of the rows: the newest, or whole groups, or the same share of each class.

    Raises InvalidInputError for a share outside (0, 1), a time column that isn't one, or too few rows or groups.
    """
    if not 0.0 < share < 1.0:
        raise InvalidInputError("share", share, "a number strictly between 0 and 1")
    if len(frame) < 4:
        raise InvalidInputError("rows", len(frame), "at least 4 rows, to have some to learn from and some to seal")
    if time is not None:
        return Split(_newest(instants(frame[time], time), share), "time")
    generator = np.random.default_rng(seed)
    if group is not None:
        return Split(_groups(frame[group], group, share, generator), "group")
    return Split(_stratified(frame[target], share, generator), "stratified")


def instants(values: pd.Series[Any], name: str) -> NDArray[np.float64]:
    """A time column as numbers that grow with time, shape (n,); InvalidInputError where a value is no time, or one of
    two: 03/04/2024 is March here and April there. Days with dots come first."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        has_dots = False
        if not pd.api.types.is_datetime64_any_dtype(values.dtype):
            words = values.astype("str").str.strip()
            if (doubtful := words.str.match(DOUBTFUL)).any():
                raise InvalidInputError(
                    name, words[doubtful].iloc[0], "dates that can be read one way only: 2024-04-03"
                )
            has_dots = bool(words.str.match(DOTTED).any())
        moments = pd.to_datetime(values, errors="coerce", format="mixed", dayfirst=has_dots, utc=True)
        numbers = moments.astype("datetime64[us, UTC]").astype("int64").to_numpy(dtype=np.float64)
        numbers[moments.isna().to_numpy()] = np.nan
    if not np.isfinite(numbers).all():
        bad = values[~np.isfinite(numbers)].iloc[0]
        raise InvalidInputError(name, str(bad), "a date, a time or a number in each row of the time column")
    return numbers


def is_regression(target: pd.Series[Any]) -> bool:
    """Whether the target is a quantity: numeric, with more distinct values than classes have, or hardly any twice."""
    is_number = pd.api.types.is_numeric_dtype(target.dtype) and not pd.api.types.is_bool_dtype(target.dtype)
    if not is_number:
        return False
    distinct = target.nunique()
    has_fractions = bool((target.dropna() % 1 != 0).any())
    is_spread = distinct > len(target) / 2
    return bool(distinct > FEW or ((has_fractions or is_spread) and distinct > 2))


def _newest(when: NDArray[np.float64], share: float) -> Mask:
    """Rows after a cut; rows of one moment stay together."""
    moments, counts = np.unique(when, return_counts=True)
    if moments.size < 2:
        raise InvalidInputError("time", moments.size, "at least two different times")
    later = np.cumsum(counts[::-1])[::-1][1:] / when.size
    cut = moments[1:][int(np.abs(later - share).argmin())]
    newest: Mask = when >= cut
    return newest


def _groups(values: pd.Series[Any], name: str, share: float, generator: np.random.Generator) -> Mask:
    codes, names = pd.factorize(texts(values), sort=True)
    if len(names) < 2:
        raise InvalidInputError(name, len(names), "at least two different groups")
    order = generator.permutation(len(names))
    sizes = np.bincount(codes, minlength=len(names))[order]
    reached = np.cumsum(sizes) / len(values)
    taken = max(1, min(len(names) - 1, int(np.abs(reached - share).argmin()) + 1))
    sealed: Mask = np.isin(codes, order[:taken])
    return sealed


def _stratified(target: pd.Series[Any], share: float, generator: np.random.Generator) -> Mask:
    """The same share of each class, or of each decile of a quantity; single rows of a class stay in the work set."""
    if is_regression(target):
        codes = pd.qcut(target.rank(method="first"), min(10, max(1, len(target) // 20)), labels=False).to_numpy()
    else:
        codes = pd.factorize(texts(target), sort=True)[0]
    shuffled = generator.permutation(len(target))
    shuffled = shuffled[np.argsort(codes[shuffled], kind="stable")]
    sizes = np.bincount(codes)
    within = np.arange(len(target)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    wanted = np.round(np.repeat(sizes, sizes) * share)
    sealed = np.zeros(len(target), dtype=bool)
    sealed[shuffled] = within < wanted
    if not sealed.any() or sealed.all():
        sealed[:] = False
        sealed[generator.permutation(len(target))[: max(1, int(len(target) * share))]] = True
    return sealed
