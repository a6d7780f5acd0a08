"""PF402: what is the best of all tries worth, once the choosing is paid for?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, exploratory, finding, told
from provefirst.findings import Finding
from provefirst.stages import Stage


def measure(case: Case) -> Finding:
    """BBC-CV over the logged out-of-fold predictions, against the goal."""
    from provefirst.checks import plots
    from provefirst.checks.trying import tried

    found = tried(case)
    material, corrected = case.material, found.corrected.corrected
    goal, metric = material.claim.goal, material.claim.metric
    worth = [corrected.estimate] if found.bound is None else [corrected.estimate, found.bound]
    is_short = min(worth) < goal if material.greater_is_better else max(worth) > goal
    measured = {
        "metric": metric,
        "tries": found.corrected.tries,
        "naive": found.corrected.naive,
        "corrected": corrected.estimate,
        "low": corrected.low,
        "high": corrected.high,
        "n": corrected.n,
        "optimism": found.corrected.optimism,
        "counted": found.counted,
        "bound": found.bound,
        "earlier": found.earlier,
        **material.told_if_exploratory,
    }
    drawing = case.draw(tries=lambda: plots.tries(found.scores, corrected.estimate, metric))
    return finding(material.bound_by_plan(is_met=not is_short), measured, {"goal": goal}, **drawing)


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    told_of = (
        f"the best of {m['tries']} tries shows {m['metric']} {m['naive']:.3g} and is worth "
        f"{m['corrected']:.3g} ({m['low']:.3g} to "
        f"{m['high']:.3g}, n = {m['n']}, work set) once choosing is paid for; goal {limit['goal']:.3g}"
    )
    if m["counted"]:
        told_of += f"; {m['counted']} more have no predictions: among them all it is surely worth {m['bound']:.3g}"
    if m["earlier"]:
        told_of += f"; {m['earlier']} were of an earlier work set"
    return told_of + exploratory(m)


CHECK = Check(
    code="PF402",
    title="Correction for tries",
    why="The best of two hundred models of noise looks good. Who tries much must pay for it.",
    how="""
    BBC-CV (Tsamardinos, Greasidou and Borboudakis 2018): on each resample of rows the best try is chosen on the
    rows drawn and scored on the others. At most 5,000 rows of the work set. Every try logged counts, not only
    the one claimed; none can be taken back. For tries without predictions nothing can be drawn: where there are
    any, the best one's lower bound at 5 % over the number of tries (Bonferroni) counts as well. Tries on a work
    set that was replaced count so too where it shares rows with this one, unless logged anew under their name; else
    they are told and not counted.
    """,
    limit="""
    Fails where the corrected figure, or that bound, falls short of the goal, and where the goal was set after results
    were seen (see PF300).
    """,
    stage=Stage.DATA_ANALYSIS,
    binding=True,
    measure=measure,
    render=render,
)
