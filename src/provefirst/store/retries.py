"""Retries: a message is taken for a while by whoever sends it, and put off longer each time it isn't delivered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Table, update

from provefirst.ledger import instant
from provefirst.store.work import Work

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
"""How long to wait after each failure: what the Standard Webhooks specification advises, three days in all."""
LEASE = timedelta(minutes=2)
"""For how long a message is somebody's. One that is never heard of again is due then."""


def lease(work: Work, rows: Table, key: Mapping[str, object], tries: int, *, now: datetime) -> bool:
    """Take a message that is due, after so many tries, for oneself; whether nobody else has."""
    return _set(work, rows, key, tries, {"tries": tries + 1, "next_at": instant(now + LEASE)})


def settle(work: Work, rows: Table, key: Mapping[str, object], tries: int, values: Mapping[str, object]) -> bool:
    """Note how sending a message went that was leased after so many tries."""
    return _set(work, rows, key, tries + 1, values)


def failed(tries: int, problem: str, now: datetime, *, is_final: bool = False) -> dict[str, object]:
    """What to note of a message that was not taken, leased after so many tries: when it is tried again, if at all."""
    if is_final or tries >= len(BACK_OFF):
        return {"status": "failed", "problem": problem[:500]}
    return {"next_at": instant(now + BACK_OFF[tries]), "problem": problem[:500]}


def _set(work: Work, rows: Table, key: Mapping[str, object], tries: int, values: Mapping[str, object]) -> bool:
    """Only where it is still at the try that the caller knows of."""
    same = [rows.c[name] == value for name, value in key.items()]
    found = update(rows).where(*same, rows.c.status == "due", rows.c.tries == tries).values(**values)
    return work.connection.execute(found).rowcount == 1
