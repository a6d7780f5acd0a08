"""The verdict: seldom wrong in either direction, and honest about what it would take."""

import functools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats
from sklearn.metrics import precision_score, recall_score

from provefirst.stats.intervals import Interval, clopper_pearson
from provefirst.stats.verdict import (
    FEASIBLE,
    INCONCLUSIVE,
    NOT_FEASIBLE,
    judge,
    metric_interval,
    metric_verdict,
    rows_needed,
    rows_needed_for_share,
    verdict,
)
from tests.stats.simulation import least, most


def of_share(successes, n, **registered):
    return verdict(lambda alpha: clopper_pearson(successes, n, alpha), **registered)


@functools.cache
def outcomes_of(n, goal, alpha, looks):
    """The outcome for each number of successes in n rows."""
    return np.array([of_share(x, n, goal=goal, alpha=alpha, looks=looks).outcome for x in range(n + 1)])


def chances(n, share, goal, alpha=0.05, looks=1):
    """Exact probability of each outcome when the true share is ``share``."""
    chance, outcomes = stats.binom.pmf(np.arange(n + 1), n, share), outcomes_of(n, goal, alpha, looks)
    return {name: chance[outcomes == name].sum() for name in (FEASIBLE, NOT_FEASIBLE, INCONCLUSIVE)}


@pytest.mark.parametrize(
    ("registered", "problem"),
    [
        ({"goal": math.nan}, "goal: nan"),
        ({"goal": 0.7, "alpha": 0.0}, r"alpha: 0\.0"),
        ({"goal": 0.7, "alpha": 0.6}, r"alpha: 0\.6"),
        ({"goal": 0.7, "looks": 0}, "looks: 0"),
        ({"goal": 0.7, "looks": 1.5}, r"looks: 1\.5"),
        ({"goal": 0.71, "power": 1.0}, r"power: 1\.0"),
    ],
)
def test_a_verdict_that_was_not_properly_registered_is_refused(registered, problem):
    with pytest.raises(ValueError, match=problem):
        of_share(70, 100, **registered)


@pytest.mark.parametrize("metric", ["recall", "precision", "specificity"])
def test_a_share_of_no_rows_is_refused(metric):
    truth, prediction = ([1, 1], [0, 0]) if metric != "recall" else ([0, 0], [1, 1])
    with pytest.raises(ValueError, match=f"{metric}: 'a share of 0 rows'"):
        metric_interval(metric, truth, prediction, seed=1)


def test_a_bound_at_the_goal_is_feasible_and_a_bound_just_below_it_is_not():
    reached = Interval(0.8, 0.75, 0.85, 100, 0.1, "any")
    assert judge(reached, goal=0.75) == FEASIBLE
    assert judge(reached, goal=math.nextafter(0.75, 1)) == INCONCLUSIVE
    assert judge(reached, goal=0.85) == INCONCLUSIVE
    assert judge(reached, goal=math.nextafter(0.85, 1)) == NOT_FEASIBLE


def test_a_loss_is_feasible_when_its_upper_bound_is_down_at_the_goal():
    loss = Interval(0.8, 0.75, 0.85, 100, 0.1, "any")
    assert judge(loss, goal=0.85, greater_is_better=False) == FEASIBLE
    assert judge(loss, goal=0.80, greater_is_better=False) == INCONCLUSIVE
    assert judge(loss, goal=0.74, greater_is_better=False) == NOT_FEASIBLE


@pytest.mark.parametrize("n", [30, 100, 400])
@pytest.mark.parametrize("goal", [0.6, 0.75, 0.95])
@pytest.mark.parametrize(("alpha", "looks"), [(0.05, 1), (0.05, 4)])
def test_a_wrong_verdict_on_a_share_is_never_likelier_than_alpha_over_looks(n, goal, alpha, looks):
    just_below = chances(n, goal - 1e-9, goal=goal, alpha=alpha, looks=looks)
    at_goal = chances(n, goal, goal=goal, alpha=alpha, looks=looks)
    assert just_below[FEASIBLE] <= alpha / looks
    assert at_goal[NOT_FEASIBLE] <= alpha / looks


def test_four_hundred_rows_find_ten_points_above_the_goal_nine_times_out_of_ten():
    for goal in (0.5, 0.6, 0.75, 0.85):
        assert chances(400, goal + 0.1, goal=goal)[FEASIBLE] >= 0.9


