"""Projections: tables for lists, search and sums, written in the transaction of the entries they are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, text

from provefirst.errors import StorageError
from provefirst.gates import PolicySet
from provefirst.history import MOVING, moves_of, replay
from provefirst.initiative import Initiative
from provefirst.ledger import ORGANISATION, Entry, canonical, instant
from provefirst.money import Account
from provefirst.people import ENGINE
from provefirst.store.database import dialect
from provefirst.store.remembered import (
    RevisitRow,
    SubjectRow,
    concluded_lesson,
    index_words,
    project_memory,
    reindex_words,
)
from provefirst.store.tables import (
    BalanceRow,
    DeadlineRow,
    InitiativeRow,
    LessonRow,
    PartRow,
    PostingRow,
    TrancheRow,
    WaitingRow,
    table,
)
from provefirst.store.treasury import PoolRow, RateRow, organisation_moves, project_treasury
from provefirst.store.triggers import LESSONS_STAY, lifted
from provefirst.store.waits import policies_in, rows_of
from provefirst.store.work import Work

PROJECTIONS = (
    InitiativeRow,
    PartRow,
    SubjectRow,
    LessonRow,
    RevisitRow,
    WaitingRow,
    TrancheRow,
    DeadlineRow,
    PostingRow,
    BalanceRow,
    PoolRow,
    RateRow,
)
Policy = Callable[[str], str | None]
"""Gives the canonical JSON of the policy set with a digest."""

_UPSERT = text(
    "INSERT INTO initiative ({names}) VALUES ({values}) ON CONFLICT (key) DO UPDATE SET {changes}".format(
        names=", ".join(InitiativeRow.model_fields),
        values=", ".join(f":{name}" for name in InitiativeRow.model_fields),
        changes=", ".join(f"{name} = excluded.{name}" for name in InitiativeRow.model_fields if name != "key"),
    )
)
_ADD = text(
    "INSERT INTO balance (account, amount, currency) VALUES (:account, :amount, :currency) "
    "ON CONFLICT (account) DO UPDATE SET amount = balance.amount + excluded.amount"
)
_PART = text(
    "INSERT INTO part (initiative, handle, role, first_at, last_at) VALUES (:initiative, :handle, :role, :at, :at) "
    "ON CONFLICT (initiative, handle) DO UPDATE SET last_at = excluded.last_at"
)
_TAKE = text("UPDATE balance SET amount = amount - :amount WHERE account = :account AND currency = :currency")
_WAITING, _POSTING = table(WaitingRow), table(PostingRow)
_NO_MORE = delete(_WAITING).where(_WAITING.c.initiative == bindparam("key"))
_WAIT, _POST = insert(_WAITING), insert(_POSTING)


def project(work: Work, entries: Sequence[Entry], state: Initiative, policies: PolicySet) -> None:
    """Bring the projections up to `entries`, which led to `state`, under the `policies` that it stands by."""
    _project(work.connection, entries, state, policies)
    index_words(work.connection, entries)
    for posting in _postings(entries, state):
        currency, amount = posting["currency"], posting["amount"]
        taken = work.connection.execute(_TAKE, {"account": posting["source"], "amount": amount, "currency": currency})
        if taken.rowcount != 1:
            raise StorageError(f"the balance of {posting['source']} is missing: `provefirst rebuild` makes it again")
        work.connection.execute(_ADD, {"account": posting["target"], "amount": amount, "currency": currency})


def project_organisation(work: Work, entries: Sequence[Entry]) -> None:
    """Bring the projections up to entries of the organisation's own stream."""
    for entry in entries:
        for move in organisation_moves(entry):
            values = {"amount": move["amount"], "currency": move["currency"]}
            if "target" in move:
                work.connection.execute(_ADD, {"account": move["target"], **values})
            elif work.connection.execute(_TAKE, {"account": move["source"], **values}).rowcount != 1:
                raise StorageError(f"the balance of {move['source']} is missing: `provefirst rebuild` makes it again")
    project_treasury(work.connection, entries)


def rebuild(work: Work) -> int:
    """Make every projection anew from the ledger; returns the number of entries read. Nobody writes meanwhile."""
    if dialect(work.connection) == "postgresql":
        work.connection.execute(text("LOCK TABLE entry IN SHARE ROW EXCLUSIVE MODE"))
    with lifted(work.connection, LESSONS_STAY):
        for model in reversed(PROJECTIONS):
            work.connection.execute(delete(table(model)))
    count, sums = 0, Sums()
    for stream in work.streams():
        entries = work.entries(stream)
        count += len(entries)
        sums.add(remake(work.connection, entries, work.policy))
    sums.write(work.connection)
    reindex_words(work.connection)
    return count


def remake(connection: Connection, entries: Sequence[Entry], policy: Policy) -> list[dict[str, Any]]:
    """Write the rows that a whole stream makes, but for the balances; returns what it moved between accounts."""
    if entries[0].initiative == ORGANISATION:
        project_treasury(connection, entries)
        return [move for entry in entries for move in organisation_moves(entry)]
    state = replay(entries)
    _project(connection, entries, state, policies_in(policy(state.policy)))
    return list(_postings(entries, state))


