"""A study: tries on the work set, each logged on the ledger with a line, in process or over HTTP.

study = provefirst.connect(as_="dana").initiative("PF-12").study()
study.cross_validate(LogisticRegression(C=0.5), name="logistic, C=0.5")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from provefirst.documents.given import Given
from provefirst.errors import InvalidInputError
from provefirst.evidence import DataRegistration, Kind, Preregistration
from provefirst.initiative import Initiative, Submission
from provefirst.lifecycle.act import Answer, Refused
from provefirst.lifecycle.facts import Facts
from provefirst.tries import Logged, logged

if TYPE_CHECKING:
    from provefirst.checks.studying import WorkSet

AT_ONCE = 100
"""Runs of an experiment that one entry takes."""


class OnInitiative(Protocol):
    """What a study asks of a handle on an initiative; those in process and over HTTP both have it."""

    @property
    def key(self) -> str: ...
    def state(self) -> Initiative: ...
    def evidence(self, kind: Kind | str | None = None, *, version: int | None = None) -> Submission: ...
    def derived(self, submission: Submission) -> Facts: ...
    def file(self, digest: str) -> bytes: ...
    def submit(
        self,
        kind: Kind | str,
        given: Given,
        *,
        files: Mapping[str, bytes | Path] | None = None,
        expected: int | None = None,
    ) -> Answer: ...


@dataclass(frozen=True)
class Attempted:
    """A try as it was logged, or why it wasn't. `score` is that of its out-of-fold predictions; the sealed set has not
    been asked."""

    name: str
    metric: str
    score: float
    seconds: float
    answer: Answer

    def __bool__(self) -> bool:
        return bool(self.answer)

    def _repr_html_(self) -> str:
        if isinstance(self.answer, Refused):
            return _list(f"{self.name} was not logged", self.answer.reasons)
        number = len(logged(self.answer.initiative))
        told = f"{self.metric} {self.score:.4g} on the work set, out of fold, in {self.seconds:g} s"
        return f"<p><b>{escape(self.name)}</b>: {escape(told)} <small>(try {number} on the ledger)</small></p>"


@dataclass(frozen=True)
class Imported:
    """Runs of an experiment as they were logged: those with predictions, and those that could only be counted."""

    experiment: str
    with_predictions: int
    counted: int
    problems: tuple[str, ...]
    answers: tuple[Answer, ...]

    def __bool__(self) -> bool:
        return bool(self.answers) and all(self.answers)

    def _repr_html_(self) -> str:
        reasons = [reason for answer in self.answers if isinstance(answer, Refused) for reason in answer.reasons]
        told = f"{self.experiment}: {self.with_predictions} runs with predictions, {self.counted} counted only"
        return _list(told, (*reasons, *self.problems))


@dataclass(frozen=True)
class Study:
    """Everything that is tried on an initiative's work set. Every try counts, and none can be taken back."""

    on: OnInitiative = field(repr=False)

    @cached_property
    def work(self) -> WorkSet:
        """The work set: `frame`, `features`, `target`, `folds()`. UnknownError before data are registered."""
        from provefirst.checks.material import Roles
        from provefirst.checks.studying import WorkSet  # late: it imports pandas and scikit-learn

        submission, plan = self.on.evidence(Kind.DATA_REGISTRATION), self.on.evidence(Kind.PREREGISTRATION).document
        registration, derived = submission.document, self.on.derived(submission)
        assert isinstance(registration, DataRegistration)  # noqa: S101  # what their kinds say
        assert isinstance(plan, Preregistration)  # noqa: S101  # likewise
        roles = Roles(
            target=registration.target,
            identifier=registration.identifier,
            time=derived.get("time"),
            group=derived.get("group"),
            known_at={column.name: column.known_at for column in registration.columns},
            positive=derived.get("positive"),
        )
        return WorkSet.read(self.on.file(registration.work), roles, plan.metric, registration.seed)

    def tries(self) -> tuple[Logged, ...]:
        """Every try logged so far, by whomever, in order."""
        return logged(self.on.state())

    def cross_validate(
        self, estimator: Any, *, name: str | None = None, features: Sequence[str] | None = None, folds: int = 5
    ) -> Attempted:
        """Cross-validate a scikit-learn estimator on the work set in honest folds, and log the try.

        Its clones get the usable columns as a frame (or those of `features`) and the target as it is. What it raises is
        raised: it is not a try until it has predicted.
        """
        from provefirst.checks.studying import cross_validated, settings, timed

        chosen = None if features is None else tuple(features)
        said, seconds = timed(lambda: cross_validated(estimator, self.work, chosen, folds))
        return self.log_predictions(
            said, name=name or type(estimator).__name__, params=settings(estimator), seconds=seconds
        )

    def log_predictions(
        self, predictions: Any, *, name: str, params: Mapping[str, Any] | None = None, seconds: float = 0.0
    ) -> Attempted:
        """Log out-of-fold predictions of any framework: a frame, columns by name, bytes or a path (CSV, Parquet).

        Columns `id` and `prediction`, for two classes `score` (the chance of the positive one), for more `score:CLASS`;
        one row for each work row. InvalidInputError says what is wrong with them.
        """
        from provefirst.checks.studying import plain, written

        content = written(predictions)
        score = self.work.score(content, where=name)
        attempt = {
            "name": name,
            "params": plain(params or {}),
            "predictions": sha256(content).hexdigest(),
            "seconds": seconds,
        }
        answer = self.on.submit(Kind.TRIES, {"tries": [attempt]}, files={"predictions": content})
        return Attempted(name, self.work.metric, score, seconds, answer)

    def import_mlflow(
        self, experiment: str, *, tracking_uri: str | None = None, predictions: str = "predictions.csv"
    ) -> Imported:
        """Count every run of an MLflow experiment as a try, deleted ones too.

        A run with an artifact called `predictions` that fits the work set is logged with it; any other is counted
        only, and makes the best of the rest worth less.
        """
        from provefirst.client.mlflow_runs import runs_of

        known = {one.attempt.name for one in self.tries()}
        runs = [run for run in runs_of(experiment, tracking_uri, predictions) if run.name not in known]
        attempts: list[tuple[dict[str, Any], bytes | None]] = []
        problems = []
        for run in runs:
            content = run.predictions
            try:
                if content is not None:
                    self.work.score(content, where=run.name)
            except InvalidInputError as problem:
                content = None
                problems.append(f"{problem}")
            digest = None if content is None else sha256(content).hexdigest()
            attempt = {"name": run.name, "params": run.params, "predictions": digest, "seconds": run.seconds}
            attempts.append((attempt, content))
        answers = tuple(self._logged(attempts[n : n + AT_ONCE]) for n in range(0, len(attempts), AT_ONCE))
        with_predictions = sum(content is not None for _, content in attempts)
        counted = len(attempts) - with_predictions
        none_new = (Refused((f"every run of {experiment} is logged already, or it has none",)),)
        return Imported(experiment, with_predictions, counted, tuple(problems), answers or none_new)

    def _logged(self, attempts: Sequence[tuple[dict[str, Any], bytes | None]]) -> Answer:
        files = {f"predictions {n}": content for n, (_, content) in enumerate(attempts, start=1) if content is not None}
        return self.on.submit(Kind.TRIES, {"tries": [attempt for attempt, _ in attempts]}, files=files)

    def _repr_html_(self) -> str:
        """The tries as a table. Whatever came from outside is text in it, never markup."""
        head = "".join(f"<th>{name}</th>" for name in ("Try", "Name", "Parameters", "Seconds", "Predictions", "By"))
        rows = "".join(_row(number, one) for number, one in enumerate(self.tries(), start=1))
        title = f"{escape(self.on.key)}: every try logged so far" if rows else f"{escape(self.on.key)}: no try yet"
        return f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(number: int, one: Logged) -> str:
    params = ", ".join(f"{name} = {value}" for name, value in list(one.attempt.params.items())[:6])
    more = f" and {len(one.attempt.params) - 6} more" if len(one.attempt.params) > 6 else ""
    known = "counted only" if one.is_counted_only else "logged"
    cells = (str(number), one.attempt.name, params + more, f"{one.attempt.seconds:g}", known, one.by)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _list(title: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<p><b>{escape(title)}</b></p>{f'<ul>{items}</ul>' if items else ''}"
