"""A holdout asked many times: used up without a mechanism, kept by one."""

import math

import numpy as np
import pytest

from provefirst.stats.mechanisms import Ladder, Thresholdout


def columns_given_means(generator, means, rows):
    """Standard normal columns (rows, k) conditional on their means, of which alone the choice of columns depends."""
    drawn = generator.normal(size=(rows, means.size))
    return drawn - drawn.mean(axis=0) + means


def no_signal(seed, protected, n=10_000, d=10_000, k=500):
    """Dwork et al. 2015: choose k of d columns without signal by training and holdout, sign-vote, report.

    Accuracy on training, as reported from the holdout, and on fresh rows. Times the label, each column is standard
    normal, so its correlation with the label is drawn first, and the rows only of the columns chosen.
    """
    generator = np.random.default_rng(seed)
    training, holdout = generator.normal(size=(2, d)) / math.sqrt(n)
    asked = holdout
    mechanism = Thresholdout.start(generator, threshold=0.04, sigma=0.005)
    if protected:
        asked, mechanism = mechanism.ask(training, holdout, generator)
    agree = (training * asked > 0) & (np.minimum(np.abs(training), np.abs(asked)) >= 1 / math.sqrt(n))
    chosen = np.flatnonzero(agree)
    chosen = chosen[np.argsort(-np.abs(training[chosen]))][:k]
    signs = np.sign(training[chosen])

    def accuracy(means):
        return float((columns_given_means(generator, means[chosen], n) @ signs > 0).mean())

    inside, reported, fresh = accuracy(training), accuracy(holdout), accuracy(generator.normal(size=d) / math.sqrt(n))
    if protected:
        answer, mechanism = mechanism.ask([inside], [reported], generator)
        reported = float(answer[0])
    return inside, reported, fresh


def boosting_attack(seed, protected, n=4000, k=400):
    """Blum & Hardt 2015: submit random labels, keep those shown better than a coin, submit their majority vote.

    The loss shown for the vote, and its true loss on the holdout.
    """
    generator = np.random.default_rng(seed)
    truth, guesses, ladder = generator.integers(0, 2, n), generator.integers(0, 2, (k, n)), Ladder()
    kept = []
    for guess in guesses:
        losses = (guess != truth).astype(float)
        shown, ladder = ladder.submit(losses) if protected else (losses.mean(), ladder)
        kept.append(shown < 0.5)
    vote = guesses[np.array(kept)].mean(axis=0) > 0.5
    losses = (vote != truth).astype(float)
    return (ladder.submit(losses)[0] if protected else losses.mean()), losses.mean()


@pytest.mark.parametrize(
    ("options", "problem"), [({"threshold": 0.0}, "threshold"), ({"sigma": -1.0}, "sigma"), ({"budget": -1}, "budget")]
)
def test_a_mechanism_that_cannot_protect_is_refused(options, problem):
    with pytest.raises(ValueError, match=problem):
        Thresholdout.start(np.random.default_rng(1), **options)


def test_a_submission_on_other_rows_is_refused():
    _, ladder = Ladder().submit([0.0, 1.0])
    with pytest.raises(ValueError, match="losses: '3 rows'"):
        ladder.submit([0.0, 1.0, 1.0])


def test_a_holdout_used_to_choose_and_to_judge_shows_signal_where_there_is_none():
    found = np.array([no_signal(seed, protected=False) for seed in range(4)]).mean(axis=0)
    assert 0.62 <= found[0] <= 0.64
    assert 0.62 <= found[1] <= 0.64
    assert found[2] == pytest.approx(0.5, abs=0.01)


def test_thresholdout_reports_the_truth_in_the_same_experiment():
    for seed in range(4):
        inside, reported, fresh = no_signal(seed, protected=True)
        assert inside > 0.65
        assert reported == pytest.approx(fresh, abs=0.04)


def test_answers_are_the_training_value_while_the_two_agree():
    generator = np.random.default_rng(2)
    mechanism = Thresholdout.start(generator, threshold=10.0, sigma=0.001)
    answers, after = mechanism.ask([0.5, 0.6], [0.7, 0.4], generator)
    assert answers.tolist() == [0.5, 0.6]
    assert after == mechanism


def test_a_spent_budget_answers_nothing():
    generator = np.random.default_rng(3)
    mechanism = Thresholdout.start(generator, threshold=0.01, sigma=0.001, budget=2)
    answers, after = mechanism.ask([0.0] * 5, [1.0] * 5, generator)
    assert answers[:2] == pytest.approx([1.0, 1.0], abs=0.05)
    assert np.isnan(answers[2:]).all()
    assert after.is_spent


def test_the_boosting_attack_climbs_a_plain_leaderboard_and_not_the_ladder():
    repeats = 12
    plain = np.array([boosting_attack(seed, protected=False) for seed in range(repeats)])
    climbed = np.array([boosting_attack(seed, protected=True) for seed in range(repeats)])
    assert plain[:, 0].mean() == pytest.approx(0.43, abs=0.01)
    assert climbed[:, 0].mean() >= 0.475
    assert climbed[:, 1].mean() == pytest.approx(0.5, abs=0.01)


def test_the_ladder_moves_for_a_clear_improvement_only():
    generator, rows = np.random.default_rng(4), 1000
    coin = (generator.random(rows) < 0.5).astype(float)
    shown, ladder = Ladder().submit(coin)
    assert shown == coin.mean()
    barely = coin.copy()
    barely[np.flatnonzero(coin)[:30]] = 0.0
    barely[np.flatnonzero(coin == 0.0)[:25]] = 1.0
    assert ladder.submit(barely)[0] == shown
    clearly = coin.copy()
    clearly[np.flatnonzero(coin)[:100]] = 0.0
    better, after = ladder.submit(clearly)
    assert better == pytest.approx(shown - 0.1)
    assert after.submit(coin) == (better, after)
