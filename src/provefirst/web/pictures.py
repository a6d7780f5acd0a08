"""Pictures: numbers as places on a drawing, with the words that say the same. Templates draw them as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, log10
from typing import Any

from provefirst.lifecycle.facts import Facts
from provefirst.money import Money
from provefirst.stages import ORDER, Outcome, Stage
from provefirst.web.words import BLINDNESS, ago, label, number

LEFT, RIGHT = 20.0, 620.0
WIDE = 600.0
GROUND = 145.0
"""Where columns stand, from the top."""
PARTS = (
    ("locked", "asked for; the board has not freed it"),
    ("approved", "freed by the board, not yet released"),
    ("released", "released, not yet spent"),
    ("spent", "paid"),
    ("returned", "back in the pool"),
)


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval against the goal, as places on a line."""

    estimate: float
    low: float
    high: float
    goal: float
    goal_text: str
    ticks: tuple[Tick, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Piece:
    name: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """Shares of a whole, side by side. A piece that is there is never too small to be seen."""

    pieces: tuple[Piece, ...]
    legend: tuple[tuple[str, int, str], ...]
    words: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a column, from `y` downwards."""

    name: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A stage in the picture of the flow: what waits there, what ended there and how, and what got past it."""

    stage: str
    x: float
    waiting: tuple[Block, ...]
    ended: tuple[Block, ...]
    count: int
    ended_count: int
    past: int
    stillest: str
    words: str


def interval_of(finding: Facts) -> Interval | None:
    """The picture of a verdict's finding; None where it has no interval."""
    measured, goal = finding["measured"], finding["limit"].get("goal")
    estimate, low, high = (measured.get(name) for name in ("estimate", "low", "high"))
    if estimate is None or goal is None or (low is None and high is None):
        return None
    known = [float(value) for value in (estimate, low, high, goal) if value is not None]
    pad = (max(known) - min(known)) * 0.15 or 0.05
    start, end = min(known) - pad, max(known) + pad

    def x(value: float | None, beyond: float) -> float:
        return beyond if value is None else round(LEFT + (value - start) / (end - start) * (RIGHT - LEFT), 1)

    ticks = tuple(Tick(x(value, LEFT), f"{value:g}") for value in _round_values(start, end))
    blindness = str(measured.get("blindness", "declared"))
    span = f"{number(low) if low is not None else 'unknown'} to {number(high) if high is not None else 'unknown'}"
    words = (
        f"{label(measured.get('metric', 'score'))} {number(estimate)}, interval {span}, n = {number(measured.get('n'))}"
        f", goal {number(goal)}; {blindness} holdout: {BLINDNESS.get(blindness, '')}"
    )
    places = (x(estimate, LEFT), x(low, LEFT), x(high, RIGHT), x(goal, LEFT))
    return Interval(*places, goal_text=f"{goal:g}", ticks=ticks, words=words)


def money_bar(funds: Facts) -> Bar:
    """Where the money of an initiative is."""
    currency = funds["currency"] or "EUR"
    pieces = bar_pieces([(name, funds[name]) for name, _ in PARTS])
    said = ", ".join(f"{name} {Money(amount=funds[name], currency=currency)}" for name, _ in PARTS if funds[name])
    legend = tuple((name, funds[name], meaning) for name, meaning in PARTS)
    return Bar(pieces, legend, said or "no money", currency)


def money_bars(rows: Sequence[Mapping[str, Any]]) -> list[Bar]:
    """Where the money of all initiatives is, one bar a currency."""
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        own = sums.setdefault(row["currency"], dict.fromkeys((name for name, _ in PARTS), 0))
        for name in own:
            own[name] += int(row["requested" if name == "locked" else name])
    bars = []
    for currency, own in sorted(sums.items()):
        legend = tuple((name, own[name], meaning) for name, meaning in PARTS)
        if currency:
            bars.append(Bar(bar_pieces(own.items()), legend, f"money in {currency} by where it is", currency))
    return bars


def bar_pieces(amounts: Iterable[tuple[str, int]], *, least: float = 6.0) -> tuple[Piece, ...]:
    """Amounts as pieces of a bar; the largest gives what the smallest need to be seen."""
    there = [(name, amount) for name, amount in amounts if amount > 0]
    total = sum(amount for _, amount in there)
    widths = {name: max(least, WIDE * amount / total) for name, amount in there}
    if not widths:
        return ()
    largest = max(widths, key=lambda name: widths[name])
    widths[largest] -= sum(widths.values()) - WIDE
    pieces, x = [], 0.0
    for name, width in widths.items():
        pieces.append(Piece(name, round(x, 1), round(width, 1)))
        x += width
    return tuple(pieces)


def flow(
    rows: Sequence[Mapping[str, Any]], ended: Sequence[Mapping[str, Any]], now: datetime, *, height: float = 120.0
) -> tuple[Column, ...]:
    """The flow through the gates: at each stage what waits, held ones apart, what ended there, and what got past."""
    there = [row for row in rows if row["status"] != "concluded"]
    waiting, over = _counts(there, "status"), _counts(ended, "outcome")
    sums = {stage: (waiting[stage].total(), over[stage].total()) for stage in ORDER}
    most = max(1, *(count for pair in sums.values() for count in pair))
    columns = []
    for place, stage in enumerate(ORDER):
        here, gone = sums[stage]
        past = sum(sum(sums[later]) for later in ORDER[place + 1 :])
        stillest = min((str(row["stillest"]) for row in there if row["stage"] == stage.value), default="")
        said = [f"{stage.label}: {here} wait", *(f"the stillest for {ago(stillest, now)}" for _ in [0] if stillest)]
        said += [f"{count} {label(name)}" for name, count in sorted(over[stage].items())]
        blocks = _blocks(waiting[stage], ("open", "held"), height / most)
        ends = _blocks(over[stage], tuple(one.value for one in Outcome), height / most)
        columns.append(Column(stage.value, 2 + place * 81.0, blocks, ends, here, gone, past, stillest, ", ".join(said)))
    return tuple(columns)


def _counts(rows: Sequence[Mapping[str, Any]], name: str) -> dict[Stage, Counter[str]]:
    counts: dict[Stage, Counter[str]] = {stage: Counter() for stage in ORDER}
    for row in rows:
        counts[Stage(row["stage"])][row[name]] += row["count"]
    return counts


def _blocks(counts: Mapping[str, int], names: Sequence[str], each: float) -> tuple[Block, ...]:
    """One on another, from the ground line up."""
    blocks, ground = [], GROUND
    for name in names:
        if tall := round(counts.get(name, 0) * each, 1):
            ground -= tall
            blocks.append(Block(name, round(ground, 1), tall))
    return tuple(blocks)


def _round_values(start: float, end: float) -> tuple[float, ...]:
    """About five round values between `start` and `end`."""
    raw = (end - start) / 5
    unit = 10.0 ** floor(log10(raw))
    step = next(unit * times for times in (1, 2, 5, 10) if unit * times >= raw)
    first = floor(start / step) + 1
    values = (round((first + count) * step, 10) for count in range(12))
    return tuple(value for value in values if value <= end)
