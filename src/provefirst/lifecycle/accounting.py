"""Statements of initiatives and pools, and the check that the books balance."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from provefirst.errors import InvalidInputError, UnknownError, nearest
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.workspace import Workspace
from provefirst.statements import Statement, statement
from provefirst.store import books


def of_initiative(workspace: Workspace, key: str, *, since: date | None = None, until: date | None = None) -> Statement:
    """The statement of one initiative; UnknownError where there is none."""
    _in_order(since, until)
    with workspace.store.reading() as work:
        currency = workspace.load(work, key).books.currency
        return statement(key, currency, books.of_initiative(work, key), since=since, until=until)


def of_pool(workspace: Workspace, pool: str, *, since: date | None = None, until: date | None = None) -> Statement:
    """The statement of one pool; UnknownError where there is none."""
    _in_order(since, until)
    with workspace.store.reading() as work:
        if (balance := work.balance(f"pool:{pool}")) is None:
            known = [account.removeprefix("pool:") for account, _, _ in work.accounts("pool:")]
            raise UnknownError("pool", pool, "no such pool", nearest=nearest(pool, known))
        return statement(f"pool {pool}", balance[1], books.of_pool(work, pool), since=since, until=until)


def imbalances(workspace: Workspace) -> tuple[str, ...]:
    """Every account whose balance is not what its moves make, in words; empty where the books balance."""
    with workspace.store.reading() as work:
        found = books.imbalances(work)
    return tuple(
        f"{account} holds {stands} minor units, and its moves make {should}" for account, stands, should in found
    )


def told(found: Statement) -> Facts:
    """A statement as plain values; money in minor units."""
    return {
        "of": found.of,
        "currency": found.currency,
        "since": found.since and found.since.isoformat(),
        "until": found.until and found.until.isoformat(),
        "total": found.total,
        "balances": [{**asdict(one), "after": one.after} for one in found.balances],
        "lines": [asdict(one) for one in found.lines],
    }


def _in_order(since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise InvalidInputError("until", until.isoformat(), f"a day from {since.isoformat()} on")
