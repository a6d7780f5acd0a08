"""Assess: the whole feasibility battery on one table, without a server and without a model of one's own.

The engine fits a linear model and boosted trees on the work set, takes the better one by honest cross-validation, and
scores it once on rows it never saw. The answer is about that model: a better one may exist, a worse one certainly does.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from provefirst.checks import advice
from provefirst.checks.asking import Question, checked, metric_for, roles_for, with_target
from provefirst.checks.baselines import SIMPLER, baselines
from provefirst.checks.case import Case
from provefirst.checks.material import Claim, Material
from provefirst.checks.registry import all_checks, run
from provefirst.errors import InvalidInputError
from provefirst.evidence import LESS_IS_BETTER, Goal
from provefirst.findings import Finding, Level
from provefirst.holdout.sources import load
from provefirst.holdout.splitting import split
from provefirst.initiative import Initiative
from provefirst.stages import Stage

SHARE = 0.3
SEALED_ROWS = 50_000
"""Rows that are sealed at most: more would narrow no interval that anybody reads."""
BLINDNESS = "declared"
"""Whoever holds the file has seen it: only promised."""
_GOAL = re.compile(r"baseline\s*\+\s*(\d*\.?\d+)")


@dataclass(frozen=True)
class Assessment:
    """The answer, and everything it rests on. `plots` are SVG by name of finding and plot."""

    verdict: str
    metric: str
    goal: float
    estimate: float
    interval: Mapping[str, Any]
    baseline: Mapping[str, Any]
    split: Mapping[str, Any]
    blindness: str
    rows: Mapping[str, int]
    rows_needed: int | None
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...]
    next: tuple[str, ...]
    model: str
    seed: int
    seconds: float
    plots: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Plain values under the names that are promised; no number in them is infinite or not a number."""
        findings = [finding.model_dump(mode="json", exclude={"plots"}) for finding in self.findings]
        return {
            "verdict": self.verdict,
            "metric": self.metric,
            "goal": self.goal,
            "estimate": self.estimate,
            "interval": dict(self.interval),
            "baseline": dict(self.baseline),
            "split": dict(self.split),
            "blindness": self.blindness,
            "rows": dict(self.rows),
            "rows_needed": self.rows_needed,
            "findings": findings,
            "reasons": list(self.reasons),
            "next": list(self.next),
            "model": self.model,
            "seed": self.seed,
            "seconds": self.seconds,
        }

    def dumps(self) -> str:
        """As JSON text: with the same seed the same, but for `seconds`."""
        return json.dumps(self.as_json(), indent=2, allow_nan=False, ensure_ascii=False)


def assess(
    data: str | Path | bytes | pd.DataFrame,
    question: Question,
    *,
    is_drawing: bool = False,
    codes: frozenset[str] | None = None,
) -> Assessment:
    """Ask of the table at a path or URL whether the goal can be reached. `codes` narrows the checks to these.

    InvalidInputError says what is wrong with the table or the question. Every other trouble is a finding.
    """
    started = time.perf_counter()
    loaded = load(data, seed=question.seed)
    checked(question, loaded.frame)
    frame = with_target(loaded.frame, question.target)
    material = _material(frame, question)
    blobs: dict[str, bytes] = {}
    case = Case(Initiative("ASSESS-1"), blobs.__getitem__, _writer(blobs), given=material, is_drawing=is_drawing)
    findings = tuple(
        run(check, case, {})
        for code, check in all_checks().items()
        if check.stage is Stage.DATA_ANALYSIS and (codes is None or code in codes or code in ("PF300", "PF301"))
    )
    rows = {
        "total": loaded.rows,
        "read": len(loaded.frame),
        "without_target": len(loaded.frame) - len(frame),
        "work": len(material.work),
        "sealed": len(material.sealed),
    }
    plots = {f"{found.code} {name}": blobs[digest] for found in findings for name, digest in found.plots.items()}
    return _answer(material, findings, rows, plots, time.perf_counter() - started)


