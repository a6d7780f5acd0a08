"""PF109: values far out of everything else."""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, far: float) -> Finding:
    """Numeric values further than `far` interquartile ranges from the quartiles."""
    import numpy as np

    from provefirst.checks.columns import listed

    material = case.material
    encoded = material.fits.x
    numeric = np.flatnonzero(~encoded.categorical)
    names, beyond, n = [], 0, len(encoded.values)
    for position in numeric:
        values = encoded.values[:, position]
        values = values[~np.isnan(values)]
        if values.size < 20:
            continue
        low, high = np.quantile(values, (0.25, 0.75))
        reach = far * (high - low)
        count = int(((values < low - reach) | (values > high + reach)).sum()) if high > low else 0
        if count:
            names.append(encoded.names[position])
            beyond += count
    infinite = _infinite(material)
    measured = {
        "columns": int(numeric.size),
        "n": n,
        "outlying": len(names),
        "outlying_columns": listed(names),
        "values": beyond,
        "infinite": infinite,
    }
    return finding(Level.WARNING if names or infinite else Level.PASSED, measured, {"far": far})


def _infinite(material: object) -> int:
    import numpy as np

    from provefirst.checks.columns import sampled

    frame = sampled(material).select_dtypes("number")  # type: ignore[arg-type]
    return int(np.isinf(frame.to_numpy(dtype=np.float64, na_value=np.nan)).sum()) if frame.shape[1] else 0


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    parts = [
        f"{m['values']} values in {m['outlying']} of {m['columns']} numeric columns lie more than {limit['far']:g} "
        f"interquartile ranges out (n = {m['n']})"
    ]
    if m["outlying"]:
        parts.append(m["outlying_columns"])
    if m["infinite"]:
        parts.append(f"{m['infinite']} values are infinite, read as missing")
    return "; ".join(parts)


CHECK = Check(
    code="PF109",
    title="Outliers",
    why="""
    A value a hundred times the rest is mostly a slip (a missing point, 9999 for unknown), and it pulls straight
    lines after it.
    """,
    how="""
    Distance from the quartiles in interquartile ranges, for each numeric column, on at most 20,000 rows of the
    work set.
    """,
    limit="Warns where a value is further out than `far`, or infinite.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("far", 10.0, "interquartile ranges from the quartiles", 1, 1000),),
)
