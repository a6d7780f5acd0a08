"""The calendar: deadlines and days to look again, as a feed that calendars subscribe to (iCalendar, RFC 5545)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from provefirst.accounts.keys import digest
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role
from provefirst.store import notices

WIDE = frozenset({Role.BOARD_MEMBER, Role.AUDITOR, Role.ADMIN})
"""Roles that answer for all initiatives: their calendar holds the dates of all, others' those of their own."""


def calendar_of(workspace: Workspace, secret: str) -> bytes | None:
    """The dates of whoever this secret was made for; None where it is nobody's any more."""
    from icalendar import Calendar, Event

    with workspace.store.reading() as work:
        handle = notices.owner_of_calendar(work, digest(secret))
        if handle is None:
            return None
        rows = notices.dates_of(work, handle, is_all=bool(work.person(handle).roles & WIDE))
    made = Calendar()
    made.add("prodid", "-//provefirst//calendar//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "provefirst")
    made.add("refresh-interval;value=duration", "PT1H")
    for row in rows:
        for name, said in (("deadline", "deadline"), ("revisit_on", "to look at again")):
            if row[name]:
                day, event = date.fromisoformat(row[name]), Event()
                event.add("uid", f"{row['key']}-{name}@provefirst")
                event.add("dtstamp", datetime.fromisoformat(row["changed_at"]))
                event.add("sequence", row["version"])
                event.add("dtstart", day)
                event.add("dtend", day + timedelta(days=1))
                event.add("summary", f"{row['key']} {row['title']}: {said}")
                event.add("url", f"{workspace.settings.address}/initiatives/{row['key']}")
                made.add_component(event)
    content: bytes = made.to_ical()
    return content
