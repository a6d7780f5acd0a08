"""Recognising: which rows of a table were registered before, though columns were added, dropped, renamed or changed.

Rows are the same where they agree in the columns that both tables have, if that is more than chance explains: how often
two rows of one table agree in them says how often two rows of different tables would. So neither a constant, nor a few
classes, nor a running number makes rows the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from provefirst.holdout.fingerprints import Hashes, row_hashes, value_hashes
from provefirst.holdout.sealing import Plan, keys
from provefirst.holdout.splitting import Mask
from provefirst.holdout.tables import read_table

MARKS = 2048
"""Values kept of each telling column, those of the least hashes: by them a table is thought of at all."""
MANY = 1000
"""Distinct values from which on a column is marked, however many rows there are."""
TELLING = 0.5
"""Distinct values for each row from which on a column tells rows apart."""
BEYOND_CHANCE = 5
"""So many times as many rows must agree as chance explains."""
GAPS = 1.5
"""A column counts where so many times as many numbers would fill its gaps."""
ENOUGH = 20
"""Rows that were worked on, with answers that differ, by which it is told whether the same is predicted."""
CLASSES = 20
"""Distinct answers up to which they are classes, which may be called otherwise."""
IN_STEP = 0.98
"""The rank correlation from which on numbers are the same on another scale."""
_LOOKED_AT = 2000
_ALIKE = 0.2
_CHANGED = 0.01

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Before:
    """A table registered before: all its rows, which of them were sealed, and how they were named."""

    frame: pd.DataFrame
    sealed: Mask
    plan: Plan


@dataclass(frozen=True)
class Kin:
    """Which rows of a new table (n,) were sealed before and which worked on, and by what hashes they went then.

    `is_same_target` says whether what is predicted was predicted then, under whatever name; `given_out` names the
    columns in which it was handed out.
    """

    sealed: Mask
    worked: Mask
    sealed_as: Hashes
    worked_as: Hashes
    is_same_target: bool
    given_out: tuple[str, ...]


def before_of(features: bytes, labels: bytes, work: bytes, plan: Plan) -> Before:
    """A registered table as it was, put together again from what is kept of it."""
    kept = read_table(features, where="sealed rows")
    kept[plan.target] = read_table(labels, where="labels")["truth"].to_numpy()
    frame = pd.concat([kept, read_table(work, where="work set")], ignore_index=True)
    return Before(frame, np.arange(len(frame)) < len(kept), plan)


def marks(frame: pd.DataFrame, plan: Plan) -> Hashes:
    """Hashes of values by which a table is thought of when another is registered; none where all columns have few."""
    names = [name for name in _features(frame, plan) if frame[name].nunique() >= min(MANY, TELLING * len(frame))]
    kept = [np.unique(value_hashes(frame[name]))[:MARKS] for name in names if not _counts(frame[name])]
    return np.unique(np.concatenate(kept)) if kept else np.empty(0, dtype=np.uint64)


def all_values(frame: pd.DataFrame, plan: Plan) -> Hashes:
    """Hashes of all values of a table that is being registered, to be held against the marks of others."""
    return np.unique(np.concatenate([np.unique(value_hashes(frame[name])) for name in _features(frame, plan)]))


def brings_to_mind(values: Hashes, marked: Hashes) -> bool:
    """Whether a table with these marks could share rows with one of these values; always where it had none to mark."""
    return not marked.size or int(np.isin(marked, values, assume_unique=True).sum()) > 1


def recognise(frame: pd.DataFrame, plan: Plan, before: Before, *, has_same_columns: bool = False) -> Kin | None:
    """The rows of `frame` that are among those registered before; None where there are none.

    Nothing in it depends on a sealed answer, or whoever registers guesses would be told which of them are right.
    """
    old, at = before.frame, _rows_at(frame, plan, before, has_same_columns=has_same_columns)
    matched = np.flatnonzero(at >= 0)
    if not matched.size:
        return None
    sealed: Mask = (at >= 0) & before.sealed[at]
    worked: Mask = (at >= 0) & ~before.sealed[at]
    was = keys(old, before.plan)
    handed_out = old.iloc[at[matched]].drop(columns=before.plan.target)
    return Kin(
        sealed=sealed,
        worked=worked,
        sealed_as=np.unique(was[:, at[sealed]]),
        worked_as=np.unique(was[:, at[worked]]),
        is_same_target=_is_same_target(frame[plan.target], before, at),
        given_out=_answers(frame[plan.target].iloc[matched], handed_out),
    )


def _rows_at(frame: pd.DataFrame, plan: Plan, before: Before, *, has_same_columns: bool) -> Places:
    """Where each row of `frame` (n,) stands in the table registered before, -1 where it doesn't."""
    old, shared = before.frame, _shared(frame, plan, before)
    at = np.full(len(frame), -1, dtype=np.intp)
    if has_same_columns and (names := _features(old, before.plan)):
        at = _at(row_hashes(frame, names), row_hashes(old, names))
    if not shared:
        return at
    ours = frame[list(shared.values())].set_axis(list(shared), axis=1)
    for names in _groups(shared):
        left = np.flatnonzero(at < 0)
        at[left] = _places(row_hashes(ours, names)[left], row_hashes(old, names))
    return np.where(at < 0, _with_answers(ours, frame[plan.target], before), at) if _has_same_name(plan, before) else at