class Sums:
    """Balances, summed over all streams and written once.

    Streams are read one after the other, not in the order of time, and in between a pool could seem overdrawn that
    never was.
    """

    def __init__(self) -> None:
        self._amounts, self._currencies = Counter[str](), dict[str, str]()

    def add(self, postings: Iterable[Mapping[str, Any]]) -> None:
        for posting in postings:
            for side, sign in (("source", -1), ("target", 1)):
                if account := posting.get(side):
                    self._amounts[account] += sign * posting["amount"]
                    self._currencies[account] = posting["currency"]

    def write(self, connection: Connection) -> None:
        rows = [
            {"account": account, "amount": amount, "currency": self._currencies[account]}
            for account, amount in self._amounts.items()
        ]
        if rows:
            connection.execute(insert(table(BalanceRow)), rows)


def initiative_row(state: Initiative) -> dict[str, object]:
    """An initiative as its projection row."""
    books = state.books
    status = "concluded" if state.conclusion else "held" if state.hold else "open"
    return {
        "key": state.key,
        "version": state.version,
        "head": state.head,
        "title": state.title,
        "owner": state.owner,
        "domain": state.domain,
        "policy": state.policy,
        "stage": state.stage.value,
        "attempt": state.attempt,
        "status": status,
        "outcome": state.conclusion.outcome.value if state.conclusion else "",
        "currency": books.currency,
        "requested": books.on(Account.REQUESTED),
        "approved": books.on(Account.APPROVED),
        "released": books.on(Account.RELEASED),
        "spent": books.on(Account.SPENT),
        "returned": books.returned,
        "deadline": state.deadline.day.isoformat() if state.deadline else "",
        "revisit_on": state.hold.until.isoformat() if state.hold else "",
        "opened_at": instant(state.opened_at),
        "changed_at": instant(state.changed_at),
    }


def account_name(account: Account, state: Initiative) -> str:
    """The name of an account of `state` among all balances."""
    return f"pool:{state.books.pool}" if account is Account.POOL else f"{state.key}:{account.value}"


def _project(connection: Connection, entries: Sequence[Entry], state: Initiative, policies: PolicySet | None) -> None:
    connection.execute(_UPSERT, initiative_row(state))
    project_memory(connection, entries, state)
    connection.execute(_NO_MORE, {"key": state.key})
    if waits := list(rows_of(state, policies)):
        connection.execute(_WAIT, waits)
    if postings := list(_postings(entries, state)):
        connection.execute(_POST, postings)
    if parts := [_part(entry) for entry in entries if entry.data.get("part") and entry.actor != ENGINE]:
        connection.execute(_PART, parts)
    for entry in entries:
        match entry.event:
            case "tranche.released":
                _tranche(connection, entry, state)
            case "deadline.set" | "deadline.withdrawn":
                _deadline(connection, entry, state)
            case "initiative.concluded":
                _lesson(connection, entry, state)


def _part(entry: Entry) -> dict[str, str]:
    return {"initiative": entry.initiative, "handle": entry.actor, "role": entry.data["part"], "at": entry.at}


def _postings(entries: Sequence[Entry], state: Initiative) -> Iterator[dict[str, Any]]:
    for entry in entries:
        if entry.event in MOVING:
            for line, move in enumerate(moves_of(entry.data), start=1):
                yield {
                    "initiative": entry.initiative,
                    "version": entry.version,
                    "line": line,
                    "source": account_name(move.source, state),
                    "target": account_name(move.target, state),
                    "amount": move.amount,
                    "currency": state.books.currency,
                    "at": entry.at,
                }


def _tranche(connection: Connection, entry: Entry, state: Initiative) -> None:
    names = ("number", "kind", "amount", "purpose", "waits_for")
    row = {name: entry.data[name] for name in names} | {"currency": state.books.currency}
    connection.execute(insert(table(TrancheRow)), {"initiative": entry.initiative, "version": entry.version, **row})


def _deadline(connection: Connection, entry: Entry, state: Initiative) -> None:
    """Only the deadline in force is written: a trigger refuses one that a later entry took back."""
    rows = table(DeadlineRow)
    connection.execute(delete(rows).where(rows.c.initiative == entry.initiative))
    if state.deadline is not None and state.deadline.version == entry.version:
        row = {name: entry.data[name] for name in ("day", "p80", "override")}
        connection.execute(insert(rows), {"initiative": entry.initiative, "version": entry.version, **row})


def _lesson(connection: Connection, entry: Entry, state: Initiative) -> None:
    lesson = concluded_lesson(entry, state)
    row = {
        "initiative": entry.initiative,
        "title": state.title,
        "domain": state.domain,
        "outcome": entry.data["outcome"],
        "reasons": canonical(entry.data["reasons"]),
        "lesson": lesson.content["lesson"],
        "would_change_if": lesson.content["would_change_if"],
        "revisit_on": lesson.content["revisit_on"] or "",
        "concluded_at": entry.at,
    }
    connection.execute(insert(table(LessonRow)), row)
