"""The material of the data checks: work set, sealed rows and what was preregistered, encoded once and shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from provefirst.checks.case import Case, MissingError, NotApplicableError
from provefirst.checks.encoding import Encoded, Encoder
from provefirst.checks.models import Answers, ModelName, Task
from provefirst.evidence import LESS_IS_BETTER, DataRegistration, Kind, Preregistration
from provefirst.findings import Level
from provefirst.holdout.scoring import SCORE_OF, Pairs, in_form
from provefirst.holdout.splitting import is_regression
from provefirst.holdout.tables import read_table, texts
from provefirst.plans import exploratory

if TYPE_CHECKING:
    from provefirst.checks.fits import Fits

SAMPLE = 20_000
"""Rows that the secondary checks look at; they say so where there are more."""


@dataclass(frozen=True)
class Claim:
    """What is claimed, and at which risk. `goal` and `margin` are in the metric's own unit; `alpha` over all looks."""

    metric: str
    goal: float
    margin: float = 0.0
    alpha: float = 0.05
    looks: int = 1
    model_class: str = "complex"
    subgroups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roles:
    """What the columns are for. `known_at` says when a column's value is known, by its name."""

    target: str
    identifier: str | None = None
    time: str | None = None
    group: str | None = None
    known_at: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sensitive: tuple[str, ...] = ()
    positive: str | None = None

    @property
    def after_outcome(self) -> tuple[str, ...]:
        """Columns declared to be known only after the outcome."""
        return tuple(name for name, when in self.known_at.items() if when == "after_outcome")


@dataclass(frozen=True)
class Material:
    """`work` and `sealed` have the same columns, target included; `split` says by what they were told apart.

    `answers` are those of the claimed model on the sealed rows, where there are any: a frame with a row for each sealed
    row, `prediction` and perhaps `score`; `own_model` names the engine's own model where that is the claimed one.
    `exploratory` says why they confirm nothing that was preregistered, where they don't.
    """

    work: pd.DataFrame
    sealed: pd.DataFrame
    roles: Roles
    claim: Claim
    split: str
    blindness: str
    seed: int
    exploratory: str = ""
    answers: pd.DataFrame | None = field(default=None, repr=False)
    own_model: ModelName | None = None

    @cached_property
    def task(self) -> Task:
        """What kind of target it is; a metric on numbers makes a number of it."""
        target = self.work[self.roles.target]
        if self.claim.metric in ("r2", "mae", "rmse", "mape"):
            return "regression"
        if is_regression(target) and self.claim.metric not in ("accuracy", "balanced_accuracy", "f1_macro"):
            return "regression"
        return "binary" if len(self.classes) == 2 else "multiclass"

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The classes of the target, sorted; those of the work set and of the sealed rows."""
        both = pd.concat([self.work[self.roles.target], self.sealed[self.roles.target]], ignore_index=True)
        return tuple(sorted(str(word) for word in texts(both).unique()))

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Columns that a model may use: known at prediction time, and neither target, name, time nor group."""
        out = {self.roles.target, self.roles.identifier, self.roles.time, self.roles.group, *self.roles.after_outcome}
        return tuple(str(name) for name in self.work.columns if name not in out)

    @cached_property
    def encoder(self) -> Encoder:
        return Encoder.learn(self.work, self.features)

    @cached_property
    def x_work(self) -> Encoded:
        """The work set's usable columns as numbers."""
        return self.encoder.encode(self.work)

    @cached_property
    def x_sealed(self) -> Encoded:
        """The sealed rows' usable columns as numbers, by what the work set knows."""
        return self.encoder.encode(self.sealed)

    @cached_property
    def y_work(self) -> NDArray[Any]:
        """The work set's target: class codes (positions in `classes`), or numbers."""
        return self.coded(self.work[self.roles.target])

    @cached_property
    def y_sealed(self) -> NDArray[Any]:
        """The sealed rows' target, as in `y_work`."""
        return self.coded(self.sealed[self.roles.target])

    @cached_property
    def fits(self) -> Fits:
        """The engine's own models of this material, each fitted once."""
        from provefirst.checks.fits import Fits

        return Fits(self)

    def coded(self, target: pd.Series[Any]) -> NDArray[Any]:
        """A target as class codes or as numbers."""
        if self.task == "regression":
            return target.to_numpy(dtype=np.float64)
        return np.asarray(pd.Index(self.classes).get_indexer(pd.Index(texts(target))))

    @property
    def positive_code(self) -> int:
        """The class code of the positive class; NotApplicableError where there is none."""
        if self.roles.positive not in self.classes:
            raise NotApplicableError("the target has no two classes of which one is looked for")
        return self.classes.index(str(self.roles.positive))

    @property
    def greater_is_better(self) -> bool:
        return self.claim.metric not in LESS_IS_BETTER

    @property
    def level(self) -> float:
        """The one-sided error probability of each look."""
        return self.claim.alpha / self.claim.looks

    def bound_by_plan(self, *, is_met: bool) -> Level:
        """The level of a finding that a gate may stand on: what is exploratory passes none."""
        return Level.PASSED if is_met and not self.exploratory else Level.FAILED

    @property
    def told_if_exploratory(self) -> dict[str, str]:
        """What such a finding says besides, where it is exploratory."""
        return {"exploratory": self.exploratory} if self.exploratory else {}

    def claimed(self) -> Pairs:
        """Truth and the claimed model's answers on the sealed rows, as the metric wants them."""
        if self.answers is None:
            raise MissingError("look: no predictions for the sealed rows yet")
        return in_form(self.claim.metric, self.sealed[self.roles.target], self.answers, self.roles.positive)

    def paired(self, answers: Answers, *, on_work: NDArray[Any] | None = None) -> Pairs:
        """Truth and a fitted model's answers, as the metric wants them, on the sealed rows or on these work rows."""
        frame = self.sealed if on_work is None else self.work.iloc[on_work]
        return in_form(self.claim.metric, frame[self.roles.target], self.as_given(answers), self.roles.positive)

    def as_given(self, answers: Answers) -> pd.DataFrame:
        """A fitted model's answers in the form of a predictions file."""
        if self.task == "regression" or answers.chances is None:
            value = answers.value
            words = value if self.task == "regression" else np.asarray(self.classes, dtype=object)[value]
            return pd.DataFrame({"prediction": words})
        given = pd.DataFrame(
            {"prediction": pd.Series(np.asarray(self.classes, dtype=object)[answers.value], dtype="str")}
        )
        if self.roles.positive in self.classes:
            given["score"] = answers.chances[:, self.classes.index(str(self.roles.positive))]
        if self.task == "multiclass":
            given = given.assign(**{f"{SCORE_OF}{word}": answers.chances[:, n] for n, word in enumerate(self.classes)})
        return given

    def sample(self, n: int, most: int = SAMPLE) -> NDArray[np.intp]:
        """Positions of at most `most` of `n` rows, in order, by the seed."""
        if n <= most:
            return np.arange(n)
        return np.sort(np.random.default_rng(self.seed).choice(n, size=most, replace=False))

    def need(self, column: str | None, what: str) -> str:
        """The column's name where there is one; NotApplicableError where none was named."""
        if column is None:
            raise NotApplicableError(f"no {what} column is named")
        return column


