"""The entries that hold forecasts, on initiatives of which the answer is known."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import or_, select

from provefirst.forecasts import came_true
from provefirst.ledger import Entry
from provefirst.stages import Outcome
from provefirst.store.tables import FORESEEN, FREED, EntryRow, InitiativeRow, table
from provefirst.store.work import Work, entry_of

_ENTRIES, _INITIATIVES = table(EntryRow), table(InitiativeRow)


def foreseen(work: Work) -> Iterator[tuple[list[Entry], bool]]:
    """The entries with forecasts of each such initiative, in order, and whether it proved feasible."""
    answers = _answers(work)
    told: dict[str, list[Entry]] = {}
    ended = _INITIATIVES.c.outcome.in_((Outcome.FEASIBLE.value, Outcome.NOT_FEASIBLE.value))
    freed = select(_ENTRIES.c.initiative).where(FREED)
    answered = select(_INITIATIVES.c.key).where(or_(ended, _INITIATIVES.c.key.in_(freed)))  # the rest is not read
    wanted = select(_ENTRIES).where(
        _ENTRIES.c.event.in_(("vote.cast", "evidence.submitted")), FORESEEN, _ENTRIES.c.initiative.in_(answered)
    )
    for row in work.connection.execute(wanted.order_by(_ENTRIES.c.initiative, _ENTRIES.c.version)).mappings():
        told.setdefault(row["initiative"], []).append(entry_of(row))
    for key, entries in told.items():
        if (is_true := answers.get(key)) is not None:
            yield entries, is_true


def _answers(work: Work) -> dict[str, bool | None]:
    opened = select(_ENTRIES.c.initiative).where(FREED).distinct()
    funded = set(work.connection.execute(opened).scalars())
    rows = work.connection.execute(select(_INITIATIVES.c.key, _INITIATIVES.c.outcome))
    return {key: came_true(Outcome(outcome) if outcome else None, is_funded=key in funded) for key, outcome in rows}
