"""Metrics of the chances of several classes, held against scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from provefirst.errors import InvalidInputError
from provefirst.stats import metrics
from provefirst.stats.tries import bbc_cv
from provefirst.stats.verdict import metric_interval

GENERATOR = np.random.default_rng(4)
TRUTH = GENERATOR.integers(0, 3, 300)
CHANCES = GENERATOR.dirichlet((1, 1, 1), 300) * 0.6 + 0.4 * np.eye(3)[TRUTH]
ONE_HOT = np.eye(3)[TRUTH]
EXPECTED = {
    "log_loss": log_loss(TRUTH, CHANCES),
    "brier": float(((CHANCES - ONE_HOT) ** 2).sum(axis=1).mean() / 2),
    "roc_auc": roc_auc_score(TRUTH, CHANCES, multi_class="ovr", average="macro"),
    "average_precision": average_precision_score(ONE_HOT, CHANCES, average="macro"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_metric_of_several_classes_is_that_of_scikit_learn(name: str) -> None:
    assert metrics.value(metrics.prepare(name, TRUTH, CHANCES)) == pytest.approx(EXPECTED[name], abs=1e-12)


@pytest.mark.parametrize("name", ["log_loss", "brier"])
def test_of_two_classes_it_is_the_metric_of_two(name: str) -> None:
    truth, chance = (TRUTH > 0).astype(int), CHANCES[:, 0]
    both = np.column_stack((chance, 1 - chance))
    of_two = metrics.value(metrics.prepare(name, truth, 1 - chance))
    assert metrics.value(metrics.prepare(name, truth, both)) == pytest.approx(of_two)


@pytest.mark.parametrize("name", EXPECTED)
def test_its_interval_is_around_it_and_narrower_with_more_rows(name: str) -> None:
    few, many = (metric_interval(name, TRUTH[:n], CHANCES[:n], seed=0, resamples=500) for n in (60, 300))
    assert many.low < EXPECTED[name] < many.high
    assert many.high - many.low < few.high - few.low


def test_the_best_of_many_guesses_at_three_classes_is_worth_a_guess() -> None:
    guesses = GENERATOR.dirichlet((1, 1, 1), (300, 40))
    found = bbc_cv("roc_auc", TRUTH, guesses, seed=0, resamples=200)
    assert (found.tries, found.naive > 0.52, found.corrected.estimate < 0.52) == (40, True, True)


@pytest.mark.parametrize(
    ("name", "truth", "chances", "problem"),
    [
        ("log_loss", [0, 1, 2], np.full((3, 3), 0.5), "add up to 1 in each row"),
        ("brier", [0, 1, 2], [[1.5, -0.5, 0.0]] * 3, "probabilities from 0 to 1"),
        ("log_loss", [0, 1, 3], np.full((3, 3), 1 / 3), "a class code from 0 to 2"),
        ("roc_auc", [1, 1, 1], np.full((3, 3), 1 / 3), "at least two classes"),
        ("accuracy", [0, 1, 2], np.full((3, 3), 1 / 3), "for the chances of several classes"),
        ("log_loss", [0, 1], np.full((3, 3), 1 / 3), "as many rows as truth"),
    ],
)
def test_chances_that_are_none_are_refused(name: str, truth: list[int], chances: object, problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        metrics.prepare(name, truth, chances)  # type: ignore[arg-type]
