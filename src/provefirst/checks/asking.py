"""What is asked of a table, completed by what the table itself tells: task, metric, time, group and identifier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, get_args

import numpy as np
import pandas as pd

from provefirst.checks.encoding import is_moment, is_number
from provefirst.checks.material import Roles
from provefirst.errors import InvalidInputError, nearest
from provefirst.evidence import MetricName
from provefirst.holdout.scoring import ON_CHANCES, ON_LABELS, ON_NUMBERS
from provefirst.holdout.sealing import positive_of
from provefirst.holdout.splitting import DOTTED, DOUBTFUL, is_regression
from provefirst.holdout.tables import texts

LEAST_ROWS = 20
CLASSES = 50
KNOWN_AT = ("before", "at_prediction", "after_outcome", "unknown")
NONE = "none"
"""Said of time, group or id: there is none, so don't look for one."""

_TIME = re.compile(r"(^|_)(date|time|timestamp|datetime|day|month|week|created|ordered|at|when)(_|$)", re.I)
_NO_TIME = re.compile(r"birth|dob|until|expir|valid", re.I)
_GROUP = re.compile(
    r"(patient|customer|client|user|person|subject|member|employee|shop|store|machine|device|account|household)(_?id)?$",
    re.I,
)
_ID = re.compile(r"(^|_)(id|uuid|key|number|no|nr|index)$|^unnamed: 0$", re.I)


@dataclass(frozen=True)
class Question:
    """What is asked, as the asker said it; None is for the table to tell. `goal` is a number or "baseline+0.05"."""

    target: str
    goal: float | str
    metric: str | None = None
    time: str | None = None
    group: str | None = None
    identifier: str | None = None
    positive: str | None = None
    known_at: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    post_outcome: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    alpha: float = 0.05
    looks: int = 1
    seed: int = 0


def checked(question: Question, frame: pd.DataFrame) -> None:
    """InvalidInputError where a column isn't there or a number is out of range."""
    columns = [str(name) for name in frame.columns]
    asked: dict[str, Any] = {"target": question.target}
    for role in ("time", "group", "identifier"):
        if getattr(question, role) not in (None, NONE):
            asked[role] = getattr(question, role)
    several = (
        ("post-outcome", question.post_outcome),
        ("sensitive", question.sensitive),
        ("known-at", question.known_at),
    )
    asked |= {f"{role} {name}": name for role, names in several for name in names}
    for role, name in asked.items():
        if name not in columns:
            raise InvalidInputError(role, name, "a column of the data", nearest=nearest(str(name), columns))
    for name, when in question.known_at.items():
        if when not in KNOWN_AT:
            raise InvalidInputError(
                f"known-at {name}", when, f"one of {', '.join(KNOWN_AT)}", nearest=nearest(when, KNOWN_AT)
            )
    named = _said(question.identifier)
    if named is not None and (doubled := int(frame[named].duplicated().sum())):
        told = f"{named}, of which {doubled} rows repeat a value"
        raise InvalidInputError("identifier", told, "a value of its own in each row; persons or machines are a group")
    _numbers(question)


def _numbers(question: Question) -> None:
    if not 0 < question.alpha <= 0.2:
        raise InvalidInputError("alpha", question.alpha, "a number above 0, at most 0.2")
    if not 1 <= question.looks <= 100:
        raise InvalidInputError("looks", question.looks, "a whole number from 1 to 100")
    if not 0 <= question.seed < 2**32:
        raise InvalidInputError("seed", question.seed, "a whole number from 0 to 4294967295")


