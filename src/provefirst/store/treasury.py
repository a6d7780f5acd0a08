"""The treasury: pools with their terms, recorded rates, and what the organisation itself moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import Field

from provefirst.ledger import Entry
from provefirst.pools import Known
from provefirst.store.tables import Base, table
from provefirst.store.work import Work

Row: TypeAlias = dict[str, Any]


class PoolRow(Base, table=True):
    """Projection: for whom and for when a pool is meant, as said last."""

    __tablename__ = "pool"

    name: str = Field(primary_key=True)
    cost_centre: str
    since: str
    until: str


class RateRow(Base, table=True):
    """Projection: a recorded rate of exchange. The rate is a decimal number as text."""

    __tablename__ = "rate"

    version: int = Field(primary_key=True)
    base: str
    quote: str
    rate: str
    on: str
    source: str


_POOL, _RATE = table(PoolRow), table(RateRow)


def project_treasury(connection: Connection, entries: Sequence[Entry]) -> None:
    """Bring pools and rates up to entries of the organisation's stream; balances follow from `organisation_moves`."""
    for entry in entries:
        data = entry.data
        if entry.event == "pool.described":
            connection.execute(delete(_POOL).where(_POOL.c.name == data["pool"]))
            row = {name: data[name] or "" for name in ("cost_centre", "since", "until")}
            connection.execute(insert(_POOL), {"name": data["pool"], **row})
        elif entry.event == "rate.recorded":
            row = {name: data[name] for name in ("base", "quote", "rate", "on", "source")}
            connection.execute(insert(_RATE), {"version": entry.version, **row})


def organisation_moves(entry: Entry) -> Iterator[Row]:
    """What an entry of the organisation moves: one side each, since two pools may have two currencies."""
    data = entry.data
    if entry.event == "pool.funded":
        yield {"target": f"pool:{data['pool']}", "amount": data["amount"], "currency": data["currency"]}
    elif entry.event == "pool.transferred":
        yield {"source": f"pool:{data['source']}", "amount": data["amount"], "currency": data["currency"]}
        yield {"target": f"pool:{data['target']}", "amount": data["received"], "currency": data["received_currency"]}


def terms_of(work: Work, pool: str) -> Row | None:
    """For whom and for when a pool is meant; None where nobody said."""
    row = work.connection.execute(select(_POOL).where(_POOL.c.name == pool)).mappings().one_or_none()
    return dict(row) if row else None


def terms(work: Work) -> dict[str, Row]:
    """For whom and for when each pool is meant of which somebody said so, by its name."""
    return {row["name"]: dict(row) for row in work.connection.execute(select(_POOL)).mappings()}


def rate_between(work: Work, first: str, second: str) -> Known | None:
    """The newest recorded rate between two currencies, either way round."""
    rows = _RATE
    either = ((rows.c.base == first) & (rows.c.quote == second)) | ((rows.c.base == second) & (rows.c.quote == first))
    newest = select(rows).where(either).order_by(rows.c.on.desc(), rows.c.version.desc()).limit(1)
    row = work.connection.execute(newest).mappings().one_or_none()
    return Known(row["base"], row["quote"], row["rate"], row["on"], row["version"]) if row else None


def rates(work: Work) -> tuple[Row, ...]:
    found = select(_RATE).order_by(_RATE.c.on.desc(), _RATE.c.version.desc())
    return tuple(dict(row) for row in work.connection.execute(found).mappings())
