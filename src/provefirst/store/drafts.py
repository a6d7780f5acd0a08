"""Drafts: forms that somebody began to fill in. They are theirs alone, and nothing follows from them."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from provefirst.store.tables import DraftRow, table
from provefirst.store.work import Work

_ROWS = table(DraftRow)
MOST = 100
"""Drafts that one person may have; the oldest go first."""


def find(work: Work, handle: str, place: str) -> tuple[str, str] | None:
    """Content of the draft at `place` and when it was changed; None where there is none."""
    query = select(_ROWS.c.content, _ROWS.c.changed_at).where(_ROWS.c.handle == handle, _ROWS.c.place == place)
    row = work.connection.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def all_of(work: Work, handle: str) -> tuple[tuple[str, str], ...]:
    """Where somebody has drafts, and when each was changed; newest first."""
    query = select(_ROWS.c.place, _ROWS.c.changed_at).where(_ROWS.c.handle == handle)
    return tuple((row[0], row[1]) for row in work.connection.execute(query.order_by(_ROWS.c.changed_at.desc())))


def keep(work: Work, handle: str, place: str, content: str, at: str) -> None:
    """Keep a draft in place of the one before."""
    drop(work, handle, place)
    for old, _ in all_of(work, handle)[MOST - 1 :]:
        drop(work, handle, old)
    work.connection.execute(insert(_ROWS), {"handle": handle, "place": place, "content": content, "changed_at": at})


def drop(work: Work, handle: str, place: str) -> None:
    work.connection.execute(delete(_ROWS).where(_ROWS.c.handle == handle, _ROWS.c.place == place))