def with_target(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    """The rows that have a target; InvalidInputError where they are too few or all alike, or classes too many."""
    values = frame[target]
    known = values.notna()
    if pd.api.types.is_float_dtype(values.dtype):
        known &= np.isfinite(values.to_numpy(dtype=np.float64, na_value=np.nan))
    kept = frame[known].reset_index(drop=True) if not known.all() else frame
    if len(kept) < LEAST_ROWS:
        raise InvalidInputError("rows", f"{len(kept)} rows with a target", f"at least {LEAST_ROWS}")
    distinct = kept[target].nunique()
    if distinct < 2:
        raise InvalidInputError(target, f"{distinct} distinct value", "at least two different values of the target")
    if is_moment(kept[target]):
        raise InvalidInputError(target, "a date", "a number or a class; days until the event are a number")
    if not is_number(kept[target]) and distinct > CLASSES:
        raise InvalidInputError(target, f"{distinct} different values", f"a number, or at most {CLASSES} classes")
    return kept


def metric_for(metric: str | None, target: pd.Series[Any]) -> str:
    """The metric asked for, or that proper to the target; InvalidInputError where it doesn't fit it."""
    classes = target.nunique()
    quantity = is_regression(target)
    default = "r2" if quantity else "roc_auc" if classes == 2 else "accuracy"
    if metric is None:
        return default
    if metric not in get_args(MetricName):
        known = get_args(MetricName)
        raise InvalidInputError("metric", metric, f"one of {', '.join(known)}", nearest=nearest(metric, known))
    is_of_numbers = quantity or (metric in ON_NUMBERS and is_number(target))
    allowed = ON_NUMBERS if is_of_numbers else (*ON_CHANCES, *ON_LABELS)
    if metric not in allowed:
        kind = "a quantity" if quantity else f"a target of {classes} classes"
        raise InvalidInputError("metric", metric, f"for {kind} one of {', '.join(allowed)}")
    if metric == "mape" and (target == 0).any():
        raise InvalidInputError("metric", metric, "another: the target has zeros, of which nothing is a share")
    return metric


def roles_for(question: Question, frame: pd.DataFrame) -> Roles:
    """What the columns are for: as said, and where nothing was said as their names and values tell."""
    taken = {question.target}
    identifier = _said(question.identifier) or _found_identifier(frame, taken, question)
    taken |= {identifier or question.target}
    time = _said(question.time) or (_found_time(frame, taken) if question.time is None else None)
    taken |= {time or question.target}
    group = _said(question.group) or (_found_group(frame, taken) if question.group is None else None)
    known = {**question.known_at, **dict.fromkeys(question.post_outcome, "after_outcome")}
    target = frame[question.target]
    is_binary = not is_regression(target) and target.nunique() == 2
    return Roles(
        target=question.target,
        identifier=identifier,
        time=time,
        group=group,
        known_at=MappingProxyType(known),
        sensitive=question.sensitive,
        positive=positive_of(target, question.positive) if is_binary or question.positive is not None else None,
    )


def _said(name: str | None) -> str | None:
    return None if name in (None, NONE) else name


def _found_identifier(frame: pd.DataFrame, taken: set[str], question: Question) -> str | None:
    if question.identifier is not None:
        return None
    for name in map(str, frame.columns):
        is_named = name not in taken and _ID.search(name) and not pd.api.types.is_float_dtype(frame[name].dtype)
        if is_named and frame[name].is_unique and frame[name].notna().all():
            return name
    return None


def _found_time(frame: pd.DataFrame, taken: set[str]) -> str | None:
    """A column of dates, named like one, with a value in each row and several different ones."""
    for name in map(str, frame.columns):
        if name in taken or not _TIME.search(name) or _NO_TIME.search(name):
            continue
        values = frame[name]
        if is_number(values) or values.isna().any() or values.nunique() < 10:
            continue
        if is_moment(values) or _reads_as_time(values):
            return name
    return None


def _reads_as_time(values: pd.Series[Any]) -> bool:
    try:
        words = values.astype("str").str.strip()
        if words.head(200).str.match(DOUBTFUL).all():
            return True  # which it is, has to be said before anything is split by it
        if not words.head(200).str.match(rf"{DOTTED}|^\d{{4}}([-/])\d{{1,2}}\1\d{{1,2}}").all():
            return False
        return bool(pd.to_datetime(values, errors="coerce", format="mixed", dayfirst=True, utc=True).notna().all())
    except (ValueError, TypeError, OverflowError):
        return False


def _found_group(frame: pd.DataFrame, taken: set[str]) -> str | None:
    """A column named for persons or places, with several rows each and no value missing."""
    for name in map(str, frame.columns):
        if name in taken or not _GROUP.search(name) or pd.api.types.is_float_dtype(frame[name].dtype):
            continue
        groups = texts(frame[name]).nunique()
        if frame[name].notna().all() and 10 <= groups <= len(frame) / 1.5:
            return name
    return None
