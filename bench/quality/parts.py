"""Parts of the page: what each measures, and how it is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from scipy import stats

N, CLEAN, SHUFFLES = 400, 100, 5
"""Data sets of each case, clean ones, and shuffles of each bundled one."""


@dataclass(frozen=True)
class Told:
    """What a part says, in Markdown, and whether every rate it promises holds."""

    text: str
    holds: bool


@dataclass(frozen=True)
class Part:
    """A section of the page. `measure` spreads a share of its data sets over the pool."""

    name: str
    title: str
    measure: Callable[[ProcessPoolExecutor, float], Told]


def some(number: int, share: float) -> int:
    """That share of a number of data sets; one at least."""
    return max(1, round(share * number))


def table(head: str, rows: list[list[object]]) -> str:
    """A table in Markdown; columns whose name begins with > are numbers."""
    names = [name.strip() for name in head.split("|")]
    rule = ["---:" if name.startswith(">") else "---" for name in names]
    lines = [[name.removeprefix(">") for name in names], rule, *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def limit(n: int, rate: float = 0.05) -> int:
    """Occurrences in n that a true rate exceeds in 1 of 100 runs: 31 of 400 at 5 %."""
    return int(stats.binom.ppf(0.99, n, rate))
