"""Intervals: exact, covering, and refusing what they can't be computed from."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from provefirst.errors import InvalidInputError
from provefirst.stats.intervals import Interval, clopper_pearson, normal_interval

counts = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
alphas = st.floats(1e-6, 0.5)


@pytest.mark.parametrize(
    ("field", "value", "arguments"),
    [
        ("n", 0, {"successes": 0, "n": 0}),
        ("successes", 11, {"successes": 11, "n": 10}),
        ("successes", -1, {"successes": -1, "n": 10}),
        ("successes", 1.5, {"successes": 1.5, "n": 10}),
        ("alpha", 0.0, {"successes": 1, "n": 10, "alpha": 0.0}),
        ("alpha", 1.0, {"successes": 1, "n": 10, "alpha": 1.0}),
        ("alpha", "5 %", {"successes": 1, "n": 10, "alpha": "5 %"}),
        ("n", True, {"successes": 1, "n": True}),
        ("side", "left", {"successes": 1, "n": 10, "side": "left"}),
    ],
)
def test_a_proportion_that_cannot_be_is_refused_by_field_and_value(field, value, arguments):
    with pytest.raises(InvalidInputError) as refused:
        clopper_pearson(**arguments)
    assert (refused.value.field, refused.value.value) == (field, value)


def test_a_negative_standard_error_is_refused():
    with pytest.raises(ValueError, match="se: -1"):
        normal_interval(0.0, -1.0, 10)


def test_importing_the_package_imports_nothing_heavy():
    program = (
        "import sys, provefirst.stats\n"
        "print([name for name in ('numpy', 'scipy', 'sklearn', 'pandas') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize(
    ("successes", "n"), [(0, 1), (1, 1), (0, 10), (8, 10), (10, 10), (263, 400), (99_990, 100_000)]
)
def test_clopper_pearson_agrees_with_scipys_inverted_binomial_test(successes, n, alpha):
    theirs = stats.binomtest(successes, n).proportion_ci(1 - alpha, method="exact")
    ours = clopper_pearson(successes, n, alpha)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert (ours.estimate, ours.n, ours.alpha) == (successes / n, n, alpha)


def test_no_failure_in_n_rows_bounds_the_failures_at_alpha_to_the_nth_root():
    bound = clopper_pearson(59, 59, alpha=0.05, side="lower")
    assert bound.low == pytest.approx(0.05 ** (1 / 59), rel=1e-12)
    assert bound.high == 1.0


def test_the_two_one_sided_bounds_are_the_two_sided_interval_at_twice_alpha():
    both = clopper_pearson(70, 100, alpha=0.1)
    lower, upper = (clopper_pearson(70, 100, alpha=0.05, side=side) for side in ("lower", "upper"))
    assert (lower.low, upper.high) == (both.low, both.high)
    assert (lower.high, upper.low) == (1.0, 0.0)


@pytest.mark.parametrize("n", [1, 5, 20, 100])
def test_clopper_pearson_covers_every_share_with_at_least_its_promise(n):
    found = [clopper_pearson(x, n, alpha=0.1) for x in range(n + 1)]
    low, high = np.array([i.low for i in found]), np.array([i.high for i in found])
    for p in np.linspace(0.001, 0.999, 333):
        chance = stats.binom.pmf(np.arange(n + 1), n, p)
        assert chance[low > p].sum() <= 0.05 + 1e-9
        assert chance[high < p].sum() <= 0.05 + 1e-9


@given(counts, alphas)
def test_an_interval_holds_its_estimate_and_stays_on_the_scale(seen, alpha):
    found = clopper_pearson(*seen, alpha=alpha)
    assert 0.0 <= found.low <= found.estimate <= found.high <= 1.0
    assert found.estimate in found
    assert found.width > 0.0


@given(counts, alphas)
def test_failures_are_successes_upside_down(seen, alpha):
    successes, n = seen
    one, other = clopper_pearson(successes, n, alpha), clopper_pearson(n - successes, n, alpha)
    assert (1 - other.high, 1 - other.low) == pytest.approx((one.low, one.high), abs=1e-9)


@given(counts, alphas)
def test_one_more_success_moves_both_limits_up(seen, alpha):
    successes, n = seen
    fewer, more = clopper_pearson(successes, n + 1, alpha), clopper_pearson(successes + 1, n + 1, alpha)
    assert more.low > fewer.low
    assert more.high > fewer.high or fewer.high == more.high == 1.0


@given(counts, st.floats(0.001, 0.2))
def test_more_certainty_costs_width(seen, alpha):
    sure, less_sure = clopper_pearson(*seen, alpha=alpha), clopper_pearson(*seen, alpha=2 * alpha)
    assert sure.low <= less_sure.low
    assert sure.high >= less_sure.high


def test_a_normal_interval_is_the_estimate_and_its_quantile():
    assert normal_interval(1.0, 2.0, 5, alpha=0.05) == Interval(
        1.0, pytest.approx(1 - 2 * 1.959963984540054), pytest.approx(1 + 2 * 1.959963984540054), 5, 0.05, "normal"
    )
