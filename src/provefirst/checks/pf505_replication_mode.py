"""PF505: was it the same thing that was done again?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, finding, told
from provefirst.evidence import ReplicationReport
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case) -> Finding:
    """The mode of the replication against what the source makes public, and its deviations."""
    report = case.document(ReplicationReport)
    source = report.original
    could = "public_code" if source.is_code_public else "public_data" if source.is_data_public else "reformulated"
    order = ("reformulated", "public_data", "public_code")
    measured = {
        "mode": report.mode,
        "possible": could,
        "deviations": len(report.deviations),
        "is_code_public": source.is_code_public,
        "is_data_public": source.is_data_public,
    }
    is_less = order.index(report.mode) < order.index(could)
    is_more = order.index(report.mode) > order.index(could)
    level = Level.FAILED if is_more else Level.WARNING if is_less or report.deviations else Level.PASSED
    return finding(level, measured, {"mode": could, "deviations": 0})


def render(found: Finding) -> str:
    m = told(found.measured)
    mode, could = str(m["mode"]).replace("_", " "), str(m["possible"]).replace("_", " ")
    if found.level is Level.FAILED:
        return f"said to be done with {mode}, which the source doesn't make public ({could} is what there is)"
    return f"done with {mode}, where {could} was possible; {m['deviations']} deviations stated"


CHECK = Check(
    code="PF505",
    title="Mode of the replication",
    why="""
    The same code on the same data says whether the report is right; a reformulation on own data says whether it
    carries over. They are not the same answer.
    """,
    how="""
    The mode of the report (public code, public data, reformulated) against what the source makes public, and
    the deviations stated.
    """,
    limit="Fails where the mode claims more than is public; warns where it is weaker than it could be, or deviates.",
    stage=Stage.REPLICATION,
    binding=False,
    measure=measure,
    render=render,
)
