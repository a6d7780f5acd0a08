"""PF504: is the effect still as large as it was reported?"""

from __future__ import annotations

from typing import Any

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, least: float) -> Finding:
    """Both effects as d, r, odds ratio and AUC, and ours as a share of the original's."""
    from provefirst.checks.replicating import replicated

    found = replicated(case, 0.025)
    together = found.together
    measured = {
        "relative": together.relative_effect,
        "metric": found.metric,
        "n": found.own.n,
        "rows_original": found.rows,
        **{f"original_{name}": value for name, value in _sizes(together.original).items()},
        **{f"own_{name}": value for name, value in _sizes(together.replication).items()},
    }
    is_large = together.relative_effect >= least
    return finding(Level.PASSED if is_large else Level.WARNING, measured, {"relative": least})


def _sizes(effect: Any) -> dict[str, float]:
    """An effect on its own scale as d, r, odds ratio and AUC, each with the usual normal assumptions."""
    import math

    from provefirst.stats import effects

    d = effects.as_d(effect).estimate
    return {
        "d": d,
        "r": effects.correlation_from_d(d),
        "odds_ratio": math.exp(min(effects.log_odds_ratio_from_d(d), 700)),
        "auc": effects.auc_from_d(d),
    }


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"our effect is {m['relative']:.0%} of the reported one (limit {limit['relative']:.0%}): d "
        f"{m['own_d']:.2f} against {m['original_d']:.2f}, "
        f"odds ratio {m['own_odds_ratio']:.3g} against {m['original_odds_ratio']:.3g} (n = {m['n']} and "
        f"{m['rows_original']})"
    )


CHECK = Check(
    code="PF504",
    title="Effect sizes side by side",
    why="""
    Published effects shrink when they are repeated. A replication that is significant at half the size is
    another result.
    """,
    how="Effects as in PF501, converted after Borenstein and others (2009, chapter 7) to d, r, odds ratio and AUC.",
    limit="Warns where ours is less than `least` of the original's.",
    stage=Stage.REPLICATION,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("least", 0.5, "share of the reported effect", 0, 10),),
)
