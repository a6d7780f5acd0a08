import numpy as np
import pandas as pd
import pytest

from provefirst.checks.registry import find, run
from provefirst.evidence import Kind
from provefirst.findings import Finding, Level
from tests.checks.cases import case_with
from tests.world import replication, source


def replicated(
    right: int, rows: int, code: str, *, reported: float = 0.975, n: int = 569, **changes: object
) -> Finding:
    """Our own figure of `right` in `rows` against a reported one."""
    truth = np.arange(rows) % 2
    said = np.where(np.arange(rows) < right, truth, 1 - truth)
    content = pd.DataFrame({"id": range(rows), "truth": truth, "prediction": said}).to_csv(index=False).encode()
    document = replication(original=source(reported=reported, rows=n), reference_rate=0.627, **changes)
    return run(find(code), case_with(Kind.REPLICATION_REPORT, document, {"predictions": content}), {})


def test_a_figure_near_the_reported_one_is_predicted() -> None:
    assert replicated(550, 569, "PF501").level is Level.PASSED


def test_a_figure_far_below_the_reported_one_is_not_predicted() -> None:
    assert replicated(500, 569, "PF501").level is Level.FAILED


def test_a_better_figure_than_predicted_passes() -> None:
    assert replicated(569, 569, "PF501", reported=0.7, n=2000).level is Level.PASSED


def test_an_original_that_is_a_mean_over_folds_says_less() -> None:
    once, folds = replicated(550, 569, "PF501"), replicated(550, 569, "PF501", original_splits=10)
    width = [found.limit["predicted_high"] - found.limit["predicted_low"] for found in (once, folds)]  # type: ignore[operator]
    assert round(width[1] / width[0], 6) == round((1 + 10 / 9) ** 0.5, 6)


def test_a_sceptic_is_convinced_by_a_strong_replication() -> None:
    assert replicated(550, 569, "PF502").level is Level.PASSED


def test_a_sceptic_is_not_convinced_by_guessing() -> None:
    assert replicated(360, 569, "PF502").level is Level.FAILED


def test_a_small_replication_does_not_convince() -> None:
    assert replicated(8, 10, "PF502").level is Level.FAILED


def test_without_predictions_nothing_is_replicated() -> None:
    found = run(find("PF501"), case_with(Kind.REPLICATION_REPORT, replication()), {})
    assert (found.level, found.message) == (
        Level.SKIPPED,
        "replication_report: no file 'predictions' is attached",
    )


def test_the_own_figure_comes_from_the_predictions_and_carries_interval_and_rows() -> None:
    found = replicated(550, 569, "PF501")
    assert (found.measured["own"], found.measured["n"]) == (550 / 569, 569)
    assert "n = 569" in found.message


def test_a_metric_without_a_common_scale_is_not_applicable() -> None:
    document = replication(original=source(metric="mae", reported=3.0))
    found = run(find("PF501"), case_with(Kind.REPLICATION_REPORT, document, {"predictions": b"id\n1"}), {})
    assert found.level is Level.NOT_APPLICABLE


def test_an_auc_is_replicated_on_its_own_scale() -> None:
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 2, 400)
    scores = pd.DataFrame(
        {"id": range(400), "truth": truth, "prediction": truth, "score": truth + generator.normal(size=400)}
    )
    document = replication(original=source(metric="roc_auc", reported=0.76, rows=500))
    case = case_with(Kind.REPLICATION_REPORT, document, {"predictions": scores.to_csv(index=False).encode()})
    found = run(find("PF501"), case, {})
    assert (found.level, found.measured["scale"]) == (Level.PASSED, "logit auc")


def test_doubled_ids_can_not_swell_a_replication() -> None:
    content = b"id,truth,prediction\n1,0,0\n1,0,0\n"
    found = run(find("PF501"), case_with(Kind.REPLICATION_REPORT, replication(), {"predictions": content}), {})
    assert found.level is Level.CRASHED
    assert "each id once" in found.message


def test_a_strong_replication_speaks_for_the_reported_effect() -> None:
    assert replicated(550, 569, "PF503").level is Level.PASSED


def test_guessing_speaks_against_the_reported_effect() -> None:
    found = replicated(357, 569, "PF503")
    assert (found.level, float(found.measured["bayes_factor"]) < 1 / 3) == (Level.WARNING, True)  # type: ignore[arg-type]


def test_an_effect_of_nearly_the_reported_size_is_as_large() -> None:
    assert replicated(550, 569, "PF504").level is Level.PASSED


def test_an_effect_of_less_than_half_the_reported_size_is_told() -> None:
    assert replicated(440, 569, "PF504").level is Level.WARNING


def mode_of(**changes: object) -> Finding:
    return run(find("PF505"), case_with(Kind.REPLICATION_REPORT, replication(**changes)), {})


def test_a_replication_as_near_as_the_source_allows_passes() -> None:
    assert mode_of(mode="public_data").level is Level.PASSED


def test_a_reformulation_where_the_data_is_public_is_told() -> None:
    assert mode_of(mode="reformulated").level is Level.WARNING


def test_public_code_that_nobody_published_fails() -> None:
    assert mode_of(mode="public_code").level is Level.FAILED


def test_deviations_are_told() -> None:
    assert mode_of(mode="public_data", deviations=("another scaling",)).level is Level.WARNING


@pytest.mark.parametrize(("scale", "figure"), [("r", 0.8), ("d", 2.667), ("odds_ratio", 126.0)])
def test_an_original_that_reported_an_effect_is_compared_as_d(scale: str, figure: float) -> None:
    """Three ways to say nearly the same effect, which our 550 of 569 keeps."""
    sizes = replicated(550, 569, "PF504", reported=figure, reported_as=scale)
    assert sizes.measured["original_d"] == pytest.approx(2.667, abs=0.01)
    assert sizes.measured["original_r"] == pytest.approx(0.8, abs=0.01)
    predicted = replicated(550, 569, "PF501", reported=figure, reported_as=scale)
    assert (predicted.measured["scale"], sizes.level) == ("d", Level.PASSED)


@pytest.mark.parametrize(("scale", "figure"), [("r", 1.0), ("r", -1.2), ("odds_ratio", 0.0)])
def test_an_effect_that_can_not_be_is_refused(scale: str, figure: float) -> None:
    with pytest.raises(ValueError, match=r"original\.reported"):
        replication(original=source(reported=figure), reported_as=scale)
