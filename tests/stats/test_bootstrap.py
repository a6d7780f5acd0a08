"""The BCa bootstrap: right values, honest intervals, quick on many rows."""

import time

import numpy as np
import pytest
from scipy import special, stats
from sklearn import metrics as sk

from provefirst.stats import bootstrap, metrics
from provefirst.stats.bootstrap import bca_interval
from tests.stats.simulation import least

LABELS = ("accuracy", "balanced_accuracy", "f1_macro", "f1", "precision", "recall", "specificity", "matthews")
THEIRS = {
    "mape": sk.mean_absolute_percentage_error,
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "f1_macro": lambda y, p: sk.f1_score(y, p, average="macro"),
    "f1": sk.f1_score,
    "precision": sk.precision_score,
    "recall": sk.recall_score,
    "specificity": lambda y, p: sk.recall_score(y, p, pos_label=0),
    "matthews": sk.matthews_corrcoef,
    "roc_auc": sk.roc_auc_score,
    "average_precision": sk.average_precision_score,
    "log_loss": sk.log_loss,
    "brier": sk.brier_score_loss,
    "rmse": sk.root_mean_squared_error,
    "mse": sk.mean_squared_error,
    "mae": sk.mean_absolute_error,
    "r2": sk.r2_score,
}


def rows_for(name, generator, n, separation=1.5):
    """Truth and prediction of the kind a metric wants."""
    if name in ("rmse", "mse", "mae", "mape", "r2"):
        fitted = generator.normal(size=n)
        return 100.0 + fitted + generator.normal(size=n) * 0.5, 100.0 + fitted
    labels = (generator.random(n) < 0.4).astype(int)
    chance = special.expit(separation * (generator.normal(separation * labels) - separation / 2) - 0.4)
    return labels, (chance > 0.5).astype(int) if name in LABELS else np.round(chance, 2)


def test_an_unknown_metric_is_refused_with_the_nearest_known_one():
    with pytest.raises(ValueError, match="did you mean 'brier'"):
        bca_interval("briar", [0, 1], [0.1, 0.9], seed=1)


@pytest.mark.parametrize(
    ("metric", "truth", "prediction", "problem"),
    [
        ("f1", [0, 1, 2], [0, 1, 1], "truth: 2.0"),
        ("brier", [0, 1], [0.5, 1.5], "prediction: 1.5"),
        ("rmse", [1.0, 2.0], [1.0], "prediction: '1 rows'"),
        ("rmse", [1.0, np.inf], [1.0, 1.0], "truth: inf"),
        ("r2", [3.0, 3.0], [1.0, 2.0], "truth: 3.0"),
        ("average_precision", [1, 1], [0.1, 0.2], "truth: '2 positives of 2'"),
        ("accuracy", [], [], "truth: 'an array of shape"),
        ("accuracy", [0, 1], ["0", "1"], "prediction: '0' is not accepted: one of 0, 1"),
        ("f1_macro", ["a", "b"], ["A", "B"], "prediction: 'A'"),
        ("balanced_accuracy", np.array(["a", "b"], dtype=object), np.array([3, 4], dtype=object), "prediction: 3"),
    ],
)
def test_rows_a_metric_cannot_be_computed_from_are_refused(metric, truth, prediction, problem):
    with pytest.raises(ValueError, match=problem):
        bca_interval(metric, truth, prediction, seed=1)


def test_a_metric_undefined_on_most_resamples_is_refused():
    score = metrics.Weights(50, lambda weights: np.where(weights[:, 0] == 1, 0.5, np.nan))
    with pytest.raises(ValueError, match="undefined on"):
        bootstrap.bca(score, metrics.metric("roc_auc"), 1, seed=1)


def test_every_metric_is_the_one_scikit_learn_computes():
    assert set(metrics.metric_names()) == set(THEIRS)
    for name, theirs in THEIRS.items():
        truth, prediction = rows_for(name, np.random.default_rng(1), 500)
        ours = metrics.value(metrics.prepare(name, truth, prediction))
        assert ours == pytest.approx(theirs(truth, prediction), abs=1e-12), name


@pytest.mark.parametrize("name", ["average_precision", "roc_auc", "r2", "f1"])
def test_a_resampled_value_is_the_metric_of_the_rows_drawn(name):
    truth, prediction = rows_for(name, np.random.default_rng(2), 200)
    score = metrics.prepare(name, truth, prediction)
    drawn = next(bootstrap.counts(200, 3, np.random.default_rng(3)))
    resampled = score.weigh(drawn) if isinstance(score, metrics.Weights) else score.combine(drawn @ score.rows)
    rows = [np.repeat(np.arange(200), counts.astype(int)) for counts in drawn]
    assert resampled == pytest.approx([THEIRS[name](truth[r], prediction[r]) for r in rows], abs=1e-9)


