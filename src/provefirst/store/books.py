"""The books as postings and ledger tell them: moves by initiative and by pool, and balances that don't add up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, case, func, literal, or_, select, tuple_, union_all

from provefirst.ledger import ORGANISATION
from provefirst.money import Account
from provefirst.statements import OUTSIDE, Line
from provefirst.store.tables import BalanceRow, EntryRow, PostingRow, table
from provefirst.store.treasury import organisation_moves
from provefirst.store.work import Work

_ENTRIES, _POSTINGS, _BALANCES = table(EntryRow), table(PostingRow), table(BalanceRow)
_IS_ITS = (_ENTRIES.c.initiative == _POSTINGS.c.initiative) & (_ENTRIES.c.version == _POSTINGS.c.version)
_DAY = func.substr(_POSTINGS.c.at, 1, 10)


@dataclass(frozen=True, slots=True)
class Flow:
    """How much of a pool's money went from where to where, before a period and in it, and its moves on the pool itself.

    From where: `pool`, `requested` and so on; `put in` is what the organisation put into it or moved to another one.
    """

    before: Mapping[tuple[str, str], int]
    here: Mapping[tuple[str, str], int]
    count: int


def of_initiative(work: Work, key: str) -> Iterator[Line]:
    """Every move on an initiative, oldest first."""
    return _lines(work, _moves().where(_POSTINGS.c.initiative == key))


def of_pool(work: Work, pool: str) -> Iterator[Line]:
    """Every move on a pool, the money put into it first where it came first, oldest first."""
    account = f"pool:{pool}"
    lines = [*_lines(work, _moves().where(_touches(account))), *_organisation(work, pool)]
    return iter(sorted(lines, key=lambda line: (line.at, line.initiative, line.version)))


def newest_of_pool(work: Work, pool: str, *, first: str, last: str, limit: int) -> tuple[Line, ...]:
    """The newest moves on a pool between two days, both included, newest first."""
    keys = (_POSTINGS.c.initiative, _POSTINGS.c.version, _POSTINGS.c.line)
    found = select(*keys).where(_touches(f"pool:{pool}"), _DAY.between(first, last))
    newest = found.order_by(_POSTINGS.c.at.desc(), *(key.desc() for key in keys)).limit(limit)
    moves = _lines(work, _moves().where(tuple_(*keys).in_(newest)))
    own = (line for line in _organisation(work, pool) if first <= line.at[:10] <= last)
    return tuple(
        sorted([*moves, *own], key=lambda line: (line.at, line.initiative, line.version), reverse=True)[:limit]
    )


def flow_of_pool(work: Work, pool: str, *, first: str, last: str) -> Flow:
    """What became of a pool's money before a day and from it until another.

    What initiatives did with it counts as well, though that is on accounts of their own.
    """
    account, is_always = f"pool:{pool}", not first and last >= "9999"
    its = select(_POSTINGS.c.initiative).where(_POSTINGS.c.source == account)
    here = literal(value=True) if is_always else first <= _DAY
    kinds = (
        _kind(_POSTINGS.c.source).label("from_where"),
        _kind(_POSTINGS.c.target).label("to_where"),
        here.label("is_here"),
    )
    found = select(*kinds, func.sum(_POSTINGS.c.amount), func.count()).where(_POSTINGS.c.initiative.in_(its))
    if not is_always:
        found = found.where(last >= _DAY)
    sides: dict[bool, Counter[tuple[str, str]]] = {True: Counter(), False: Counter()}
    count = 0
    for source, target, is_here, amount, moves in work.connection.execute(
        found.group_by("from_where", "to_where", "is_here")
    ):
        sides[bool(is_here)][source, target] += int(amount)
        count += moves if is_here and "pool" in (source, target) else 0
    for line in _organisation(work, pool):
        if line.at[:10] <= last:
            is_here = line.at[:10] >= first
            sides[is_here][("put in", "pool") if line.target == account else ("pool", "put in")] += line.amount
            count += is_here
    return Flow(sides[False], sides[True], count)


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


def _touches(account: str) -> ColumnElement[bool]:
    return or_(_POSTINGS.c.source == account, _POSTINGS.c.target == account)


def _kind(account: ColumnElement[str]) -> ColumnElement[str]:
    """What an account is for, whosever it is: `pool`, or what follows its colon."""
    named = [(account.endswith(f":{one.value}"), one.value) for one in Account]
    return case((account.startswith("pool:"), Account.POOL.value), *named)


def _moves() -> Select[Any]:
    told = (_ENTRIES.c.event, _ENTRIES.c.actor, _ENTRIES.c.data)
    return (
        select(_POSTINGS, *told)
        .join_from(_POSTINGS, _ENTRIES, _IS_ITS)
        .order_by(_POSTINGS.c.at, _POSTINGS.c.initiative, _POSTINGS.c.version, _POSTINGS.c.line)
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
