"""The best of many tries, with the choosing paid for."""

import numpy as np
import pytest

from provefirst.stats.tries import bbc_cv
from tests.stats.simulation import least


def null_models(generator, rows, models):
    """Labels and predictions with nothing to do with them."""
    return generator.integers(0, 2, rows), generator.integers(0, 2, (rows, models))


@pytest.mark.parametrize(
    ("truth", "predictions", "options", "problem"),
    [
        (np.zeros(20), np.zeros(20), {}, "predictions: 'an array of shape"),
        (np.zeros(9), np.zeros((9, 3)), {}, "n >= 10"),
        (np.zeros(21), np.zeros((20, 3)), {}, "predictions: '20 rows'"),
        (np.zeros(20), np.zeros((20, 3)), {"resamples": 10}, "resamples: 10"),
        (np.zeros(20), np.zeros((20, 3)), {"alpha": 0.0}, r"alpha: 0\.0"),
        (np.zeros(20), np.zeros((20, 3)), {"seed": -1}, "seed: -1"),
    ],
)
def test_tries_that_cannot_be_corrected_are_refused(truth, predictions, options, problem):
    with pytest.raises(ValueError, match=problem):
        bbc_cv("accuracy", truth, predictions, **{"seed": 1, **options})


@pytest.mark.parametrize(("rows", "naive", "corrected"), [(40, 0.717, 0.507), (100, 0.639, 0.508), (500, 0.561, 0.500)])
def test_the_best_of_two_hundred_models_that_know_nothing_is_a_coin(rows, naive, corrected):
    """The reference figures are means over some repetitions, as these are; so each is met within both errors.

    The naive value is the mean maximum of 200 binomials, whose spread over data sets is about .02 at 40 rows; the
    corrected one spreads by about .2 / sqrt(rows).
    """
    generator, repeats = np.random.default_rng(1), 60
    found = [bbc_cv("accuracy", *null_models(generator, rows, 200), seed=s, resamples=200) for s in range(repeats)]
    assert np.mean([best.naive for best in found]) == pytest.approx(naive, abs=0.006)
    mean, spread = (
        np.mean([best.corrected.estimate for best in found]),
        np.std([best.corrected.estimate for best in found]),
    )
    assert mean == pytest.approx(0.5, abs=4 * spread / np.sqrt(repeats))
    assert mean == pytest.approx(corrected, abs=0.02)


def test_one_good_model_among_many_is_found_and_hardly_corrected():
    generator = np.random.default_rng(2)
    truth, predictions = null_models(generator, 500, 50)
    predictions[:, 17] = np.where(generator.random(500) < 0.9, truth, 1 - truth)
    found = bbc_cv("accuracy", truth, predictions, seed=1)
    assert (found.best, found.tries, found.corrected.n) == (17, 50, 500)
    assert abs(found.optimism) < 0.005
    assert found.corrected.low > 0.85


def test_a_single_try_needs_no_correction():
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 2, 300)
    prediction = np.where(generator.random(300) < 0.7, truth, 1 - truth)
    found = bbc_cv("accuracy", truth, prediction[:, np.newaxis], seed=1)
    assert found.optimism == pytest.approx(0.0, abs=0.003)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "f1", "rmse", "log_loss"])
def test_choosing_makes_every_metric_look_better_than_it_is(metric):
    generator = np.random.default_rng(4)
    truth, predictions = null_models(generator, 80, 30)
    if metric not in ("f1",):
        predictions = np.clip(generator.normal(0.5, 0.2, predictions.shape), 0.01, 0.99)
    found = bbc_cv(metric, truth, predictions, seed=1, resamples=300)
    assert found.optimism > 0.0
    is_loss = metric in ("rmse", "log_loss")
    assert (found.naive < found.corrected.estimate) == is_loss
    assert found.corrected.low <= found.corrected.estimate <= found.corrected.high


def test_a_score_of_ones_own_gives_what_the_named_metric_gives():
    truth, predictions = null_models(np.random.default_rng(5), 100, 20)
    named = bbc_cv("accuracy", truth, predictions, seed=1)
    own = bbc_cv(lambda y, p: (y[:, np.newaxis] == p).mean(axis=0), truth, predictions, seed=2)
    assert (own.best, own.naive) == (named.best, named.naive)
    assert own.corrected.estimate == pytest.approx(named.corrected.estimate, abs=0.02)


def test_losses_are_chosen_by_the_least():
    generator = np.random.default_rng(6)
    truth = generator.normal(size=200)
    predictions = truth[:, np.newaxis] + generator.normal(size=(200, 5)) * [1.0, 0.9, 0.1, 1.0, 1.1]
    assert bbc_cv("mae", truth, predictions, seed=1).best == 2


def test_the_interval_of_the_best_of_ten_covers_its_true_accuracy():
    """Truth of a choice among equally good models is their common accuracy."""
    generator, trials, hits = np.random.default_rng(7), 200, 0
    for seed in range(trials):
        truth = generator.integers(0, 2, 100)
        predictions = np.where(generator.random((100, 10)) < 0.7, truth[:, np.newaxis], 1 - truth[:, np.newaxis])
        hits += 0.7 in bbc_cv("accuracy", truth, predictions, seed=seed, resamples=200).corrected
    assert hits / trials >= least(0.95, trials)
