"""PF402: what is the best of all tries worth, once the choosing is paid for?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case) -> Finding:
    """BBC-CV over the logged out-of-fold predictions, against the goal."""
    from provefirst.checks import plots
    from provefirst.checks.trying import tried

    found = tried(case)
    material, corrected = case.material, found.corrected.corrected
    goal, metric = material.claim.goal, material.claim.metric
    is_short = corrected.estimate < goal if material.greater_is_better else corrected.estimate > goal
    measured = {
        "metric": metric,
        "tries": found.corrected.tries,
        "naive": found.corrected.naive,
        "corrected": corrected.estimate,
        "low": corrected.low,
        "high": corrected.high,
        "n": corrected.n,
        "optimism": found.corrected.optimism,
    }
    drawing = case.draw(tries=lambda: plots.tries(found.scores, corrected.estimate, metric))
    return finding(Level.FAILED if is_short else Level.PASSED, measured, {"goal": goal}, **drawing)


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"the best of {m['tries']} tries shows {m['metric']} {m['naive']:.3g} and is worth "
        f"{m['corrected']:.3g} ({m['low']:.3g} to "
        f"{m['high']:.3g}, n = {m['n']}, work set) once choosing is paid for; goal {limit['goal']:.3g}"
    )


CHECK = Check(
    code="PF402",
    title="Correction for tries",
    why="The best of two hundred models of noise looks good. Who tries much must pay for it.",
    how="""
    BBC-CV (Tsamardinos, Greasidou and Borboudakis 2018): on each resample of rows the best try is chosen on the
    rows drawn and scored on the others. At most 5,000 rows of the work set. Every try logged counts, not only
    the one claimed.
    """,
    limit="Fails where the corrected figure falls short of the goal.",
    stage=Stage.DATA_ANALYSIS,
    binding=True,
    measure=measure,
    render=render,
)