def test_eight_looks_at_models_just_below_the_goal_find_one_feasible_no_more_than_alpha():
    """Each look is at another model, chosen after the last answer; all share the sealed rows."""
    generator, trials, looks, goal = np.random.default_rng(1), 2000, 8, 0.75
    hits = generator.random((trials, looks, 300)) < goal - 1e-9
    right = hits.sum(axis=2)
    assert (outcomes_of(300, goal, 0.05, looks)[right] == FEASIBLE).any(axis=1).mean() <= most(0.05, trials)
    assert (outcomes_of(300, goal, 0.05, 1)[right] == FEASIBLE).any(axis=1).mean() > 0.15


@pytest.mark.parametrize(("positives", "negatives"), [(40, 360), (200, 200)])
def test_an_auc_at_the_goal_is_called_neither_feasible_nor_not_more_than_alpha(positives, negatives):
    generator, trials, goal = np.random.default_rng(2), 800, 0.8
    labels = np.repeat([1, 0], [positives, negatives])
    shift = labels * np.sqrt(2) * special.ndtri(goal)
    found = [
        metric_verdict("roc_auc", labels, generator.normal(shift), goal=goal, seed=0).outcome for _ in range(trials)
    ]
    assert found.count(FEASIBLE) / trials <= most(0.05, trials)
    assert found.count(NOT_FEASIBLE) / trials <= most(0.06, trials)


@pytest.mark.parametrize("metric", ["rmse", "mae"])
def test_a_loss_at_the_goal_is_called_feasible_about_as_seldom_as_promised(metric):
    """The bootstrap is not exact: with normal errors and 200 rows, 0.02 beyond alpha is allowed for."""
    generator, trials = np.random.default_rng(3), 250
    goal = 1.0 if metric == "rmse" else math.sqrt(2 / math.pi)
    outcomes = []
    for seed in range(trials):
        truth = generator.normal(size=200)
        outcomes.append(metric_verdict(metric, truth, truth + generator.normal(size=200), goal=goal, seed=seed).outcome)
    assert outcomes.count(FEASIBLE) / trials <= most(0.07, trials)
    assert outcomes.count(NOT_FEASIBLE) / trials <= most(0.07, trials)


def test_both_ends_of_the_interval_are_bounds_at_alpha_over_looks():
    found = of_share(80, 100, goal=0.7, alpha=0.05, looks=5)
    assert found.interval == clopper_pearson(80, 100, alpha=0.02)
    assert found.interval.low == clopper_pearson(80, 100, alpha=0.01, side="lower").low


def test_more_looks_never_make_a_verdict_bolder():
    outcomes = [of_share(80, 100, goal=0.72, looks=looks).outcome for looks in (1, 2, 10)]
    assert outcomes == [FEASIBLE, INCONCLUSIVE, INCONCLUSIVE]


@settings(deadline=None)
@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.02, 0.98))
def test_a_verdict_and_the_rows_it_asks_for_fit_together(seen, goal):
    found = of_share(*seen, goal=goal)
    if found.outcome != INCONCLUSIVE or seen[0] / seen[1] == goal:
        assert found.rows_needed is None
    else:
        assert found.rows_needed > seen[1]
    mirrored = of_share(seen[1] - seen[0], seen[1], goal=1 - goal)
    turned = {FEASIBLE: NOT_FEASIBLE, NOT_FEASIBLE: FEASIBLE, INCONCLUSIVE: INCONCLUSIVE}
    assert mirrored.outcome == turned[found.outcome]


@pytest.mark.parametrize(("share", "goal"), [(0.8, 0.75), (0.6, 0.75), (0.97, 0.95), (0.55, 0.5)])
@pytest.mark.parametrize("level", [0.05, 0.01])
def test_the_rows_a_share_needs_are_the_fewest_from_which_on_power_is_reached(share, goal, level):
    def power(n):
        x = np.arange(n + 1)
        if share > goal:
            low = special.betaincinv(np.maximum(x, 1e-9), n - x + 1, level)
            return stats.binom.pmf(x, n, share)[low >= goal].sum()
        high = np.where(x == n, 1.0, special.betaincinv(x + 1, np.maximum(n - x, 1e-9), 1 - level))
        return stats.binom.pmf(x, n, share)[high < goal].sum()

    needed = rows_needed_for_share(share, goal, level)
    assert power(needed - 1) < 0.8
    assert all(power(n) >= 0.8 for n in range(needed, needed + 40))


