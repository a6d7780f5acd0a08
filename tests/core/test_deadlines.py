"""Working days are counted as a person with a calendar would."""

from datetime import date, timedelta
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provefirst.deadlines import working_day

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def counted(start: date, days: float) -> date:
    """The day on which so many working days after `start` are over, counted one by one."""
    day, left = start, ceil(days)
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),  # Monday to Tuesday
        (date(2026, 3, 6), 1, date(2026, 3, 9)),  # Friday to Monday
        (date(2026, 3, 2), 5, date(2026, 3, 9)),
        (date(2026, 3, 7), 5, date(2026, 3, 13)),  # from a Saturday, the week that follows
        (date(2026, 3, 8), 5, date(2026, 3, 13)),
        (date(2026, 3, 2), 0.1, date(2026, 3, 3)),  # a begun day is a day
        (date(2026, 3, 2), 20.000001, date(2026, 3, 31)),
    ],
)
def test_weekends_are_no_working_days(start, days, end):
    assert working_day(start, days) == end


@given(DAYS, st.floats(0.01, 400))
def test_the_short_way_agrees_with_counting(start, days):
    assert working_day(start, days) == counted(start, days)


@given(DAYS, st.floats(0, 10_000))
def test_work_never_ends_on_a_weekend(start, days):
    assert working_day(start, days).weekday() < 5


@given(DAYS, st.floats(0.01, 400), st.floats(0, 50))
def test_more_work_never_ends_earlier(start, days, more):
    assert working_day(start, days) <= working_day(start, days + more)


def test_no_work_is_over_at_once_on_a_working_day():
    assert working_day(date(2026, 3, 2), 0) == date(2026, 3, 2)


def test_no_work_is_over_on_the_monday_after_a_weekend():
    assert working_day(date(2026, 3, 7), 0) == date(2026, 3, 9)
