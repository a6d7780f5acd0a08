"""Tries by the SDK: each is an entry, none is taken back, and the correction for tries counts them all."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

import provefirst
from provefirst.accounts.tokens import Made, NewToken, create_token
from provefirst.api.app import create_app
from provefirst.checks.registry import Case, find, run
from provefirst.client import Client
from provefirst.client.study import Study
from provefirst.errors import InvalidInputError, UnknownError
from provefirst.evidence import Kind
from provefirst.findings import Finding, Level
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.entry_words import sentence
from provefirst.permissions import Scope
from tests.api.served import listening
from tests.evidence.studies import csv, orders, prepared, ready, registered
from tests.world import World, preregistration


def study(here: World, key: str, handle: str = "dana") -> Study:
    return Client(here.workspace, handle).initiative(key).study()


def correction(here: World, key: str) -> Finding:
    """What PF402 finds on the evidence as it stands."""
    return run(find("PF402"), Case(here.initiative(key), here.workspace.blobs.get, here.workspace.blobs.put), {})


def answers(study: Study, wrong: float = 0.0, seed: int = 0) -> pd.DataFrame:
    work = study.work.frame
    misses = np.random.default_rng(seed).random(len(work)) < wrong
    return pd.DataFrame({"id": work["order"], "prediction": work["size"].where(~misses, "M")})


def test_a_line_cross_validates_and_logs(here: World) -> None:
    dana = study(here, ready(here))
    tried = dana.cross_validate(LogisticRegression(C=0.5), name="logistic")
    assert tried
    assert tried.metric == "accuracy"
    assert 0.8 < tried.score < 1
    (logged,) = dana.tries()
    assert (logged.attempt.name, logged.by, logged.attempt.params["C"]) == ("logistic", "dana", 0.5)
    assert logged.attempt.seconds == tried.seconds > 0


def test_a_try_is_bound_to_the_preregistration_and_the_work_set(here: World) -> None:
    key = ready(here)
    study(here, key).cross_validate(LogisticRegression(), name="logistic")
    state = here.initiative(key)
    plan, data = state.current(Kind.PREREGISTRATION), state.current(Kind.DATA_REGISTRATION)
    (logged,) = study(here, key).tries()
    assert plan is not None
    assert data is not None
    assert (logged.preregistration, logged.work) == (plan.digest, data.content["work"])


class Peeking(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Remembers the columns and rows it was shown."""

    seen: list[tuple[list[str], int]] = []  # noqa: RUF012

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Peeking:
        self.classes_ = np.unique(y)
        self.seen.append((list(X.columns), len(X)))
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return np.full(len(X), "M")


def test_a_column_known_only_afterwards_is_not_shown_to_an_estimator(here: World) -> None:
    dana, Peeking.seen = study(here, ready(here)), []
    dana.cross_validate(Peeking(), name="peeking", folds=3)
    assert Peeking.seen == [(["height", "weight", "age"], 140)] * 3
    with pytest.raises(InvalidInputError, match="known before the outcome"):
        dana.cross_validate(Peeking(), name="cheating", features=["note"])


