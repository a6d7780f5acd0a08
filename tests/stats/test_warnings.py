"""The statistics behind warnings: ceiling, learning curve, permutation, drift, calibration."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from provefirst.stats.calibration import calibration, expected_error, spiegelhalter
from provefirst.stats.ceiling import ceiling, ceiling_of, least_error, neighbour_mistakes
from provefirst.stats.curve import fit_curve, rows_to_goal
from provefirst.stats.drift import two_sample
from provefirst.stats.permutation import permutation_p, permutation_test
from tests.stats.simulation import least, most

SIZES = np.array([50, 100, 200, 400, 800, 1600])


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: least_error(1.5), r"neighbour_error: 1\.5"),
        (lambda: least_error(0.1, classes=1), "classes: 1"),
        (lambda: ceiling_of([[1.0], [2.0]], ["a", "a"]), "labels: '1 class'"),
        (lambda: neighbour_mistakes([[1.0], [np.nan]], [0, 1]), "features: nan"),
        (lambda: neighbour_mistakes([[1.0], [2.0]], [0, 1, 1]), "labels: '3 rows'"),
        (lambda: fit_curve([1, 2, 4], [0.5, 0.6, 0.7]), "n >= 4"),
        (lambda: fit_curve([1, 1, 2, 2], [0.5, 0.5, 0.6, 0.6]), "sizes: 2"),
        (lambda: fit_curve([0, 1, 2, 4], [0.5, 0.5, 0.6, 0.6]), r"sizes: 0\.0"),
        (lambda: permutation_p(math.nan, [0.1]), "observed: nan"),
        (lambda: permutation_p(0.5, []), "permuted: 'an array of shape"),
        (lambda: two_sample([1, 1], [0.1, 0.2]), "labels: '2 positives of 2'"),
        (lambda: spiegelhalter([0, 1], [0.5, 1.2]), r"probability: 1\.2"),
        (lambda: calibration([1, 1], [0.5, 0.6], seed=1), "truth: '2 positives of 2'"),
        (lambda: expected_error([0, 1], [0.5, 0.6], bins=0), "bins: 0"),
    ],
)
def test_what_a_warning_cannot_be_computed_from_is_refused(call, problem):
    with pytest.raises(ValueError, match=problem):
        call()


# Ceiling


@given(st.floats(0, 1), st.integers(2, 20))
def test_the_least_error_satisfies_cover_and_harts_bound(bayes, classes):
    guess = 1 - 1 / classes
    bayes *= guess
    neighbour = bayes * (2 - bayes / guess)
    assert least_error(min(neighbour, 1.0), classes) == pytest.approx(bayes, abs=1e-6)
    assert bayes / 2 - 1e-9 <= neighbour / 2 <= least_error(min(neighbour, 1.0), classes) + 1e-9


def test_a_neighbour_worse_than_guessing_leaves_the_ceiling_at_guessing():
    assert least_error(0.9, classes=2) == 0.5
    assert least_error(0.0, classes=2) == 0.0


def test_the_ceiling_lies_above_the_best_possible_accuracy_as_it_must():
    """Two normal classes with Bayes error .1587: the nearest neighbour errs more, the bound never less."""
    generator = np.random.default_rng(1)
    labels = generator.integers(0, 2, 2000)
    found = ceiling_of(generator.normal(2.0 * labels)[:, np.newaxis], labels)
    best = stats.norm.cdf(1.0)
    assert found.neighbour_error.estimate == pytest.approx(0.224, abs=0.04)
    assert best in found.accuracy or found.accuracy.low > best
    assert found.accuracy.estimate == pytest.approx(best, abs=0.04)
    assert found.accuracy.n == 2000


def test_labels_without_any_relation_have_a_ceiling_near_a_guess():
    generator = np.random.default_rng(2)
    found = ceiling_of(generator.normal(size=(1000, 3)), generator.integers(0, 2, 1000).astype(str))
    assert found.accuracy.low == pytest.approx(0.5, abs=0.05)
    assert found.accuracy.estimate < 0.7


def test_more_mistakes_lower_the_ceiling():
    ceilings = [ceiling(np.arange(100) < wrong).accuracy for wrong in (0, 5, 20, 50)]
    assert [c.estimate for c in ceilings] == sorted((c.estimate for c in ceilings), reverse=True)
    assert all(c.low <= c.estimate <= c.high for c in ceilings)
    assert ceilings[0].low < 1.0


def test_a_row_is_not_its_own_neighbour_but_its_twin_is():
    assert neighbour_mistakes([[0.0], [0.0], [9.0]], [0, 1, 1]).tolist() == [True, True, True]
    assert neighbour_mistakes([[0.0], [0.0], [9.0], [9.1]], ["a", "a", "b", "b"]).tolist() == [False] * 4


# Learning curve


@pytest.mark.parametrize("greater_is_better", [True, False])
def test_a_power_law_is_found_again(greater_is_better):
    sign = -1 if greater_is_better else 1
    found = fit_curve(SIZES, 0.5 + sign * 2.0 * SIZES**-0.6, greater_is_better=greater_is_better)
    assert (found.asymptote, found.exponent) == pytest.approx((0.5, 0.6), rel=0.05)
    assert found.residual < 1e-3
    goal = 0.5 + sign * 2.0 * 5000.0**-0.6
    assert found.rows_to(goal) == pytest.approx(5000, rel=0.1)
    assert found.score_at(found.rows_to(goal)) == pytest.approx(goal)


def test_a_goal_beyond_the_asymptote_is_never_reached():
    found = rows_to_goal(SIZES, 0.8 - SIZES**-0.5, 0.9, seed=1)
    assert found.rows.estimate == math.inf
    assert found.never > 0.9


def test_a_flat_curve_says_that_more_rows_do_not_help():
    found = fit_curve(SIZES, [0.7, 0.7, 0.7, 0.7, 0.7, 0.7])
    assert found.rows_to(0.71) == math.inf
    assert found.score_at(1e6) == pytest.approx(0.7)


def test_the_asymptote_does_not_pass_the_limit_of_the_scale():
    steep = 1.2 - 1.5 * SIZES**-0.2
    assert fit_curve(SIZES, steep).asymptote > 1.0
    assert fit_curve(SIZES, steep, limit=1.0).asymptote <= 1.0
    falling = -0.1 + SIZES**-0.2
    assert fit_curve(SIZES, falling, greater_is_better=False, limit=0.0).asymptote >= 0.0


def test_the_rows_to_goal_are_covered_about_as_often_as_promised():
    """Six noisy points and three parameters: the resampled interval is rough, so 80 % is asked of its 95 %."""
    generator, trials, hits = np.random.default_rng(3), 150, 0
    sizes = np.repeat(SIZES, 3)
    for seed in range(trials):
        scores = 0.85 - 1.5 * sizes**-0.5 + generator.normal(size=sizes.size) * 0.005
        hits += 4000 in rows_to_goal(sizes, scores, 0.85 - 1.5 * 4000**-0.5, seed=seed, limit=1.0, draws=200).rows
    assert hits / trials >= least(0.8, trials)


# Permutation


def test_a_permutation_p_value_is_never_zero():
    found = permutation_p(9.0, np.zeros(99))
    assert found.p.estimate == 0.01
    assert found.p.low == 0.0
    assert found.p.high == pytest.approx(1 - 0.025 ** (1 / 99))


def test_values_equal_up_to_rounding_count_as_ties():
    assert permutation_p(0.1 + 0.2, np.full(9, 0.3)).p.estimate == 1.0


def test_a_permutation_p_value_errs_as_often_as_promised():
    generator, trials, called = np.random.default_rng(4), 1500, 0
    for seed in range(trials):
        column, labels = generator.normal(size=20), generator.integers(0, 2, 20)
        p = permutation_test(lambda y, x=column: float(x @ y), labels, seed=seed, permutations=39).p.estimate
        called += p <= 0.05
    assert least(0.05, trials) <= called / trials <= most(0.05, trials)


def test_a_real_relation_is_told_from_chance():
    generator = np.random.default_rng(5)
    labels = generator.integers(0, 2, 60)
    column = labels + generator.normal(size=60) * 0.5
    assert permutation_test(lambda y: float(np.corrcoef(column, y)[0, 1]), labels, seed=1).p.estimate == 0.001


# Drift


@pytest.mark.parametrize("decimals", [8, 0])
def test_drift_agrees_with_the_mann_whitney_test(decimals):
    generator = np.random.default_rng(6)
    is_new = np.repeat([1, 0], [80, 120])
    scores = np.round(generator.normal(0.4 * is_new), decimals)
    found = two_sample(is_new, scores)
    theirs = stats.mannwhitneyu(
        scores[is_new == 1], scores[is_new == 0], alternative="greater", use_continuity=False, method="asymptotic"
    )
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
    assert found.auc.estimate == pytest.approx(theirs.statistic / (80 * 120))


def test_sets_that_are_alike_are_called_different_no_more_than_alpha():
    generator, trials = np.random.default_rng(7), 2000
    is_new = np.repeat([1, 0], [30, 70])
    called = np.mean([two_sample(is_new, generator.normal(size=100)).p <= 0.05 for _ in range(trials)])
    assert least(0.05, trials) <= called <= most(0.05, trials)


def test_constant_scores_are_no_drift():
    found = two_sample([0, 1, 0, 1], np.ones(4))
    assert (found.p, found.z, found.auc.estimate) == (0.5, 0.0, 0.5)


# Calibration


def drawn(generator, n, slope=1.0, intercept=0.0):
    chance = special.expit(generator.normal(size=n) * 1.5)
    truth = generator.random(n) < special.expit(intercept + slope * special.logit(chance))
    return truth.astype(int), chance


def test_a_calibrated_model_passes_as_often_as_promised():
    generator, trials = np.random.default_rng(8), 300
    found = [calibration(*drawn(generator, 200), seed=seed, draws=200) for seed in range(trials)]
    assert np.mean([1.0 in one.slope for one in found]) >= least(0.94, trials)
    assert np.mean([0.0 in one.intercept for one in found]) >= least(0.94, trials)
    assert np.mean([one.p_error <= 0.05 for one in found]) <= most(0.055, trials)
    assert np.mean([one.p_spiegelhalter <= 0.05 for one in found]) <= most(0.05, trials)


@pytest.mark.parametrize(("slope", "intercept"), [(0.5, 0.0), (1.0, -0.7), (1.4, 0.3)])
def test_slope_and_intercept_are_found_again(slope, intercept):
    found = calibration(*drawn(np.random.default_rng(9), 20_000, slope, intercept), seed=1, draws=100)
    assert slope in found.slope
    assert found.slope.width < 0.15
    if slope == 1.0:
        assert intercept in found.intercept
    assert found.error > found.error_by_chance
    assert found.p_error < 0.01


def test_too_confident_a_model_has_a_slope_below_one_and_fails_spiegelhalter():
    found = calibration(*drawn(np.random.default_rng(10), 2000, slope=0.4), seed=1)
    assert found.slope.high < 1.0
    assert found.p_spiegelhalter < 0.001


def test_spiegelhalters_z_is_its_formula():
    truth, chance = np.array([1, 0, 1, 0]), np.array([0.9, 0.2, 0.4, 0.3])
    expected = sum((truth - chance) * (1 - 2 * chance)) / math.sqrt(sum((1 - 2 * chance) ** 2 * chance * (1 - chance)))
    assert spiegelhalter(truth, chance)[0] == pytest.approx(expected)
    assert spiegelhalter([0, 1], [0.5, 0.5]) == (0.0, 1.0)
    assert spiegelhalter([0, 1], [1.0, 1.0]) == (-math.inf, 0.0) or spiegelhalter([0, 1], [1.0, 1.0]) == (math.inf, 0.0)


def test_separated_classes_leave_the_slope_finite():
    found = calibration([0] * 10 + [1] * 10, np.linspace(0.01, 0.99, 20), seed=1)
    assert math.isfinite(found.slope.estimate)
    assert found.slope.estimate > 1.0


def test_the_expected_error_is_the_gap_between_said_and_seen():
    truth = np.repeat([1, 0, 1, 0], [30, 70, 60, 40])
    assert expected_error(truth, np.repeat([0.3, 0.6], 100), bins=2) == pytest.approx(0.0)
    assert expected_error(truth, np.repeat([0.2, 0.8], 100), bins=2) == pytest.approx(0.15)
