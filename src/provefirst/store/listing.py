"""Lists of initiatives and of lessons, read from the projections. Each is one query."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import RowMapping, Select, false, or_, select

from provefirst.store.tables import InitiativeRow, LessonRow, table
from provefirst.store.work import Work


def initiatives(
    work: Work,
    *,
    stage: str = "",
    status: str = "",
    owner: str = "",
    text: str = "",
    sort: str = "-changed_at",
    after: str = "",
    limit: int = 100,
) -> tuple[RowMapping, ...]:
    """Initiatives as rows, in the order of a column (a minus: descending), from the one after the cursor `after`.

    The cursor is the last row's value in that column, a blank and its key: rows that come or go don't shift a page.
    """
    rows = table(InitiativeRow)
    found: Select[tuple[object, ...]] = select(rows)
    for column, value in ((rows.c.stage, stage), (rows.c.status, status), (rows.c.owner, owner)):
        if value:
            found = found.where(column == value)
    if text:
        found = found.where(rows.c.title.icontains(text, autoescape=True))
    column, is_descending = rows.c[sort.removeprefix("-")], sort.startswith("-")
    if after:
        last, _, key = after.rpartition(" ")
        known: int | str = int(last) if column.type.python_type is int else last
        beyond = (column < known, rows.c.key < key) if is_descending else (column > known, rows.c.key > key)
        found = found.where(beyond[0] | ((column == known) & beyond[1]))
    order = (column.desc(), rows.c.key.desc()) if is_descending else (column, rows.c.key)
    return tuple(work.connection.execute(found.order_by(*order).limit(limit)).mappings())


def overdue(
    work: Work, *, before: str, today: str, limit: int, apart: Mapping[tuple[str, str], str] = MappingProxyType({})
) -> tuple[str, ...]:
    """Keys of initiatives not concluded on which nothing happened since `before`, or whose hold ends by `today`.

    For those under a policy and at a stage in `apart`, its moment counts in place of `before`.
    """
    rows = table(InitiativeRow)
    own = [((rows.c.policy == policy) & (rows.c.stage == stage), moment) for (policy, stage), moment in apart.items()]
    is_silent = (rows.c.changed_at <= before) & ~or_(false(), *(is_there for is_there, _ in own))
    for is_there, moment in own:
        is_silent |= is_there & (rows.c.changed_at <= moment)
    is_due = is_silent | ((rows.c.revisit_on != "") & (rows.c.revisit_on <= today))
    found = select(rows.c.key).where(rows.c.status != "concluded", is_due).order_by(rows.c.changed_at).limit(limit)
    return tuple(work.connection.execute(found).scalars())


def lessons(work: Work, *, text: str = "", outcome: str = "", limit: int = 100) -> tuple[RowMapping, ...]:
    """Lessons that hold every word of `text`, newest first."""
    rows = table(LessonRow)
    found: Select[tuple[object, ...]] = select(rows)
    if outcome:
        found = found.where(rows.c.outcome == outcome)
    for word in text.split():
        fields = (rows.c.title, rows.c.lesson, rows.c.would_change_if, rows.c.domain, rows.c.reasons)
        match = fields[0].icontains(word, autoescape=True)
        for field in fields[1:]:
            match = match | field.icontains(word, autoescape=True)
        found = found.where(match)
    found = found.order_by(rows.c.concluded_at.desc(), rows.c.initiative.desc()).limit(limit)
    return tuple(work.connection.execute(found).mappings())
