"""How often the watch is wrong over a year, and how soon it finds what went wrong."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from scipy import special

from bench.quality.parts import Told, limit, some, table
from provefirst.clauses import WatchLimits
from provefirst.documents import policies
from provefirst.lifecycle.judging import verdict
from provefirst.places import config_dir
from provefirst.production import FALSE_ALARM, Claim, Health, Observation
from provefirst.stages import Stage
from provefirst.stats import delong
from provefirst.stats.arguments import Floats
from provefirst.stats.intervals import clopper_pearson

WEEKS, LOSS, ROWS = 52, 26, 200
NULLS, LOSSES = 400, 100
"""Years in which nothing is wrong, and of each kind in which something is."""

CLAIM = Claim("accuracy", 0.93, 0.90, 0.85, greater_is_better=True)
BEGAN = datetime(2027, 1, 4, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """What is true in a week: the share that is right, the shares that complain and leave, the gap of the first of
    three groups, and the AUC by which inputs can be told from the sealed ones."""

    right: float = 0.93
    complaints: float = 0.005
    opt_outs: float = 0.005
    gap: float = 0.0
    auc: float = 0.5


@dataclass(frozen=True)
class Case:
    """A kind of year: how the world is, and how it is from week 27 on. `is_null`: nothing is wrong in it.

    `is_counted`: the metric enters by rows that are right, else by its estimate and standard error, as most metrics do.
    """

    name: str
    after: World
    before: World = World()
    is_null: bool = False
    is_counted: bool = True


def cases(limits: WatchLimits) -> tuple[Case, ...]:
    most = dict(limits.judged)
    edge = World(0.90, most["complaints"], most["opt_outs"], most["gap"], most["drift"])
    found = [
        Case("as claimed, far from every limit", World(), is_null=True),
        Case("at every limit at once, all year", edge, edge, is_null=True),
        *(Case(f"accuracy {0.90 - loss:.2f}, {loss:.2f} below the claim", World(0.90 - loss))
          for loss in (0.02, 0.05, 0.10, 0.20)),
        Case("the metric by its standard error, at every limit", edge, edge, is_null=True, is_counted=False),
        *(Case(f"the metric by its standard error, {loss:.2f} below the claim", World(0.90 - loss), is_counted=False)
          for loss in (0.05, 0.10)),
        *(Case(f"complaints of {times * most['complaints']:.0%}", World(complaints=times * most["complaints"]))
          for times in (2, 3, 5)),
        *(Case(f"opt-outs of {times * most['opt_outs']:.0%}", World(opt_outs=times * most["opt_outs"]))
          for times in (2, 5)),
        *(Case(f"one group in three worse by {gap:.2f}", World(gap=gap)) for gap in (0.15, 0.20, 0.30)),
        *(Case(f"inputs told apart with an AUC of {auc:.2f}", World(auc=auc)) for auc in (0.80, 0.85, 0.95)),
    ]  # fmt: skip
    return tuple(found)


def year(case: Case, chance: np.random.Generator) -> Iterator[Observation]:
    """The batches of one year. The sealed rows that inputs are compared with stay the same all year."""
    sealed = chance.normal(size=ROWS)
    for week in range(WEEKS):
        world = case.before if week < LOSS else case.after
        found = batch(week, world, sealed, chance)
        yield found if case.is_counted else replace(found, right=None)


def batch(week: int, world: World, sealed: Floats, chance: np.random.Generator) -> Observation:
    rows = ROWS
    sizes = (rows // 3, rows // 3, rows - 2 * (rows // 3))
    shares = (world.right - 2 * world.gap / 3, world.right + world.gap / 3, world.right + world.gap / 3)
    right = [int(chance.binomial(size, min(share, 1.0))) for size, share in zip(sizes, shares, strict=True)]
    shift = np.sqrt(2) * float(special.ndtri(world.auc))
    scores = np.concatenate((sealed, chance.normal(shift, 1, rows)))
    mean = sum(right) / rows
    is_live = np.repeat([0, 1], rows)
    auc = delong.auc_interval(is_live, scores)
    errors = dict(zip(("live_error", "sealed_error"), delong.auc_errors(is_live, scores), strict=True))
    return Observation(
        number=week + 1,
        version=week + 1,
        at=BEGAN + timedelta(days=7 * week),
        since=(BEGAN + timedelta(days=7 * week)).date(),
        until=(BEGAN + timedelta(days=7 * week + 6)).date(),
        rows=rows,
        estimate=mean,
        error=float(np.sqrt(max(mean * (1 - mean), 0.25 / rows) / rows)),
        right=sum(right),
        more={
            "complaints": int(chance.binomial(rows, world.complaints)),
            "opt_outs": int(chance.binomial(rows, world.opt_outs)),
            "drift": {"auc": auc.estimate, "low": auc.low, "high": auc.high, **errors},
            "groups": [within(number, right, sizes) for number in range(3)],
        },
    )


def within(number: int, right: list[int], sizes: tuple[int, int, int]) -> dict[str, object]:
    """A group's gap as `holdout.live` works it out of rows."""
    others = [n for n in range(3) if n != number]
    own, rest = (right[number], sizes[number]), (sum(right[n] for n in others), sum(sizes[n] for n in others))
    errors = [np.sqrt(max(k / n * (1 - k / n), 0.25 / n) / n) for k, n in (own, rest)]
    gap = rest[0] / rest[1] - own[0] / own[1]
    return {"column": "site", "group": "abc"[number], "gap": gap, "gap_error": float(np.hypot(*errors))}


