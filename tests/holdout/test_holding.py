import threading
from collections.abc import Iterator
from pathlib import Path

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
from provefirst.lifecycle.submitting import attach, submit
from provefirst.lifecycle.viewing import digests
from provefirst.stages import Stage
from tests import world
from tests.world import World, done


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    made = World.make(tmp_path / "home")
    yield made
    made.workspace.store.engine.dispose()


def orders(rows: int = 300, seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame({"order": [f"o{n}" for n in range(rows)], "a": generator.normal(size=rows).round(6)})
    frame["day"] = pd.date_range("2025-01-01", periods=rows, freq="D").strftime("%Y-%m-%d")
    return frame.assign(size=np.where(frame["a"] > 0, "L", "M"))


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def request(**changes: object) -> Registration:
    fields: dict[str, object] = {"name": "Orders of 2025", "target": "size", "identifier": "order"}
    return Registration.model_validate(fields | changes)


def ready(here: World, **prereg: object) -> str:
    """An initiative at data analysis with a preregistration."""
    key = here.bring_to(here.open(), Stage.DATA_ANALYSIS)
    done(submit(here.workspace, key, Kind.PREREGISTRATION, world.preregistration(**prereg), by="dana"))
    return key


def registered(here: World, key: str, frame: pd.DataFrame, **changes: object) -> Submission:
    done(register_data(here.workspace, key, request(**changes), csv(frame), by="hans"))
    found = here.initiative(key).current(Kind.DATA_REGISTRATION)
    assert found is not None
    return found


def rows_of(here: World, submission: Submission, name: str) -> pd.DataFrame:
    return read_table(here.workspace.blobs.get(submission.content[name]))


def predictions(frame: pd.DataFrame, features: pd.DataFrame, wrong: int = 0) -> bytes:
    """Right answers for the sealed rows, but for the first `wrong`."""
    truth = frame.set_index("order")["size"].reindex(features["order"]).to_numpy()
    truth[:wrong] = np.where(truth[:wrong] == "L", "M", "L")
    return csv(pd.DataFrame({"id": features["order"].to_numpy(), "prediction": truth}))


def reasons(answer: Answer) -> str:
    assert isinstance(answer, Refused), answer
    return "; ".join(answer.reasons)


def test_what_is_sealed_goes_out_without_its_answers(here: World) -> None:
    frame, key = orders(), ready(here)
    submission = registered(here, key, frame)
    work, sealed = rows_of(here, submission, "work"), rows_of(here, submission, "sealed_features")
    assert list(work.columns) == ["order", "a", "day", "size"]
    assert list(sealed.columns) == ["order", "a", "day"]
    assert sorted([*work["order"], *sealed["order"]]) == sorted(frame["order"])


def test_the_sealed_labels_are_handed_out_by_no_way(here: World) -> None:
    key = ready(here)
    submission = registered(here, key, orders())
    labels = submission.derived["labels"]
    assert labels in withheld(here.initiative(key))
    assert labels not in digests(here.initiative(key))
    answer = attach(
        here.workspace, key, Kind.ANALYSIS_REPORT, world.analysis(), by="dana", attachments={"mine.csv": labels}
    )
    assert reasons(answer) == "a file of what is sealed can't be submitted as one's own"


def test_guessed_labels_can_not_be_told_by_their_digest(here: World) -> None:
    first, second = ready(here), ready(here)
    digests = {registered(here, key, orders()).derived["labels"] for key in (first, second)}
    assert len(digests) == 2


def test_a_data_scientist_registers_nothing(here: World) -> None:
    key = ready(here)
    assert "dana is not data owner" in reasons(register_data(here.workspace, key, request(), csv(orders()), by="dana"))


def test_the_newest_rows_are_sealed_where_there_is_a_time(here: World) -> None:
    submission = registered(here, ready(here), orders(), time="day")
    assert submission.content["split"] == "time"
    assert rows_of(here, submission, "work")["day"].max() < rows_of(here, submission, "sealed_features")["day"].min()


def test_a_holdout_is_sealed_where_nobody_had_access(here: World) -> None:
    assert registered(here, ready(here), orders()).content["blindness"] == "sealed"


def test_a_holdout_that_a_data_scientist_had_seen_is_only_declared(here: World) -> None:
    key = ready(here)
    assert registered(here, key, orders(), had_access=("dana",)).content["blindness"] == "declared"


def test_a_claim_to_be_sealed_is_held_against_what_is_known(here: World) -> None:
    key = ready(here)
    answer = register_data(
        here.workspace, key, request(blindness="sealed", had_access=("dana",)), csv(orders()), by="hans"
    )
    assert "sealed is claimed, but dana had access before" in reasons(answer)


def test_rows_are_prospective_only_where_they_are_newer_than_the_preregistration(here: World) -> None:
    newer = orders()
    assert registered(here, ready(here), newer, time="day").content["blindness"] == "sealed"
    newer["day"] = pd.date_range("2026-03-03", periods=300, freq="D").strftime("%Y-%m-%d")
    assert registered(here, ready(here), newer, time="day").content["blindness"] == "prospective"


def test_newer_rows_are_not_prospective_once_their_answers_were_given_out(here: World) -> None:
    newer = orders()
    newer["day"] = pd.date_range("2026-03-03", periods=300, freq="D").strftime("%Y-%m-%d")
    elsewhere = ready(here, metric="r2", goal=0.1)
    registered(here, elsewhere, newer, target="a", time="day")
    assert registered(here, ready(here), newer, time="day").content["blindness"] == "declared"


def test_newer_rows_are_not_prospective_to_whoever_had_them_before(here: World) -> None:
    newer = orders()
    newer["day"] = pd.date_range("2026-03-03", periods=300, freq="D").strftime("%Y-%m-%d")
    assert registered(here, ready(here), newer, time="day", had_access=("dana",)).content["blindness"] == "declared"


def test_a_look_gives_verdict_and_interval_and_what_it_cost(here: World) -> None:
    frame, key = orders(), ready(here, looks=2)
    features = rows_of(here, registered(here, key, frame), "sealed_features")
    done(look(here.workspace, key, predictions(frame, features, wrong=9), by="dana"))
    submission = here.initiative(key).current(Kind.LOOK)
    assert submission is not None
    told = dict(submission.derived)
    assert (told["verdict"], told["estimate"], told["n"], told["looks_left"]) == ("inconclusive", 0.9, 90, 1)
    assert (told["alpha_spent"], told["blindness"]) == (0.025, "sealed")


def test_after_the_last_look_the_set_is_burnt(here: World) -> None:
    frame, key = orders(), ready(here)
    features = rows_of(here, registered(here, key, frame), "sealed_features")
    done(look(here.workspace, key, predictions(frame, features), by="dana"))
    assert "1 of 1 looks are spent: the sealed set is burnt" in reasons(
        look(here.workspace, key, predictions(frame, features, wrong=1), by="dana")
    )


def test_looks_are_counted_under_races(here: World) -> None:
    frame, key = orders(), ready(here, looks=3)
    features = rows_of(here, registered(here, key, frame), "sealed_features")
    answers: list[Answer] = []

    def one(wrong: int) -> None:
        answers.append(look(here.workspace, key, predictions(frame, features, wrong), by="dana"))

    threads = [threading.Thread(target=one, args=(wrong,)) for wrong in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(answer, Done) for answer in answers) == 3
    looks = [s.content["number"] for s in here.initiative(key).submissions if s.kind is Kind.LOOK]
    assert looks == [1, 2, 3]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda given: given.iloc[1:], "without a prediction"),
        (lambda given: pd.concat([given, given.iloc[:1]]), "more than once"),
        (lambda given: given.assign(id=given["id"].replace(given["id"].iloc[0], "o999")), "'o999' not sealed"),
        (lambda given: given.rename(columns={"id": "order"}), "columns id and prediction"),
    ],
)
def test_predictions_that_do_not_fit_cost_no_look(here: World, change: object, told: str) -> None:
    frame, key = orders(), ready(here)
    features = rows_of(here, registered(here, key, frame), "sealed_features")
    given = read_table(predictions(frame, features))
    with pytest.raises(InvalidInputError, match=told):
        look(here.workspace, key, csv(change(given)), by="dana")  # type: ignore[operator]
    assert here.initiative(key).current(Kind.LOOK) is None