def registered(case: Case) -> Material:
    """The material of an initiative from its registration, preregistration and newest look."""
    submission = case.submission(Kind.DATA_REGISTRATION)
    registration = case.document(DataRegistration)
    preregistration = case.document(Preregistration)
    derived = submission.derived
    work = read_table(case.read(registration.work), where="work set")
    labels = read_table(case.read(derived["labels"]), where="labels")
    sealed = read_table(case.read(registration.sealed_features), where="sealed rows")
    sealed[registration.target] = labels["truth"].to_numpy()
    claim = Claim(
        metric=preregistration.metric,
        goal=preregistration.goal,
        margin=preregistration.margin,
        alpha=preregistration.alpha,
        looks=preregistration.looks,
        model_class=preregistration.model_class,
        subgroups=preregistration.subgroups,
    )
    roles = Roles(
        target=registration.target,
        identifier=registration.identifier,
        time=derived.get("time"),
        group=derived.get("group"),
        known_at=MappingProxyType({column.name: column.known_at for column in registration.columns}),
        sensitive=tuple(preregistration.subgroups),
        positive=derived.get("positive"),
    )
    return Material(
        work=work,
        sealed=sealed[list(work.columns)],
        roles=roles,
        claim=claim,
        split=registration.split,
        blindness=registration.blindness,
        seed=registration.seed,
        exploratory=exploratory(case.initiative),
        answers=_looked(case, labels),
    )


def _looked(case: Case, labels: pd.DataFrame) -> pd.DataFrame | None:
    """The newest look's predictions in the order of the sealed rows; it was scored, so its ids fit."""
    look = case.initiative.current(Kind.LOOK)
    if look is None:
        return None
    given = read_table(case.read(look.content["predictions"]), where="predictions")
    given = given.set_index(pd.Index(texts(given["id"])))
    return given.reindex(pd.Index(texts(labels["id"]))).reset_index(drop=True)
