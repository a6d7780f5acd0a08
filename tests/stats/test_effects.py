"""Effect sizes: there and back, and the worked examples of the textbook."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from provefirst.stats import effects
from provefirst.stats.delong import auc_standard_error

ds = st.floats(-4, 4)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: effects.fisher_z(1.0), r"r: 1\.0"),
        (lambda: effects.effect_from_correlation(0.3, 3), "n: 3"),
        (lambda: effects.d_from_auc(1.0), r"auc: 1\.0"),
        (lambda: effects.effect_from_accuracy(1.2, 10), r"accuracy: 1\.2"),
        (lambda: effects.effect_from_accuracy(0.8, 10, scale="probit"), "scale: 'probit'"),
        (lambda: effects.effect_from_odds_table(1, 2, -3, 4), "c: -3"),
    ],
)
def test_an_effect_that_cannot_be_is_refused(call, problem):
    with pytest.raises(ValueError, match=problem):
        call()


@given(ds)
def test_every_conversion_leads_back(d):
    assert effects.d_from_correlation(effects.correlation_from_d(d)) == pytest.approx(d, abs=1e-9)
    assert effects.d_from_log_odds_ratio(effects.log_odds_ratio_from_d(d)) == pytest.approx(d, abs=1e-12)
    assert effects.d_from_auc(effects.auc_from_d(d)) == pytest.approx(d, abs=1e-9)
    assert effects.correlation_from_fisher_z(effects.fisher_z(math.tanh(d))) == pytest.approx(math.tanh(d))


def test_the_textbooks_worked_examples_come_out():
    """Borenstein et al. 2009: ln OR .9069 is d .5, d .5 is r .2425 (ch. 7); r .5, n 100: z .5493, variance .0103."""
    assert effects.d_from_log_odds_ratio(0.9069) == pytest.approx(0.5, abs=5e-5)
    assert effects.correlation_from_d(0.5) == pytest.approx(0.2425, abs=5e-5)
    found = effects.effect_from_correlation(0.5, 100)
    assert (found.estimate, found.se**2) == pytest.approx((0.5493, 0.0103), abs=5e-5)


def test_the_variance_of_d_and_of_the_log_odds_ratio_are_those_of_the_textbook():
    """Borenstein et al. 2009, ch. 4 and 5: d .5970 in 50 + 50 rows, variance .0418; 5, 95, 10, 90: -.7472, .3216."""
    assert effects.effect_from_d(0.5970, 50, 50).se ** 2 == pytest.approx(0.0418, abs=5e-5)
    odds = effects.effect_from_odds_table(5, 95, 10, 90)
    assert (odds.estimate, odds.se**2) == pytest.approx((-0.7472, 0.3216), abs=5e-5)


def test_unequal_groups_change_the_correlation():
    assert effects.correlation_from_d(1.0, 50, 50) == effects.correlation_from_d(1.0)
    assert effects.correlation_from_d(1.0, 10, 90) < effects.correlation_from_d(1.0)


def test_an_empty_cell_does_not_make_an_infinite_odds_ratio():
    assert math.isfinite(effects.effect_from_odds_table(0, 10, 5, 5).estimate)


def test_the_standard_error_of_an_auc_from_class_sizes_is_near_delongs():
    generator = np.random.default_rng(1)
    labels = np.repeat([1, 0], [300, 300])
    scores = generator.normal(labels * effects.d_from_auc(0.8))
    found = effects.effect_from_auc(0.8, 300, 300)
    assert found.se * 0.8 * 0.2 == pytest.approx(auc_standard_error(labels, scores), rel=0.12)


@pytest.mark.parametrize("scale", ["logit", "arcsine"])
def test_the_standard_error_of_an_accuracy_is_its_spread(scale):
    generator = np.random.default_rng(2)
    seen = [effects.effect_from_accuracy(x / 200, 200, 0.5, scale) for x in generator.binomial(200, 0.8, 4000)]
    spread = np.std([effect.estimate for effect in seen])
    assert np.mean([effect.se for effect in seen]) == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize("scale", ["logit", "arcsine"])
def test_accuracy_at_chance_is_no_effect(scale):
    assert effects.effect_from_accuracy(0.5, 100, 0.5, scale).estimate == pytest.approx(0.0)
    assert effects.effect_from_accuracy(1.0, 100, 0.9, scale).z > 0.0
    assert stats.norm.sf(effects.effect_from_accuracy(0.6, 1000, 0.5, scale).z) < 1e-6


SCALES = {
    "fisher z": (0.7, lambda z: effects.d_from_correlation(effects.correlation_from_fisher_z(z))),
    "logit auc": (1.2, lambda x: effects.d_from_auc(1 / (1 + math.exp(-x)))),
    "log odds ratio": (2.0, effects.d_from_log_odds_ratio),
    "logit": (-0.4, effects.d_from_log_odds_ratio),
    "d": (0.3, float),
}


@pytest.mark.parametrize("scale", SCALES)
def test_an_effect_as_d_has_the_slope_of_the_conversion_in_its_error(scale):
    at, convert = SCALES[scale]
    found, step = effects.as_d(effects.Effect(at, 0.1, 50, scale)), 1e-6
    assert found.estimate == pytest.approx(convert(at))
    assert found.se == pytest.approx(0.1 * (convert(at + step) - convert(at - step)) / (2 * step), rel=1e-5)
    assert (found.scale, found.n) == ("d", 50)


def test_an_effect_on_a_scale_of_its_own_is_no_d():
    with pytest.raises(ValueError, match="scale: 'arcsine'"):
        effects.as_d(effects.Effect(0.1, 0.1, 50, "arcsine"))