def test_an_estimate_at_the_goal_has_no_number_of_rows():
    assert rows_needed_for_share(0.75, 0.75, 0.05) is None
    assert rows_needed(Interval(0.75, 0.7, 0.8, 100, 0.1, "delong"), 0.75, 0.05) is None
    assert of_share(75, 100, goal=0.75).rows_needed is None


def test_no_number_of_rows_proves_perfection():
    assert rows_needed_for_share(0.9, 1.0, 0.05) is None
    assert of_share(100, 100, goal=1.0).outcome == INCONCLUSIVE


def test_an_endless_interval_has_no_number_of_rows():
    assert rows_needed(Interval(0.0, 0.0, math.inf, 20, 0.1, "no variation among rows"), 1.0, 0.05) is None


def test_a_closer_goal_needs_more_rows_and_the_search_joins_the_approximation_smoothly():
    needed = [rows_needed_for_share(0.75 + gap, 0.75, 0.05) for gap in (0.1, 0.05, 0.01, 0.0085, 0.0075, 0.001)]
    assert needed == sorted(needed)
    for gap, rows in zip((0.0085, 0.0075), needed[3:5], strict=True):
        assert rows * gap**2 == pytest.approx(needed[2] * 0.01**2, rel=0.02)


def test_an_auc_with_the_rows_it_asked_for_is_told_from_the_goal_four_times_out_of_five():
    generator, goal, auc = np.random.default_rng(4), 0.75, 0.8

    def drawn(n):
        labels = np.repeat([1, 0], [n // 2, n - n // 2])
        return labels, generator.normal(labels * np.sqrt(2) * special.ndtri(auc))

    found = metric_interval("roc_auc", *drawn(8000), 0.1, seed=0)
    reach = (found.estimate - found.low) * np.sqrt(8000 / 100)
    asked = rows_needed(Interval(auc, auc - reach, 1.0, 100, 0.1, "delong"), goal, 0.05)
    trials = 300
    told = sum(metric_verdict("roc_auc", *drawn(asked), goal=goal, seed=0).outcome == FEASIBLE for _ in range(trials))
    assert least(0.74, trials) <= told / trials <= most(0.86, trials)


@pytest.mark.parametrize("metric", ["accuracy", "recall", "precision", "specificity"])
def test_a_share_counts_the_rows_it_is_a_share_of(metric):
    generator = np.random.default_rng(5)
    truth = generator.integers(0, 2, 200)
    prediction = np.where(generator.random(200) < 0.8, truth, 1 - truth)
    rows = {
        "accuracy": 200,
        "recall": int(truth.sum()),
        "precision": int(prediction.sum()),
        "specificity": int((1 - truth).sum()),
    }
    estimates = {
        "accuracy": np.mean(truth == prediction),
        "recall": recall_score(truth, prediction),
        "precision": precision_score(truth, prediction),
        "specificity": recall_score(truth, prediction, pos_label=0),
    }
    found = metric_interval(metric, truth, prediction, seed=1)
    assert (found.method, found.n) == ("clopper-pearson", rows[metric])
    assert found.estimate == pytest.approx(estimates[metric])


def test_accuracy_takes_labels_of_any_type():
    found = metric_verdict("accuracy", ["cat", "dog"] * 50, ["cat", "dog"] * 50, goal=0.9, seed=1)
    assert (found.outcome, found.interval.estimate) == (FEASIBLE, 1.0)


def test_an_auc_is_judged_by_delong_and_the_rest_by_the_bootstrap():
    generator = np.random.default_rng(6)
    truth = generator.integers(0, 2, 100)
    chance = np.clip(0.3 + 0.4 * truth + generator.normal(size=100) * 0.2, 0, 1)
    assert metric_interval("roc_auc", truth, chance, seed=1).method == "delong"
    assert metric_interval("brier", truth, chance, seed=1).method == "bca bootstrap, 2000 resamples"
    assert not metric_verdict("brier", truth, chance, goal=0.2, seed=1).greater_is_better
