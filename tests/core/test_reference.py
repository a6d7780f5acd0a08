"""How past estimates turned out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provefirst.deadlines import working_day, working_days
from provefirst.evidence import Kind
from provefirst.reference import LEAST, Reference, overrun, reference
from provefirst.stages import Stage
from tests import world as w
from tests.core.stories import Story

FRIDAY = date(2026, 3, 6)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (FRIDAY, FRIDAY, 0),
        (FRIDAY, FRIDAY - timedelta(days=9), 0),
        (FRIDAY, date(2026, 3, 8), 0),
        (FRIDAY, date(2026, 3, 9), 1),
        (FRIDAY, date(2026, 3, 13), 5),
        (date(2026, 3, 7), date(2026, 3, 9), 1),
    ],
)
def test_working_days_are_mondays_to_fridays(start, end, days):
    assert working_days(start, end) == days


@given(DAYS.filter(lambda day: day.weekday() < 5), st.integers(0, 2000))
def test_working_days_are_counted_as_deadlines_count_them(start, days):
    assert working_days(start, working_day(start, days)) == days


def estimated(p50: float, by: str = "dana") -> Story:
    story = Story().opened().entered(Stage.REVIEW)
    place = {"kind": Kind.EFFORT_ESTIMATE.value, "stage": Stage.REVIEW.value, "attempt": 1, "digest": "d" * 64}
    content = w.estimate().model_dump(mode="json")
    story.add("evidence.submitted", by, **place, content=content, attachments={}, derived={"p50": p50})
    return story


def built(story: Story, since: date) -> Story:
    story.add("gate.opened", stage="release", attempt=1, by=["bea"], exploration_cap=0, deadline=True)
    report = w.production().model_copy(update={"since": since, "until": since})
    return story.entered(Stage.WATCH).submitted(Kind.PRODUCTION_REPORT, document=report)


def test_what_it_took_is_told_against_what_was_said():
    story = built(estimated(10), working_day(w.NOON.date(), 25))
    assert overrun(story.entries, {"dana"}) == 2.5


def test_what_somebody_else_estimated_is_none_of_theirs():
    story = built(estimated(10), working_day(w.NOON.date(), 25))
    assert overrun(story.entries, {"dirk"}) is None


def test_what_is_not_live_yet_says_nothing():
    assert overrun(estimated(10).entries, {"dana"}) is None


@pytest.mark.parametrize(
    ("overruns", "told"),
    [
        ([2.0] * (LEAST - 1), Reference(1.0, LEAST - 1)),
        ([1.0, 1.5, 2.0, 3.0, 9.0], Reference(2.0, 5)),
        ([1.0, None, 1.5, 2.0, None, 3.0, 0.5], Reference(1.5, 5)),
        ([], Reference(1.0, 0)),
    ],
)
def test_the_median_corrects_once_there_are_enough(overruns, told):
    assert reference(overruns) == told
