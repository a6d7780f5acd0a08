"""What a portfolio has done: how soon answers came, what was not spent, on what evidence money was released.

Nothing here is about a person, and a no counts as an answer exactly as a yes does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from statistics import quantiles
from typing import TypeAlias

from provefirst.stages import Outcome

LEAST = 5
"""With fewer funded initiatives than this, nothing is concluded from what they spent."""

NEVER_FUNDED = frozenset({Outcome.NOT_FEASIBLE, Outcome.INCONCLUSIVE, Outcome.WITHDRAWN})
BLIND = frozenset({"sealed", "prospective"})
UNKNOWN = "none"

Released: TypeAlias = Mapping[str, int]
"""Minor units released, by the blindness of the evidence that they were released on."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One initiative: what it asked for, in minor units, and when it came to what."""

    key: str
    currency: str
    asked: int
    spent: int
    opened_at: datetime
    funded_at: datetime | None = None
    outcome: Outcome | None = None
    concluded_at: datetime | None = None
    released: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Spread:
    """Days: the quartiles, and of how many."""

    n: int
    low: float | None
    median: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Avoided:
    """What was not spent on what ended before it was funded, in minor units: at least, and at most.

    At most: had all that was asked for been spent. At least: had that share of it been spent which three of four
    funded initiatives in the same currency spent at least (`share`, of `funded` initiatives; 0 where they are few).
    """

    currency: str
    n: int
    low: int
    high: int
    share: Fraction | None
    funded: int


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The figures of all initiatives together."""

    to_no: Spread
    to_yes: Spread
    avoided: tuple[Avoided, ...]
    released: Mapping[str, Released]
    reused: int

    def blind_share(self, currency: str) -> float | None:
        """How much of the money released was released on sealed or prospective evidence; None where none was."""
        by = self.released.get(currency, {})
        total = sum(by.values())
        return sum(amount for blindness, amount in by.items() if blindness in BLIND) / total if total else None


def portfolio(passages: Collection[Passage], *, reused: int = 0) -> Portfolio:
    """The figures; `reused` is how many negative results others have answered to."""
    nos = [one for one in passages if one.outcome is Outcome.NOT_FEASIBLE]
    released: dict[str, Counter[str]] = defaultdict(Counter)
    for one in passages:
        for blindness, amount in one.released:
            released[one.currency][blindness] += amount
    return Portfolio(
        to_no=_spread(_days(one.opened_at, one.concluded_at) for one in nos),
        to_yes=_spread(_days(one.opened_at, one.funded_at) for one in passages),
        avoided=tuple(_avoided(currency, passages) for currency in sorted({one.currency for one in passages})),
        released={currency: dict(by) for currency, by in sorted(released.items())},
        reused=reused,
    )


def _avoided(currency: str, passages: Collection[Passage]) -> Avoided:
    here = [one for one in passages if one.currency == currency]
    spent = [Fraction(one.spent, one.asked) for one in here if one.funded_at is not None and one.asked]
    share = quantiles(spent, n=4)[0] if len(spent) >= LEAST else None
    ended = [one for one in here if one.outcome in NEVER_FUNDED and one.funded_at is None]
    return Avoided(
        currency=currency,
        n=len(ended),
        low=sum(max(int((share or 0) * one.asked) - one.spent, 0) for one in ended),
        high=sum(one.asked - one.spent for one in ended),
        share=share,
        funded=len(spent),
    )


def _days(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds() / 86_400


def _spread(days: Iterable[float | None]) -> Spread:
    known = sorted(one for one in days if one is not None)
    if not known:
        return Spread(0, None, None, None)
    low, middle, high = quantiles(known, n=4, method="inclusive") if len(known) > 1 else known * 3
    return Spread(len(known), low, middle, high)
