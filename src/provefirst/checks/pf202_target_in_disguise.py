"""PF202: is a column the target under another name?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, purity: float) -> Finding:
    """Columns of few values, each of which goes with one class; numbers that are the target but for scale."""
    import numpy as np

    from provefirst.checks.columns import listed

    material = case.material
    x, y = material.fits.x, material.fits.y
    names, worst = [], 0.0
    for position, name in enumerate(x.names):
        match = _match(x.values[:, position], y, material.task)
        worst = max(worst, match)
        if match >= purity:
            names.append(name)
    known = material.roles.known_at
    undeclared = [name for name in names if known.get(name, "unknown") == "unknown"]
    measured = {
        "columns": len(x.names),
        "n": int(np.size(y)),
        "disguised": len(names),
        "disguised_columns": listed(names),
        "undeclared": len(undeclared),
        "most": worst,
    }
    return finding(
        Level.FAILED if undeclared else Level.WARNING if names else Level.PASSED, measured, {"match": purity}
    )


def _match(column: object, y: object, task: str) -> float:
    """The share of rows whose class the column's value gives, where its values are few; |correlation| for numbers."""
    import numpy as np

    values, target = np.asarray(column, dtype=np.float64), np.asarray(y)
    known = ~np.isnan(values)
    values, target = values[known], target[known]
    if values.size < 20 or np.ptp(values) == 0 or known.mean() < 0.5:
        return 0.0
    if task == "regression":
        return float(abs(np.corrcoef(values, target)[0, 1])) if np.ptp(target) > 0 else 0.0
    distinct, codes = np.unique(values, return_inverse=True)
    if distinct.size > min(50, values.size // 20):
        return 0.0
    classes = int(target.max()) + 1
    table = np.bincount(codes * classes + target, minlength=distinct.size * classes).reshape(distinct.size, classes)
    return float(table.max(axis=1).sum() / values.size) if (table.sum(axis=0) > 0).sum() > 1 else 0.0


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    if not m["disguised"]:
        return (
            f"no column gives the target away (closest match {m['most']:.3f}, limit {limit['match']:g}, n = {m['n']})"
        )
    return (
        f"{m['disguised_columns']} give the target away (match {m['most']:.4f}, limit {limit['match']:g}, n = {m['n']})"
    )


CHECK = Check(
    code="PF202",
    title="Target in disguise",
    why="""
    A column made from the target (a code, a translation, the same figure in cents) makes every model perfect
    and none useful.
    """,
    how="""
    For classes, the share of rows whose class is given by the value of a column of few values; for numbers, the
    absolute correlation. On at most 20,000 rows of the work set.
    """,
    limit="""
    Fails where a column matches that well and nobody declared it to be known before; warns where it is
    declared.
    """,
    stage=Stage.DATA_ANALYSIS,
    binding=True,
    measure=measure,
    render=render,
    parameters=(Parameter("purity", 0.999, "match from which a column is the target in disguise", 0.9, 1),),
)
