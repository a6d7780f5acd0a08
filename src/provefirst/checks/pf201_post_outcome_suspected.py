"""PF201: does a column know too much to have been known before?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, least: float, ahead: float) -> Finding:
    """The column that tells most by itself: how far ahead of the others, and what is left without it."""
    import numpy as np

    from provefirst.checks.single import skills, together

    material = case.material
    found = skills(material)
    if not found.single.size:
        return finding(Level.PASSED, {"columns": 0, "suspect": 0, "n": found.n}, {"skill": least, "ahead": ahead})
    order = np.argsort(-found.single, kind="stable")
    best = int(order[0])
    runner_up = float(found.single[order[1]]) if order.size > 1 else 0.0
    top = float(found.single[best])
    is_ahead = top >= least and 1 - runner_up >= ahead * (1 - top)
    # Only a column that is far ahead is worth the fits that say what is left without it.
    whole, left = (together(material), together(material, best)) if is_ahead else (None, None)
    is_suspect = whole is not None and left is not None and 1 - left >= 2 * (1 - whole)
    known = material.roles.known_at.get(found.names[best], "unknown")
    measured = {
        "columns": found.single.size,
        "n": found.n,
        "suspect": int(is_suspect),
        "column": found.names[best],
        "skill": top,
        "next_skill": runner_up,
        "skill_together": whole,
        "skill_without": left,
        "known_at": known,
    }
    is_open = is_suspect and known == "unknown"
    return finding(Level.FAILED if is_open else Level.PASSED, measured, {"skill": least, "ahead": ahead})


def render(found: Finding) -> str:
    m = told(found.measured)
    if not m["columns"]:
        return "no usable column"
    alone = f"{m['column']} alone has skill {m['skill']:.2f}, the next {m['next_skill']:.2f} (n = {m['n']}, work set)"
    if not m["suspect"]:
        return alone
    rest = f"{alone}; without it all others have {m['skill_without']:.2f}, with it {m['skill_together']:.2f}"
    if m["known_at"] == "unknown":
        return f"{rest}: it may be known only after the outcome, so say when its value is known"
    return f"{rest}; it is declared to be known {str(m['known_at']).replace('_', ' ')}"


CHECK = Check(
    code="PF201",
    title="Post-outcome columns",
    why="""
    What is written down after the outcome gives it away: the model is splendid in every test and useless on the
    day.
    """,
    how="""
    A shallow tree on each column alone, cross-validated on at most 4,000 rows of the work set; skill is 2·AUC −
    1, the share of a guess's errors avoided, or R². A column that is far ahead of all others, and without which
    little is left, is suspect.
    """,
    limit="Fails where a suspect column isn't declared to be known before or at prediction.",
    stage=Stage.DATA_ANALYSIS,
    binding=True,
    measure=measure,
    render=render,
    parameters=(
        Parameter("least", 0.8, "skill from which a single column may be suspect", 0.1, 1),
        Parameter("ahead", 3.0, "times as much that the next column leaves unexplained", 1, 1000),
    ),
)