def test_a_look_needs_preregistration_and_registration(here: World) -> None:
    key = here.bring_to(here.open(), Stage.DATA_ANALYSIS)
    assert reasons(look(here.workspace, key, b"id,prediction\n1,1\n", by="dana")) == (
        "preregistration: not submitted, and a look needs it first; "
        "data_registration: not submitted, and a look needs it first"
    )


def test_sealed_rows_never_reappear_in_a_later_work_set(here: World) -> None:
    key = ready(here)
    first = registered(here, key, orders(300))
    more = pd.concat([orders(300), orders(200, seed=1).assign(order=[f"n{n}" for n in range(200)])])
    second = registered(here, key, more, seed=7)
    sealed_before = set(rows_of(here, first, "sealed_features")["order"])
    worked_before = set(rows_of(here, first, "work")["order"])
    assert sealed_before <= set(rows_of(here, second, "sealed_features")["order"])
    assert worked_before <= set(rows_of(here, second, "work")["order"])


def test_rows_whose_looks_are_spent_are_neither_sealed_nor_worked_on_again(here: World) -> None:
    frame, key = orders(), ready(here)
    first = registered(here, key, frame)
    features = rows_of(here, first, "sealed_features")
    done(look(here.workspace, key, predictions(frame, features), by="dana"))
    more = pd.concat([frame, orders(200, seed=1).assign(order=[f"n{n}" for n in range(200)])])
    second = registered(here, key, more)
    assert second.derived["left_out"] == 90
    again = {*rows_of(here, second, "sealed_features")["order"], *rows_of(here, second, "work")["order"]}
    assert again & set(features["order"]) == set()
    done(look(here.workspace, key, predictions(more, rows_of(here, second, "sealed_features")), by="dana"))