@pytest.mark.parametrize("name", ["rmse", "r2", "average_precision"])
def test_the_limits_agree_with_scipys_bca(name):
    truth, prediction = rows_for(name, np.random.default_rng(4), 150)
    theirs = stats.bootstrap(
        (truth, prediction),
        THEIRS[name],
        paired=True,
        vectorized=False,
        n_resamples=1500,
        rng=np.random.default_rng(5),
    ).confidence_interval
    ours = bca_interval(name, truth, prediction, seed=6, resamples=20_000)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.12 * ours.width)


@pytest.mark.parametrize("name", ["mae", "rmse", "r2", "f1", "brier", "log_loss", "average_precision"])
def test_the_interval_covers_the_truth_nearly_as_often_as_promised(name):
    """BCa's coverage error is of order 1/n: 0.02 is allowed for it at n = 200, beside the simulation's own error."""
    trials = 250
    truth = metrics.value(metrics.prepare(name, *rows_for(name, np.random.default_rng(7), 400_000)))
    generator = np.random.default_rng(8)
    found = [bca_interval(name, *rows_for(name, generator, 200), seed=s, resamples=500) for s in range(trials)]
    assert np.mean([truth in interval for interval in found]) >= least(0.93, trials)


@pytest.mark.parametrize("name", ["rmse", "f1", "r2", "average_precision"])
def test_twenty_thousand_rows_take_seconds(name):
    truth, prediction = rows_for(name, np.random.default_rng(9), 20_000)
    started = time.perf_counter()
    assert bca_interval(name, truth, prediction, seed=1).width > 0.0
    assert time.perf_counter() - started < 10.0


def test_a_seed_gives_the_same_interval_again_and_another_one_nearly_the_same():
    rows = rows_for("rmse", np.random.default_rng(10), 300)
    first, again, other = (bca_interval("rmse", *rows, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert (other.low, other.high) == pytest.approx((first.low, first.high), abs=0.15 * first.width)


def test_a_smaller_alpha_draws_more_resamples():
    rows = rows_for("rmse", np.random.default_rng(11), 60)
    assert bca_interval("rmse", *rows, seed=1, alpha=0.001).method == "bca bootstrap, 20000 resamples"


def test_one_sided_limits_leave_the_other_end_open():
    rows = rows_for("rmse", np.random.default_rng(12), 60)
    both, lower = (
        bca_interval("rmse", *rows, seed=1, alpha=0.1),
        bca_interval("rmse", *rows, seed=1, alpha=0.05, side="lower"),
    )
    assert lower.low == pytest.approx(both.low)
    assert lower.high == float("inf")


@pytest.mark.parametrize("name", ["f1", "brier", "average_precision", "r2", "rmse"])
def test_perfect_predictions_are_not_certain(name):
    truth = np.repeat([0.0, 1.0], [40, 20])
    found = bca_interval(name, truth, truth, seed=1)
    assert found.width > 0.03
    assert found.estimate in found
    if name in ("f1", "average_precision"):
        assert found.low == pytest.approx(0.025 ** (1 / 20))
    if name == "rmse":
        assert (found.low, found.high) == (0.0, float("inf"))


def test_leaving_out_blocks_gives_the_acceleration_of_leaving_out_rows():
    truth, prediction = rows_for("roc_auc", np.random.default_rng(13), 4000)
    score, generator = metrics.prepare("roc_auc", truth, prediction), np.random.default_rng(14)
    blocks = bootstrap.jackknife(score, generator)
    assert blocks.size == 400
    exact = np.concatenate([score.weigh(1.0 - np.eye(4000)[i : i + 100]) for i in range(0, 4000, 100)])
    assert bootstrap._acceleration(blocks) == pytest.approx(bootstrap._acceleration(exact), abs=0.01)


def test_the_difference_of_a_model_and_itself_is_nothing():
    rows = rows_for("average_precision", np.random.default_rng(15), 100)
    score = metrics.prepare("average_precision", *rows)
    assert metrics.value(metrics.difference(score, score)) == 0.0


def test_two_different_metrics_have_no_difference():
    generator = np.random.default_rng(16)
    sums, weights = (metrics.prepare(name, *rows_for(name, generator, 50)) for name in ("brier", "roc_auc"))
    with pytest.raises(ValueError, match="second: 'Weights'"):
        metrics.difference(sums, weights)
