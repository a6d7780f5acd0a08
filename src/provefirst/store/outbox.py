"""The outbox: runs that the engine owes, from the entry that asked for them until they are finished."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, insert, select, update

from provefirst.ledger import instant
from provefirst.stages import Stage
from provefirst.store.tables import OutboxRow, table
from provefirst.store.work import Work

_ROWS = table(OutboxRow)
_OWE = insert(_ROWS)
_TOLD = re.compile(r"(\d+) of (\d+): (\S+)")
LONGEST_PAUSE = timedelta(minutes=1)
"""Nothing is put off for longer than this; see `lifecycle.attempts`."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run that is owed: a stage's attempt, and the version of the entry that asked for the run."""

    initiative: str
    stage: Stage
    attempt: int
    cause: int
    runs: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        return f"{self.initiative}/{self.stage.value}/attempt-{self.attempt}"

    @property
    def key(self) -> str:
        """The idempotency key of the next run: the same run is never started twice under it."""
        return f"{self.initiative}/{self.stage.value}/{self.attempt}/{self.cause}/{self.runs}"


@dataclass(frozen=True, slots=True)
class Running:
    """An attempt that was sent and has not finished: by which run, since when, and for the how-manieth time."""

    attempt: Attempt
    run_id: str
    sent_at: str
    claimed_at: str
    runs: int


def owe(work: Work, attempt: Attempt, *, at: str) -> None:
    """Write that `attempt` is to be run."""
    values = {"initiative": attempt.initiative, "stage": attempt.stage.value, "attempt": attempt.attempt}
    blank = {"run_id": "", "sent_at": "", "claimed_at": "", "state": "", "problem": ""}
    row = {**values, **blank, "cause": attempt.cause, "status": "due", "runs": 0, "next_at": at}
    work.connection.execute(_OWE, row)


def due(work: Work, *, now: datetime, limit: int) -> tuple[Attempt, ...]:
    """Attempts to be sent by now, the longest waiting first. One put off further than anything is ever put off was
    written before the clock was set back, and would wait until it is that late again."""
    is_due = (_ROWS.c.next_at <= instant(now)) | (_ROWS.c.next_at > instant(now + LONGEST_PAUSE))
    found = select(_ROWS).where(_ROWS.c.status == "due", is_due).order_by(_ROWS.c.next_at, _ROWS.c.cause)
    return tuple(attempt_of(row) for row in work.connection.execute(found.limit(limit)).mappings())


def unfinished(work: Work) -> tuple[Running, ...]:
    """Attempts that were sent or claimed and have not finished."""
    found = select(_ROWS).where(_ROWS.c.status.in_(("sent", "claimed"))).order_by(_ROWS.c.sent_at)
    return tuple(running_of(row) for row in work.connection.execute(found).mappings())


def row_of(work: Work, attempt: Attempt) -> RowMapping | None:
    """The attempt's row, or None where nothing asked for it."""
    return work.connection.execute(select(_ROWS).where(*_is(attempt))).mappings().one_or_none()


def of_initiative(work: Work, initiative: str) -> tuple[RowMapping, ...]:
    """Every run of an initiative, in the order asked for."""
    found = select(_ROWS).where(_ROWS.c.initiative == initiative).order_by(_ROWS.c.cause)
    return tuple(work.connection.execute(found).mappings())


def change(work: Work, attempt: Attempt, *, only: tuple[str, ...], **values: object) -> bool:
    """Set `values` where the row's status is one of `only`; whether it was."""
    statement = update(_ROWS).where(*_is(attempt), _ROWS.c.status.in_(only)).values(**values)
    return work.connection.execute(statement).rowcount == 1


def tell(work: Work, attempt: Attempt, done: int, of: int, code: str) -> None:
    """Say how far the run that has the attempt is with its checks, and which one is next."""
    change(work, attempt, only=("claimed",), state=f"{done} of {of}: {code}")


def told(state: str) -> tuple[int, int, str] | None:
    """What `tell` said: how many checks are done, of how many, and the code of the next; None for any other state."""
    found = _TOLD.fullmatch(state)
    return (int(found[1]), int(found[2]), found[3]) if found else None


def attempt_of(row: RowMapping) -> Attempt:
    return Attempt(row["initiative"], Stage(row["stage"]), row["attempt"], row["cause"], row["runs"])


def running_of(row: RowMapping) -> Running:
    return Running(attempt_of(row), row["run_id"], row["sent_at"], row["claimed_at"], row["runs"])


def _is(attempt: Attempt) -> tuple[ColumnElement[bool], ...]:
    return (
        _ROWS.c.initiative == attempt.initiative,
        _ROWS.c.stage == attempt.stage.value,
        _ROWS.c.attempt == attempt.attempt,
        _ROWS.c.cause == attempt.cause,
    )
