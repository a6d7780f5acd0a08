"""PF503: does the replication speak for the original's effect, or for none?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, least: float) -> Finding:
    """The replication Bayes factor."""
    from provefirst.checks.replicating import replicated

    found = replicated(case, 0.025)
    measured = {
        "bayes_factor": found.together.bayes_factor,
        "metric": found.metric,
        "own": found.own.estimate,
        "low": found.own.low,
        "high": found.own.high,
        "n": found.own.n,
        "reported": found.reported,
        "rows_original": found.rows,
    }
    speaks = found.together.bayes_factor >= least
    return finding(Level.PASSED if speaks else Level.WARNING, measured, {"bayes_factor": least})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"our figure is {m['bayes_factor']:.3g} times as likely under the reported effect as under none, "
        f"limit {limit['bayes_factor']:g} "
        f"({m['metric']} {m['own']:.3g}, {m['low']:.3g} to {m['high']:.3g}, n = {m['n']}; {m['reported']:.3g} "
        f"reported, n = {m['rows_original']})"
    )


CHECK = Check(
    code="PF503",
    title="Replication Bayes factor",
    why="""
    A figure may be not significant because there is nothing, or because there were too few rows. This tells
    them apart.
    """,
    how="""
    How much likelier our effect is under the original's posterior than under no effect (Verhagen and
    Wagenmakers 2014, in the normal approximation of Ly and others 2019). Effects as in PF501.
    """,
    limit="Warns below `least`; below 1/3 the replication speaks against the original.",
    stage=Stage.REPLICATION,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("least", 3.0, "Bayes factor from which the replication speaks for the original", 0.01, 1000),
    ),
)
