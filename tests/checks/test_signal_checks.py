from dataclasses import replace

import pandas as pd

from provefirst.checks.material import Claim
from provefirst.findings import Level
from tests.checks.cases import answering, found, material, shop


def test_a_claim_whose_lower_bound_reaches_the_goal_is_feasible() -> None:
    assert found("PF300", answering(material(shop(1000)), right=0.86)).level is Level.PASSED


def test_a_claim_at_the_goal_is_inconclusive_and_closes_the_gate() -> None:
    answer = found("PF300", answering(material(shop(1000)), right=0.82))
    assert (answer.level, answer.measured["verdict"]) == (Level.FAILED, "inconclusive")
    assert answer.measured["rows_needed"] > 400  # type: ignore[operator]


def test_a_claim_whose_upper_bound_misses_the_goal_is_not_feasible() -> None:
    assert found("PF300", answering(material(shop(1000)), right=0.7)).measured["verdict"] == "not_feasible"


def test_more_looks_ask_for_more() -> None:
    given = answering(material(shop(1000)), right=0.84)
    assert found("PF300", given).level is Level.PASSED
    assert found("PF300", replace(given, claim=Claim("accuracy", 0.8, looks=50))).level is Level.FAILED


def test_a_policy_may_ask_for_a_blinder_holdout() -> None:
    given = answering(material(shop(1000)), right=0.9)
    assert found("PF300", given, least_blindness="sealed").level is Level.PASSED
    assert found("PF300", given, least_blindness="prospective").level is Level.FAILED


def test_a_verdict_carries_interval_rows_and_blindness() -> None:
    assert found("PF300", answering(material(shop(1000)), right=0.86)).message == (
        "feasible: accuracy 0.86 (0.828 to 0.888, n = 400, sealed holdout), goal 0.8"
    )


def test_without_a_look_there_is_no_verdict() -> None:
    assert found("PF300", material(shop(300))).level is Level.SKIPPED


def test_a_complex_claim_must_beat_the_best_simple_model() -> None:
    given = answering(material(shop(1000)), right=0.95)
    assert (found("PF301", given).level, found("PF301", given).measured["baseline"]) == (Level.PASSED, "shallow_tree")


def test_a_complex_claim_that_a_simple_model_equals_fails() -> None:
    given = answering(material(shop(1000)), right=0.74)
    assert found("PF301", given).level is Level.FAILED


def test_a_linear_claim_need_not_beat_itself() -> None:
    claim = Claim("accuracy", 0.8, model_class="linear")
    given = answering(material(shop(1000), claim=claim), right=0.74)
    assert (found("PF301", given).level, found("PF301", given).measured["baseline"]) == (Level.PASSED, "constant")


def test_the_margin_counts() -> None:
    given = answering(material(shop(1000)), right=0.9)
    assert found("PF301", given).level is Level.PASSED
    assert found("PF301", replace(given, claim=Claim("accuracy", 0.8, margin=0.3))).level is Level.FAILED


def test_yesterday_counts_where_rows_follow_each_other() -> None:
    frame = shop(800).assign(day=pd.date_range("2024-01-01", periods=800))
    frame["y"] = (frame.index // 40) % 2
    given = answering(material(frame, time="day"), right=0.9)
    answer = found("PF301", given)
    assert (answer.level, answer.measured["baseline"]) == (Level.FAILED, "persistence")


def test_last_week_counts_where_days_have_a_week() -> None:
    frame = shop(700).assign(day=pd.date_range("2024-01-01", periods=700))
    frame["y"] = (frame["day"].dt.day_of_week > 3).astype(int)
    answer = found("PF301", answering(material(frame, time="day"), right=0.9))
    assert (answer.measured["baseline"], answer.measured["baseline_score"]) == ("seasonal_persistence", 1.0)


def test_every_metric_is_compared_its_own_way() -> None:
    for metric in ("roc_auc", "average_precision", "balanced_accuracy", "f1_macro", "log_loss", "brier"):
        given = answering(material(shop(1000), claim=Claim(metric, 0.5), positive="1"), right=0.97)
        assert found("PF301", given).level is Level.PASSED, metric
