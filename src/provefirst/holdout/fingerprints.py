"""Fingerprints: what is in a table, whatever the order of its rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]


def row_hashes(frame: pd.DataFrame, columns: Sequence[str] | None = None) -> Hashes:
    """A 64-bit hash for each row, shape (n,), of the named columns (default: all), whatever their order.

    Whole numbers hash alike however they are stored, so a column that got its first gap is still the same.
    """
    total = np.zeros(len(frame), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for name in sorted(columns if columns is not None else frame.columns):
            salt = np.frombuffer(sha256(str(name).encode()).digest()[:8], dtype=np.uint64)[0]
            hashed = value_hashes(frame[name]) ^ salt
            total += _mixed(hashed)
    return total


def content_fingerprint(frame: pd.DataFrame) -> str:
    """The same for the same rows in any order; another for any other rows. 64 hex digits."""
    return sha256(np.sort(row_hashes(frame)).tobytes()).hexdigest()


def schema_fingerprint(frame: pd.DataFrame) -> str:
    """The same for the same column names and types in any order. 64 hex digits."""
    return sha256("\n".join(sorted(f"{name}\t{frame[name].dtype}" for name in frame)).encode()).hexdigest()


def value_hashes(values: pd.Series[Any]) -> Hashes:
    """A 64-bit hash of each value, shape (n,), whatever its column is called."""
    if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_numeric_dtype(values.dtype):
        values = values.astype("float64") + 0.0  # -0 and 0 are one number
    elif pd.api.types.is_datetime64_any_dtype(values.dtype):
        moments = values.dt.tz_convert(None) if getattr(values.dtype, "tz", None) else values
        values = moments.astype("datetime64[us]").astype("int64")
    else:
        values = values.astype("str")
    hashed: Hashes = np.asarray(pd.util.hash_pandas_object(values, index=False), dtype=np.uint64)
    return hashed


def _mixed(values: Hashes) -> Hashes:
    """A bijection that spreads each bit (the finaliser of MurmurHash3), so that sums over columns don't cancel."""
    first: Hashes = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    second: Hashes = (first ^ (first >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    last: Hashes = second ^ (second >> np.uint64(33))
    return last


def joined(several: Sequence[Hashes]) -> Hashes:
    """All of the hashes, shape (n,)."""
    return np.concatenate(several) if several else np.empty(0, dtype=np.uint64)


def from_bytes(content: bytes) -> Hashes:
    """Hashes as `tobytes` wrote them."""
    return np.frombuffer(content, dtype=np.uint64)
