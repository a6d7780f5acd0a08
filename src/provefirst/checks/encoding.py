"""Columns as numbers, learnt from the work set alone and without its target: no fold knows another's answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
CATEGORIES = 64
"""Categories of a text column that are told apart; the rarer ones count as one."""
ONE_HOT = 12
"""Of those, so many get a column of their own in a linear model."""
BIG = 1e30


@dataclass(frozen=True)
class Encoded:
    """Columns as numbers, (n, c), NaN where nothing is known; `categorical` (c,) says which hold codes."""

    values: Matrix
    categorical: NDArray[np.bool_]
    names: tuple[str, ...]

    def rows(self, positions: NDArray[Any]) -> Encoded:
        """Only the rows at these positions (or of this mask)."""
        return Encoded(self.values[positions], self.categorical, self.names)

    def columns(self, positions: NDArray[Any]) -> Encoded:
        """Only the columns at these positions."""
        names = tuple(self.names[position] for position in positions)
        return Encoded(self.values[:, positions], self.categorical[positions], names)


@dataclass(frozen=True)
class Encoder:
    """What the work set says about its columns: the categories of each text column, most frequent first."""

    names: tuple[str, ...]
    categories: dict[str, pd.Index[Any]]

    @classmethod
    def learn(cls, frame: pd.DataFrame, names: tuple[str, ...]) -> Encoder:
        """The encoder of the named columns as they are in `frame`."""
        found = {}
        for name in names:
            if not is_number(frame[name]) and not is_moment(frame[name]):
                found[name] = frame[name].value_counts().index[: CATEGORIES - 1]
        return cls(names, found)

    def encode(self, frame: pd.DataFrame) -> Encoded:
        """The rows of `frame` by what was learnt; a category not seen then counts among the rare ones."""
        values = np.empty((len(frame), len(self.names)), dtype=np.float64)
        for position, name in enumerate(self.names):
            values[:, position] = self._column(frame[name], name)
        categorical = np.array([name in self.categories for name in self.names], dtype=bool)
        return Encoded(values, categorical, self.names)

    def _column(self, column: pd.Series[Any], name: str) -> NDArray[np.float64]:
        if name in self.categories:
            known = self.categories[name]
            codes = np.asarray(known.get_indexer(pd.Index(column)), dtype=np.float64)
            codes[codes < 0] = len(known)
            codes[column.isna().to_numpy()] = np.nan
            return codes
        if is_moment(column):
            moments = column.dt.tz_localize(None) if getattr(column.dtype, "tz", None) else column
            seconds = np.asarray(moments.astype("datetime64[s]").astype("int64"), dtype=np.float64)
            seconds[column.isna().to_numpy()] = np.nan
            return seconds
        if not is_number(column):
            column = pd.to_numeric(column, errors="coerce")
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        kept: NDArray[np.float64] = np.where(np.abs(numbers) < BIG, numbers, np.nan)
        return kept


def is_number(column: pd.Series[Any]) -> bool:
    """Whether a column holds numbers or booleans."""
    return pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype)


def is_moment(column: pd.Series[Any]) -> bool:
    """Whether a column holds dates or times."""
    return pd.api.types.is_datetime64_any_dtype(column.dtype)


@dataclass(frozen=True)
class Design:
    """How encoded columns become a linear model's: scaled, gaps filled and marked, one column a frequent category."""

    centre: Matrix
    scale: Matrix
    has_gaps: NDArray[np.bool_]
    categorical: NDArray[np.bool_]
    levels: tuple[int, ...]

    @classmethod
    def learn(cls, encoded: Encoded) -> Design:
        """The design of these rows."""
        values, numeric = encoded.values, ~encoded.categorical
        centre = np.zeros(values.shape[1], dtype=np.float64)
        scale = np.ones(values.shape[1], dtype=np.float64)
        gaps: NDArray[np.bool_] = np.isnan(values)
        for position in np.flatnonzero(numeric):
            known = values[~gaps[:, position], position].astype(np.float64)
            if known.size:
                centre[position], spread = known.mean(), known.std()
                scale[position] = spread if spread > 1e-12 * max(1.0, abs(float(known.mean()))) else 1.0
        levels = tuple(
            min(ONE_HOT, int(np.nanmax(values[:, position], initial=-1)) + 1) if encoded.categorical[position] else 0
            for position in range(values.shape[1])
        )
        return cls(centre, scale, np.asarray(gaps.any(axis=0)), encoded.categorical, levels)

    def matrix(self, encoded: Encoded) -> NDArray[np.float32]:
        """Rows as the linear model takes them, (n, k)."""
        values = encoded.values
        columns: list[NDArray[Any]] = []
        for position in range(values.shape[1]):
            column = values[:, position]
            gap = np.isnan(column)
            if self.categorical[position]:
                columns += [column == level for level in range(self.levels[position])]
            else:
                scaled = (column - self.centre[position]) / self.scale[position]
                columns.append(np.clip(np.where(gap, 0.0, scaled), -10.0, 10.0))
            if self.has_gaps[position]:
                columns.append(gap)
        if not columns:
            return np.zeros((len(values), 1), dtype=np.float32)
        return np.column_stack(columns).astype(np.float32)
