"""Two models on the same rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special, stats
from sklearn.datasets import make_moons
from sklearn.metrics import f1_score
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.svm import SVC

from provefirst.stats import comparison
from provefirst.stats.comparison import (
    improvement,
    mcnemar,
    mcnemar_counts,
    nadeau_bengio,
    paired_accuracy,
    paired_auc,
    paired_bootstrap,
)
from tests.stats.simulation import least, most

tables = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 200))


def right_and_wrong(only_first, only_second, both):
    """Two columns of right (1) and wrong (0), with so many rows of each kind."""
    return np.repeat([1, 0, 1], [only_first, only_second, both]), np.repeat([0, 1, 1], [only_first, only_second, both])


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"only_first": -1, "only_second": 1, "n": 10}, "only_first: -1"),
        ({"only_first": 6, "only_second": 5, "n": 10}, "n: 10"),
        ({"only_first": 0, "only_second": 0, "n": 0}, "n: 0"),
    ],
)
def test_an_impossible_table_is_refused(arguments, problem):
    with pytest.raises(ValueError, match=problem):
        mcnemar_counts(**arguments)


def test_models_judged_on_different_rows_are_refused():
    with pytest.raises(ValueError, match="second_right: '2 rows'"):
        paired_accuracy([0, 1, 1], [0, 1])


def test_a_margin_of_everything_is_refused():
    with pytest.raises(ValueError, match=r"margin: 1\.0"):
        paired_accuracy([0, 1, 1], [0, 1, 1], margin=1.0)


def test_one_split_has_no_variance_and_is_refused():
    with pytest.raises(ValueError, match="n >= 2"):
        nadeau_bengio([0.9], [0.8], 90, 10)


@given(tables)
def test_mcnemar_is_the_binomial_test_of_the_discordant_rows(table):
    only_first, only_second, both = table
    found = mcnemar(*right_and_wrong(only_first, only_second, both))
    assert (found.only_first, found.only_second, found.n) == (only_first, only_second, sum(table))
    if only_first + only_second == 0:
        assert (found.p_greater, found.p_two_sided) == (1.0, 1.0)
        return
    one_sided = stats.binomtest(only_first, only_first + only_second, alternative="greater").pvalue
    two_sided = stats.binomtest(only_first, only_first + only_second).pvalue
    assert (found.p_greater, found.p_two_sided) == pytest.approx((one_sided, two_sided), rel=1e-9)


@pytest.mark.parametrize("discordant", [1, 5, 10, 40, 200])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_mcnemar_errs_no_more_than_alpha_whatever_the_number_of_discordant_rows(discordant, alpha):
    wins = np.arange(discordant + 1)
    found = [mcnemar_counts(int(won), discordant - int(won), discordant) for won in wins]
    chance = stats.binom.pmf(wins, discordant, 0.5)
    assert chance[[test.p_greater <= alpha for test in found]].sum() <= alpha
    assert chance[[test.p_two_sided <= alpha for test in found]].sum() <= alpha


def test_without_a_margin_the_p_value_of_accuracy_is_exact_mcnemars():
    rows = right_and_wrong(25, 10, 100)
    found, exact = paired_accuracy(*rows), mcnemar(*rows)
    assert (found.p_greater, found.p_two_sided) == (exact.p_greater, exact.p_two_sided)
    assert found.difference.estimate == pytest.approx(15 / 135)


@pytest.mark.parametrize("gap", [-0.3, -0.05, 0.0, 0.1, 0.4])
@pytest.mark.parametrize(("b", "c", "n"), [(25, 10, 135), (0, 8, 40), (3, 0, 30)])
def test_the_score_statistic_is_tangos_with_the_nuisance_share_that_fits_best(b, c, n, gap):
    """From the definition: q maximises b ln(q + gap) + c ln q + (n - b - c) ln(1 - 2q - gap)."""

    def lack_of_fit(q):
        return -(special.xlogy(b, q + gap) + special.xlogy(c, q) + special.xlogy(n - b - c, 1 - 2 * q - gap))

    limits = max(0.0, -gap), (1 - gap) / 2
    q = optimize.minimize_scalar(lack_of_fit, bounds=limits, method="bounded", options={"xatol": 1e-12}).x
    z = (b - c - n * gap) / np.sqrt(n * (2 * q + gap * (1 - gap)))
    assert comparison._tango_z(b, c, n, gap) == pytest.approx(z, rel=2e-4, abs=1e-6)


@given(tables, st.floats(0.01, 0.3))
def test_the_interval_of_a_difference_holds_it_and_turns_round_with_it(table, alpha):
    ahead = paired_accuracy(*right_and_wrong(*table), alpha=alpha).difference
    behind = paired_accuracy(*right_and_wrong(table[1], table[0], table[2]), alpha=alpha).difference
    assert -1.0 <= ahead.low <= ahead.estimate <= ahead.high <= 1.0
    assert ahead.width > 0.0
    assert (-behind.high, -behind.low) == pytest.approx((ahead.low, ahead.high), abs=1e-9)


@pytest.mark.parametrize(("shares", "n"), [((0.15, 0.05), 100), ((0.3, 0.3), 60), ((0.02, 0.01), 300)])
def test_the_interval_of_a_difference_covers_it_as_often_as_promised(shares, n):
    generator, trials = np.random.default_rng(1), 1500
    cells = generator.multinomial(n, (*shares, 1 - sum(shares)), size=trials)
    truth = shares[0] - shares[1]
    found = [comparison._tango_interval(int(b), int(c), n, 0.05) for b, c, _ in cells]
    assert np.mean([truth in interval for interval in found]) >= least(0.94, trials)


def test_beating_a_baseline_by_less_than_the_margin_is_seldom_called_beating_it():
    generator, trials, margin = np.random.default_rng(2), 800, 0.05
    cells = generator.multinomial(400, (0.125, 0.075, 0.8), size=trials)
    called = [
        paired_accuracy(*right_and_wrong(*(int(cell) for cell in row)), margin=margin).p_greater <= 0.05
        for row in cells
    ]
    assert least(0.04, trials) <= np.mean(called) <= most(0.05, trials)


def test_paired_delong_errs_as_often_as_promised_where_two_models_are_equally_good():
    generator, trials, labels = np.random.default_rng(3), 800, np.repeat([1, 0], [60, 90])
    called = 0
    for _ in range(trials):
        signal = generator.normal(labels)
        first, second = (signal + generator.normal(size=150) for _ in range(2))
        called += paired_auc(labels, first, second).p_greater <= 0.05
    assert least(0.05, trials) <= called / trials <= most(0.05, trials)


def test_equal_rankings_are_no_evidence_of_a_difference():
    labels, scores = np.repeat([1, 0], 20), np.random.default_rng(4).normal(size=40)
    found = paired_auc(labels, scores, scores * 2)
    assert (found.p_greater, found.p_two_sided, found.difference.estimate) == (1.0, 1.0, 0.0)


def test_the_bootstrap_difference_is_that_of_the_metric_and_its_p_value_never_zero():
    generator = np.random.default_rng(5)
    truth = generator.integers(0, 2, 300)
    good, bad = (np.where(generator.random(300) < share, truth, 1 - truth) for share in (0.9, 0.6))
    found = paired_bootstrap("f1", truth, good, bad, seed=1)
    assert found.difference.estimate == pytest.approx(f1_score(truth, good) - f1_score(truth, bad))
    assert found.p_greater == pytest.approx(1 / 2001)
    assert found.difference.low > 0.0


def test_the_better_of_two_losses_has_a_negative_difference():
    generator = np.random.default_rng(6)
    truth = generator.normal(size=200)
    close, far = (truth + generator.normal(size=200) * spread for spread in (0.3, 1.0))
    found = paired_bootstrap("rmse", truth, close, far, seed=1)
    assert found.difference.high < 0.0
    assert found.p_greater > 0.99


@pytest.mark.parametrize("metric", ["rmse", "average_precision"])
def test_the_bootstrap_difference_is_covered_nearly_as_often_as_promised(metric):
    generator, trials, hits = np.random.default_rng(7), 200, 0
    for seed in range(trials):
        if metric == "rmse":
            truth = generator.normal(size=150)
            first, second = (truth + generator.normal(size=150) for _ in range(2))
        else:
            truth = (generator.random(150) < 0.3).astype(int)
            signal = generator.normal(truth)
            first, second = (signal + generator.normal(size=150) for _ in range(2))
        hits += 0.0 in paired_bootstrap(metric, truth, first, second, seed=seed, resamples=500).difference
    assert hits / trials >= least(0.93, trials)


def test_the_corrected_t_test_is_that_of_scikit_learns_grid_search_example():
    features, labels = make_moons(noise=0.352, random_state=1, n_samples=100)
    splits = RepeatedStratifiedKFold(n_splits=10, n_repeats=10, random_state=0)
    rbf, linear = (
        cross_val_score(SVC(kernel=kernel, random_state=0), features, labels, scoring="roc_auc", cv=splits)
        for kernel in ("rbf", "linear")
    )
    corrected = nadeau_bengio(rbf, linear, n_train=90, n_test=10)
    assert (round(corrected.t, 3), round(corrected.p_greater, 3)) == (0.750, 0.227)
    plain = nadeau_bengio(rbf, linear, n_train=90, n_test=10, corrected=False)
    assert (round(plain.t, 3), round(plain.p_greater, 3)) == (2.611, 0.005)
    assert (corrected.degrees, corrected.difference.n) == (99, 100)
    assert corrected.difference.low < 0.0 < plain.difference.low


def test_the_uncorrected_test_is_the_paired_t_test():
    first, second = np.random.default_rng(8).normal(size=(2, 30))
    theirs = stats.ttest_rel(first, second)
    ours = nadeau_bengio(first, second, 90, 10, corrected=False)
    assert (ours.t, ours.p_two_sided) == pytest.approx((theirs.statistic, theirs.pvalue))
    assert (ours.difference.low, ours.difference.high) == pytest.approx(tuple(theirs.confidence_interval()))


def test_scores_that_are_equal_on_every_split_are_no_difference():
    found = nadeau_bengio([0.8, 0.9], [0.8, 0.9], 90, 10)
    assert (found.t, found.p_greater) == (0.0, 0.5)


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "f1", "brier", "rmse"])
def test_an_improvement_is_positive_whichever_way_the_metric_points(metric):
    generator = np.random.default_rng(9)
    truth = (generator.random(300) < 0.5).astype(int)
    chances = [np.clip(truth * 0.6 + 0.2 + generator.normal(size=300) * noise, 0.0, 1.0) for noise in (0.2, 1.0)]
    if metric in ("accuracy", "f1"):
        chances = [(chance > 0.5).astype(int) for chance in chances]
    better, worse = improvement(metric, truth, *chances, seed=1), improvement(metric, truth, *chances[::-1], seed=1)
    assert better.difference.low > 0.0 > worse.difference.high
    assert better.p_greater < 0.01
    assert worse.p_greater > 0.99
    assert better.difference.estimate == pytest.approx(-worse.difference.estimate)


def test_an_improvement_is_held_against_its_margin():
    rows = np.ones(115), *right_and_wrong(25, 10, 80)
    found = improvement("accuracy", *rows, seed=1, margin=0.1)
    assert found == paired_accuracy(*rows[1:], margin=0.1)
    assert found.p_greater > improvement("accuracy", *rows, seed=1).p_greater
    with pytest.raises(ValueError, match=r"margin: -0\.1"):
        improvement("accuracy", *rows, seed=1, margin=-0.1)


def test_a_perfect_ranking_beats_a_constant_though_neither_varies() -> None:
    labels = [0] * 30 + [1] * 20
    found = comparison.paired_auc(labels, labels, [0.5] * 50)
    assert (found.difference.estimate, found.p_greater) == (0.5, 0.5**20)
    assert comparison.paired_auc(labels, labels, labels).p_greater == 1.0
