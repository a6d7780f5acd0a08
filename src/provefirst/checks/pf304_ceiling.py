"""PF304: how good could anything get on these columns?"""

from __future__ import annotations

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

ROWS = 3000


def measure(case: Case) -> Finding:
    """Cover and Hart's bound from the nearest neighbour's mistakes, against an accuracy goal."""
    import numpy as np

    from provefirst.checks.encoding import Design
    from provefirst.stats.ceiling import ceiling, neighbour_mistakes

    material = case.material
    if material.task == "regression":
        raise NotApplicableError("the target is a quantity")
    rows = material.sample(len(material.work), ROWS)
    x, y = material.x_work.rows(rows), material.y_work[rows]
    if np.unique(y).size < 2:
        raise NotApplicableError("one class only among the sampled rows")
    found = ceiling(neighbour_mistakes(Design.learn(x).matrix(x), y), int(np.unique(y).size))
    measured = {
        "ceiling": found.accuracy.estimate,
        "low": found.accuracy.low,
        "high": found.accuracy.high,
        "n": found.accuracy.n,
        "neighbour_error": found.neighbour_error.estimate,
        "metric": material.claim.metric,
    }
    is_below = material.claim.metric == "accuracy" and found.accuracy.high < material.claim.goal
    return finding(Level.WARNING if is_below else Level.PASSED, measured, {"goal": material.claim.goal})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    goal = f", goal {limit['goal']:.3g}" if m["metric"] == "accuracy" else ""
    return (
        f"no model on these columns is likely to be right more often than {m['ceiling']:.1%} ({m['low']:.1%} to "
        f"{m['high']:.1%}, n = {m['n']}, work set){goal}"
    )


CHECK = Check(
    code="PF304",
    title="Cover–Hart ceiling",
    why="If neighbours disagree, the columns don't hold the answer, and no model will find it in them.",
    how="""
    The error of the nearest neighbour is at most twice the least possible one (Cover and Hart 1967); turned
    round, it bounds the accuracy that can be had. At most 3,000 rows of the work set. Poor or many columns make
    it pessimistic: it warns and never binds.
    """,
    limit="Warns where the ceiling is surely below a goal of accuracy.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
)
