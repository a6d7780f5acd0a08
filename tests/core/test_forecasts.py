"""Forecasts by role, and how they turned out."""

from __future__ import annotations

from math import isclose

import pytest

from provefirst.evidence import Kind
from provefirst.forecasts import Bin, Forecast, came_true, forecasts, scored
from provefirst.people import Role
from provefirst.stages import Outcome, Stage
from tests import world as w
from tests.core.stories import Story

PEER = Role.REVIEWER


def said(probability: float, is_true: bool, role: Role = PEER) -> Forecast:
    return Forecast(role, Stage.REVIEW, probability, is_true)


@pytest.mark.parametrize(
    ("outcome", "is_funded", "answer"),
    [
        (Outcome.FEASIBLE, True, True),
        (None, True, True),
        (None, False, None),
        (Outcome.NOT_FEASIBLE, False, False),
        (Outcome.NOT_FEASIBLE, True, False),
        (Outcome.INCONCLUSIVE, False, None),
        (Outcome.WITHDRAWN, True, None),
    ],
)
def test_only_what_is_known_is_scored(outcome, is_funded, answer):
    assert came_true(outcome, is_funded=is_funded) is answer


def test_forecasts_stand_in_what_each_role_writes():
    story = Story().opened().submitted(Kind.PROPOSAL, "olga", document=w.proposal(forecast=0.9))
    story.voted("ella", w.ballot(forecast=0.6), role=Role.ETHICS_REVIEWER).entered(Stage.DATA_ANALYSIS)
    story.submitted(Kind.PREREGISTRATION, document=w.preregistration(forecast=0.3))
    story.voted("rita", w.ballot()).voted("rolf", w.ballot(forecast=0.4)).voted("rolf", w.ballot(forecast=0.2))
    assert forecasts(story.entries, is_true=True) == (
        Forecast(Role.PRODUCT_OWNER, Stage.PROPOSAL, 0.9, True),
        Forecast(Role.ETHICS_REVIEWER, Stage.PROPOSAL, 0.6, True),
        Forecast(Role.DATA_SCIENTIST, Stage.DATA_ANALYSIS, 0.3, True),
        Forecast(Role.REVIEWER, Stage.DATA_ANALYSIS, 0.2, True),
    )


@pytest.mark.parametrize("nonsense", [0, 1, -0.1, 1.1, float("nan"), "likely"])
def test_a_forecast_is_a_probability(nonsense):
    with pytest.raises(ValueError, match="forecast"):
        w.ballot(forecast=nonsense)


def test_the_brier_score_is_the_mean_squared_error():
    found = scored(PEER, [[said(0.9, True)], [said(0.2, False)], [said(0.7, False)]])
    assert isclose(found.brier, (0.01 + 0.04 + 0.49) / 3)
    assert (found.n, found.initiatives, isclose(found.brier_of_base_rate, 2 / 9)) == (3, 3, True)


def test_many_forecasts_of_one_initiative_are_one_observation():
    found = scored(PEER, [[said(0.9, True)] * 50, [said(0.9, False)]])
    assert isclose(found.brier, (0.01 + 0.81) / 2)
    assert (found.n, found.initiatives, found.base_rate) == (51, 2, 0.5)


def test_one_initiative_has_no_interval():
    found = scored(PEER, [[said(0.9, True)]])
    assert (found.low, found.high) == (None, None)


def test_other_roles_are_left_out_and_none_is_no_score():
    told = [[said(0.9, True, Role.BOARD_MEMBER)]]
    assert scored(PEER, told) is None
    assert scored(Role.BOARD_MEMBER, told).n == 1


def test_calibration_tells_what_came_true_of_what_was_thought_so_likely():
    told = [[said(0.85, True)], [said(0.95, False)], [said(0.2, False)], [said(0.19, False)]]
    assert scored(PEER, told).bins == (
        Bin(0.0, 0.2, 1, 0.19, 0),
        Bin(0.2, 0.4, 1, 0.2, 0),
        Bin(0.8, 1.0, 2, pytest.approx(0.9), 1),
    )


def test_the_interval_covers_the_true_score_as_often_as_it_says():
    """1,000 organisations of 60 initiatives each, whose forecasts are right on average: the true score is 1/6."""
    import numpy as np

    generator = np.random.default_rng(11)
    hits = 0
    for _ in range(1000):
        chances = generator.uniform(0.001, 0.999, 60)
        outcomes = generator.uniform(size=60) < chances
        found = scored(PEER, [[said(float(p), bool(o))] for p, o in zip(chances, outcomes, strict=True)])
        hits += found.low <= 1 / 6 <= found.high
    assert 930 <= hits <= 970


def test_a_forecast_made_after_results_were_seen_is_none():
    story = Story().opened().entered(Stage.DATA_ANALYSIS)
    story.submitted(Kind.PREREGISTRATION, document=w.preregistration(forecast=0.3))
    last = dict(story.entries[-1].data)
    late = w.preregistration(forecast=0.99).model_dump(mode="json")
    story.add("evidence.submitted", "dana", **{**last, "content": late, "derived": {"looks_seen": 1}})
    assert forecasts(story.entries, is_true=True) == (Forecast(Role.DATA_SCIENTIST, Stage.DATA_ANALYSIS, 0.3, True),)
