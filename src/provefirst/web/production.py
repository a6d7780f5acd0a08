"""In production: what a released model was claimed to reach, and what each period of it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from provefirst.lifecycle import watching
from provefirst.lifecycle.facts import Facts
from provefirst.web.sight import Seen
from provefirst.web.words import number

LEFT, RIGHT, TOP, GROUND = 20.0, 540.0, 24.0, 150.0
SHOWN = 26
"""Periods that are drawn and listed: half a year of weeks."""
_HALF = 1.96
_MEANS: Mapping[str, str] = MappingProxyType(
    {
        "holds": "Nothing speaks against what was claimed.",
        "degraded": "It does worse than was claimed. The goal is not shown to be missed.",
        "broken": "It misses its goal. Its money is frozen; rolling back is recommended.",
    }
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A period: its place to the right, its estimate and the interval of that, and the words that say the same."""

    x: float
    y: float
    low: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class Course:
    """Periods one after another, against the goal and the least that the claim promised."""

    marks: tuple[Mark, ...]
    goal: float
    goal_text: str
    bound: float
    bound_text: str
    words: str


@dataclass(frozen=True, slots=True)
class Production:
    """All that is shown of a released model."""

    facts: Facts
    means: str
    course: Course | None
    periods: tuple[Facts, ...]
    left_out: int


def production(seen: Seen) -> Production | None:
    """How it does; None where nothing was observed, or nothing of it may be seen yet."""
    if seen.state.production is None:
        return None
    facts = watching.shown(seen.workspace, seen.state)
    periods = facts["periods"][-SHOWN:]
    verdict = facts["production"]["verdict"]
    drawn = _course(facts["claim"], periods) if facts["claim"] and periods else None
    return Production(facts, _MEANS[verdict], drawn, tuple(periods[::-1]), len(facts["periods"]) - len(periods))


def _course(claim: Mapping[str, Any], periods: Sequence[Facts]) -> Course:
    spans = [(one["estimate"] - _HALF * one["error"], one["estimate"] + _HALF * one["error"]) for one in periods]
    known = [claim["goal"], claim["bound"], *(end for span in spans for end in span)]
    least, most = min(known), max(known)
    pad = (most - least) * 0.08 or 0.05
    least, most = least - pad, most + pad

    def y(value: float) -> float:
        return round(GROUND - (GROUND - TOP) * float((value - least) / (most - least)), 1)

    step = (RIGHT - LEFT) / len(periods)
    marks = tuple(
        Mark(round(LEFT + step * (place + 0.5), 1), y(one["estimate"]), y(low), y(high), _said(one))
        for place, (one, (low, high)) in enumerate(zip(periods, spans, strict=True))
    )
    goal, bound = number(claim["goal"]), number(claim["bound"])
    said = "; ".join(_said(one) for one in periods)
    return Course(marks, y(claim["goal"]), goal, y(claim["bound"]), bound, f"goal {goal}, claimed {bound}: {said}")


def _said(one: Facts) -> str:
    return f"{one['since']} to {one['until']}: {number(one['estimate'])} on {number(one['rows'])} rows"