def test_the_same_rows_again_leave_nothing_to_look_at(here: World) -> None:
    frame, key = orders(), ready(here)
    features = rows_of(here, registered(here, key, frame), "sealed_features")
    done(look(here.workspace, key, predictions(frame, features), by="dana"))
    with pytest.raises(InvalidInputError, match="rows that are new to be sealed"):
        register_data(here.workspace, key, request(seed=9), csv(frame), by="hans")


@pytest.mark.parametrize(
    ("frame", "changes", "told"),
    [
        (orders(), {"target": "siez"}, "did you mean 'size'"),
        (orders(), {"identifier": "a1"}, "a column of the data"),
        (orders().assign(size="L"), {}, "at least two different values"),
        (pd.concat([orders(), orders()]), {}, "an identifier of its own"),
        (orders().assign(size=lambda f: f["size"].where(f.index > 3)), {}, "4 rows without a value"),
        (orders(), {"known_at": {"colour": "before"}}, "known_at"),
        (orders(), {"time": "order"}, "a date, a time or a number"),
        (orders(), {"positive": "XL"}, "a value of size"),
    ],
)
def test_data_that_can_not_be_registered_is_refused_by_name(
    here: World, frame: pd.DataFrame, changes: dict[str, object], told: str
) -> None:
    key = ready(here)
    with pytest.raises(InvalidInputError, match=told):
        register_data(here.workspace, key, request(**changes), csv(frame), by="hans")


def test_a_look_scores_the_chances_of_three_classes(here: World) -> None:
    generator = np.random.default_rng(2)
    frame = orders().assign(size=generator.choice(["S", "M", "L"], 300))
    key = ready(here, metric="log_loss", goal=1.0)
    features = rows_of(here, registered(here, key, frame), "sealed_features")
    truth = frame.set_index("order")["size"].reindex(features["order"]).to_numpy()
    said = pd.DataFrame({"id": features["order"], "prediction": truth})
    sure = np.where(np.arange(len(truth)) % 2, 0.8, 0.7)
    chances = {f"score:{size}": np.where(truth == size, sure, (1 - sure) / 2) for size in "SML"}
    with pytest.raises(InvalidInputError, match="no column score:L"):
        look(here.workspace, key, csv(said.assign(**{"score:S": 0.5, "score:M": 0.5})), by="dana")
    done(look(here.workspace, key, csv(said.assign(**chances)), by="dana"))
    found = here.initiative(key).current(Kind.LOOK)
    assert found is not None
    assert (found.derived["verdict"], found.derived["estimate"]) == (
        "feasible",
        pytest.approx(-(np.log(0.8) + np.log(0.7)) / 2),
    )
