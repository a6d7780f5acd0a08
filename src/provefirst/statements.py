"""Statements: every move of money on an initiative or a pool in a period, in double entry, and what that comes to.

Each line takes an amount from one account and puts it on another, so over all accounts of a statement the balances come
to zero. Money enters from `outside` when a pool is funded: that account's balance is what was put in, negative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Line:
    """One move, in minor units, with the entry that made it."""

    at: str
    initiative: str
    version: int
    event: str
    by: str
    what: str
    source: str
    target: str
    amount: int


@dataclass(frozen=True, slots=True)
class Balance:
    """An account: what stood on it before the period, what came and went in it, and what stands on it after."""

    account: str
    before: int
    came: int
    went: int

    @property
    def after(self) -> int:
        return self.before + self.came - self.went


@dataclass(frozen=True, slots=True)
class Statement:
    """Moves from `since` to `until`, both days included, and the balances of every account that any of them touched."""

    of: str
    currency: str
    since: date | None
    until: date | None
    lines: tuple[Line, ...]
    balances: tuple[Balance, ...]

    @property
    def total(self) -> int:
        """What all balances come to: 0, or the books are wrong."""
        return sum(balance.after for balance in self.balances)


def statement(of: str, currency: str, lines: Iterable[Line], *, since: date | None, until: date | None) -> Statement:
    """The statement that `lines`, in the order of time, make of a period. All lines up to its end are needed."""
    first, last = since.isoformat() if since else "", until.isoformat() if until else "9999"
    known = [line for line in lines if line.at[:10] <= last]
    here = tuple(line for line in known if line.at[:10] >= first)
    before = _net(line for line in known if line.at[:10] < first)
    came, went = _sums(here, "target"), _sums(here, "source")
    accounts = sorted({*before, *came, *went}, key=_place)
    balances = tuple(Balance(account, before[account], came[account], went[account]) for account in accounts)
    return Statement(of, currency, since, until, here, balances)


def _place(account: str) -> tuple[int, str]:
    order = (OUTSIDE, "pool", "requested", "approved", "released", "spent")
    kind = OUTSIDE if account == OUTSIDE else "pool" if account.startswith("pool:") else account.rpartition(":")[2]
    return (order.index(kind) if kind in order else len(order), account)


def _sums(lines: Sequence[Line], side: str) -> Counter[str]:
    found = Counter[str]()
    for line in lines:
        found[getattr(line, side)] += line.amount
    return found


def _net(lines: Iterable[Line]) -> Counter[str]:
    found = Counter[str]()
    for line in lines:
        found[line.target] += line.amount
        found[line.source] -= line.amount
    return found