def _material(frame: pd.DataFrame, question: Question) -> Material:
    """The table split, the engine's model chosen and its answers about the sealed rows taken."""
    metric = metric_for(question.metric, frame[question.target])
    roles = roles_for(question, frame)
    share = min(SHARE, SEALED_ROWS / len(frame))
    parts = split(frame, question.target, share=share, seed=question.seed, time=roles.time, group=roles.group)
    claim = Claim(metric, 0.0, alpha=question.alpha, looks=question.looks)
    material = Material(
        work=frame[~parts.sealed].reset_index(drop=True),
        sealed=frame[parts.sealed].reset_index(drop=True),
        roles=roles,
        claim=claim,
        split=parts.kind,
        blindness=BLINDNESS,
        seed=question.seed,
    )
    for name, part in (("work set", material.work), ("sealed set", material.sealed)):
        if part[question.target].nunique() < 2:
            raise InvalidInputError(question.target, f"one value in the {name}", "different values on both sides")
    if not material.features:
        raise InvalidInputError("columns", "none that may be used", "at least one column known before the outcome")
    chosen = material.fits.chosen
    claim = replace(claim, model_class="linear" if chosen == "linear" else "complex")
    answers = material.as_given(material.fits.sealed(chosen))
    material = _with(material, claim=claim, answers=answers, own_model=chosen)
    goal, margin = _goal(question.goal, metric, material)
    return _with(material, claim=replace(claim, goal=goal, margin=margin))


def _with(material: Material, **changes: Any) -> Material:
    """The material changed, with what was encoded and fitted kept: none of that depends on the claim."""
    changed = replace(material, **changes)
    for name in ("task", "classes", "features", "encoder", "x_work", "x_sealed", "y_work", "y_sealed", "fits"):
        if name in material.__dict__:
            changed.__dict__[name] = material.__dict__[name]
    changed.fits.material = changed
    return changed


def _goal(goal: float | str, metric: str, material: Material) -> tuple[float, float]:
    """The goal in the metric's unit, and the margin by which the best simple baseline must be beaten."""
    if isinstance(goal, str) and (relative := _GOAL.fullmatch(goal.strip())):
        margin = float(relative[1])
        scores = [one.score for one in baselines(material, SIMPLER[material.claim.model_class])]
        best, step = (min(scores), -margin) if metric in LESS_IS_BETTER else (max(scores), margin)
        return best + step, margin
    try:
        number = float(goal)
        Goal.model_validate({"metric": metric, "value": number, "why": "asked"})
    except ValueError:
        allowed = f'a value that {metric} can have, or "baseline+0.05"'
        raise InvalidInputError("goal", goal, allowed) from None
    return number, 0.0


def _writer(blobs: dict[str, bytes]) -> Any:
    def write(content: bytes) -> str:
        digest = sha256(content).hexdigest()
        blobs[digest] = content
        return digest

    return write


def _answer(
    material: Material, findings: tuple[Finding, ...], rows: dict[str, int], plots: dict[str, bytes], seconds: float
) -> Assessment:
    by_code = {found.code: found for found in findings}
    scored, beaten = by_code["PF300"], by_code["PF301"]
    if scored.level is Level.CRASHED:
        raise InvalidInputError("data", "a score that can't be had", scored.message)
    verdict, reasons = advice.verdict(scored, beaten, findings)
    m = scored.measured
    names = ("low", "high", "n", "alpha", "looks", "method")
    names_of = {"baseline": "name", "baseline_score": "score"}
    against = ("baseline", "baseline_score", "difference", "low", "high", "p")
    return Assessment(
        verdict=verdict,
        metric=material.claim.metric,
        goal=material.claim.goal,
        estimate=float(m["estimate"]),  # type: ignore[arg-type]
        interval={name: m[name] for name in names},
        baseline={names_of.get(name, name): beaten.measured.get(name) for name in against},
        split={"by": material.split, "time": material.roles.time, "group": material.roles.group},
        blindness=material.blindness,
        rows=rows,
        rows_needed=m["rows_needed"],  # type: ignore[arg-type]
        findings=findings,
        reasons=reasons,
        next=advice.what_next(verdict, by_code),
        model=str(material.own_model),
        seed=material.seed,
        seconds=round(seconds, 3),
        plots=plots,
    )
