"""Exchanging: what is asked for or paid in another currency than an initiative's pool, by the newest recorded rate.

An initiative's books are in its pool's currency. What was said in another is kept beside what it came to, with the rate
and the entry that recorded it, and rounded to the nearest minor unit (ties to the even one).
"""

from __future__ import annotations

from dataclasses import dataclass

from provefirst.initiative import Initiative
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.facts import Facts
from provefirst.money import Money
from provefirst.pools import Known, converted
from provefirst.store import treasury
from provefirst.store.work import Work


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What money came to in another currency; `said` is None where it was in that currency."""

    money: Money
    said: Facts | None = None


def exchanged(work: Work, money: Money, currency: str) -> Exchanged | Refused:
    """`money` in `currency`; refused where no rate between the two is recorded."""
    if money.currency == currency:
        return Exchanged(money)
    if (rate := treasury.rate_between(work, money.currency, currency)) is None:
        return Refused((f"no rate between {money.currency} and {currency} is recorded: an admin records one",))
    kept = {"rate": rate.rate, "base": rate.base, "quote": rate.quote, "on": rate.on, "entry": rate.number}
    return Exchanged(converted(money, rate), {"amount": money.amount, "currency": money.currency, **kept})


def difference(initiative: Initiative, paid: Money, booked: Money) -> int:
    """By how many minor units a payment came to more than at the rate at which its currency was asked for."""
    asked = initiative.books.asked
    if asked is None or asked["currency"] != paid.currency:
        return 0
    rate = Known(asked["base"], asked["quote"], asked["rate"], asked["on"], asked["entry"])
    return booked.amount - converted(paid, rate).amount