def watched(task: tuple[int, int]) -> int:
    """The week of the first alarm in one simulated year of a case; 0: none."""
    number, draw = task
    limits = shipped()
    return first_alarm(tuple(year(cases(limits)[number], np.random.default_rng([61, number, draw]))), limits)


def first_alarm(observations: tuple[Observation, ...], limits: WatchLimits) -> int:
    """The first week whose verdict is anything but that it holds; 0: none. An alarm stays, so it can be bisected."""

    def is_alarming(weeks: int) -> bool:
        return verdict(observations[:weeks], CLAIM, limits).health is not Health.HOLDS

    return bisect_left(range(WEEKS), True, lo=1, key=is_alarming) if is_alarming(WEEKS) else 0


def shipped() -> WatchLimits:
    """The limits of the watch gate that comes with provefirst."""
    return policies.load(config_dir() / "gates").at(Stage.WATCH).limits


def watch(pool: ProcessPoolExecutor, share: float) -> Told:
    limits, holds, rows = shipped(), True, list[list[object]]()
    for number, case in enumerate(cases(limits)):
        n = some(NULLS if case.is_null else LOSSES, share)
        weeks = list(pool.map(watched, [(number, draw) for draw in range(n)], chunksize=5))
        many, early = sum(week > 0 for week in weeks), sum(0 < week <= LOSS for week in weeks)
        late = sorted(week - LOSS for week in weeks if week > LOSS)
        bounds = clopper_pearson(many, n)
        holds &= (many if case.is_null else early) <= limit(n, FALSE_ALARM)
        seen = ["", ""] if case.is_null else [early, late[len(late) // 2] if late else ""]
        rows.append([case.name, n, f"{many / n:.1%} ({bounds.low:.1%} to {bounds.high:.1%})", *seen])
    told = ", ".join(f"{name.replace('_', '-')} {most:g}" for name, most in limits.judged.items())
    head = "What is true | >years | >with an alarm (95 % interval) | >before week 27 | >weeks to find it (median)"
    text = f"""Simulated years, each of 52 weekly batches of {ROWS} rows in three groups, their inputs held
against {ROWS} sealed ones, judged by the code that judges production, under the shipped limits ({told}).
Claimed: accuracy .93, at worst .90. Complaints and opt-outs of .5 % each, no gap and no drift, but for what a line
says; from week 27 on. *At every limit* is the hardest case: everything is just as bad as it may be. The whole watch may
be wrong in {FALSE_ALARM:.0%} of the years.

{table(head, rows)}"""
    return Told(text, holds)
