"""Refusals of access, for the auditor: who was refused what, from where, how often. Bounded: it fills no disk."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from provefirst.errors import shorten
from provefirst.ledger import instant
from provefirst.lifecycle.workspace import Workspace
from provefirst.store import accounts
from provefirst.store.accounts import RefusalRow
from provefirst.store.tables import table
from provefirst.store.work import Work

calling_from: ContextVar[str] = ContextVar("calling_from", default="")
"""The address of whoever is being served; the surface that serves them sets it."""

AN_HOUR = 2000
"""Different refusals kept for one hour. Those beyond are counted together."""

KEPT = timedelta(days=400)
OTHERS = "(others)"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Refusals of one kind within one hour."""

    who: str
    address: str
    what: str
    key: str
    count: int
    first_at: str
    last_at: str
    reason: str


def note(workspace: Workspace, who: str, what: str, key: str, reason: str, *, most: int = AN_HOUR) -> None:
    """Count a refusal of access: of the verb `what` on `key` to `who`, and why. No secret belongs in any of these."""
    now = workspace.clock()
    at, hour = instant(now), instant(now)[:13]
    place = {
        "hour": hour,
        "who": shorten(who, 80),
        "address": shorten(calling_from.get(), 80),
        "what": shorten(what, 80),
        "key": shorten(key, 80),
    }
    with workspace.store.writing() as work:
        work.lock("refusals")
        if _count(work, place, at):
            return
        if _kept(work, hour) >= most:
            place |= dict.fromkeys(("who", "address", "key"), OTHERS)
            if _count(work, place, at):
                return
        accounts.add(
            work, RefusalRow, {**place, "count": 1, "first_at": at, "last_at": at, "reason": shorten(reason, 300)}
        )
        accounts.drop_before(work, RefusalRow, "hour", instant(now - KEPT)[:13])


def refusals(workspace: Workspace, *, limit: int = 200, after: int = 0) -> tuple[Refusal, ...]:
    """What was refused, newest first. Who may ask for it, the matrix says: `audit`."""
    rows = table(RefusalRow)
    found = select(rows).order_by(rows.c.last_at.desc(), rows.c.who, rows.c.what).offset(after).limit(limit)
    with workspace.store.reading() as work:
        return tuple(
            Refusal(**{name: row[name] for name in Refusal.__slots__})
            for row in work.connection.execute(found).mappings()
        )


def _count(work: Work, place: dict[str, str], at: str) -> bool:
    rows = table(RefusalRow)
    return bool(accounts.change(work, RefusalRow, {"count": rows.c.count + 1, "last_at": at}, **place))


def _kept(work: Work, hour: str) -> int:
    rows = table(RefusalRow)
    return work.connection.execute(select(func.count()).where(rows.c.hour == hour)).scalar_one()
