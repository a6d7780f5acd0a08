"""Pools: for which period and cost centre money is meant, and how it passes between pools of two currencies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from provefirst.errors import InvalidInputError
from provefirst.money import CEILING, Money, exponent, known_currency
from provefirst.texts import Document, Line, Word, handle

_RATE = re.compile(r"(?=[0-9.]*[1-9])[0-9]{1,9}(?:\.[0-9]{1,12})?")


def exact(rate: str) -> str:
    """`rate` where it is a positive decimal number such as 1.0845; it stays text, and never becomes a float."""
    if not _RATE.fullmatch(rate):
        raise InvalidInputError("rate", rate, "a positive decimal number such as 1.0845, with at most 12 decimals")
    return rate


PoolName = Annotated[str, AfterValidator(handle)]
Currency = Annotated[str, AfterValidator(known_currency)]


class Terms(Document):
    """For whom and for when money is meant: nothing is requested outside these days."""

    cost_centre: Word | None = None
    since: date | None = Field(default=None, description="first day on which money may be requested from it")
    until: date | None = Field(default=None, description="last day on which money may be requested from it")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("until is before since")
        return self


class PoolTerms(Terms):
    """The terms of one pool."""

    pool: PoolName


class Rate(Document):
    """What one unit of `base` was worth in `quote` on a day, and who says so."""

    base: Currency
    quote: Currency
    rate: Annotated[str, AfterValidator(exact)] = Field(description="a decimal number, such as 1.0845")
    on: date
    source: Line = Field(description="who published it, such as the European Central Bank")

    @model_validator(mode="after")
    def _two(self) -> Rate:
        if self.base == self.quote:
            raise ValueError("base and quote are one currency")
        return self


class Transfer(Document):
    """Money taken from one pool and put into another."""

    source: PoolName
    target: PoolName
    amount: Money = Field(description="in the currency of the pool it is taken from")
    reason: Line

    @model_validator(mode="after")
    def _two(self) -> Transfer:
        if self.source == self.target:
            raise ValueError("source and target are one pool")
        if not self.amount.amount:
            raise ValueError("nothing is not an amount")
        return self


@dataclass(frozen=True, slots=True)
class Known:
    """A rate that was recorded: `number` is the entry of the organisation's ledger that says so."""

    base: str
    quote: str
    rate: str
    on: str
    number: int


def converted(money: Money, rate: Known) -> Money:
    """`money` by a recorded rate, either way round, to the nearest minor unit (ties to the even one)."""
    if money.currency not in (rate.base, rate.quote):
        raise InvalidInputError("rate", f"{rate.base}/{rate.quote}", f"one of {money.currency}")
    target = rate.quote if money.currency == rate.base else rate.base
    with localcontext() as context:
        context.prec = 60
        value = Decimal(money.amount).scaleb(-exponent(money.currency))
        value = value * Decimal(rate.rate) if money.currency == rate.base else value / Decimal(rate.rate)
        minor = value.scaleb(exponent(target)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    if not 1 <= minor <= CEILING:
        raise InvalidInputError("amount", str(money), f"what comes to 1 to {CEILING} minor units of {target}")
    return Money(amount=int(minor), currency=target)
