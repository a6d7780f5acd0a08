"""Money in integer minor units, and the books of one initiative in double entry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from provefirst.errors import InvalidInputError, nearest

_WITHOUT_MINOR = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_WITH_THREE = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
CURRENCIES = (
    _WITHOUT_MINOR
    | _WITH_THREE
    | frozenset(
        """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP
    CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
    JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
    NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
    SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG""".split()
    )
)
"""Active ISO 4217 codes of money that can be spent."""

_AMOUNT = re.compile(r"(?P<major>[0-9]{1,3}(?:[,_][0-9]{3})+|[0-9]+)(?:\.(?P<minor>[0-9]+))?")
"""Commas and underscores only between groups of three: `12,50 EUR` is not 1,250 euros."""

CEILING = 10**15
"""No single amount is larger than this many minor units: a slip of the keyboard, not a budget."""


def known_currency(code: str) -> str:
    """`code` where ISO 4217 knows it; InvalidInputError with the nearest code otherwise."""
    if code not in CURRENCIES:
        raise InvalidInputError(
            "currency", code, "an ISO 4217 code such as EUR", nearest=nearest(code.upper(), sorted(CURRENCIES))
        )
    return code


def exponent(currency: str) -> int:
    """How many decimal places the currency's major unit has."""
    return 0 if currency in _WITHOUT_MINOR else 3 if currency in _WITH_THREE else 2


POOL_CEILING = 1000 * CEILING
"""No pool holds more: sums stay within what a database counts exactly."""


def in_major(amount: int, currency: str) -> str:
    """`amount` minor units in major ones: 1250 of EUR is `12.50`."""
    places, sign = exponent(currency), "-" if amount < 0 else ""
    major, minor = divmod(abs(amount), 10**places)
    return f"{sign}{major:,}.{minor:0{places}d}" if places else f"{sign}{major:,}"


class Money(BaseModel):
    """An amount in minor units (cents, pence, yen) of one currency; never negative, never a float."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    amount: int = Field(ge=0, le=CEILING, description="integer minor units: 12.50 EUR is 1250")
    currency: Annotated[str, AfterValidator(known_currency)] = Field(description="ISO 4217 code")

    def __str__(self) -> str:
        return f"{in_major(self.amount, self.currency)} {self.currency}"

    @classmethod
    def parse(cls, text: str) -> Money:
        """Money from such text as `250000 EUR` or `12.50 EUR`; more decimals than the currency has are refused."""
        allowed = "an amount and a currency, such as '250000 EUR' or '12.50 EUR'"
        if len(words := text.split()) != 2:
            raise InvalidInputError("money", text, allowed)
        currency = known_currency(words[1].upper())
        if not (match := _AMOUNT.fullmatch(words[0])):
            raise InvalidInputError("money", text, allowed)
        major, minor = re.sub("[,_]", "", match["major"]), match["minor"] or ""
        if len(minor) > (places := exponent(currency)):
            raise InvalidInputError("money", text, f"at most {places} decimals in {currency}")
        amount = int(major[:20]) * 10**places + int(minor.ljust(places, "0") or 0)
        if amount > CEILING or len(major) > 20:
            raise InvalidInputError("money", text, f"at most {CEILING} minor units")
        return cls(amount=amount, currency=currency)


class Account(StrEnum):
    """Where money of an initiative stands. `POOL` is everything outside it."""

    POOL = "pool"
    REQUESTED = "requested"
    APPROVED = "approved"
    RELEASED = "released"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Move:
    """`amount` minor units taken from one account and put on another: the two sides of a double entry."""

    source: Account
    target: Account
    amount: int

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise InvalidInputError("amount", self.amount, "a positive number of minor units")
        if self.source is self.target:
            raise InvalidInputError("target", self.target.value, "another account than the source")


class OverdrawnError(InvalidInputError):
    """More was to be moved than stands on the account."""


@dataclass(frozen=True, slots=True)
class Books:
    """What one initiative has on each account, and how much it ever drew from and returned to its pool.

    `asked` is what was requested where that was in another currency, with the rate that it was reserved by;
    `exchange_difference` by how much its payments in that currency came to more (or less) than at that rate.
    """

    currency: str = ""
    pool: str = ""
    balances: Mapping[Account, int] = field(default_factory=lambda: MappingProxyType({}))
    drawn: int = 0
    returned: int = 0
    asked: Mapping[str, Any] | None = None
    exchange_difference: int = 0

    def on(self, account: Account) -> int:
        return self.balances.get(account, 0)

    @property
    def committed(self) -> int:
        """Everything that ever passed the board: approved, released or spent."""
        return self.on(Account.APPROVED) + self.on(Account.RELEASED) + self.on(Account.SPENT)

    def after(self, move: Move) -> Books:
        """The books once `move` is booked; OverdrawnError where its source does not hold enough."""
        balances = dict(self.balances)
        if move.source is not Account.POOL:
            if (held := self.on(move.source)) < move.amount:
                raise OverdrawnError("amount", move.amount, f"at most {held}, which is what is {move.source.value}")
            balances[move.source] = held - move.amount
        if move.target is not Account.POOL:
            balances[move.target] = self.on(move.target) + move.amount
        return replace(
            self,
            balances=MappingProxyType(balances),
            drawn=self.drawn + (move.amount if move.source is Account.POOL else 0),
            returned=self.returned + (move.amount if move.target is Account.POOL else 0),
        )

    @property
    def unspent(self) -> tuple[Move, ...]:
        """The moves that give everything unspent back to the pool."""
        sources = (Account.REQUESTED, Account.APPROVED, Account.RELEASED)
        return tuple(Move(source, Account.POOL, self.on(source)) for source in sources if self.on(source))


@dataclass(frozen=True, slots=True)
class Tranche:
    """Money released: `exploration` before the release gate, `budget` after it."""

    number: int
    kind: str
    amount: int
    purpose: str
    waits_for: str
    by: str
    version: int
