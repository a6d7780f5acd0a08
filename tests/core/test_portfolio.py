"""What a portfolio has done, with each figure's n and what it is compared with."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from provefirst.portfolio import LEAST, Avoided, Passage, Spread, portfolio
from provefirst.stages import Outcome
from tests.world import NOON


def way(key: str = "PF-1", *, asked: int = 1000, spent: int = 0, **more: object) -> Passage:
    return Passage(key, "EUR", asked, spent, NOON, **more)  # type: ignore[arg-type]


def ended(outcome: Outcome, days: float, **more: object) -> Passage:
    return way(outcome=outcome, concluded_at=NOON + timedelta(days=days), **more)


def funded(days: float, **more: object) -> Passage:
    return way(funded_at=NOON + timedelta(days=days), **more)


def test_without_initiatives_there_are_no_figures():
    found = portfolio([])
    assert (found.to_no, found.to_yes, found.avoided, found.released) == (
        Spread(0, None, None, None), Spread(0, None, None, None), (), {},
    )  # fmt: skip


def test_days_to_a_no_are_told_by_quartiles_of_the_nos_alone():
    nos = [ended(Outcome.NOT_FEASIBLE, days) for days in (10, 20, 30, 40, 50)]
    found = portfolio([*nos, ended(Outcome.INCONCLUSIVE, 500), funded(7), way()])
    assert found.to_no == Spread(5, 20, 30, 40)
    assert found.to_yes == Spread(1, 7, 7, 7)


@pytest.mark.parametrize("outcome", [Outcome.NOT_FEASIBLE, Outcome.INCONCLUSIVE, Outcome.WITHDRAWN])
def test_what_ended_unfunded_avoided_at_most_what_it_did_not_spend(outcome):
    found = portfolio([ended(outcome, 1, spent=100), way(), funded(1, spent=900)])
    assert found.avoided == (Avoided("EUR", n=1, low=0, high=900, share=None, funded=1),)


def test_at_least_is_what_three_of_four_funded_ones_spent():
    known = [funded(1, spent=spent) for spent in (200, 400, 600, 800, 1000)]
    assert len(known) == LEAST
    found = portfolio([*known, ended(Outcome.NOT_FEASIBLE, 1, spent=100)]).avoided[0]
    assert (found.share, found.low, found.high) == (Fraction(3, 10), 200, 900)


def test_what_spent_more_than_that_share_avoided_nothing_at_least():
    known = [funded(1, spent=100) for _ in range(LEAST)]
    found = portfolio([*known, ended(Outcome.NOT_FEASIBLE, 1, spent=400)]).avoided[0]
    assert (found.low, found.high) == (0, 600)


def test_what_failed_after_it_was_funded_avoided_nothing():
    found = portfolio([ended(Outcome.NOT_FEASIBLE, 9, funded_at=NOON)])
    assert (found.avoided[0].n, found.avoided[0].high) == (0, 0)


def test_money_is_told_by_the_evidence_that_it_was_released_on():
    found = portfolio(
        [
            funded(1, released=(("none", 100), ("sealed", 500))),
            funded(1, released=(("declared", 200), ("prospective", 200))),
        ]
    )
    assert found.released == {"EUR": {"none": 100, "sealed": 500, "declared": 200, "prospective": 200}}
    assert (found.blind_share("EUR"), found.blind_share("USD")) == (0.7, None)


def test_currencies_are_never_added():
    other = Passage("PF-2", "USD", 50, 0, NOON, outcome=Outcome.WITHDRAWN, concluded_at=NOON)
    found = portfolio([ended(Outcome.NOT_FEASIBLE, 1), other])
    assert [(one.currency, one.high) for one in found.avoided] == [("EUR", 1000), ("USD", 50)]
