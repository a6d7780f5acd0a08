"""Statements: double entry, whose balances come to zero."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from provefirst.statements import Balance, Line, statement
from provefirst.texts import as_cell
from tests.world import NOON

ACCOUNTS = st.sampled_from(["outside", "pool:main", "PF-1:requested", "PF-1:approved", "PF-1:released", "PF-1:spent"])
MOVES = st.lists(st.tuples(st.integers(0, 60), ACCOUNTS, ACCOUNTS, st.integers(1, 10**15)), max_size=40)
DAYS = st.none() | st.dates(date(2026, 2, 20), date(2026, 5, 20))


def line(day: int, source: str, target: str, amount: int) -> Line:
    at = (NOON + timedelta(days=day)).isoformat()
    return Line(at, "PF-1", day, "money.moved", "olga", "", source, target, amount)


@given(MOVES, DAYS, DAYS)
def test_all_balances_come_to_zero_whatever_the_period(moves, since, until):
    found = statement("PF-1", "EUR", [line(*move) for move in sorted(moves)], since=since, until=until)
    assert found.total == 0


@given(MOVES, st.dates(date(2026, 3, 3), date(2026, 4, 20)))
def test_what_stands_at_the_end_of_a_period_is_what_the_next_begins_with(moves, day):
    lines = [line(*move) for move in sorted(moves)]
    first = statement("PF-1", "EUR", lines, since=None, until=day)
    second = statement("PF-1", "EUR", lines, since=day + timedelta(days=1), until=None)
    ended = {one.account: one.after for one in first.balances}
    begun = {one.account: one.before for one in second.balances}
    assert {name: amount for name, amount in ended.items() if amount} == {n: a for n, a in begun.items() if a}
    assert first.lines + second.lines == tuple(lines)


def test_a_period_has_both_its_days():
    lines = [line(day, "pool:main", "PF-1:requested", 1) for day in range(5)]
    day = NOON.date()
    found = statement("PF-1", "EUR", lines, since=day + timedelta(days=1), until=day + timedelta(days=3))
    assert found.balances == (Balance("pool:main", -1, 0, 3), Balance("PF-1:requested", 1, 3, 0))


def test_text_that_a_spreadsheet_would_run_is_text():
    told = [as_cell(text) for text in ("=1+1", "+1", "-1", "@x", "\t=1", "", "a=1")]
    assert told == ["'=1+1", "'+1", "'-1", "'@x", "'\t=1", "", "a=1"]