def test_persons_stay_together_in_the_folds(here: World) -> None:
    key, frame = prepared(here), orders()
    registered(here, key, frame.assign(person=np.arange(300) // 5), group="person")
    work = study(here, key).work
    assert (pd.Series(work.folds()).groupby(work.frame["person"]).nunique() == 1).all()


def test_the_correction_counts_every_try_that_was_ever_logged(here: World) -> None:
    key = ready(here, goal=0.75)
    dana = study(here, key)
    for seed in range(5):
        dana.cross_validate(DummyClassifier(strategy="uniform", random_state=seed), name=f"guess {seed}")
    dana.cross_validate(LogisticRegression(), name="logistic")
    found = correction(here, key)
    assert (found.measured["tries"], found.level) == (6, Level.PASSED)


def test_a_try_can_not_be_logged_away_by_logging_another(here: World) -> None:
    key = ready(here)
    dana = study(here, key)
    for name, wrong in (("first", 0.0), ("second", 0.5), ("third", 0.3)):
        assert dana.log_predictions(answers(dana, wrong), name=name)
    again = dana.log_predictions(answers(dana), name="first")
    assert isinstance(again.answer, Refused)
    assert again.answer.reasons == ("every try in it is logged already",)
    assert [one.attempt.name for one in dana.tries()] == ["first", "second", "third"]
    assert correction(here, key).measured["tries"] == 3


def test_predictions_of_any_framework_are_taken_as_columns_file_or_path(here: World, tmp_path: Path) -> None:
    dana = study(here, ready(here))
    frame = answers(dana, 0.1)
    (tmp_path / "said.csv").write_bytes(csv(frame))
    said = {"a table": frame, "columns": dict(frame), "bytes": csv(frame), "a path": tmp_path / "said.csv"}
    scores = {dana.log_predictions(given, name=name).score for name, given in said.items()}
    assert len(scores) == 1


Change = Callable[[pd.DataFrame], object]
UNFIT: dict[str, Change] = {
    "without a prediction": lambda f: f.iloc[1:],
    "more than once": lambda f: pd.concat([f, f.head(1)]),
    "no work row": lambda f: f.assign(id=[*f["id"][:-1], "nobody"]),
    "columns id and prediction": lambda f: f.drop(columns="prediction"),
    "a prediction for each row": lambda f: f.assign(prediction=None),
    "a table with columns id and prediction": lambda f: 7,
    "a file that can be read": lambda f: Path("nowhere.csv"),
}


@pytest.mark.parametrize("problem", UNFIT)
def test_predictions_that_do_not_fit_are_refused_and_cost_nothing(here: World, problem: str) -> None:
    dana = study(here, ready(here))
    with pytest.raises(InvalidInputError, match=problem):
        dana.log_predictions(UNFIT[problem](answers(dana)), name="odd one")
    assert dana.tries() == ()


def test_by_the_verb_itself_predictions_must_be_attached_and_fit(here: World) -> None:
    key = ready(here)
    handle = Client(here.workspace, "dana").initiative(key)
    whole, short = csv(answers(handle.study())), csv(answers(handle.study()).iloc[1:])
    here.workspace.blobs.put(whole)
    one, other = ({"tries": [{"name": "mine", "predictions": sha256(c).hexdigest()}]} for c in (whole, short))
    here.workspace.blobs.put(short)
    for document in (one, other):  # not even looked at: what is wrong with a file of somebody's would tell of it
        assert handle.submit("tries", document) == Refused(("mine: its predictions are not attached",))
    with pytest.raises(InvalidInputError, match="without a prediction"):
        handle.submit("tries", other, files={"short.csv": short})


def test_a_try_waits_for_a_preregistration_and_predictions_for_data(here: World) -> None:
    key = prepared(here)
    handle = Client(here.workspace, "dana").initiative(key)
    with pytest.raises(UnknownError, match="data_registration"):
        handle.study().cross_validate(LogisticRegression(), name="too early")
    content = b"id,prediction\n1,M\n"
    early = {"tries": [{"name": "early", "predictions": sha256(content).hexdigest()}]}
    assert handle.submit("tries", early, files={"early.csv": content}) == Refused(
        ("data_registration: not submitted, and predictions are of the rows of its work set",)
    )


def test_tries_on_a_work_set_that_was_replaced_are_told_and_not_scored(here: World) -> None:
    key = ready(here)
    study(here, key).cross_validate(LogisticRegression(), name="before")
    registered(here, key, orders(360, seed=9))
    study(here, key).cross_validate(LogisticRegression(), name="after")
    found = correction(here, key)
    assert [found.measured[name] for name in ("tries", "counted", "earlier")] == [1, 0, 1]
    assert "1 were of an earlier work set" in found.message


def test_no_try_is_undone_by_registering_its_rows_anew(here: World) -> None:
    key, frame = ready(here), orders()
    for seed in range(5):
        study(here, key).cross_validate(DummyClassifier(strategy="uniform", random_state=seed), name=f"guess {seed}")
    registered(here, key, pd.concat([frame, orders(60, seed=9, start=300)]))
    study(here, key).cross_validate(LogisticRegression(), name="logistic")
    study(here, key).cross_validate(DummyClassifier(strategy="uniform", random_state=0), name="guess 0")
    found = correction(here, key)
    assert [found.measured[name] for name in ("tries", "counted", "earlier")] == [2, 4, 1]
    assert found.measured["bound"] is not None


def test_somebody_without_the_part_logs_nothing(here: World) -> None:
    key = ready(here)
    dana = study(here, key)
    refused = study(here, key, "olga").log_predictions(answers(dana), name="mine")
    assert isinstance(refused.answer, Refused)
    assert "was not logged" in refused._repr_html_()


def test_a_notebook_shows_tries_as_a_table_and_names_as_text(here: World) -> None:
    dana = study(here, ready(here))
    tried = dana.log_predictions(answers(dana), name="<script>alert(1)</script>", params={"a": "<i>"})
    shown = tried._repr_html_() + dana._repr_html_()
    assert "<script>" not in shown
    assert "<i>" not in shown
    assert shown.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_three_classes_and_numbers_are_studied_alike(here: World) -> None:
    frame = orders().assign(size=lambda f: np.where(f["age"] > 0.5, "S", f["size"]))
    three = study(here, ready(here, frame=frame, metric="log_loss", goal=1.0))
    assert three.cross_validate(LogisticRegression(), name="three sizes").score < 0.9
    numbers = study(here, ready(here, frame=orders().assign(size=lambda f: f["height"] * 2 + f["age"]), metric="mae"))
    assert numbers.cross_validate(LinearRegression(), name="line").score < 0.01


def test_over_http_a_study_is_the_same(here: World) -> None:
    key = ready(here)
    made = create_token(here.workspace, NewToken(name="notebook", scopes=frozenset(Scope)), by="dana")
    assert isinstance(made, Made)
    with listening(create_app(here.workspace)) as url, provefirst.connect(url, token=made.secret) as client:
        away = client.initiative(key).study()
        tried = away.cross_validate(LogisticRegression(), name="from afar")
        assert tried
        assert [one.attempt.name for one in away.tries()] == ["from afar"]
        assert tried.score == study(here, key).cross_validate(LogisticRegression(), name="from here").score
    assert correction(here, key).measured["tries"] == 2


def test_an_amended_preregistration_says_what_it_amends_and_how_many_tries_were_known(here: World) -> None:
    key = ready(here)
    handle = Client(here.workspace, "dana").initiative(key)
    first = handle.evidence("preregistration")
    assert dict(first.derived) == {}
    assert handle.submit("preregistration", preregistration(margin=0.01))
    assert handle.evidence("preregistration").derived == {
        "amends": first.digest, "changed": ["margin"], "tries_seen": 0, "looks_seen": 0,
    }  # fmt: skip
    handle.study().cross_validate(LogisticRegression(), name="logistic")
    second = handle.evidence("preregistration")
    assert handle.submit("preregistration", preregistration(margin=0.02))
    assert (handle.evidence("preregistration").derived["amends"], handle.evidence("preregistration").version) == (
        second.digest,
        second.version + 2,
    )
    told = sentence(handle.history()[-1], "EUR")
    assert told == "amended preregistration (margin), after 1 try, at data analysis, attempt 1"
    assert handle.study().tries()[0].preregistration == second.digest
