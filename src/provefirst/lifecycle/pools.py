"""Pools: said for whom and for when they are, moved between, and the rates by which money changes its currency."""

from __future__ import annotations

from datetime import date

from provefirst.ledger import Event
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.organisation import organise
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import POOL_CEILING, Money
from provefirst.people import Verb
from provefirst.pools import PoolTerms, Rate, Transfer, converted
from provefirst.store import treasury
from provefirst.store.work import Work


def describe(workspace: Workspace, terms: PoolTerms, *, by: str) -> Refused | None:
    """Say for which cost centre and days a pool is. What was requested from it before stays requested."""

    def write(work: Work) -> Event | Refused:
        if work.balance(f"pool:{terms.pool}") is None:
            return Refused((f"there is no pool {terms.pool!r}: fund it first",))
        return Event("pool.described", by, terms.model_dump(mode="json"))

    return organise(workspace, write, by=by, verb=Verb.FUND)


def record_rate(workspace: Workspace, rate: Rate, *, by: str) -> Refused | None:
    """Record a rate of exchange. Transfers take the newest by its day."""

    def write(work: Work) -> Event | Refused:
        if rate.on > (today := workspace.clock().date()):
            return Refused((f"on: {rate.on.isoformat()} is after today, {today.isoformat()}",))
        return Event("rate.recorded", by, rate.model_dump(mode="json"))

    return organise(workspace, write, by=by, verb=Verb.FUND)


def transfer(workspace: Workspace, moved: Transfer, *, by: str) -> Refused | None:
    """Take money from one pool and put it into another; between currencies by the newest recorded rate."""

    def write(work: Work) -> Event | Refused:
        first, second = (work.balance(f"pool:{pool}") for pool in (moved.source, moved.target))
        if first is None or second is None:
            pools = ((moved.source, first), (moved.target, second))
            return Refused(tuple(f"there is no pool {pool!r}: fund it first" for pool, one in pools if one is None))
        (held, currency), (there, wanted) = first, second
        if reasons := _objections(moved, held, currency):
            return Refused(reasons)
        rate = None
        received = moved.amount
        if wanted != currency:
            if (rate := treasury.rate_between(work, currency, wanted)) is None:
                return Refused((f"no rate between {currency} and {wanted} is recorded",))
            received = converted(moved.amount, rate)
        if there + received.amount > POOL_CEILING:
            return Refused((f"pool {moved.target} would hold more than {POOL_CEILING} minor units",))
        return Event(
            "pool.transferred",
            by,
            {
                "source": moved.source,
                "target": moved.target,
                "amount": moved.amount.amount,
                "currency": currency,
                "received": received.amount,
                "received_currency": wanted,
                "rate": rate.rate if rate else None,
                "rate_entry": rate.number if rate else None,
                "reason": moved.reason,
            },
        )

    return organise(workspace, write, by=by, verb=Verb.FUND)


def pools(workspace: Workspace) -> tuple[Facts, ...]:
    """What each pool holds, for whom and for when it is."""
    with workspace.store.reading() as work:
        found, terms = work.accounts("pool:"), treasury.terms(work)
    held_by = [(name.removeprefix("pool:"), held, currency) for name, held, currency in found]
    return tuple(
        {"pool": name, "amount": held, "currency": currency, **_terms(terms.get(name))}
        for name, held, currency in held_by
    )


def rates(workspace: Workspace) -> tuple[Facts, ...]:
    """Every recorded rate, the newest day first; `entry` is the organisation's entry that says so."""
    with workspace.store.reading() as work:
        found = treasury.rates(work)
    return tuple({"entry": row["version"], **{name: row[name] for name in _RATE}} for row in found)


def terms_objections(work: Work, pool: str, today: date, cost_centre: str | None) -> tuple[str, ...]:
    """Why nothing may be requested from `pool` today for somebody of that cost centre."""
    if (terms := treasury.terms_of(work, pool)) is None:
        return ()
    day, reasons = today.isoformat(), []
    if terms["since"] and day < terms["since"]:
        reasons.append(f"pool {pool} is for requests from {terms['since']} on")
    if terms["until"] and day > terms["until"]:
        reasons.append(f"pool {pool} was for requests until {terms['until']}")
    if terms["cost_centre"] and terms["cost_centre"] != cost_centre:
        reasons.append(f"pool {pool} is for cost centre {terms['cost_centre']}, not for {cost_centre or 'none'}")
    return tuple(reasons)


_RATE = ("base", "quote", "rate", "on", "source")


def _objections(moved: Transfer, held: int, currency: str) -> tuple[str, ...]:
    if moved.amount.currency != currency:
        return (f"pool {moved.source} is in {currency}, not in {moved.amount.currency}",)
    if moved.amount.amount > held:
        return (f"{moved.amount} is more than the {Money(amount=held, currency=currency)} in pool {moved.source}",)
    return ()


def _terms(row: Facts | None) -> Facts:
    return {name: (row or {}).get(name) or None for name in ("cost_centre", "since", "until")}
