"""Registering data: by URL, and what is known of rows that were registered before, whoever registered them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from provefirst.errors import InvalidInputError
from provefirst.evidence import Kind
from provefirst.holdout.tables import read_table
from provefirst.initiative import Submission
from provefirst.lifecycle.act import Answer, Done, Refused
from provefirst.lifecycle.holding import Registration, look, register_data
from provefirst.lifecycle.registered import withheld
from tests.evidence.studies import csv, orders, prepared, registered
from tests.world import World, done

ABOUT = {"name": "Orders", "target": "size", "identifier": "order"}


def data(here: World, key: str) -> Submission:
    found = here.initiative(key).current(Kind.DATA_REGISTRATION)
    assert found is not None
    return found


def rows(here: World, key: str, part: str) -> set[str]:
    return set(read_table(here.workspace.blobs.get(data(here, key).content[part]))["order"])


def answers(here: World, key: str, frame: pd.DataFrame) -> bytes:
    ids = sorted(rows(here, key, "sealed_features"))
    said = frame.set_index("order")["size"].reindex(ids)
    return csv(pd.DataFrame({"id": ids, "prediction": said.to_numpy()}))


def looked(here: World, key: str, frame: pd.DataFrame) -> Answer:
    return look(here.workspace, key, answers(here, key, frame), by="dana")


def test_the_same_rows_on_another_initiative_stay_on_their_side(here: World) -> None:
    frame, first, second = orders(), prepared(here), prepared(here)
    registered(here, first, frame)
    registered(here, second, frame.sample(frac=1, random_state=1), seed=99)
    assert rows(here, first, "work") == rows(here, second, "work")


def test_of_a_superset_on_another_initiative_no_sealed_row_is_handed_out_with_its_answer(here: World) -> None:
    frame, first, second = orders(), prepared(here), prepared(here)
    registered(here, first, frame)
    registered(here, second, pd.concat([frame, orders(200, seed=5, start=300)]), seed=99)
    assert rows(here, first, "sealed_features") <= rows(here, second, "sealed_features")
    assert rows(here, first, "work") <= rows(here, second, "work")


def test_another_target_gives_no_sealed_answer_away(here: World) -> None:
    frame, first, second = orders(), prepared(here), prepared(here, metric="r2", goal=0.1)
    registered(here, first, frame)
    registered(here, second, frame, target="height", known_at={})
    assert rows(here, first, "sealed_features") == rows(here, second, "sealed_features")
    assert data(here, second).content["blindness"] == "declared"


def test_a_target_put_right_is_no_new_row(here: World) -> None:
    frame, first, second = orders(), prepared(here), prepared(here)
    registered(here, first, frame)
    registered(here, second, frame.assign(size=lambda f: f["size"].where(f.index > 50, "M")), seed=99)
    assert rows(here, first, "sealed_features") == rows(here, second, "sealed_features")


def test_looks_on_another_initiative_count(here: World) -> None:
    frame, first, second = orders(), prepared(here, looks=2), prepared(here, looks=2)
    registered(here, first, frame)
    registered(here, second, frame)
    done(looked(here, first, frame))
    found = looked(here, second, frame)
    assert isinstance(found, Done)
    assert data_of_look(here, second)["looks_left"] == 0
    refused = looked(here, first, frame)
    assert isinstance(refused, Refused)
    assert "2 of 2 looks are spent" in refused.reasons[0]


def test_looks_on_two_initiatives_at_once_are_counted_together(any_world: World) -> None:
    frame = orders()
    keys = [prepared(any_world, looks=2) for _ in range(2)]
    for key in keys:
        registered(any_world, key, frame)
    files = {key: answers(any_world, key, frame) for key in keys}
    found: list[Answer] = []

    def one(key: str) -> None:
        found.append(look(any_world.workspace, key, files[key], by="dana"))

    threads = [threading.Thread(target=one, args=(key,)) for key in keys * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(answer, Done) for answer in found) == 2
    assert sum(isinstance(answer, Refused) for answer in found) == 4


def data_of_look(here: World, key: str) -> dict[str, object]:
    found = here.initiative(key).current(Kind.LOOK)
    assert found is not None
    return dict(found.derived)


def test_an_initiative_opened_anew_gives_no_new_looks_on_burnt_rows(here: World) -> None:
    frame, first, second = orders(), prepared(here), prepared(here)
    registered(here, first, frame)
    done(looked(here, first, frame))
    request = Registration.model_validate(ABOUT)
    with pytest.raises(InvalidInputError, match="rows that are new to be sealed"):
        register_data(here.workspace, second, request, csv(frame), by="hans")


def test_rows_burnt_for_one_target_are_sealed_still_for_another(here: World) -> None:
    frame, first, second = orders(), prepared(here), prepared(here, metric="r2", goal=0.1)
    registered(here, first, frame)
    done(looked(here, first, frame))
    registered(here, second, frame, target="height", known_at={})
    assert data(here, second).derived["left_out"] == 0


def test_other_rows_with_the_same_names_are_other_rows(here: World) -> None:
    first, second = prepared(here), prepared(here)
    registered(here, first, orders(seed=1))
    registered(here, second, orders(seed=2))
    assert rows(here, first, "work") & rows(here, second, "sealed_features")
    assert data(here, second).content["blindness"] == "sealed"
    assert np.intersect1d(hashes(here, first), hashes(here, second)).size == 0


def hashes(here: World, key: str) -> np.ndarray:
    return np.frombuffer(here.workspace.blobs.get(data(here, key).derived["sealed_hashes"]), dtype=np.uint64)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.assign(extra=f["age"] * 2),
        lambda f: f.drop(columns="age"),
        lambda f: f.rename(columns={"height": "h", "weight": "w"}),
        lambda f: pd.concat([f, orders(200, seed=5, start=300)]).drop(columns="weight"),
        lambda f: f.sample(150, random_state=2).assign(extra=1.0),
    ],
)
def test_no_sealed_row_is_handed_out_under_other_columns(
    here: World, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    frame, first, second = orders(), prepared(here), prepared(here)
    registered(here, first, frame)
    changed = change(frame)
    registered(here, second, changed, seed=99, known_at={})
    kept, again = rows(here, first, "sealed_features"), set(changed["order"])
    assert kept & again <= rows(here, second, "sealed_features")
    assert rows(here, first, "work") & again <= rows(here, second, "work")


def test_looks_count_under_other_columns_and_another_name_of_the_target(here: World) -> None:
    frame, first, second = orders(), prepared(here, looks=2), prepared(here, looks=2)
    registered(here, first, frame)
    other = frame.drop(columns="age").rename(columns={"size": "grade"})
    registered(here, second, other, target="grade", known_at={})
    assert data(here, second).derived["target_was"] == ["size"]
    done(looked(here, first, frame))
    done(looked(here, second, other.rename(columns={"grade": "size"})))
    assert data_of_look(here, second)["looks_left"] == 0


def test_burnt_rows_stay_burnt_under_other_columns(here: World) -> None:
    frame, first, second = orders(), prepared(here), prepared(here)
    registered(here, first, frame)
    done(looked(here, first, frame))
    request = Registration.model_validate(ABOUT)
    with pytest.raises(InvalidInputError, match="rows that are new to be sealed"):
        register_data(here.workspace, second, request, csv(frame.assign(extra=2.5 * frame["age"])), by="hans")


def test_what_recognises_rows_is_kept_back(here: World) -> None:
    key = prepared(here)
    registered(here, key, orders())
    assert data(here, key).derived["marks"] in withheld(here.initiative(key))


@pytest.mark.parametrize(("dropped", "padding"), [(["note", "age"], 0), (["note"], 3000)])
def test_no_row_changes_its_side_by_whether_its_sealed_answer_was_guessed(
    here: World, dropped: list[str], padding: int
) -> None:
    frame, first, second = orders().drop(columns=dropped), prepared(here), prepared(here, metric="r2", goal=0.1)
    registered(here, first, frame, known_at={})
    kept = rows(here, first, "sealed_features")
    guessed = frame.assign(size=frame["size"].where(~frame["order"].isin(kept), "L"))
    rubbish = frame.iloc[[0] * padding].assign(
        order=[f"x{n}" for n in range(padding)], height=np.arange(padding) % 7 / 3, weight=9.5, size="S"
    )
    registered(here, second, pd.concat([guessed, rubbish]), target="height", known_at={}, share=0.05)
    assert kept <= rows(here, second, "sealed_features")
