"""PF403: does complexity buy anything?"""

from __future__ import annotations

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, chance, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage
from provefirst.texts import with_article


def measure(case: Case, alpha: float) -> Finding:
    """The claim against a linear model and a shallow tree on the same sealed rows, whatever class was declared."""
    from provefirst.checks.baselines import Baseline, compare, fitted

    material = case.material
    if material.own_model == "linear":
        raise NotApplicableError("the model claimed is a linear one itself")
    claimed, claim = material.claimed(), material.claim
    simple = [
        Baseline("linear", fitted(material, "linear")),
        Baseline("shallow_tree", fitted(material, "shallow_tree")),
    ]
    scores = [one.score for one in simple]
    best = simple[scores.index(max(scores) if material.greater_is_better else min(scores))]
    found = compare(claimed, best.pairs, margin=0.0, alpha=0.05, seed=material.seed)
    is_complex = claim.model_class == "complex"
    pays = found.p_greater <= alpha
    measured = {
        "model_class": claim.model_class,
        "simple": best.name,
        "simple_score": best.score,
        "difference": found.difference.estimate,
        "low": found.difference.low,
        "high": found.difference.high,
        "n": found.difference.n,
        "p": found.p_greater,
        "metric": claim.metric,
        "blindness": material.blindness,
    }
    # A model declared simple that is better than any simple model of ours may not be so simple.
    return finding(Level.PASSED if pays is is_complex else Level.WARNING, measured, {"p": alpha})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    simple = with_article(str(m["simple"]).replace("_", " "))
    gain = (
        f"{m['difference']:.3g} better than {simple} model's {m['metric']} of {m['simple_score']:.3g} "
        f"({m['low']:.3g} to {m['high']:.3g}, n = {m['n']}, {m['blindness']} holdout), {chance(m['p'])}, "
        f"limit {limit['p']:.2g}"
    )
    if found.level is Level.PASSED:
        return gain
    if m["model_class"] == "complex":
        return f"{gain}: the simple model does as well, so use it"
    return f"{gain}: surprisingly good for the declared class ({str(m['model_class']).replace('_', ' ')})"


CHECK = Check(
    code="PF403",
    title="Complexity must pay",
    why="""
    A black box costs explanation, upkeep and trust. If three questions or a straight line do as well, it buys
    nothing.
    """,
    how="""
    The claim against the better of a linear model and a shallow tree fitted on the work set, on the same sealed
    rows, tests as in PF301. Asked whatever model class was declared.
    """,
    limit="Warns where a complex claim isn't surely better, or where one declared simple surely is.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("alpha", 0.05, "one-sided level", 0.0001, 0.5),),
)
