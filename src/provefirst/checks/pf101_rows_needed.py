"""PF101: are there enough sealed rows to tell?"""

from __future__ import annotations

import math

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage
from provefirst.texts import with_article


def measure(case: Case, gain: float, power: float) -> Finding:
    """Rows at which a model better than the goal by `gain` would be told from the goal, against the sealed rows."""
    from scipy import special

    from provefirst.stats.effects import hanley_mcneil_variance
    from provefirst.stats.verdict import rows_needed_for_share

    material = case.material
    claim, rows = material.claim, len(material.sealed)
    better = min(claim.goal + gain, (1 + claim.goal) / 2)
    needed: int | None
    if claim.metric == "accuracy":
        needed = rows_needed_for_share(better, claim.goal, material.level, power)
    elif claim.metric == "roc_auc" and material.task == "binary":
        positive = min(max(float((material.y_work == material.positive_code).mean()), 1e-6), 1 - 1e-6)
        z = -float(special.ndtri(material.level)) + float(special.ndtri(power))
        variance = hanley_mcneil_variance(better, max(1, round(1000 * positive)), max(1, round(1000 * (1 - positive))))
        needed = math.ceil(1000 * variance * (z / (better - claim.goal)) ** 2) if better > claim.goal else None
    else:
        raise NotApplicableError(f"rows for {claim.metric} are told by the verdict, from the spread seen")
    enough = needed is not None and rows >= needed
    measured = {"sealed_rows": rows, "work_rows": len(material.work), "rows_needed": needed, "metric": claim.metric}
    return finding(
        Level.PASSED if enough else Level.WARNING, measured, {"gain": gain, "power": power, "goal": claim.goal}
    )


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    metric = with_article(str(m["metric"]))
    return (
        f"{m['sealed_rows']} sealed rows; {m['rows_needed']} are needed to tell {metric} better than "
        f"{limit['goal']:.3g} by {limit['gain']:.3g} with probability {limit['power']:.0%}"
    )


CHECK = Check(
    code="PF101",
    title="Rows against rows needed",
    why="With too few rows even a good model can't be told from a bad one, and the answer will be inconclusive.",
    how="""
    Exact power of the one-sided Clopper–Pearson bound for accuracy, Hanley and McNeil's variance for AUC, at
    alpha over looks.
    """,
    limit="Warns where fewer rows are sealed than a model better than the goal by `gain` would need.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("gain", 0.05, "how much better than the goal it is thought to be, in the metric's unit", 0.001, 0.5),
        Parameter("power", 0.8, "probability of telling it", 0.5, 0.99),
    ),
)
