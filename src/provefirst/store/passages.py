"""What the portfolio's figures are worked out from: each initiative's way, in as many queries for many as for one."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import func, select

from provefirst.portfolio import UNKNOWN, Passage
from provefirst.stages import Outcome, Stage
from provefirst.store.tables import EntryRow, InitiativeRow, LessonRow, table
from provefirst.store.work import Work

_ENTRIES, _INITIATIVES, _LESSONS = table(EntryRow), table(InitiativeRow), table(LessonRow)
_ASKED = ("requested", "approved", "released", "spent", "returned")


def passages(work: Work) -> tuple[Passage, ...]:
    """Every initiative's way so far."""
    funded, released = _funded(work), _released(work)
    rows = _INITIATIVES
    found = select(rows, _LESSONS.c.concluded_at).join_from(
        rows, _LESSONS, _LESSONS.c.initiative == rows.c.key, isouter=True
    )
    return tuple(
        Passage(
            key=row["key"],
            currency=row["currency"],
            asked=sum(row[name] for name in _ASKED),
            spent=row["spent"],
            opened_at=datetime.fromisoformat(row["opened_at"]),
            funded_at=datetime.fromisoformat(funded[row["key"]]) if row["key"] in funded else None,
            outcome=Outcome(row["outcome"]) if row["outcome"] else None,
            concluded_at=datetime.fromisoformat(row["concluded_at"]) if row["concluded_at"] else None,
            released=tuple(released.get(row["key"], ())),
        )
        for row in work.connection.execute(found.order_by(rows.c.key)).mappings()
    )


def _funded(work: Work) -> dict[str, str]:
    """When the release gate of each initiative first opened."""
    is_release = _ENTRIES.c.data.contains(f'"stage":"{Stage.RELEASE.value}"')
    found = select(_ENTRIES.c.initiative, func.min(_ENTRIES.c.at)).where(_ENTRIES.c.event == "gate.opened", is_release)
    return {row[0]: row[1] for row in work.connection.execute(found.group_by(_ENTRIES.c.initiative))}


def _released(work: Work) -> dict[str, list[tuple[str, int]]]:
    """Each tranche's amount with the blindness of the newest registration before it."""
    paid = select(_ENTRIES.c.initiative).where(_ENTRIES.c.event == "tranche.released")
    is_registration = (_ENTRIES.c.event == "evidence.submitted") & _ENTRIES.c.data.contains(
        '"kind":"data_registration"'
    )
    is_told = (_ENTRIES.c.event == "tranche.released") | (is_registration & _ENTRIES.c.initiative.in_(paid))
    wanted = select(_ENTRIES.c.initiative, _ENTRIES.c.event, _ENTRIES.c.data).where(
        _ENTRIES.c.event.in_(("tranche.released", "evidence.submitted")), is_told
    )
    known: dict[str, str] = {}
    found: dict[str, list[tuple[str, int]]] = {}
    for key, event, data in work.connection.execute(wanted.order_by(_ENTRIES.c.initiative, _ENTRIES.c.version)):
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
    nos = set(work.connection.execute(select(_INITIATIVES.c.key).where(is_no)).scalars())
    return len(earlier & nos)
