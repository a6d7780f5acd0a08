"""Holdouts: every registration of data and every look there ever was, of all initiatives, in one query."""

from __future__ import annotations

from sqlalchemy import or_, select

from provefirst.evidence import Kind
from provefirst.ledger import Entry
from provefirst.store.tables import EntryRow, table
from provefirst.store.work import Work, entry_of

_ENTRY = table(EntryRow)
_KINDS = (Kind.DATA_REGISTRATION, Kind.LOOK)
_LOCK = "data"
"""What whoever registers data or looks waits for: no two of them count rows or looks at the same moment."""


def held_out(work: Work) -> tuple[Entry, ...]:
    """The entries that registered data or looked at it, stream by stream in order."""
    # Canonical JSON escapes the quotes of any text, so that only the entry's own kind reads like this.
    is_of_kind = or_(*(_ENTRY.c.data.contains(f'"kind":"{kind.value}"', autoescape=True) for kind in _KINDS))
    wanted = select(_ENTRY).where(_ENTRY.c.event == "evidence.submitted", is_of_kind)
    rows = work.connection.execute(wanted.order_by(_ENTRY.c.initiative, _ENTRY.c.version))
    return tuple(entry_of(row) for row in rows.mappings())


def lock(work: Work) -> None:
    """Wait until nobody else registers data or looks."""
    work.lock(_LOCK)
