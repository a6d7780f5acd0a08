"""PF104: columns that say nothing (constant), or say only which row it is (identifiers)."""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, unique: float) -> Finding:
    """Constant columns, and text or whole numbers with a value of its own for nearly each row."""
    from provefirst.checks.columns import Column, listed, profile, sampled

    material = case.material
    columns, frame = profile(material), sampled(material)

    def names_rows(column: Column) -> bool:
        known = column.rows * (1 - column.missing)
        if column.rows < 30 or column.distinct < unique * known:
            return False
        if column.kind == "text":
            return True
        values = frame[column.name].dropna()
        is_whole = column.kind == "number" and bool((values % 1 == 0).all())
        return is_whole and bool(values.is_monotonic_increasing or values.is_monotonic_decreasing)

    constant = [column.name for column in columns if column.distinct <= 1]
    naming = [column.name for column in columns if column.name not in constant and names_rows(column)]
    measured = {
        "columns": len(columns),
        "n": len(frame),
        "constant": len(constant),
        "constant_columns": listed(constant),
        "naming": len(naming),
        "naming_columns": listed(naming),
    }
    bad = constant or naming or not columns
    return finding(Level.WARNING if bad else Level.PASSED, measured, {"unique": unique})


def render(found: Finding) -> str:
    m = told(found.measured)
    parts = [f"{m['columns']} usable columns, n = {m['n']}"]
    if m["constant"]:
        parts.append(f"constant: {m['constant_columns']}")
    if m["naming"]:
        parts.append(f"naming rows: {m['naming_columns']}")
    return "; ".join(parts)


CHECK = Check(
    code="PF104",
    title="Constant and id-like columns",
    why="""
    A constant tells nothing, and a name for each row can only be remembered: both feed a model that doesn't
    generalise.
    """,
    how="""
    Distinct values of each usable column on at most 20,000 rows of the work set; text, or whole numbers in
    rising or falling order, with nearly as many values as rows count as names.
    """,
    limit="Warns where there is any.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("unique", 0.95, "distinct values a row from which a column names rows", 0.5, 1),),
)
