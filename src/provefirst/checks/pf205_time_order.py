"""PF205: is everything that was worked on older than what is sealed?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case) -> Finding:
    """Work rows that are not older than the oldest sealed row."""
    from provefirst.holdout.splitting import instants

    material = case.material
    time = material.need(material.roles.time, "time")
    work, sealed = instants(material.work[time], time), instants(material.sealed[time], time)
    late = float((work >= sealed.min()).mean())
    measured = {"column": time, "late": late, "n": work.size, "sealed_rows": sealed.size}
    return finding(Level.FAILED if late > 0 else Level.PASSED, measured, {"late": 0.0})


def render(found: Finding) -> str:
    m = told(found.measured)
    return (
        f"{m['late']:.1%} of work rows (n = {m['n']}) are not older than the oldest of {m['sealed_rows']} "
        f"sealed rows ({m['column']})"
    )


CHECK = Check(
    code="PF205",
    title="Time order",
    why="Who knows tomorrow predicts today with ease. In use, only the past is known.",
    how="The moment of each work row against the oldest sealed one.",
    limit="Fails where a work row is not older than all sealed rows.",
    stage=Stage.DATA_ANALYSIS,
    binding=True,
    measure=measure,
    render=render,
)
