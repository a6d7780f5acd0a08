"""Rows to promise: the published figures, and that the promise is kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provefirst.stats.samplesize import bennett_rows, hoeffding_rows
from tests.stats.simulation import most

shares = st.floats(0.001, 0.5)
looks = st.integers(1, 200)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: hoeffding_rows(0.0, 0.05), r"epsilon: 0\.0"),
        (lambda: hoeffding_rows(0.1, 1.0), r"delta: 1\.0"),
        (lambda: hoeffding_rows(0.1, 0.05, looks=0), "looks: 0"),
        (lambda: hoeffding_rows(0.1, 0.05, quantities=0), "quantities: 0"),
        (lambda: bennett_rows(0.1, 0.05, disagreement=0.0), r"disagreement: 0\.0"),
    ],
)
def test_a_promise_that_cannot_be_made_is_refused(call, problem):
    with pytest.raises(ValueError, match=problem):
        call()


@pytest.mark.parametrize(
    ("epsilon", "delta", "fixed", "adaptive"), [(0.1, 0.01, 1753, 5496), (0.05, 0.001, 8854, 23_826)]
)
def test_thirty_two_looks_at_new_minus_old_take_the_published_rows(epsilon, delta, fixed, adaptive):
    assert hoeffding_rows(epsilon, delta, looks=32, quantities=2) == fixed
    assert hoeffding_rows(epsilon, delta, looks=32, quantities=2, adaptive=True) == adaptive


def test_models_that_disagree_on_a_tenth_of_rows_take_the_published_rows():
    assert bennett_rows(0.01, 1e-4, disagreement=0.1, looks=32) == 29_048
    assert bennett_rows(0.01, 1e-4, disagreement=0.1, looks=32, adaptive=True) == 67_706


@given(shares, shares, looks)
def test_asking_for_more_takes_more_rows(epsilon, delta, registered):
    rows = hoeffding_rows(epsilon, delta, registered)
    assert rows >= 1
    assert hoeffding_rows(epsilon / 2, delta, registered) >= rows
    assert hoeffding_rows(epsilon, delta / 2, registered) >= rows
    assert hoeffding_rows(epsilon, delta, registered + 1) >= rows
    assert hoeffding_rows(epsilon, delta, registered, quantities=2) > rows
    assert bennett_rows(epsilon, delta, 0.2, registered) <= bennett_rows(epsilon, delta, 0.4, registered)


@given(shares, shares, st.integers(2, 200))
def test_choosing_after_each_answer_never_takes_fewer_rows(epsilon, delta, registered):
    assert hoeffding_rows(epsilon, delta, registered, adaptive=True) >= hoeffding_rows(epsilon, delta, registered)


def test_the_promise_is_kept_on_all_looks_together():
    generator, trials, epsilon, delta = np.random.default_rng(1), 4000, 0.1, 0.05
    n = hoeffding_rows(epsilon, delta, looks=8)
    seen = generator.binomial(n, 0.5, size=(trials, 8)) / n
    assert np.mean((seen - 0.5 > epsilon).any(axis=1)) <= most(delta, trials)
