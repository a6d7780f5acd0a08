"""Tests that may be looked at for ever: their figures, their false alarms and what they find."""

import math

import numpy as np
import pytest

from provefirst.errors import InvalidInputError
from provefirst.stats.sequential import Batch, above_mean, above_share, mean_below, share_below, together, wealth

ALARM = math.log(20)


def published_scale(two_alpha: float) -> float:
    """The scale at which the reference figures were computed, for v = 100."""
    log = math.log(1 / two_alpha)
    return 100 / (2 * log + math.log(1 + 2 * log))


def test_the_normal_mixture_is_the_published_one():
    """Reference value of the authors' own library for s = 10, v = 100, tuned to v = 100 at one-sided .05."""
    found = mean_below(np.array([10.0]), np.array([100.0]), published_scale(0.1))
    assert found[0] == pytest.approx(-0.06502391, abs=1e-6)


def test_the_beta_binomial_mixture_is_the_published_one():
    """The same library's, for g = .2, h = .8: 490 right of 625 where .8 was claimed."""
    found = share_below(np.array([490.0]), np.array([625.0]), 0.8, (published_scale(0.1) - 0.16) / 0.16)
    assert found[0] == pytest.approx(-0.07134019, abs=1e-6)


def test_a_share_is_an_e_value_at_the_null_to_the_last_digit():
    """Its expectation over all outcomes of 30 rows at the null is 1."""
    rows, null = 30, 0.9
    right = np.arange(rows + 1.0)
    chances = np.array([math.comb(rows, int(k)) * null**k * (1 - null) ** (rows - k) for k in right])
    expected = float((chances * np.exp(share_below(right, np.full(rows + 1, 30.0), null))).sum())
    assert expected == pytest.approx(1.0, abs=1e-9)


def test_above_the_null_it_is_expected_to_lose():
    rows, null, truth = 30, 0.9, 0.93
    right = np.arange(rows + 1.0)
    chances = np.array([math.comb(rows, int(k)) * truth**k * (1 - truth) ** (rows - k) for k in right])
    assert float((chances * np.exp(share_below(right, np.full(rows + 1, 30.0), null))).sum()) < 1.0


def simulated(
    share: float, after: float | None = None, *, runs: int = 300, weeks: int = 52, rows: int = 100
) -> list[int]:
    """In each of `runs` years, the week of the first alarm (0: none); `share` is right, `after` from week 26 on."""
    chance = np.random.default_rng(7)
    shares = np.where(np.arange(weeks) < weeks // 2, share, share if after is None else after)
    found = []
    for right in chance.binomial(rows, shares, size=(runs, weeks)):
        logs = wealth([Batch(k / rows, 0.0, rows, int(k)) for k in right], 0.9)
        found.append(next((week for week, log in enumerate(logs, 1) if log >= ALARM), 0))
    return found


def test_in_a_year_at_the_very_limit_it_is_wrong_one_time_in_twenty_at_most():
    assert sum(week > 0 for week in simulated(0.9)) <= 15 + 8  # of 300, and two standard errors


def test_a_loss_in_the_middle_of_the_year_is_found_within_weeks():
    weeks = simulated(0.93, 0.80)
    assert all(week > 26 for week in weeks)
    assert sorted(weeks)[len(weeks) // 2] <= 32


def test_where_less_is_better_more_is_the_loss():
    worse = [Batch(12.0, 0.5, 100)] * 10
    assert wealth(worse, 10.0, greater_is_better=False)[-1] > ALARM
    assert wealth(worse, 10.0)[-1] < 0.5


def test_several_streams_begun_at_different_times_are_together_wrong_as_rarely_as_one():
    """At the limit of each: complaints of 2 in 100, in three groups of which one comes in week 20."""
    chance, wrong = np.random.default_rng(8), 0
    for _ in range(300):
        streams = []
        for begin in (0, 0, 20):
            counts = chance.binomial(100, 0.02, size=40 - begin)
            logs = above_share([int(k) for k in counts], [100] * len(counts), 0.02)
            streams.append([(begin + week, log) for week, log in enumerate(logs)])
        wrong += max(together(streams, 40)) >= ALARM
    assert wrong <= 15 + 8


def test_one_stream_of_several_that_alarms_is_an_alarm_of_all_and_stays_when_it_ends():
    loud = list(enumerate(above_mean([0.9] * 5, [0.05] * 5, 0.5)))
    quiet = list(enumerate(above_mean([0.4] * 20, [0.05] * 20, 0.5)))
    found = together([quiet, loud], 20)
    assert found[-1] > ALARM
    assert found[4] == pytest.approx(found[-1], abs=0.1)


def test_no_stream_is_no_evidence():
    assert together([], 3) == pytest.approx([0.0, 0.0, 0.0])


def test_no_row_is_right_and_it_is_still_a_number():
    logs = wealth([Batch(0.0, 0.0, 5000, 0)] * 3, 0.999)
    assert all(math.isfinite(log) for log in logs)
    assert logs[-1] > 100


def test_all_rows_right_never_alarms():
    assert max(wealth([Batch(1.0, 0.0, 5000, 5000)] * 20, 0.9)) < 1


def test_a_null_that_is_no_share_is_refused():
    with pytest.raises(InvalidInputError):
        share_below(np.array([1.0]), np.array([2.0]), 1.5)
