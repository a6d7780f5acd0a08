"""Rows are known again whatever was done to the columns of their table, and other rows are not mistaken for them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from provefirst.holdout.recognising import Before, Kin, all_values, brings_to_mind, marks, recognise
from provefirst.holdout.sealing import Plan

PLAN = Plan(target="size", identifier="order")
Change = Callable[[pd.DataFrame], pd.DataFrame]


def orders(rows: int = 400, seed: int = 0) -> pd.DataFrame:
    g = np.random.default_rng(seed)
    frame = pd.DataFrame({"order": [f"o{n}" for n in range(rows)]})
    frame["day"] = pd.date_range("2025-01-01", periods=rows, freq="D").strftime("%Y-%m-%d")
    frame["height"], frame["weight"] = g.normal(170, 9, rows).round(3), g.normal(70, 9, rows).round(3)
    frame["colour"], frame["age"] = g.choice(["red", "blue", "green"], rows), g.integers(18, 90, rows)
    return frame.assign(size=np.where(g.random(rows) > 0.5, "L", "M"), shop="north")


def before(frame: pd.DataFrame, plan: Plan = PLAN) -> Before:
    return Before(frame, np.arange(len(frame)) < len(frame) * 0.3, plan)


def found(frame: pd.DataFrame, registered: pd.DataFrame, plan: Plan = PLAN) -> Kin | None:
    """What is recognised of `frame`, as it would be: only where it is brought to mind at all."""
    then = before(registered)
    if not brings_to_mind(all_values(frame, plan), marks(registered, PLAN)):
        return None
    return recognise(frame, plan, then)


CHANGES: dict[str, Change] = {
    "a column added": lambda f: f.assign(noise=np.random.default_rng(9).normal(size=len(f))),
    "many columns added": lambda f: f.assign(
        **{f"n{n}": np.random.default_rng(n).normal(size=len(f)) for n in range(30)}
    ),
    "a column dropped": lambda f: f.drop(columns="weight"),
    "all but one telling column dropped": lambda f: f[["order", "height", "size"]],
    "columns reordered": lambda f: f[f.columns[::-1]],
    "columns renamed": lambda f: f.rename(columns={"height": "h", "weight": "w", "colour": "c", "age": "a"}),
    "rows reordered": lambda f: f.sample(frac=1, random_state=1).drop(columns="age"),
    "rows renamed": lambda f: f.assign(order=[f"x{n}" for n in range(len(f))], extra=1.0 * f["age"] ** 2),
    "one column changed": lambda f: f.assign(weight=(f["weight"] * 2.2).round(1)),
    "answers put right": lambda f: f.assign(size=f["size"].where(f.index > 40, "M"), extra=f["age"] / 7),
    "numbers as text": lambda f: f.assign(age=f["age"].astype("str"), extra=1).astype({"colour": "str"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_rows_are_known_again_whatever_was_done_to_their_columns(name: str) -> None:
    frame = orders()
    kin = found(CHANGES[name](frame), frame)
    assert kin is not None
    assert (int(kin.sealed.sum()), int(kin.worked.sum())) == (120, 280)
    assert kin.is_same_target


def test_of_a_subset_each_row_is_known_again() -> None:
    frame = orders(4000)
    part = frame.sample(100, random_state=3).drop(columns="age")
    kin = found(part, frame)
    assert kin is not None
    assert list(kin.sealed) == list(part.index < 1200)


def test_of_a_superset_only_the_rows_that_were_there_are_known_again() -> None:
    frame = orders()
    more = pd.concat([orders(3000, seed=5), frame], ignore_index=True).assign(extra=lambda f: f["age"] / 3)
    kin = found(more, frame)
    assert kin is not None
    assert (int(kin.sealed[-400:].sum()), int(kin.worked[-400:].sum())) == (120, 280)
    assert not (kin.sealed | kin.worked)[:-400].any()


OTHERS: dict[str, Change] = {
    "the same kind of rows": lambda f: orders(len(f), seed=7),
    "only a constant": lambda f: orders(len(f), seed=7)[["order", "size"]].assign(shop="north"),
    "only few classes": lambda f: orders(len(f), seed=7)[["order", "size", "colour", "age"]],
    "only days": lambda f: f[["order", "day", "size"]].assign(
        size=np.where(np.random.default_rng(3).random(len(f)) > 0.5, "L", "M")
    ),
    "days and a running number": lambda f: f[["order", "day", "size"]].assign(
        row=range(len(f)), size=np.where(np.random.default_rng(3).random(len(f)) > 0.5, "L", "M")
    ),
    "two columns that go together": lambda f: orders(len(f), seed=7).assign(
        tone=lambda g: g["colour"].str.upper(), size="M"
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_rows_are_not_mistaken_for_them(name: str) -> None:
    frame = orders().assign(row=range(400), tone=lambda f: f["colour"].str.upper())
    assert found(OTHERS[name](frame), frame) is None


def test_people_of_few_classes_are_not_the_same_people() -> None:
    def census(seed: int) -> pd.DataFrame:
        g = np.random.default_rng(seed)
        frame = pd.DataFrame({"order": range(5000), "age": g.integers(17, 90, 5000), "school": g.integers(1, 16, 5000)})
        frame["years"] = frame["school"] + 1
        return frame.assign(hours=g.integers(10, 80, 5000), size=np.where(g.random(5000) > 0.7, "L", "M"))

    assert found(census(1).assign(extra=1), census(2)) is None
    assert found(census(1).assign(extra=1), census(1)) is not None


def test_one_shared_column_makes_no_rows_the_same() -> None:
    frame = orders()
    other = frame[["order", "height"]].assign(grade=np.random.default_rng(3).integers(0, 2, len(frame)))
    assert found(other, frame, Plan(target="grade", identifier="order")) is None


def test_a_target_under_another_name_is_the_same_target() -> None:
    frame = orders()
    plan = Plan(target="grade", identifier="order")
    kin = found(frame.rename(columns={"size": "grade"}).drop(columns="age"), frame, plan)
    assert kin is not None
    assert kin.is_same_target


@pytest.mark.parametrize("recode", [lambda s: s.map({"L": 1, "M": 0}), lambda s: s.map({"L": "small", "M": "large"})])
def test_a_target_whose_classes_are_called_otherwise_is_the_same(recode: Callable[[pd.Series], pd.Series]) -> None:
    frame = orders()
    kin = found(frame.assign(grade=recode(frame["size"])).drop(columns="size"), frame, Plan("grade", "order"))
    assert kin is not None
    assert kin.is_same_target


def test_other_classes_of_the_same_rows_are_another_target_though_few_rows_can_tell() -> None:
    frame, g = orders().assign(size=lambda f: f["age"] % 9), np.random.default_rng(8)
    part = frame[100:145].assign(grade=g.integers(0, 9, 45)).drop(columns="size")
    kin = found(part, frame, Plan("grade", "order"))
    assert kin is not None
    assert not kin.is_same_target


def test_numbers_on_another_scale_are_the_same_target_and_others_are_not() -> None:
    frame = orders().assign(size=lambda f: f["height"] / 3 + f["age"])
    for values, is_same in ((frame["size"] * -2.54 + 7, True), (frame["weight"] * 1.1, False)):
        kin = found(frame.assign(grade=values).drop(columns="size"), frame, Plan("grade", "order"))
        assert kin is not None
        assert kin.is_same_target is is_same


def test_other_answers_to_the_same_rows_are_another_target_though_of_the_same_name() -> None:
    frame = orders()
    other = frame.assign(size=np.random.default_rng(4).permutation(frame["size"])).drop(columns="age")
    kin = found(other, frame)
    assert kin is not None
    assert (kin.is_same_target, kin.given_out) == (False, ())


def test_answers_that_were_given_out_as_a_column_are_told() -> None:
    frame = orders()
    plan = Plan(target="h", identifier="order")
    kin = found(frame.rename(columns={"height": "h"}).drop(columns="age"), frame, plan)
    assert kin is not None
    assert kin.given_out == ("height",)


GUESSES: dict[str, tuple[Change, Plan, bool]] = {
    "the same columns": (lambda f: f, PLAN, True),
    "a column added": (lambda f: f.assign(extra=1.5), PLAN, False),
    "one column and the answers": (lambda f: f[["order", "height", "size"]], PLAN, False),
    "another name": (lambda f: f.rename(columns={"size": "grade"}), Plan(target="grade", identifier="order"), True),
    "guesses as a column": (lambda f: f, Plan(target="age", identifier="order"), True),
}


@pytest.mark.parametrize("name", GUESSES)
def test_nothing_that_is_recognised_tells_whether_a_sealed_answer_was_guessed(name: str) -> None:
    change, plan, has_same_columns = GUESSES[name]
    frame, then = orders(), before(orders())
    flipped = frame["size"].map({"L": "M", "M": "L"})
    tables = [change(frame.assign(size=frame["size"].where(~then.sealed, said))) for said in (frame["size"], flipped)]
    right, wrong = (recognise(table, plan, then, has_same_columns=has_same_columns) for table in tables)
    assert right is not None
    assert wrong is not None
    assert [list(right.sealed), list(right.worked)] == [list(wrong.sealed), list(wrong.worked)]
    assert (right.is_same_target, right.given_out) == (wrong.is_same_target, wrong.given_out)


def test_sealed_rows_alone_are_taken_to_be_about_what_they_could_be_about() -> None:
    frame, then = orders(), before(orders())
    kept = frame[then.sealed].drop(columns="age")
    again, other = recognise(kept, PLAN, then), recognise(kept.assign(size=kept["weight"]), PLAN, then)
    assert again is not None
    assert other is not None
    assert (again.is_same_target, other.is_same_target) == (True, False)
