import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from provefirst.checks.asking import Question
from provefirst.checks.assessment import Assessment, assess
from provefirst.checks.assessment_page import html
from provefirst.errors import InvalidInputError
from tests.checks.cases import shop

PROMISED = "verdict metric goal estimate interval baseline split blindness rows rows_needed findings seconds".split()


def asked(frame: pd.DataFrame, goal: float | str = 0.8, **more: object) -> Assessment:
    return assess(frame, Question("y", goal, **more))  # type: ignore[arg-type]


def levels(found: Assessment) -> dict[str, str]:
    return {one.code: one.level.value for one in found.findings}


def rated(rows: int = 1500) -> pd.DataFrame:
    """Orders of a shop, weak signal; the rating is given after delivery, by customers who kept the order."""
    generator = np.random.default_rng(3)
    frame = shop(rows, noise=8.0)
    return frame.assign(rating=(3 * frame["y"] + generator.normal(2, 0.5, rows)).clip(1, 5))


def test_a_clear_signal_is_feasible_at_a_goal_below_it() -> None:
    assert asked(shop(2000)).verdict == "feasible"


def test_noise_is_not_feasible() -> None:
    frame = shop(2000).assign(y=np.random.default_rng(1).integers(0, 2, 2000))
    assert asked(frame).verdict == "not_feasible"


def test_a_few_rows_at_the_goal_are_inconclusive_and_say_how_many_would_tell() -> None:
    found = asked(shop(200), goal=0.85)
    assert found.verdict == "inconclusive"
    assert found.rows_needed is not None
    assert found.rows_needed > 60


def test_an_undeclared_post_outcome_column_is_suspected_and_keeps_the_verdict_open() -> None:
    found = asked(rated(), goal=0.85)
    assert (found.verdict, levels(found)["PF201"]) == ("inconclusive", "failed")
    assert found.next[0].startswith("Ask the data owner when rating is known")


def test_a_declared_post_outcome_column_is_refused_to_every_model_and_the_verdict_is_honest() -> None:
    found = asked(rated(), goal=0.85, post_outcome=("rating",))
    assert (found.verdict, levels(found)["PF201"]) == ("not_feasible", "passed")


def test_a_column_said_to_be_known_before_is_believed() -> None:
    found = asked(rated(), goal=0.85, known_at={"rating": "before"})
    assert (found.verdict, levels(found)["PF201"]) == ("feasible", "passed")


def test_json_has_every_key_that_is_promised_and_nothing_that_is_no_json() -> None:
    told = json.loads(asked(shop(500)).dumps(), parse_constant=pytest.fail)
    assert set(PROMISED) <= set(told)
    assert set(told["findings"][0]) == {"code", "level", "measured", "limit", "message"}


def test_the_same_seed_gives_the_same_bytes_but_for_the_seconds() -> None:
    first, second = (re.sub(r'"seconds": [\d.]+', "", asked(shop(600)).dumps()) for _ in range(2))
    assert first == second


def test_another_seed_seals_other_rows() -> None:
    assert asked(shop(600)).estimate != asked(shop(600), seed=5).estimate


def test_the_newest_rows_are_sealed_where_a_date_is_found() -> None:
    frame = shop(600).assign(order_date=pd.date_range("2024-01-01", periods=600))
    assert asked(frame).split == {"by": "time", "time": "order_date", "group": None}


def test_whole_persons_are_sealed_where_a_person_is_found() -> None:
    frame = shop(600).assign(customer_id=lambda f: f.index // 5)
    assert asked(frame).split == {"by": "group", "time": None, "group": "customer_id"}


def test_a_date_of_birth_is_no_time() -> None:
    frame = shop(600).assign(birth_date=pd.date_range("1950-01-01", periods=600))
    assert asked(frame).split["by"] == "stratified"


def test_time_is_not_looked_for_where_there_is_said_to_be_none() -> None:
    frame = shop(600).assign(order_date=pd.date_range("2024-01-01", periods=600))
    assert asked(frame, time="none").split["by"] == "stratified"


def test_a_goal_may_be_what_the_simple_way_out_reaches_and_something_more() -> None:
    found = asked(shop(1500), goal="baseline+0.02")
    assert round(found.goal - float(found.baseline["score"]), 9) == 0.02


@pytest.mark.parametrize("metric", ["r2", "mae", "rmse", "mape"])
def test_quantities_are_assessed(metric: str) -> None:
    frame = shop(600).assign(y=lambda f: 90 + 10 * f["a"] + 9 * f["b"] + 4 * f["c"])
    goal = {"r2": 0.8, "mae": 5.0, "rmse": 5.0, "mape": 0.2}[metric]
    assert asked(frame, goal=goal, metric=metric).verdict == "feasible"


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "f1_macro"])
def test_many_classes_are_assessed(metric: str) -> None:
    frame = shop(900).assign(
        y=lambda f: pd.cut(f["a"] + f["c"], [-9, -0.5, 0.5, 9], labels=["S", "M", "L"]).astype(str)
    )
    assert asked(frame, goal=0.8, metric=metric).verdict == "feasible"


@pytest.mark.parametrize("metric", ["average_precision", "log_loss", "brier"])
def test_chances_are_assessed(metric: str) -> None:
    goal = {"average_precision": 0.8, "log_loss": 0.55, "brier": 0.2}[metric]
    assert asked(shop(1500), goal=goal, metric=metric).verdict == "feasible"


