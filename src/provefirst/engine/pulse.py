"""The engine's pulse: what readiness is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from provefirst.errors import StorageError
from provefirst.ledger import instant
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.outbox import LONGEST_PAUSE, attempt_of
from provefirst.store.tables import OutboxRow, table

_ROWS = table(OutboxRow)
_WAITING = text("SELECT count(*), min(next_at) FROM outbox WHERE status = 'due' AND next_at NOT BETWEEN :now AND :late")
_OWED = select(_ROWS).where(_ROWS.c.status.in_(("due", "sent", "claimed"))).order_by(_ROWS.c.next_at)
STUCK = 10.0
"""Seconds without a turn after which the engine counts as stuck: it takes one each second."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the engine is: its last turn, the runs that wait, and for how long the first of them has."""

    since_turn: float
    waiting: int
    lag: float
    is_prefect_up: bool
    is_database_up: bool

    @property
    def is_alive(self) -> bool:
        return self.since_turn < STUCK


def pulse(workspace: Workspace, *, since_turn: float, is_prefect_up: bool) -> Pulse:
    """Take the pulse; a database that can't be reached is part of the answer."""
    now = workspace.clock()
    try:
        with workspace.store.reading() as work:
            moments = {"now": instant(now), "late": instant(now + LONGEST_PAUSE)}
            waiting, oldest = work.connection.execute(_WAITING, moments).one()
    except StorageError:
        return Pulse(since_turn, 0, 0.0, is_prefect_up, is_database_up=False)
    lag = max(0.0, (now - datetime.fromisoformat(oldest)).total_seconds()) if oldest else 0.0
    return Pulse(since_turn, waiting, lag, is_prefect_up, is_database_up=True)


def owed(workspace: Workspace) -> tuple[str, ...]:
    """The names of all runs that are to be started or have not finished, in one look."""
    with workspace.store.reading() as work:
        return tuple(attempt_of(row).name for row in work.connection.execute(_OWED).mappings())
