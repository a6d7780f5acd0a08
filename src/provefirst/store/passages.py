"""What the portfolio's figures are worked out from: each initiative's way, in as many queries for many as for one."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import func, or_, select

from provefirst.portfolio import UNKNOWN, Passage
from provefirst.stages import Outcome
from provefirst.store.tables import FREED, REGISTERED, EntryRow, InitiativeRow, LessonRow, table
from provefirst.store.work import Work

_ENTRIES, _INITIATIVES, _LESSONS = table(EntryRow), table(InitiativeRow), table(LessonRow)
_ASKED = ("requested", "approved", "released", "spent", "returned")


def passages(work: Work) -> tuple[Passage, ...]:
    """The way so far of every initiative that came to something: an end, money freed or money released."""
    funded, released = _funded(work), _released(work)
    rows = _INITIATIVES
    asked = sum((rows.c[name] for name in _ASKED[1:]), rows.c[_ASKED[0]])
    shown = (
        rows.c.key,
        rows.c.currency,
        asked,
        rows.c.spent,
        rows.c.opened_at,
        rows.c.outcome,
        _LESSONS.c.concluded_at,
    )
    found = select(*shown).join_from(rows, _LESSONS, _LESSONS.c.initiative == rows.c.key, isouter=True)
    freed = select(_ENTRIES.c.initiative).where(FREED)
    paid = select(_ENTRIES.c.initiative).where(_ENTRIES.c.event == "tranche.released")
    found = found.where(or_(rows.c.outcome != "", rows.c.key.in_(freed), rows.c.key.in_(paid)))
    return tuple(
        Passage(
            key=key,
            currency=currency,
            asked=asked,
            spent=spent,
            opened_at=datetime.fromisoformat(opened_at),
            funded_at=datetime.fromisoformat(funded[key]) if key in funded else None,
            outcome=Outcome(outcome) if outcome else None,
            concluded_at=datetime.fromisoformat(concluded_at) if concluded_at else None,
            released=tuple(released.get(key, ())),
        )
        for key, currency, asked, spent, opened_at, outcome, concluded_at in work.connection.execute(found)
    )


def _funded(work: Work) -> dict[str, str]:
    """When the release gate of each initiative first opened."""
    found = select(_ENTRIES.c.initiative, func.min(_ENTRIES.c.at)).where(FREED).group_by(_ENTRIES.c.initiative)
    return {row[0]: row[1] for row in work.connection.execute(found)}


def _released(work: Work) -> dict[str, list[tuple[str, int]]]:
    """Each tranche's amount with the blindness of the newest registration before it."""
    shown = select(_ENTRIES.c.initiative, _ENTRIES.c.version, _ENTRIES.c.event, _ENTRIES.c.data)
    tranches = shown.where(_ENTRIES.c.event == "tranche.released")
    paid = select(_ENTRIES.c.initiative).where(_ENTRIES.c.event == "tranche.released")
    registrations = shown.where(REGISTERED, _ENTRIES.c.initiative.in_(paid))
    rows = [*work.connection.execute(tranches), *work.connection.execute(registrations)]
    known: dict[str, str] = {}
    found: dict[str, list[tuple[str, int]]] = {}
    for key, _, event, data in sorted(rows, key=lambda row: (row[0], row[1])):
        told = json.loads(data)
        if event == "evidence.submitted":
            known[key] = told["content"]["blindness"]
        else:
            found.setdefault(key, []).append((known.get(key, UNKNOWN), told["amount"]))
    return found


def reused(work: Work) -> int:
    """How many negative results somebody has said what is different from."""
    told = work.connection.execute(select(_ENTRIES.c.data).where(_ENTRIES.c.event == "difference.stated")).scalars()
    earlier = {json.loads(data)["earlier"] for data in told}
    is_no = _INITIATIVES.c.outcome == Outcome.NOT_FEASIBLE.value
    found = select(func.count()).where(_INITIATIVES.c.key.in_(sorted(earlier)), is_no)
    return int(work.connection.execute(found).scalar_one())
