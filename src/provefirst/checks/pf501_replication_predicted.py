"""PF501: does our own figure lie where the original says it should?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, alpha: float) -> Finding:
    """Our effect against the prediction interval at 1 - alpha around the original's."""
    from provefirst.checks.replicating import replicated

    found = replicated(case, alpha / 2)
    together = found.together
    measured = {
        "metric": found.metric,
        "own": found.own.estimate,
        "low": found.own.low,
        "high": found.own.high,
        "n": found.own.n,
        "reported": found.reported,
        "rows_original": found.rows,
        "effect_own": together.replication.estimate,
        "effect_original": together.original.estimate,
        "scale": together.original.scale,
        "relative_effect": together.relative_effect,
    }
    limit = {"predicted_low": together.prediction.low, "predicted_high": together.prediction.high, "alpha": alpha}
    # Better than predicted is no failure to replicate what was claimed.
    is_reached = together.replication.estimate >= together.prediction.low
    return finding(Level.PASSED if is_reached else Level.FAILED, measured, limit)


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    inside = "inside" if found.level is Level.PASSED else "below"
    if m["effect_own"] > limit["predicted_high"]:
        inside = "above"
    return (
        f"our {m['metric']} {m['own']:.3g} ({m['low']:.3g} to {m['high']:.3g}, n = {m['n']}) against "
        f"{m['reported']:.3g} reported (n = {m['rows_original']}): {inside} the {1 - limit['alpha']:.0%} prediction "
        f"interval ({m['effect_own']:.3g} in {limit['predicted_low']:.3g} to {limit['predicted_high']:.3g}, "
        f"{m['scale']} scale)"
    )


CHECK = Check(
    code="PF501",
    title="Replication inside the prediction interval",
    why="""
    A result that can't be had again elsewhere will not be had here. Chance alone moves a figure; this says how
    far.
    """,
    how="""
    Our figure is computed from the attached predictions. Original and own figure are put on one scale (log odds
    against guessing for accuracy, logit for AUC, Fisher's z for R²); the interval is the original plus and
    minus the normal quantile times the root of both variances (Patil, Peng and Leek 2016). Where the original
    is a mean over folds, both standard errors are widened after Nadeau and Bengio (2003).
    """,
    limit="Passes where our figure is not below the prediction interval at 1 − alpha.",
    stage=Stage.REPLICATION,
    binding=True,
    measure=measure,
    render=render,
    parameters=(Parameter("alpha", 0.05, "error probability of the two-sided interval", 0.001, 0.5),),
)
