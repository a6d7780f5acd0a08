"""PF502: would a sceptic of the original be convinced by the replication?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, alpha: float) -> Finding:
    """The one-sided sceptical p-value at the golden level, against alpha."""
    from provefirst.checks.replicating import replicated

    found = replicated(case, alpha)
    together = found.together
    measured = {
        "p_golden": together.p_golden,
        "p_sceptical": together.p_sceptical,
        "z_sceptical": together.z_sceptical,
        "p_replication": together.p_replication,
        "bayes_factor": together.bayes_factor,
        "metric": found.metric,
        "own": found.own.estimate,
        "low": found.own.low,
        "high": found.own.high,
        "n": found.own.n,
        "reported": found.reported,
        "rows_original": found.rows,
    }
    return finding(Level.PASSED if together.is_golden else Level.FAILED, measured, {"p_golden": alpha})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    verb = "convinces" if found.level is Level.PASSED else "does not convince"
    return (
        f"{verb} a sceptic: golden sceptical p = {m['p_golden']:.2g}, limit {limit['p_golden']:.3g} (our {m['metric']} "
        f"{m['own']:.3g}, {m['low']:.3g} to {m['high']:.3g}, n = {m['n']}; {m['reported']:.3g} reported, "
        f"n = {m['rows_original']})"
    )


CHECK = Check(
    code="PF502",
    title="Golden sceptical p-value",
    why="""
    Significance twice over is not enough: a small replication effect can be significant, and a shaky original
    can be met by a shaky replication. The sceptical p-value asks how sceptical one may be of the original and
    still be convinced by both together.
    """,
    how="""
    Effects as in PF501. Sceptical p-value of Held (2020), recalibrated at the golden level (Held, Micheloud and
    Pawel 2022), so that it can be held against alpha itself; one-sided in the direction of the original.
    """,
    limit="Passes where the golden sceptical p-value is below alpha.",
    stage=Stage.REPLICATION,
    binding=True,
    measure=measure,
    render=render,
    parameters=(Parameter("alpha", 0.025, "one-sided level", 0.0001, 0.2),),
)
