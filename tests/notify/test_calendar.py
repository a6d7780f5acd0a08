"""The calendar holds deadlines and days to look again, for whoever knows its secret and as long as it is good."""

from __future__ import annotations

from datetime import date

from icalendar import Calendar

from provefirst.lifecycle.reviewing import vote
from provefirst.notify import wishes
from provefirst.notify.calendar import calendar_of
from provefirst.stages import Choice
from tests.world import World, ballot, done


def dates(world: World, secret: str) -> dict[str, date]:
    content = calendar_of(world.workspace, secret)
    assert content is not None
    return {str(event["summary"]): event["dtstart"].dt for event in Calendar.from_ical(content).walk("VEVENT")}


def test_days_to_look_again_are_in_the_calendars_of_those_with_a_part(world: World) -> None:
    key = world.open(title="Sizes, colours; and\\more")
    done(vote(world.workspace, key, ballot(Choice.HOLD, condition="A union", until="2026-05-01"), by="ella"))
    held = {f"{key} Sizes, colours; and\\more: to look at again": date(2026, 5, 1)}
    assert dates(world, wishes.new_calendar(world.workspace, by="olga")) == held
    assert dates(world, wishes.new_calendar(world.workspace, by="bea")) == held
    assert dates(world, wishes.new_calendar(world.workspace, by="otto")) == held
    assert dates(world, wishes.new_calendar(world.workspace, by="dana")) == {}


def test_a_new_secret_and_none_end_the_old_one(world: World) -> None:
    first = wishes.new_calendar(world.workspace, by="olga")
    second = wishes.new_calendar(world.workspace, by="olga")
    assert calendar_of(world.workspace, first) is None
    assert calendar_of(world.workspace, second) is not None
    wishes.drop_calendar(world.workspace, by="olga")
    assert [calendar_of(world.workspace, secret) for secret in (second, "", "x")] == [None, None, None]


def test_choosing_topics_keeps_the_calendar(world: World) -> None:
    secret = wishes.new_calendar(world.workspace, by="olga")
    wishes.choose(world.workspace, {"turn": "daily"}, by="olga")
    assert calendar_of(world.workspace, secret) is not None
