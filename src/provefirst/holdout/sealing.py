"""Sealing: what may be worked on, what is kept back without its answers, and the answers themselves."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from provefirst.errors import InvalidInputError, nearest
from provefirst.holdout import fingerprints
from provefirst.holdout.fingerprints import Hashes
from provefirst.holdout.splitting import Kind, Mask, Split, instants, split
from provefirst.holdout.tables import read_table, texts, to_parquet

POSITIVE_WORDS = ("1", "true", "yes", "positive", "y")


@dataclass(frozen=True)
class Plan:
    """How a table is to be split: what is predicted, by what a row is named, and about which share is kept back."""

    target: str
    identifier: str
    seed: int = 0
    share: float = 0.3
    time: str | None = None
    group: str | None = None
    positive: str | None = None


@dataclass(frozen=True)
class Past:
    """Hashes of rows known from earlier registrations: sealed ones, ones worked on, and ones looked at too often."""

    sealed: Hashes
    worked: Hashes
    burnt: Hashes


@dataclass(frozen=True)
class Sealed:
    """Three files (Parquet) and what they are. Only `work` and `features` may leave the engine.

    `hashes` and `worked` are those by which the sealed and the work rows are known again (see `keys`), sorted;
    `left_out` counts rows that were looked at too often to be sealed and may not be worked on either; `newest_from` is
    the earliest sealed moment, in microseconds since 1970, where the split is by dates.
    """

    work: bytes
    features: bytes
    labels: bytes
    hashes: Hashes
    worked: Hashes
    left_out: int
    newest_from: float | None
    fingerprint: str
    schema_fingerprint: str
    split: Kind
    rows: int
    sealed_rows: int
    columns: tuple[tuple[str, str], ...]
    positive: str | None


def seal(content: bytes | pd.DataFrame, plan: Plan, past: Past | None = None) -> Sealed:
    """Split the table and seal what is kept back.

    Rows that are known from the `past` stay on the side where they were: what was sealed is never handed out, what was
    worked on is never sealed, and what is burnt is left out. Raises InvalidInputError for a missing column, a row
    without its target, an identifier that isn't unique, or a split that can't be made.
    """
    frame = content if isinstance(content, pd.DataFrame) else read_table(content)
    check(frame, plan)
    hashes, rows = keys(frame, plan), len(frame)
    if past is not None:
        fresh = ~_known(hashes, past.burnt)
        frame, hashes = frame[fresh].reset_index(drop=True), hashes[:, fresh]
        if frame.empty:
            raise InvalidInputError("data", f"{rows} rows, all looked at before", "rows that are new")
    parts = split(frame, plan.target, share=plan.share, seed=plan.seed, time=plan.time, group=plan.group)
    sealed = parts.sealed
    if past is not None:
        sealed = (sealed & ~_known(hashes, past.worked)) | _known(hashes, past.sealed)
    return _sealed(frame, Split(sealed, parts.kind), plan, hashes, rows - len(frame))


def check(frame: pd.DataFrame, plan: Plan) -> None:
    """InvalidInputError where the table can't be sealed so: a column is missing, or a value of target or identifier."""
    _has(frame, plan)
    _complete(frame, plan.target)
    _unique(frame, plan.identifier)


def keys(frame: pd.DataFrame, plan: Plan) -> Hashes:
    """Two hashes for each row, (2, n), by either of which it is known again.

    One is of all but its name and its target, so that a target that was put right doesn't hide it; the other of all but
    its name, so that another target doesn't.
    """
    features = [str(name) for name in frame if name not in (plan.target, plan.identifier)]
    whole = fingerprints.row_hashes(frame, [*features, plan.target])
    return np.stack([fingerprints.row_hashes(frame, features), whole])


def _known(hashes: Hashes, past: Hashes) -> Mask:
    """Which rows (n,) are among those of the past by one of their keys."""
    found: Mask = np.asarray(np.isin(hashes, past).any(axis=0))
    return found


