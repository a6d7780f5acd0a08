"""What a statistic accepts; everything else is an InvalidInputError, which is a ValueError."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from provefirst.errors import InvalidInputError, nearest

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def probability(field: str, value: float) -> float:
    """The value as a float strictly between 0 and 1."""
    if not (_is_real(value) and 0.0 < value < 1.0):
        raise InvalidInputError(field, value, "a number strictly between 0 and 1")
    return float(value)


def share(field: str, value: float) -> float:
    """The value as a float from 0 to 1, both included."""
    if not (_is_real(value) and 0.0 <= value <= 1.0):
        raise InvalidInputError(field, value, "a number from 0 to 1")
    return float(value)


def number(field: str, value: float) -> float:
    """The value as a finite float."""
    if not (_is_real(value) and math.isfinite(value)):
        raise InvalidInputError(field, value, "a finite number")
    return float(value)


def positive(field: str, value: float) -> float:
    """The value as a finite float above 0."""
    if not (_is_real(value) and math.isfinite(value) and value > 0):
        raise InvalidInputError(field, value, "a finite number above 0")
    return float(value)


def count(field: str, value: int, least: int = 0, most: int | None = None) -> int:
    """The value as an int from ``least`` to ``most``, both included."""
    whole = _is_real(value) and float(value).is_integer()
    if not whole or value < least or (most is not None and value > most):
        ceiling = "" if most is None else f" and at most {most}"
        raise InvalidInputError(field, value, f"a whole number of at least {least}{ceiling}")
    return int(value)


def one_of(field: str, value: str, allowed: tuple[str, ...]) -> str:
    """The value, when it is among the allowed words."""
    if value not in allowed:
        raise InvalidInputError(field, value, "one of " + ", ".join(allowed), nearest=nearest(value, allowed))
    return value


def vector(field: str, values: ArrayLike, least: int = 1) -> Floats:
    """The values as a finite float array of shape (n,), n >= ``least``."""
    array = _numeric(field, values)
    if array.ndim != 1 or array.size < least:
        raise InvalidInputError(field, f"an array of shape {array.shape}", f"shape (n,) with n >= {least}")
    return _finite(field, array)


def matrix(field: str, values: ArrayLike, rows: int = 1, columns: int = 1) -> Floats:
    """The values as a finite float array of shape (n, c), n >= ``rows`` and c >= ``columns``."""
    array = _numeric(field, values)
    if array.ndim != 2 or array.shape[0] < rows or array.shape[1] < columns:
        allowed = f"shape (n, c) with n >= {rows} and c >= {columns}"
        raise InvalidInputError(field, f"an array of shape {array.shape}", allowed)
    return _finite(field, array)


def binary(field: str, values: ArrayLike) -> Bools:
    """The values, each 0 or 1 (or a bool), as a bool array of shape (n,)."""
    array = vector(field, values)
    strange = array[(array != 0.0) & (array != 1.0)]
    if strange.size:
        raise InvalidInputError(field, float(strange[0]), "0 or 1 in each row")
    is_one: Bools = array == 1.0
    return is_one


def both_classes(field: str, labels: Bools) -> Bools:
    """The labels, when both classes are among them."""
    positives = int(labels.sum())
    if positives in (0, labels.size):
        raise InvalidInputError(field, f"{positives} positives of {labels.size}", "at least one row of each class")
    return labels


def same_length(field: str, values: NDArray[Any], other: str, others: NDArray[Any]) -> None:
    """Refuse two arrays that don't have the same number of rows."""
    if values.shape[0] != others.shape[0]:
        raise InvalidInputError(field, f"{values.shape[0]} rows", f"as many rows as {other} ({others.shape[0]})")


def _is_real(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _numeric(field: str, values: ArrayLike) -> Floats:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise InvalidInputError(field, type(values).__name__, "numbers only, in a regular array") from cause


def _finite(field: str, array: Floats) -> Floats:
    if not bool(np.isfinite(array).all()):
        first = array[~np.isfinite(array)].flat[0]
        raise InvalidInputError(field, float(first), "finite numbers only")
    return array
