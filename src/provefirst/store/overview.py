"""Overview: what waits for whom, and how many initiatives stand where. Each question is one query."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Join, Label, Select, and_, func, or_, select

from provefirst.store.tables import InitiativeRow, OutboxRow, PartRow, WaitingRow, table
from provefirst.store.work import Work

Row: TypeAlias = dict[str, Any]

_WAITING, _INITIATIVE, _PART, _OUTBOX = (
    table(WaitingRow), table(InitiativeRow), table(PartRow), table(OutboxRow),
)  # fmt: skip


def waiting_on(work: Work, handle: str, roles: Collection[str], *, limit: int) -> tuple[Row, ...]:
    """What waits for `handle`, who has `roles`, oldest first."""
    found = _with_part(handle).where(_is_on(handle, roles)).order_by(_WAITING.c.since, _WAITING.c.initiative)
    return _rows(work, found.limit(limit))


def waiting_count(work: Work, handle: str, roles: Collection[str], *, most: int) -> int:
    """On how many initiatives something waits for `handle`; counted up to `most`."""
    keys = (
        select(_WAITING.c.initiative)
        .distinct()
        .select_from(_joined(handle))
        .where(_is_on(handle, roles))
        .limit(most)
        .subquery()
    )
    return int(work.connection.execute(select(func.count()).select_from(keys)).scalar_one())


def waited_for(work: Work, handle: str, *, limit: int) -> tuple[Row, ...]:
    """What the initiatives wait for on which `handle` has a part that is no reviewer's, from others; oldest first."""
    is_others = and_(_PART.c.role.is_not(None), _PART.c.role != "reviewer", _PART.c.role != _WAITING.c.role)
    found = _with_part(handle).where(is_others).order_by(_WAITING.c.since, _WAITING.c.initiative)
    return _rows(work, found.limit(limit))


def by_stage(work: Work) -> tuple[Row, ...]:
    """By stage and status: how many, what their money is, and since when nothing happened on the stillest."""
    rows = _INITIATIVE
    money = [_sum(name) for name in ("requested", "approved", "released", "spent", "returned")]
    found = select(
        rows.c.stage, rows.c.status, rows.c.currency, func.count().label("count"),
        func.min(rows.c.changed_at).label("stillest"), *money,
    ).group_by(rows.c.stage, rows.c.status, rows.c.currency)  # fmt: skip
    return _rows(work, found)


def ended(work: Work) -> tuple[Row, ...]:
    """How many ended how, by the stage they ended at."""
    rows = _INITIATIVE
    found = select(rows.c.stage, rows.c.outcome, func.count().label("count")).where(rows.c.status == "concluded")
    return _rows(work, found.group_by(rows.c.stage, rows.c.outcome))


def progress(work: Work, key: str) -> Row:
    """How far an initiative is: its version, and what its newest run that has not finished is doing, since when."""
    rows, runs = _INITIATIVE, _OUTBOX
    is_owed = and_(runs.c.initiative == rows.c.key, runs.c.status.in_(("due", "sent", "claimed")))
    found = (
        select(
            rows.c.version, runs.c.status, runs.c.stage, runs.c.state, runs.c.claimed_at, runs.c.sent_at, runs.c.next_at
        )
        .select_from(rows.outerjoin(runs, is_owed))
        .where(rows.c.key == key)
        .order_by(runs.c.cause.desc())
        .limit(1)
    )
    return dict(work.connection.execute(found).mappings().one())


def under_policies(work: Work) -> dict[str, int]:
    """How many initiatives that are not concluded stand under each policy set, by its digest."""
    rows = _INITIATIVE
    found = select(rows.c.policy, func.count()).where(rows.c.status != "concluded").group_by(rows.c.policy)
    return {row[0]: row[1] for row in work.connection.execute(found)}


def titles(work: Work, keys: Collection[str]) -> dict[str, str]:
    """The title of each of these initiatives."""
    found = select(_INITIATIVE.c.key, _INITIATIVE.c.title).where(_INITIATIVE.c.key.in_(sorted(keys)))
    return {row[0]: row[1] for row in work.connection.execute(found)}


def newest_of_each(work: Work, *, each: int) -> tuple[Row, ...]:
    """The `each` initiatives of every stage, not concluded, on which something happened last."""
    rows = _INITIATIVE
    place = func.row_number().over(partition_by=rows.c.stage, order_by=rows.c.changed_at.desc()).label("place")
    shown = (rows.c.key, rows.c.title, rows.c.stage, rows.c.status, rows.c.attempt, rows.c.changed_at)
    numbered = select(*shown, place).where(rows.c.status != "concluded").subquery()
    found = select(numbered).where(numbered.c.place <= each).order_by(numbered.c.changed_at.desc())
    return _rows(work, found)


def parts_of(work: Work, handle: str, *, limit: int) -> tuple[Row, ...]:
    """The initiatives on which `handle` has a part, last acted on first."""
    found = (
        select(_INITIATIVE, _PART.c.role.label("part"), _PART.c.last_at)
        .join_from(_PART, _INITIATIVE, _PART.c.initiative == _INITIATIVE.c.key)
        .where(_PART.c.handle == handle)
        .order_by(_PART.c.last_at.desc())
    )
    return _rows(work, found.limit(limit))


def _is_on(handle: str, roles: Collection[str]) -> ColumnElement[bool]:
    """Whether a row waits for `handle`: in the part they have, or in a role of theirs for which nobody is named."""
    is_free = and_(_PART.c.role.is_(None), _WAITING.c.people == "[]", _INITIATIVE.c.owner != handle)
    is_done = _WAITING.c.not_of.contains(json.dumps(handle), autoescape=True)
    return and_(_WAITING.c.role.in_(sorted(roles)), or_(_PART.c.role == _WAITING.c.role, is_free), ~is_done)


def _with_part(handle: str) -> Select[Any]:
    rows = _INITIATIVE
    shown = (rows.c.key, rows.c.title, rows.c.stage, rows.c.attempt, rows.c.status, rows.c.owner, rows.c.revisit_on)
    return select(*shown, _WAITING, _PART.c.role.label("part")).select_from(_joined(handle))


def _joined(handle: str) -> Join:
    joined = _WAITING.join(_INITIATIVE, _INITIATIVE.c.key == _WAITING.c.initiative)
    is_own = and_(_PART.c.initiative == _WAITING.c.initiative, _PART.c.handle == handle)
    return joined.outerjoin(_PART, is_own)


def _rows(work: Work, found: Select[Any]) -> tuple[Row, ...]:
    return tuple(dict(row) for row in work.connection.execute(found).mappings())


def _sum(name: str) -> Label[int]:
    return func.coalesce(func.sum(_INITIATIVE.c[name]), 0).label(name)