def test_the_page_needs_nothing_from_elsewhere_and_nothing_in_it_is_run() -> None:
    frame = shop(500).rename(columns={"colour": "<script>alert(1)</script>"})
    found = assess(frame, Question("y", 0.8), is_drawing=True)
    page = html(found, name="<b>orders</b>.csv")
    assert "<script" not in page
    assert "<b>orders" not in page
    assert re.findall(r'(?:src|href)="(?!#)[^"]*', page) == []
    assert page.count("<svg") == len(found.plots) > 4


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"target": "z"}, "target: 'z'"),
        ({"goal": 1.5}, "goal"),
        ({"goal": "soon"}, "goal"),
        ({"goal": "nan"}, "goal"),
        ({"metric": "acuracy"}, "did you mean 'accuracy'"),
        ({"metric": "r2x"}, "metric"),
        ({"time": "dya"}, "time"),
        ({"group": "x"}, "group"),
        ({"positive": "7"}, "positive"),
        ({"known_at": {"a": "sometimes"}}, "known-at a"),
        ({"known_at": {"q": "before"}}, "known-at q"),
        ({"post_outcome": ("q",)}, "post-outcome q"),
        ({"sensitive": ("q",)}, "sensitive q"),
        ({"alpha": 0.0}, "alpha"),
        ({"looks": 0}, "looks"),
        ({"seed": -1}, "seed"),
        ({"post_outcome": ("a", "b", "c", "colour")}, "at least one column known before the outcome"),
    ],
)
def test_a_question_that_can_not_be_asked_is_refused_by_name(changes: dict[str, object], told: str) -> None:
    question: dict[str, object] = {"target": "y", "goal": 0.8}
    with pytest.raises(InvalidInputError, match=re.escape(told)):
        assess(shop(200), Question(**(question | changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (shop(200).assign(y=None), "0 rows with a target"),
        (shop(200).assign(y=1), "1 distinct value"),
        (shop(1), "1 rows with a target"),
        (shop(200).assign(y=[f"c{n}" for n in range(200)]), "200 different values"),
        (shop(200).assign(y=pd.date_range("2024-01-01", periods=200)), "a date"),
    ],
)
def test_a_table_without_a_usable_target_is_refused(frame: pd.DataFrame, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        asked(frame)


def test_rows_without_a_target_are_left_out_and_counted() -> None:
    frame = shop(600).astype({"y": "float64"})
    frame.loc[:49, "y"] = np.nan
    assert asked(frame).rows["without_target"] == 50


def test_strange_columns_do_not_stop_it() -> None:
    generator = np.random.default_rng(1)
    frame = shop(600).assign(
        empty=None,
        infinite=np.inf,
        huge=1e300,
        big=[10**15 + n for n in range(600)],
        words=[f"w{n}" for n in generator.integers(0, 10**6, 600)],
        mixed=[n if n % 2 else f"n{n}" for n in range(600)],
        formula=["=cmd|'/c calc'!A1"] * 600,
        bidi=["\u202eevil"] * 600,
        flag=[n % 3 == 0 for n in range(600)],
        moment=pd.date_range("2024-01-01", periods=600, tz="Europe/Berlin"),
    )
    found = asked(frame)
    assert {code for code, level in levels(found).items() if level == "crashed"} == set()


def test_a_file_and_a_frame_are_assessed_alike(tmp_path: Path) -> None:
    frame = shop(500)
    frame.to_csv(tmp_path / "orders.csv", index=False)
    frame.to_parquet(tmp_path / "orders.parquet", index=False)
    question = Question("y", 0.8)
    estimates = {assess(tmp_path / name, question).estimate for name in ("orders.csv", "orders.parquet")}
    assert estimates == {assess(frame, question).estimate}
    assert assess(f"file://{tmp_path}/orders.csv", question).estimate in estimates


def flowers(rows: int = 900) -> pd.DataFrame:
    """Three kinds, told by two columns nearly always."""
    generator = np.random.default_rng(8)
    kind = generator.integers(0, 3, rows)
    frame = pd.DataFrame(generator.normal(size=(rows, 4)), columns=list("abcd"))
    frame["a"], frame["b"] = frame["a"] + 3 * (kind == 1), frame["b"] + 3 * (kind == 2)
    return frame.assign(y=np.array(["setosa", "versicolor", "virginica"])[kind])


@pytest.mark.parametrize(
    ("metric", "goal"), [("roc_auc", 0.9), ("average_precision", 0.8), ("log_loss", 0.5), ("brier", 0.15)]
)
def test_chances_of_three_classes_reach_a_goal(metric: str, goal: float) -> None:
    found = asked(flowers(), goal=goal, metric=metric)
    assert (found.verdict, found.metric) == ("feasible", metric)
    assert "crashed" not in levels(found).values()


ALL_METRICS = {
    "y": ["roc_auc", "average_precision", "accuracy", "balanced_accuracy", "f1_macro", "log_loss", "brier"],
    "spent": ["r2", "mae", "rmse", "mape"],
}


@pytest.mark.parametrize(("target", "metric"), [(t, m) for t, several in ALL_METRICS.items() for m in several])
def test_every_metric_can_be_asked_for_with_a_margin_above_the_baseline(target: str, metric: str) -> None:
    frame = shop(400).assign(spent=lambda f: 50 + 5 * f.select_dtypes("number").iloc[:, 0])
    found = assess(frame, Question(target, "baseline+0.01", metric=metric, time="none"))
    sign = -1 if metric in ("log_loss", "brier", "mae", "rmse", "mape") else 1
    assert 0.01 - 1e-9 <= sign * (found.goal - found.baseline["score"]) < 0.03
    assert "crashed" not in levels(found).values()