def _with_answers(ours: pd.DataFrame, target: pd.Series[Any], before: Before) -> Places:
    """Where rows stand that agree in their answers too, as far as those were handed out; and, if that is more than
    chance explains, which sealed rows others could be by all else."""
    old, names = before.frame, [str(name) for name in ours]
    work, kept = np.flatnonzero(~before.sealed), np.flatnonzero(before.sealed)
    answered, theirs = ours.assign(**{before.plan.target: target}), row_hashes(old, names)
    worked = _places(row_hashes(answered), row_hashes(old.iloc[work], [*names, before.plan.target]))
    if not (worked >= 0).any():
        return worked
    sealed = _at(row_hashes(ours), theirs[kept])
    return np.where(worked >= 0, work[worked], np.where(sealed >= 0, kept[sealed], -1))


def _is_same_target(target: pd.Series[Any], before: Before, at: Places) -> bool:
    """Whether the same is predicted, by the rows that were worked on; where they can't tell, whether it could be."""
    worked = np.flatnonzero((at >= 0) & ~before.sealed[at])
    was, truth = before.frame[before.plan.target], target.iloc[worked]
    if worked.size >= ENOUGH and truth.nunique() > 1:
        said = was.iloc[at[worked]]
        return bool(_answers(truth, said.to_frame())) or _is_recoded(truth, said)
    return _common(was.loc[~before.sealed], target) > 1 / 2


def _is_recoded(truth: pd.Series[Any], said: pd.Series[Any]) -> bool:
    """Whether one says what the other says in other words: classes renamed, or numbers on another scale."""
    ours, theirs = truth.reset_index(drop=True), said.reset_index(drop=True)
    if max(ours.nunique(), theirs.nunique()) <= min(CLASSES, len(ours) / 10):
        table = pd.crosstab(ours, theirs)
        agree = min(table.max(axis=0).sum(), table.max(axis=1).sum()) / len(ours)
        chance = max(table.sum(axis=0).max(), table.sum(axis=1).max()) / len(ours)
        return bool(agree > chance + (1 - chance) / 2)
    if not all(pd.api.types.is_numeric_dtype(one.dtype) for one in (ours, theirs)):
        return False
    return bool(abs(ours.rank().corr(theirs.rank())) > IN_STEP)


def _has_same_name(plan: Plan, before: Before) -> bool:
    return before.plan.target == plan.target


def _features(frame: pd.DataFrame, plan: Plan) -> list[str]:
    return [str(name) for name in frame if name not in (plan.target, plan.identifier)]


