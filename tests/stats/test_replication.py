"""Replication: the reference figures of the literature, from the literature's data."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from provefirst.stats.effects import Effect
from provefirst.stats.replication import (
    compare,
    golden_level,
    p_golden,
    p_sceptical,
    prediction_interval,
    replication_bayes_factor,
    z_sceptical,
)
from tests.stats.simulation import least, most

SSRP = Path(__file__).parents[1] / "data" / "SSRP.csv"
z_values = st.floats(-8, 8).filter(lambda z: abs(z) > 0.01)
ratios = st.floats(0.05, 20)


def ssrp():
    """The 21 studies of the Social Sciences Replication Project, judged; interim replications where no final one is."""
    with SSRP.open(newline="") as file:
        rows = list(csv.DictReader(file))
    kinds = ["r" if row["fisr"] else "i" for row in rows]
    return [
        compare(
            Effect(float(row["fiso"]), float(row["se_fiso"]), int(row["no"]), "fisher z"),
            Effect(float(row[f"fis{kind}"]), float(row[f"se_fis{kind}"]), int(row[f"n{kind}"]), "fisher z"),
        )
        for row, kind in zip(rows, kinds, strict=True)
    ]


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: z_sceptical(math.inf, 2.0, 1.0), "z_original: inf"),
        (lambda: z_sceptical(2.0, 2.0, 0.0), r"variance_ratio: 0\.0"),
        (lambda: prediction_interval(Effect(0.3, 0.1), -1.0), r"se_replication: -1\.0"),
        (lambda: Effect(0.3, 0.0), r"se: 0\.0"),
        (lambda: compare(Effect(0.3, 0.1, None, "d"), Effect(0.3, 0.1, None, "r")), r"replication\.scale: 'r'"),
        (lambda: golden_level(0.0), r"alpha: 0\.0"),
    ],
)
def test_effects_that_cannot_be_compared_are_refused(call, problem):
    with pytest.raises(ValueError, match=problem):
        call()


@pytest.mark.parametrize(
    ("z_original", "z_replication", "ratio", "expected"),
    [(4, 4, 0.5, 3.06146745892), (4, 4, 2, 2.57437701162), (2, 4, 0.5, 1.87285276985)],
)
def test_sceptical_z_has_its_reference_values(z_original, z_replication, ratio, expected):
    assert z_sceptical(z_original, z_replication, ratio) == pytest.approx(expected, abs=5e-12)


@given(z_values, z_values, ratios.filter(lambda c: abs(c - 1) > 1e-3))
def test_sceptical_z_is_the_formula_of_the_paper(zo, zr, c):
    harmonic, arithmetic = 2 / (1 / zo**2 + 1 / zr**2), (zo**2 + zr**2) / 2
    squared = arithmetic / (c - 1) * (math.sqrt(1 + (c - 1) * harmonic / arithmetic) - 1)
    assert z_sceptical(zo, zr, c) == pytest.approx(math.sqrt(squared), rel=1e-6)


@given(z_values, z_values)
def test_with_equal_variances_its_square_is_half_the_harmonic_mean(zo, zr):
    assert z_sceptical(zo, zr, 1.0) ** 2 == pytest.approx(1 / (1 / zo**2 + 1 / zr**2), rel=1e-9)


@given(z_values, z_values, ratios)
def test_a_sceptic_is_never_more_convinced_than_by_either_study_alone(zo, zr, c):
    assert z_sceptical(zo, zr, c) <= min(abs(zo), abs(zr)) * (1 + 1e-12)
    assert z_sceptical(zo, zr, c) == pytest.approx(z_sceptical(zr, zo, c))
    assert z_sceptical(zo, zr, c) >= z_sceptical(zo, zr, 2 * c)
    assert abs(z_sceptical(zo, 1.5 * zr, c)) >= z_sceptical(zo, zr, c)


@given(z_values, z_values, ratios)
def test_an_effect_in_the_other_direction_is_the_opposite_of_success(zo, zr, c):
    assert p_sceptical(zo, zr, c) == pytest.approx(1 - p_sceptical(zo, -zr, c), abs=1e-12)
    assert p_sceptical(zo, zr, c) == p_sceptical(-zo, -zr, c)


def test_no_effect_at_all_convinces_nobody():
    assert z_sceptical(0.0, 3.0, 1.0) == 0.0
    assert p_sceptical(0.0, 3.0, 1.0) == 0.5


def test_the_golden_level_is_the_golden_p_value_read_backwards():
    level = golden_level(0.025)
    assert level == pytest.approx(0.0617, abs=5e-5)
    z = stats.norm.isf(level)
    assert stats.norm.sf(z * math.sqrt((1 + math.sqrt(5)) / 2)) == pytest.approx(0.025)


@given(st.floats(0.01, 1e9), st.floats(0.0, 0.9999))
def test_at_the_golden_level_a_just_significant_original_does_not_survive_a_shrunken_effect(c, relative_effect):
    zo = float(stats.norm.isf(0.025))
    assert p_golden(zo, relative_effect * zo * math.sqrt(c), c) > 0.025


def test_the_golden_level_asks_just_that_of_a_replication_without_end():
    zo, c = float(stats.norm.isf(0.025)), 1e12
    assert p_golden(zo, 1.001 * zo * math.sqrt(c), c) < 0.025


def test_of_21_social_science_replications_13_are_significant_14_predicted_and_11_golden():
    found = ssrp()
    assert len(found) == 21
    assert sum(study.is_significant for study in found) == 13
    assert sum(study.is_predicted for study in found) == 14
    assert sum(study.is_golden for study in found) == 11


def test_every_golden_replication_is_significant_too_in_those_21():
    assert all(study.is_significant for study in ssrp() if study.is_golden)


def test_the_prediction_interval_holds_replications_of_the_same_effect_as_often_as_promised():
    generator, trials = np.random.default_rng(1), 3000
    originals, replications = generator.normal(0.3, (0.1, 0.06), size=(trials, 2)).T
    hits = [
        replication in prediction_interval(Effect(float(original), 0.1), 0.06)
        for original, replication in zip(originals, replications, strict=True)
    ]
    assert least(0.95, trials) <= np.mean(hits) <= most(0.95, trials)


def test_where_there_is_nothing_a_significant_original_turns_golden_by_luck_less_than_alpha():
    generator, trials = np.random.default_rng(2), 4000
    originals, replications = generator.normal(size=(2, trials))
    golden = [p_golden(o, r, 1.0) < 0.025 for o, r in zip(originals, replications, strict=True) if o > 1.96]
    assert np.mean(golden) <= most(0.025, len(golden))


@pytest.mark.parametrize(("estimate", "se"), [(0.25, 0.08), (-0.1, 0.2), (0.0, 0.05)])
def test_the_bayes_factor_is_the_ratio_of_marginal_likelihoods(estimate, se):
    original, replication = Effect(0.3, 0.1), Effect(estimate, se)
    marginal, _ = integrate.quad(
        lambda theta: stats.norm.pdf(estimate, theta, se) * stats.norm.pdf(theta, 0.3, 0.1),
        -1.5,
        2.0,
        points=[0.3, estimate],
    )
    expected = marginal / stats.norm.pdf(estimate, 0.0, se)
    assert replication_bayes_factor(original, replication) == pytest.approx(expected, rel=1e-6)


def test_an_overwhelming_replication_does_not_overflow():
    assert math.isfinite(replication_bayes_factor(Effect(1.0, 0.01), Effect(1.0, 0.01)))
