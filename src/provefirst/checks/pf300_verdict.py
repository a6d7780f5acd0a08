"""PF300: the verdict on the sealed set."""

from __future__ import annotations

import math

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, exploratory, finding, told
from provefirst.findings import Finding
from provefirst.stages import Stage

BLINDNESS = ("declared", "sealed", "prospective")


def measure(case: Case, least_blindness: str) -> Finding:
    """Both one-sided bounds at alpha over looks, on the sealed rows, by the newest look."""
    from provefirst.checks import plots
    from provefirst.stats.verdict import metric_verdict

    material = case.material
    pairs, claim = material.claimed(), material.claim
    found = metric_verdict(
        claim.metric,
        pairs.truth,
        pairs.prediction,
        goal=claim.goal,
        seed=material.seed,
        alpha=claim.alpha,
        looks=claim.looks,
    )
    is_blind = BLINDNESS.index(material.blindness) >= BLINDNESS.index(least_blindness)
    measured = {
        "verdict": found.outcome,
        "metric": claim.metric,
        "estimate": found.interval.estimate,
        "low": found.interval.low,
        "high": found.interval.high,
        "n": found.interval.n,
        "method": found.interval.method,
        "alpha": claim.alpha,
        "looks": claim.looks,
        "rows_needed": found.rows_needed,
        "blindness": material.blindness,
        "split": material.split,
        **material.told_if_exploratory,
    }
    level = material.bound_by_plan(is_met=found.outcome == "feasible" and is_blind)
    limit = {"goal": claim.goal, "greater_is_better": found.greater_is_better, "least_blindness": least_blindness}
    ends = [end for end in (found.interval.low, found.interval.high) if math.isfinite(end)]
    shown = (found.interval.estimate, min(ends, default=0.0), max(ends, default=0.0))
    return finding(
        level, measured, limit, **case.draw(interval=lambda: plots.interval(*shown, claim.goal, claim.metric))
    )


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    rows = f"; {m['rows_needed']} sealed rows would tell" if m["rows_needed"] else ""
    ranks = [BLINDNESS.index(str(blindness)) for blindness in (m["blindness"], limit["least_blindness"])]
    short = ranks[0] < ranks[1] and m["verdict"] == "feasible"
    blind = f", and {limit['least_blindness']} is the least accepted" if short else ""
    return (
        f"{str(m['verdict']).replace('_', ' ')}: {m['metric']} {m['estimate']:.3g} "
        f"({m['low']:.3g} to {m['high']:.3g}, n = {m['n']}, {m['blindness']} holdout{blind}), "
        f"goal {limit['goal']:.3g}{rows}{exploratory(m)}"
    )


CHECK = Check(
    code="PF300",
    title="Verdict on the sealed set",
    why="""
    Only rows that nobody worked on can say whether a claim holds. In-sample figures say how well a model
    remembers.
    """,
    how="""
    The newest look's predictions are scored on the sealed rows. Each of the two one-sided bounds is taken at
    alpha over the registered looks, so that over all looks a wrong feasible has probability at most alpha, and
    so has a wrong not feasible. Accuracy: Clopper–Pearson; AUC: DeLong; others: BCa bootstrap.
    """,
    limit="""
    Passes where the bound on the bad side reaches the preregistered goal, the holdout is blind enough, and no result
    on these rows was seen before the preregistration stood as it stands now. A verdict of which one was is exploratory.
    """,
    stage=Stage.DATA_ANALYSIS,
    binding=True,
    measure=measure,
    render=render,
    parameters=(Parameter("least_blindness", "declared", "the least blind holdout accepted", choices=BLINDNESS),),
)
