"""The waterfall of a statement: how far its money got, step by step, each as a bar on one scale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provefirst.money import Account
from provefirst.statements import OUTSIDE, Line

PUT_IN, POOL = "put in", Account.POOL.value
WIDE = 600.0
LEAST = 3.0
"""What is there is never too small to be seen."""

Ways = Mapping[tuple[str, str], int]
"""How much went from where to where: `pool`, `requested`, `approved`, `released`, `spent`, or `put in`."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the waterfall: its amount, and its bar from `x` on."""

    name: str
    kind: str
    amount: int
    meaning: str
    x: float
    width: float


def ways_of(lines: Iterable[Line]) -> Ways:
    """How much went from where to where by the lines of a statement."""
    found = Counter[tuple[str, str]]()
    for line in lines:
        found[_place(line.source), _place(line.target)] += line.amount
    return found


def net(ways: Ways, place: str) -> int:
    """What came to a place, less what went from it."""
    return sum(amount * ((target == place) - (source == place)) for (source, target), amount in ways.items())


def steps(ways: Ways, *, budget: int | None = None, is_whole: bool = True) -> tuple[Step, ...]:
    """The steps from the budget to what came back. `budget` is what a pool had; what is left needs the whole time."""
    came: Counter[str] = Counter()
    for (source, target), amount in ways.items():
        if (source, target) != (POOL, PUT_IN):
            came["returned" if target == POOL and source != PUT_IN else target] += amount
    reserved, spent, returned = came["requested"], came["spent"], came["returned"]
    planned = [
        ("Budget", "budget", budget or 0, 0, "what the pool had to give") if budget is not None else None,
        ("Reserved", "locked", reserved, 0, "asked for, kept for whoever asked, and locked until the board says yes"),
        ("Approved", "approved", came["approved"], 0, "freed by the board's votes"),
        ("Released", "released", came["released"], 0, "handed out, a part at a time, each for evidence of its own"),
        ("Spent", "spent", spent, 0, "paid"),
        ("Returned", "returned", returned, spent, "back in the pool, because an initiative ended"),
    ]  # fmt: skip
    left = reserved - spent - returned
    if is_whole and left > 0:
        planned.append(("Still there", "left", left, spent + returned, "reserved, neither spent nor returned yet"))
    known = [one for one in planned if one is not None]
    most = max((start + amount for _, _, amount, start, _ in known), default=0) or 1
    return tuple(_step(*one, most) for one in known)


def _step(name: str, kind: str, amount: int, start: int, meaning: str, most: int) -> Step:
    width = max(WIDE * amount / most, LEAST) if amount > 0 else 0.0
    x = min(WIDE * start / most, WIDE - width)
    return Step(name, kind, amount, meaning, round(x, 1), round(width, 1))


def _place(account: str) -> str:
    if account == OUTSIDE or account.startswith("transfer:"):
        return PUT_IN
    return POOL if account.startswith("pool:") else account.rpartition(":")[2]
