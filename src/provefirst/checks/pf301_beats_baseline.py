"""PF301: does it beat the best simple way out, on the same rows, by the registered margin?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, chance, exploratory, finding, told
from provefirst.findings import Finding
from provefirst.stages import Stage


def measure(case: Case) -> Finding:
    """The claim against every baseline that is simpler than it; what counts is the one it beats least surely."""
    from provefirst.checks.baselines import SIMPLER, baselines, compare

    material = case.material
    claimed, claim = material.claimed(), material.claim
    simple = baselines(material, SIMPLER[claim.model_class])
    against = [
        (compare(claimed, one.pairs, margin=claim.margin, alpha=2 * material.level, seed=material.seed), one)
        for one in simple
    ]
    hardest, baseline = max(against, key=lambda pair: (pair[0].p_greater, -pair[0].difference.estimate))
    measured = {
        "baseline": baseline.name,
        "baseline_score": baseline.score,
        "difference": hardest.difference.estimate,
        "low": hardest.difference.low,
        "high": hardest.difference.high,
        "n": hardest.difference.n,
        "p": hardest.p_greater,
        "method": hardest.method,
        "metric": claim.metric,
        "blindness": material.blindness,
        **{f"score_{one.name}": one.score for one in simple},
        **material.told_if_exploratory,
    }
    level = material.bound_by_plan(is_met=hardest.p_greater <= material.level)
    return finding(level, measured, {"margin": claim.margin, "p": material.level, "model_class": claim.model_class})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    p = found.measured["p"]
    is_beaten = isinstance(p, int | float) and p <= limit["p"]
    verb = "beats" if is_beaten else "does not surely beat"
    return (
        f"{verb} {str(m['baseline']).replace('_', ' ')} ({m['metric']} {m['baseline_score']:.3g}) by more than "
        f"{limit['margin']:.3g}: better by {m['difference']:.3g} ({m['low']:.3g} to {m['high']:.3g}, n = {m['n']}, "
        f"{m['blindness']} holdout), {chance(m['p'])}, limit {limit['p']:.2g}{exploratory(m)}"
    )


CHECK = Check(
    code="PF301",
    title="Beats the best simple baseline",
    why="A model that a constant, yesterday's value, a straight line or three questions equal isn't worth its upkeep.",
    how="""
    Majority class or mean, persistence and seasonal persistence (where a time column is named), and for a
    complex claim a linear model and a shallow tree are fitted on the work set and scored on the sealed rows.
    The claim is compared with each on the same rows: exact McNemar or Tango's score for accuracy, paired DeLong
    for AUC, paired bootstrap for the rest. What counts is the baseline that is beaten least surely.
    """,
    limit="""
    Passes where every such baseline is beaten by more than the registered margin at alpha over looks,
    one-sided, and the figure is not exploratory (see PF300).
    """,
    stage=Stage.DATA_ANALYSIS,
    binding=True,
    measure=measure,
    render=render,
)
