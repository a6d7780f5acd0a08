"""The books as postings and ledger tell them: moves by initiative and by pool, and balances that don't add up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import RowMapping, Select, func, or_, select, union_all

from provefirst.ledger import ORGANISATION
from provefirst.statements import OUTSIDE, Line
from provefirst.store.tables import BalanceRow, EntryRow, PostingRow, table
from provefirst.store.treasury import organisation_moves
from provefirst.store.work import Work

_ENTRIES, _POSTINGS, _BALANCES = table(EntryRow), table(PostingRow), table(BalanceRow)


def of_initiative(work: Work, key: str) -> Iterator[Line]:
    """Every move on an initiative, oldest first."""
    return _lines(work, _moves().where(_POSTINGS.c.initiative == key))


def of_pool(work: Work, pool: str) -> Iterator[Line]:
    """Every move on a pool, the money put into it first where it came first, oldest first."""
    account = f"pool:{pool}"
    touching = _moves().where(or_(_POSTINGS.c.source == account, _POSTINGS.c.target == account))
    lines = [*_lines(work, touching), *_organisation(work, pool)]
    return iter(sorted(lines, key=lambda line: (line.at, line.initiative, line.version)))


def imbalances(work: Work) -> tuple[tuple[str, int, int], ...]:
    """Each account whose balance is not what its moves make: the account, what stands there, what should."""
    sides = union_all(
        select(_POSTINGS.c.target.label("account"), _POSTINGS.c.amount.label("amount")),
        select(_POSTINGS.c.source.label("account"), (-_POSTINGS.c.amount).label("amount")),
    ).subquery()
    found = select(sides.c.account, func.sum(sides.c.amount)).group_by(sides.c.account)
    should = {row[0]: int(row[1]) for row in work.connection.execute(found)}
    for line in _organisation(work):
        for account, amount in ((line.source, -line.amount), (line.target, line.amount)):
            if account.startswith("pool:"):
                should[account] = should.get(account, 0) + amount
    stands = {row[0]: row[1] for row in work.connection.execute(select(_BALANCES.c.account, _BALANCES.c.amount))}
    accounts = sorted({*should, *stands})
    return tuple(
        (account, stands.get(account, 0), should.get(account, 0))
        for account in accounts
        if stands.get(account, 0) != should.get(account, 0)
    )


def _moves() -> Select[Any]:
    is_its = (_ENTRIES.c.initiative == _POSTINGS.c.initiative) & (_ENTRIES.c.version == _POSTINGS.c.version)
    told = (_ENTRIES.c.at, _ENTRIES.c.event, _ENTRIES.c.actor, _ENTRIES.c.data)
    return (
        select(_POSTINGS, *told)
        .join_from(_POSTINGS, _ENTRIES, is_its)
        .order_by(_ENTRIES.c.at, _POSTINGS.c.initiative, _POSTINGS.c.version, _POSTINGS.c.line)
    )


def _lines(work: Work, wanted: Select[Any]) -> Iterator[Line]:
    for row in work.connection.execute(wanted).mappings():
        yield Line(
            row["at"], row["initiative"], row["version"], row["event"], row["actor"], _what(row),
            row["source"], row["target"], row["amount"],
        )  # fmt: skip


def _what(row: RowMapping) -> str:
    """What an entry says that the money is for."""
    data = json.loads(row["data"])
    return str(data.get("what") or data.get("purpose") or data.get("because") or "")


def _organisation(work: Work, pool: str = "") -> Iterator[Line]:
    """What the organisation's own entries put into pools and take from them; of a transfer, the other pool's side is
    named `transfer:…`, since it may be in another currency."""
    account = f"pool:{pool}"
    for entry in (*work.of_event(ORGANISATION, "pool.funded"), *work.of_event(ORGANISATION, "pool.transferred")):
        for move in organisation_moves(entry):
            if pool and account not in (move.get("source"), move.get("target")):
                continue
            other = (
                f"transfer:{entry.data['target' if 'source' in move else 'source']}"
                if "source" in entry.data
                else OUTSIDE
            )
            sides = move.get("source", other), move.get("target", other)
            why = entry.data.get("reason", "")
            yield Line(entry.at, "", entry.version, entry.event, entry.actor, why, *sides, move["amount"])
