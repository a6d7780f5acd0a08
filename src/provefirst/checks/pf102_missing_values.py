"""PF102: how much is missing, and does missing itself tell the target?"""

from __future__ import annotations

from typing import Any

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, most: float, alpha: float) -> Finding:
    """The share missing in each column, and the association of being missing with the target, over all columns."""
    import numpy as np

    from provefirst.checks.columns import gaps, listed

    material = case.material
    missing = gaps(material)
    shares = missing.mean(axis=0)
    tested = np.flatnonzero((shares > 0.01) & (shares < 0.99))
    p = _p_values(missing[:, tested], material.fits.y, material.task, len(material.classes))
    related = tested[p < alpha / max(1, tested.size)]
    names = np.asarray(material.features, dtype=object)
    heavy = names[shares > most]
    measured = {
        "columns": len(names),
        "n": len(missing),
        "share": float(shares.mean()) if shares.size else 0.0,
        "most": float(shares.max(initial=0.0)),
        "heavy": heavy.size,
        "heavy_columns": listed(heavy),
        "related": related.size,
        "related_columns": listed(names[related]),
        "p": float(p.min(initial=1.0)),
    }
    bad = heavy.size or related.size
    return finding(Level.WARNING if bad else Level.PASSED, measured, {"most": most, "alpha": alpha})


def _p_values(missing: Any, y: Any, task: str, classes: int) -> Any:
    """P of no association of each column's gaps with the target: chi-squared, or Welch's t."""
    import numpy as np
    from scipy import stats

    if not missing.shape[1]:
        return np.ones(0)
    if task == "regression":
        return np.array([stats.ttest_ind(y[gap], y[~gap], equal_var=False).pvalue for gap in missing.T])
    indicator = np.eye(classes)[y]
    observed = missing.astype(float).T @ indicator
    of_class, rows = indicator.sum(axis=0), len(y)
    total = observed.sum(axis=1, keepdims=True)
    kept = of_class > 0
    expected = (total * of_class / rows)[:, kept]
    beside = of_class[kept] - expected
    statistic = ((observed[:, kept] - expected) ** 2 * (1 / expected + 1 / beside)).sum(axis=1)
    return stats.chi2.sf(statistic, kept.sum() - 1)


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    parts = [f"{m['share']:.1%} of all values are missing ({m['columns']} columns, n = {m['n']})"]
    if m["heavy"]:
        parts.append(f"more than {limit['most']:.0%} in {m['heavy_columns']}")
    if m["related"]:
        parts.append(f"being missing goes with the target in {m['related_columns']} (least p = {m['p']:.2g})")
    return "; ".join(parts)


CHECK = Check(
    code="PF102",
    title="Missing values, and what their absence tells",
    why="""
    Gaps that depend on the outcome are often filled in after it; a model then learns who filled the form, not
    the outcome.
    """,
    how="""
    Share missing in each usable column. For each, whether being missing goes with the target: chi-squared for
    classes, Welch's t for numbers, at alpha over all columns (Bonferroni), on at most 20,000 rows.
    """,
    limit="Warns where a column misses more than `most`, or where missing goes with the target.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("most", 0.5, "share of a column that may be missing", 0, 1),
        Parameter("alpha", 0.05, "chance of a false alarm over all columns", 0.0001, 0.5),
    ),
)
