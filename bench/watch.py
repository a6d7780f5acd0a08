"""How often the watch is wrong over a year, and how soon it finds a loss: simulated, as a table for docs/watch.md.

    python bench/watch.py [--runs 1000] [--rows 200]

A year of weekly batches. What was claimed: accuracy .93, at worst .90. Each line: the share that is right in truth
(before, and from week 27 on), how many of the years raised an alarm, and after how many weeks of loss half of them had.
"""

from __future__ import annotations

import argparse
import math
import time

import numpy as np

from provefirst.production import FALSE_ALARM
from provefirst.stats.intervals import clopper_pearson
from provefirst.stats.sequential import Batch, wealth

WEEKS, LOSS, BOUND = 52, 26, 0.90
CASES = (
    ("as claimed, all year", 0.93, 0.93),
    ("at the very limit, all year", 0.90, 0.90),
    ("a loss of .02 below the limit", 0.93, 0.88),
    ("a loss of .05 below the limit", 0.93, 0.85),
    ("a loss of .10 below the limit", 0.93, 0.80),
    ("a loss of .20 below the limit", 0.93, 0.70),
)


def alarms(before: float, after: float, *, runs: int, rows: int, normal: bool) -> list[int]:
    """The week of each year's first alarm; 0 where there was none."""
    chance = np.random.default_rng(61)
    shares = np.where(np.arange(WEEKS) < LOSS, before, after)
    found = []
    for right in chance.binomial(rows, shares, size=(runs, WEEKS)):
        batches = [_batch(int(count), rows, normal) for count in right]
        logs = wealth(batches, BOUND, scale=1 / 0.03**2)
        found.append(next((week for week, log in enumerate(logs, 1) if log >= -math.log(FALSE_ALARM)), 0))
    return found


def _batch(count: int, rows: int, normal: bool) -> Batch:
    share = count / rows
    error = math.sqrt(max(share * (1 - share), 0.25 / rows) / rows)
    return Batch(share, error, rows, None if normal else count)


def line(name: str, before: float, after: float, runs: int, rows: int, *, normal: bool) -> str:
    weeks = alarms(before, after, runs=runs, rows=rows, normal=normal)
    late = [week - LOSS for week in weeks if week > LOSS]
    early = sum(0 < week <= LOSS for week in weeks)
    many = sum(week > 0 for week in weeks)
    bounds = clopper_pearson(many, runs)
    delay = f"{sorted(late)[len(late) // 2]}" if before != after and late else ""
    share = f"{many / runs:.1%} ({bounds.low:.1%} to {bounds.high:.1%})"
    return f"| {name} | {before:.2f} | {after:.2f} | {share} | {early / runs:.1%} | {delay} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=200)
    given = parser.parse_args()
    began = time.perf_counter()
    for title, normal in (
        ("Counted rows (accuracy)", False),
        ("Estimates with an error (other metrics)", True),
    ):
        print(f"\n{title}, {given.rows} rows a week, {given.runs} years a line\n")
        print("| | before | from week 27 | years with an alarm (95 % interval) | before the loss | weeks to find it |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        for name, before, after in CASES:
            print(line(name, before, after, given.runs, given.rows, normal=normal), flush=True)
    print(f"\n{time.perf_counter() - began:.0f} seconds")


if __name__ == "__main__":
    main()
