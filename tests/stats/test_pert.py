"""Effort: the beta-PERT of one item, and of several."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from provefirst.stats.pert import ThreePoint, simulate_total, total, total_quantile

points = st.tuples(*[st.floats(0, 1000)] * 3).map(lambda three: ThreePoint(*sorted(three)))


@pytest.mark.parametrize(
    ("three", "problem"),
    [
        ((-1, 2, 3), "optimistic: -1"),
        ((3, 2, 4), "likely: 2"),
        ((1, 3, 2), "pessimistic: 2"),
        ((1, math.nan, 3), "likely: nan"),
        ((1, 2, math.inf), "pessimistic: inf"),
        ((1, 2, 3, 0), "weight: 0"),
    ],
)
def test_three_points_out_of_order_are_refused(three, problem):
    with pytest.raises(ValueError, match=problem):
        ThreePoint(*three)


def test_no_items_have_no_total():
    with pytest.raises(ValueError, match="items: 0"):
        total([], seed=1)


@given(points.filter(lambda item: item.span > 1e-6), st.floats(0.001, 0.999))
def test_an_item_is_the_beta_distribution_of_its_three_points(item, level):
    first = 1 + 4 * (item.likely - item.optimistic) / item.span
    theirs = stats.beta(first, 6 - first, loc=item.optimistic, scale=item.span)
    assert item.mean == pytest.approx(theirs.mean(), rel=1e-9)
    assert item.sd == pytest.approx(theirs.std(), rel=1e-6, abs=1e-9)
    assert item.quantile(level) == pytest.approx(theirs.ppf(level), rel=1e-6, abs=1e-6)


@given(points)
def test_p50_is_no_later_than_p80_and_both_lie_between_the_points(item):
    assert item.optimistic <= item.p50 <= item.p80 <= item.pessimistic
    assert (item.quantile(0.0), item.quantile(1.0)) == pytest.approx((item.optimistic, item.pessimistic))


def test_a_symmetric_estimate_is_as_likely_over_as_under():
    assert ThreePoint(2, 5, 8).p50 == pytest.approx(5.0)
    assert ThreePoint(2, 5, 8).mean == 5.0
    assert ThreePoint(2, 5, 8).sd == pytest.approx(6 / math.sqrt(28))


def test_a_certain_estimate_has_no_spread():
    assert (ThreePoint(3, 3, 3).p80, ThreePoint(3, 3, 3).sd) == (3.0, 0.0)


def test_one_item_alone_is_exact():
    found = total([ThreePoint(2, 4, 12)], seed=1)
    assert (found.p80, found.draws) == (ThreePoint(2, 4, 12).p80, 0)


def test_the_total_has_the_sum_of_means_and_of_variances():
    items = [ThreePoint(2, 4, 12), ThreePoint(1, 1, 5), ThreePoint(10, 20, 21)]
    found, drawn = total(items, seed=1), simulate_total(items, seed=1)
    assert found.mean == pytest.approx(sum(item.mean for item in items))
    assert found.sd == pytest.approx(math.sqrt(sum(item.sd**2 for item in items)))
    assert found.mean == pytest.approx(drawn.mean(), abs=4 * found.sd / math.sqrt(drawn.size))
    assert found.sd == pytest.approx(drawn.std(), rel=0.02)
    assert (found.p50, found.p80) == tuple(np.quantile(drawn, (0.5, 0.8)))
    assert total_quantile(items, 0.8, seed=1) == found.p80


def test_the_p80_of_a_total_is_earlier_than_the_total_of_p80s():
    items = [ThreePoint(2, 4, 12)] * 10
    assert total(items, seed=1).p80 < sum(item.p80 for item in items)


def test_the_p80_of_a_total_is_exceeded_one_time_in_five():
    items = [ThreePoint(2, 4, 12), ThreePoint(1, 3, 5)]
    late = (simulate_total(items, seed=2) > total(items, seed=1).p80).mean()
    assert late == pytest.approx(0.2, abs=4 * math.sqrt(2 * 0.16 / 100_000))


def test_a_seed_gives_the_same_total_again():
    items = [ThreePoint(2, 4, 12), ThreePoint(1, 3, 5)]
    assert total(items, seed=7) == total(items, seed=7) != total(items, seed=8)