def overlap(first: Hashes, second: Hashes) -> int:
    """How many of the first rows are among the second."""
    return int(np.isin(first, second).sum())


def positive_of(target: pd.Series[Any], positive: str | None) -> str | None:
    """The word for the class that is looked for, of two: the one named, else 1, true, yes, else the rarer.

    None where there aren't two classes. InvalidInputError where the one named isn't there.
    """
    counts = texts(target).value_counts()
    if positive is not None:
        word = texts(pd.Series([positive])).iloc[0]
        if word not in counts.index:
            raise InvalidInputError(
                "positive", positive, f"a value of {target.name}", nearest=nearest(word, counts.index)
            )
        return str(word)
    if len(counts) != 2:
        return None
    for word in counts.index:
        if str(word).lower() in POSITIVE_WORDS:
            return str(word)
    return str(min(counts.index, key=lambda word: (counts[word], str(word))))


def _sealed(frame: pd.DataFrame, parts: Split, plan: Plan, hashes: Hashes, left_out: int) -> Sealed:
    sealed = parts.sealed
    if not sealed.any() or sealed.all():
        told = f"{int(sealed.sum())} of {len(frame)} rows to be sealed"
        raise InvalidInputError("data", told, "rows to work on, and rows that are new to be sealed")
    kept = frame[sealed].reset_index(drop=True)
    labels = pd.DataFrame({"id": texts(kept[plan.identifier]), "truth": kept[plan.target]})
    return Sealed(
        work=to_parquet(frame[~sealed].reset_index(drop=True)),
        features=to_parquet(kept.drop(columns=[plan.target])),
        # The salt keeps anybody who knows the rows from telling guessed answers by the digest of this file.
        labels=to_parquet(labels, {"salt": secrets.token_hex(16)}),
        hashes=np.sort(hashes[:, sealed], axis=None),
        worked=np.sort(hashes[:, ~sealed], axis=None),
        left_out=left_out,
        newest_from=_first_moment(kept, plan),
        fingerprint=fingerprints.content_fingerprint(frame),
        schema_fingerprint=fingerprints.schema_fingerprint(frame),
        split=parts.kind,
        rows=len(frame),
        sealed_rows=int(sealed.sum()),
        columns=tuple((str(name), str(frame[name].dtype)) for name in frame),
        positive=positive_of(frame[plan.target], plan.positive),
    )


def _first_moment(kept: pd.DataFrame, plan: Plan) -> float | None:
    if plan.time is None or pd.api.types.is_numeric_dtype(kept[plan.time].dtype):
        return None
    return float(instants(kept[plan.time], plan.time).min())


def _has(frame: pd.DataFrame, plan: Plan) -> None:
    columns = [str(column) for column in frame.columns]
    for role in ("target", "identifier", "time", "group"):
        name = getattr(plan, role)
        if name is not None and name not in columns:
            raise InvalidInputError(
                role, name, f"a column of the data, which has {len(columns)}", nearest=nearest(name, columns)
            )
    if plan.target == plan.identifier:
        raise InvalidInputError("identifier", plan.identifier, "another column than the target")


def _complete(frame: pd.DataFrame, target: str) -> None:
    values = frame[target]
    missing = values.isna()
    if pd.api.types.is_float_dtype(values.dtype):
        missing = missing | ~np.isfinite(values.to_numpy(dtype=np.float64, na_value=np.nan))
    if missing.any():
        raise InvalidInputError(target, f"{int(missing.sum())} rows without a value", "a target in each row")
    if values.nunique() < 2:
        raise InvalidInputError(target, f"{values.nunique()} distinct value", "at least two different values")


def _unique(frame: pd.DataFrame, identifier: str) -> None:
    names = texts(frame[identifier])
    doubled = names[names.duplicated()]
    if frame[identifier].isna().any():
        raise InvalidInputError(identifier, "a row without a value", "an identifier in each row")
    if len(doubled):
        shown = ", ".join(repr(name) for name in doubled.unique()[:5])
        raise InvalidInputError(identifier, f"{shown} more than once", "an identifier of its own for each row")
