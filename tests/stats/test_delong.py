"""AUC: DeLong's variance is right, and its interval can be trusted where rows are few."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from sklearn.metrics import roc_auc_score

from provefirst.stats.delong import auc_difference, auc_interval, auc_standard_error, placements
from tests.stats.simulation import least, most


def two_classes(generator, positives, negatives, auc, ties=False):
    labels = np.repeat([1, 0], [positives, negatives])
    scores = generator.normal(labels * np.sqrt(2) * special.ndtri(auc), 1.0)
    return labels, np.round(scores, 1) if ties else scores


def by_all_pairs(labels, *models):
    """AUCs and covariance from the definition, one comparison for every pair of rows."""
    areas, of_positives, of_negatives = [], [], []
    for scores in models:
        difference = scores[labels == 1][:, None] - scores[labels == 0]
        wins = (difference > 0) + 0.5 * (difference == 0)
        areas.append(wins.mean())
        of_positives.append(wins.mean(axis=1))
        of_negatives.append(wins.mean(axis=0))
    covariance = np.cov(of_positives) / len(of_positives[0]) + np.cov(of_negatives) / len(of_negatives[0])
    return np.array(areas), np.atleast_2d(covariance)


@pytest.mark.parametrize(
    ("labels", "scores", "problem"),
    [
        ([1, 1, 1], [0.1, 0.2, 0.3], "labels: '3 positives of 3'"),
        ([0, 1, 2], [0.1, 0.2, 0.3], "labels: 2.0"),
        ([0, 1], [0.1, 0.2, 0.3], "scores: '3 rows'"),
        ([0, 1], [0.1, np.nan], "scores: nan"),
        ([0, 1], [[0.1, 0.2]], "scores: 'an array of shape"),
        ([0, 1], ["low", "high"], "scores: 'list'"),
        ([], [], "labels: 'an array of shape"),
    ],
)
def test_scores_that_cannot_be_ranked_are_refused(labels, scores, problem):
    with pytest.raises(ValueError, match=problem):
        auc_interval(labels, scores)


@pytest.mark.parametrize("ties", [False, True])
def test_midranks_give_the_auc_and_covariance_of_all_pairs(ties):
    generator = np.random.default_rng(1)
    labels, first = two_classes(generator, 40, 70, 0.8, ties)
    second = np.round(first + generator.normal(size=110), 1) if ties else first + generator.normal(size=110)
    areas, covariance = by_all_pairs(labels, first, second)
    found = placements(labels == 1, np.column_stack((first, second)))
    assert found.auc == pytest.approx(areas, abs=1e-12)
    assert found.covariance == pytest.approx(covariance, abs=1e-12)
    assert found.auc[0] == pytest.approx(roc_auc_score(labels, first), abs=1e-12)
    assert auc_standard_error(labels, first) == pytest.approx(covariance[0, 0] ** 0.5, abs=1e-12)


@pytest.mark.parametrize(("positives", "negatives", "auc"), [(50, 50, 0.8), (100, 400, 0.7), (30, 300, 0.5)])
def test_the_interval_covers_the_auc_as_often_as_promised(positives, negatives, auc):
    generator, trials = np.random.default_rng(2), 1000
    found = [auc_interval(*two_classes(generator, positives, negatives, auc)) for _ in range(trials)]
    assert least(0.95, trials) <= np.mean([auc in interval for interval in found]) <= most(0.98, trials)


@pytest.mark.parametrize(("positives", "negatives"), [(5, 195), (30, 300), (300, 30), (20, 20)])
@pytest.mark.parametrize("auc", [0.8, 0.95, 0.98])
def test_a_lower_bound_is_too_high_no_more_than_alpha_however_few_rows_a_class_has(positives, negatives, auc):
    generator, trials = np.random.default_rng(3), 500
    draws = (two_classes(generator, positives, negatives, auc) for _ in range(trials))
    too_high = np.mean([auc_interval(*rows, alpha=0.05, side="lower").low > auc for rows in draws])
    assert too_high <= most(0.05, trials)


@pytest.mark.parametrize("rows", [1, 2, 20])
def test_a_perfect_ranking_is_not_certain(rows):
    found = auc_interval(np.repeat([1, 0], [rows, 50]), np.repeat([1.0, 0.0], [rows, 50]), alpha=0.05, side="lower")
    assert (found.estimate, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.05 ** (1 / rows))


def test_a_constant_score_is_not_certainly_a_coin():
    found = auc_interval([1] * 20 + [0] * 20, np.ones(40))
    assert found.estimate == 0.5
    assert found.low < 0.3
    assert found.high > 0.7


def test_a_single_positive_row_gives_a_wide_interval_instead_of_an_error():
    found = auc_interval([1] + [0] * 50, np.arange(51.0))
    assert found.estimate == 0.0
    assert (found.low, found.high) == pytest.approx((0.0, 0.975))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=2, max_size=60).filter(
        lambda rows: len({label for label, _ in rows}) == 2
    ),
    st.sampled_from([0.3, 0.05, 0.001]),
)
def test_turning_the_scores_round_turns_the_interval_round(rows, alpha):
    labels, scores = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    ahead, behind = auc_interval(labels, scores, alpha), auc_interval(labels, -scores, alpha)
    assert 0.0 <= ahead.low <= ahead.estimate <= ahead.high <= 1.0
    assert ahead.width > 0.0
    assert (1 - behind.high, 1 - behind.low) == pytest.approx((ahead.low, ahead.high), abs=1e-9)
    stretched = auc_interval(labels, scores**3 * 7 + 1, alpha)
    assert (stretched.low, stretched.high) == pytest.approx((ahead.low, ahead.high), abs=1e-12)


def test_the_difference_of_two_aucs_is_covered_as_often_as_promised():
    generator, trials, hits = np.random.default_rng(4), 600, 0
    truth = 0.85 - special.ndtr(special.ndtri(0.85) / np.sqrt(2))
    for _ in range(trials):
        labels, first = two_classes(generator, 60, 90, 0.85)
        second = first + generator.normal(size=150)
        hits += truth in auc_difference(labels, first, second)[0]
    assert hits / trials >= least(0.95, trials)


def test_a_model_does_not_differ_from_itself_but_that_is_not_certain_of_others():
    labels, scores = two_classes(np.random.default_rng(5), 30, 40, 0.8)
    found, se = auc_difference(labels, scores, scores)
    assert (found.estimate, se) == (0.0, 0.0)
    assert -0.2 < found.low < 0.0 < found.high < 0.2


def test_swapping_two_models_changes_the_sign():
    generator = np.random.default_rng(6)
    labels, first = two_classes(generator, 30, 40, 0.8)
    second = generator.normal(size=70)
    one, other = auc_difference(labels, first, second)[0], auc_difference(labels, second, first)[0]
    assert (one.estimate, one.low, one.high) == pytest.approx((-other.estimate, -other.high, -other.low))
