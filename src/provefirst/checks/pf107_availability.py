"""PF107: will each column be there when the prediction is made?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, finding, told
from provefirst.evidence import Explanation, Kind
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case) -> Finding:
    """Columns by when their value is known; those that the explanation leans on must not come after the outcome."""
    from provefirst.checks.columns import listed

    material = case.material
    known = material.roles.known_at
    unknown = [name for name in material.features if known.get(name, "unknown") == "unknown"]
    after = list(material.roles.after_outcome)
    used: list[str] = []
    if case.initiative.current(Kind.EXPLANATION) is not None:
        used = [name for name in case.document(Explanation).top_features if name in after]
    measured = {
        "columns": len(material.features) + len(after),
        "after_outcome": len(after),
        "after_outcome_columns": listed(after),
        "used": len(used),
        "used_columns": listed(used),
        "unknown": len(unknown),
        "unknown_columns": listed(unknown),
    }
    level = Level.FAILED if used else Level.WARNING if unknown else Level.PASSED
    return finding(level, measured, {"used": 0, "unknown": 0})


def render(found: Finding) -> str:
    m = told(found.measured)
    parts = [f"{m['after_outcome']} of {m['columns']} columns are known only after the outcome"]
    if m["after_outcome"]:
        parts.append(f"left out: {m['after_outcome_columns']}")
    if m["used"]:
        parts.append(f"but the explanation leans on {m['used_columns']}")
    if m["unknown"]:
        parts.append(f"nobody said when {m['unknown']} are known: {m['unknown_columns']}")
    return "; ".join(parts)


CHECK = Check(
    code="PF107",
    title="Availability of each column at prediction time",
    why="""
    A column that is filled in after the outcome makes every figure splendid, in the sealed set too. No holdout
    catches it; only knowing when a value is known does.
    """,
    how="""
    The data owner says of each column when its value is known. Columns known after the outcome are kept from
    the engine's own models, and the features that the explanation names are held against them.
    """,
    limit="""
    Fails where the explanation leans on a column known after the outcome; warns where nobody said when a column
    is known.
    """,
    stage=Stage.DATA_ANALYSIS,
    binding=True,
    measure=measure,
    render=render,
)