def _telling(frame: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """The columns that tell rows apart by more than their order."""
    return [name for name in names if frame[name].nunique() >= TELLING * len(frame) and not _counts(frame[name])]


def _counts(values: pd.Series[Any]) -> bool:
    """Whether a column merely counts: a number or a moment for each row with hardly a gap, or words that differ by such
    a number."""
    known = values.dropna()
    if known.nunique() < TELLING * len(values):
        return False
    if known.dtype == "str":
        moments = pd.to_datetime(known, errors="coerce", format="ISO8601")
        if moments.notna().all():
            return _counts(moments)
        if known.str.replace(r"\d+", "", regex=True).nunique() > 1:
            return False
        known = pd.to_numeric(known.str.replace(r"\D+", "", regex=True).str[:15], errors="coerce").dropna()
    if pd.api.types.is_datetime64_any_dtype(known.dtype):
        known = known.astype("int64")
    distinct = np.unique(known.to_numpy(dtype=np.float64))
    if distinct.size < 2:
        return True
    steps = np.diff(distinct)
    return bool((distinct[-1] - distinct[0]) / steps.min() < GAPS * distinct.size)


def _shared(frame: pd.DataFrame, plan: Plan, before: Before) -> dict[str, str]:
    """The columns that both tables have, by their old names: of the same name, or else of the same telling values."""
    old, known = before.frame, _features(before.frame, before.plan)
    mine = _features(frame, plan)
    shared = {name: name for name in known if name in mine and not _counts(old[name])}
    shared = {name: name for name in shared if _common(old[name], frame[name]) >= _CHANGED}
    telling = set(_telling(old, known))
    left = [name for name in mine if name not in shared.values()]
    for name in sorted(telling - shared.keys()):
        alike = {other: _common(old[name], frame[other]) for other in left}
        best = max(alike, key=lambda other: alike[other], default="")
        if best and alike[best] >= _ALIKE:
            shared[name] = best
            left.remove(best)
    return {name: other for name, other in shared.items() if old[name].nunique() > 1 and frame[other].nunique() > 1}


def _common(first: pd.Series[Any], second: pd.Series[Any]) -> float:
    """The share of the distinct values of the poorer column that the other one has too."""
    ours, theirs = (np.unique(value_hashes(one.dropna())) for one in (first, second))
    least = min(ours.size, theirs.size)
    return np.intersect1d(ours, theirs, assume_unique=True).size / least if least else 0.0


def _groups(shared: Mapping[str, str]) -> list[list[str]]:
    """All shared columns; and halves of them, so that one that was changed doesn't hide a row."""
    names = sorted(shared)
    return [part for part in (names, names[::2], names[1::2]) if len(part) > 1 and (part is names or len(names) > 3)]


def _places(ours: Hashes, theirs: Hashes) -> Places:
    """Where each of our rows stands among theirs, -1 where it doesn't, or where chance explains how many do."""
    at = _at(ours, theirs)
    pairs = sum(one.size * (one.size - 1) / 2 for one in (ours, theirs))
    agreeing = sum(_agreeing(one) for one in (ours, theirs))
    by_chance = ours.size * theirs.size * agreeing / max(pairs, 1)
    return at if (at >= 0).sum() >= BEYOND_CHANCE * (1 + by_chance) else np.full(ours.size, -1, dtype=np.intp)


def _at(ours: Hashes, theirs: Hashes) -> Places:
    """Where each of our rows stands first among theirs, -1 where it doesn't."""
    distinct, first = np.unique(theirs, return_index=True)
    near = np.minimum(np.searchsorted(distinct, ours), distinct.size - 1)
    return np.where(distinct[near] == ours, first[near], -1)


def _agreeing(hashes: Hashes) -> float:
    """How many pairs of rows of one table agree."""
    counts = np.unique(hashes, return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def _answers(target: pd.Series[Any], old: pd.DataFrame) -> tuple[str, ...]:
    """The old columns that hold the new target's values on the same rows, far oftener than by chance."""
    truth = value_hashes(target.iloc[:_LOOKED_AT])
    found = []
    for name in old:
        said = value_hashes(old[name].iloc[:_LOOKED_AT])
        shuffled = np.random.default_rng(0).permutation(said)
        chance = float((truth == shuffled).mean())
        if float((truth == said).mean()) > chance + (1 - chance) / 2:
            found.append(str(name))
    return tuple(found)
