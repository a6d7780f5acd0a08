"""Who has a part on which initiative: what conflicts of interest, reviewers' load and leaving are worked out from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select

from provefirst.evidence import Kind
from provefirst.ledger import Entry
from provefirst.people import Role
from provefirst.stages import Stage
from provefirst.store.tables import EntryRow, InitiativeRow, PartRow, table
from provefirst.store.work import Work, entry_of

_ENTRIES, _PARTS, _INITIATIVES = table(EntryRow), table(PartRow), table(InitiativeRow)
_WRITERS = tuple(role.value for role in (Role.PRODUCT_OWNER, Role.DATA_SCIENTIST, Role.DATA_OWNER))


def open_with(work: Work, handle: str) -> tuple[str, ...]:
    """Keys of the initiatives under way on which `handle` has a part."""
    found = (
        select(_PARTS.c.initiative)
        .join(_INITIATIVES, _INITIATIVES.c.key == _PARTS.c.initiative)
        .where(_PARTS.c.handle == handle, _INITIATIVES.c.status != "concluded")
        .order_by(_PARTS.c.initiative)
    )
    return tuple(work.connection.execute(found).scalars())


def entries_with(work: Work, handles: Collection[str]) -> dict[str, list[Entry]]:
    """The entries of every initiative on which one of `handles` has or had a part, by key and in order."""
    theirs = select(_PARTS.c.initiative).where(_PARTS.c.handle.in_(sorted(handles)))
    return _by_stream(work, select(_ENTRIES).where(_ENTRIES.c.initiative.in_(theirs)))


def built_on(work: Work) -> tuple[Entry, ...]:
    """What initiatives were shown of earlier ones, and their research dossiers, in order."""
    is_dossier = _ENTRIES.c.data.like(f'%"kind":"{Kind.RESEARCH_DOSSIER.value}"%')
    told = (_ENTRIES.c.event == "resemblance.found") | ((_ENTRIES.c.event == "evidence.submitted") & is_dossier)
    wanted = select(_ENTRIES).where(told).order_by(_ENTRIES.c.initiative, _ENTRIES.c.version)
    return tuple(entry_of(row) for row in work.connection.execute(wanted).mappings())


def built_with(work: Work, handles: Collection[str]) -> dict[str, list[Entry]]:
    """Evidence and opened gates of every initiative in production on which one of `handles` has a part."""
    theirs = (
        select(_PARTS.c.initiative)
        .join(_INITIATIVES, _INITIATIVES.c.key == _PARTS.c.initiative)
        .where(_PARTS.c.handle.in_(sorted(handles)), _INITIATIVES.c.stage == Stage.WATCH.value)
    )
    told = _ENTRIES.c.event.in_(("evidence.submitted", "gate.opened"))
    return _by_stream(work, select(_ENTRIES).where(_ENTRIES.c.initiative.in_(theirs), told))


def _by_stream(work: Work, wanted: Select[Any]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for row in work.connection.execute(wanted.order_by(_ENTRIES.c.initiative, _ENTRIES.c.version)).mappings():
        found.setdefault(row["initiative"], []).append(entry_of(row))
    return found


def shared(
    work: Work, handles: Collection[str], others: Collection[str], *, apart_from: str, since: str
) -> tuple[tuple[str, str], ...]:
    """Initiatives other than `apart_from` that one of `handles` and one of `others` both wrote on since then."""
    mine, theirs = _PARTS.alias("mine"), _PARTS.alias("theirs")
    found = (
        select(theirs.c.handle, theirs.c.initiative)
        .join(mine, mine.c.initiative == theirs.c.initiative)
        .where(
            mine.c.handle.in_(list(handles)),
            theirs.c.handle.in_(list(others)),
            mine.c.role.in_(_WRITERS),
            theirs.c.role.in_(_WRITERS),
            mine.c.last_at >= since,
            theirs.c.last_at >= since,
            mine.c.initiative != apart_from,
        )
        .order_by(theirs.c.handle, theirs.c.initiative)
    )
    return tuple((row.handle, row.initiative) for row in work.connection.execute(found))


def load(work: Work) -> dict[str, int]:
    """On how many initiatives under way each reviewer has that part."""
    found = (
        select(_PARTS.c.handle, func.count())
        .join(_INITIATIVES, _INITIATIVES.c.key == _PARTS.c.initiative)
        .where(_PARTS.c.role == Role.REVIEWER.value, _INITIATIVES.c.status != "concluded")
        .group_by(_PARTS.c.handle)
    )
    return {row[0]: row[1] for row in work.connection.execute(found)}
