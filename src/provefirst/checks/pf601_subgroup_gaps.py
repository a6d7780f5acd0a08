"""PF601: is it as good for everybody?"""

from __future__ import annotations

from typing import Any

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, most: float, least_rows: int, alpha: float) -> Finding:
    """Error rate (or mean absolute error) and share selected of each sensitive group on the sealed rows."""
    from provefirst.checks import plots

    material = case.material
    columns = [name for name in material.roles.sensitive if name in material.sealed.columns]
    if not columns:
        raise NotApplicableError("no sensitive column or subgroup is named")
    pairs = _said(material)
    worst: dict[str, Any] = {"gap": -1.0}
    for name in columns:
        for rate in ("error", "selected"):
            gap = _gap(pairs, material.sealed[name], rate, least_rows, alpha / (2 * len(columns)))
            if gap is not None and gap["gap"] > worst["gap"]:
                worst = {**gap, "column": name, "rate": rate}
    if worst["gap"] < 0:
        raise NotApplicableError(f"no two groups have {least_rows} sealed rows each")
    groups, intervals = worst.pop("groups"), worst.pop("intervals")
    drawing = case.draw(subgroups=lambda: plots.bars(groups, f"{worst['rate']} by {worst['column']}", intervals))
    is_sure = worst["low"] > most
    measured = {**worst, "columns": len(columns), "blindness": material.blindness}
    return finding(Level.WARNING if is_sure else Level.PASSED, measured, {"gap": most, "rows": least_rows}, **drawing)


def _said(material: Any) -> Any:
    """A frame with the error of each sealed row and whether it was selected; error in spreads of the target."""
    import numpy as np
    import pandas as pd

    from provefirst.checks.case import MissingError
    from provefirst.holdout.tables import texts

    if material.answers is None:
        raise MissingError("look: no predictions for the sealed rows yet")
    said = material.answers["prediction"]
    if material.task == "regression":
        truth, value = material.y_sealed, said.to_numpy(dtype=np.float64)
        spread = float(np.std(truth)) or 1.0
        return pd.DataFrame({"error": np.abs(value - truth) / spread, "selected": value > np.median(value)})
    words, truth = texts(said).to_numpy(), texts(material.sealed[material.roles.target]).to_numpy()
    if material.task == "binary" and "score" in material.answers and not set(words) <= set(material.classes):
        negative = next(word for word in material.classes if word != material.roles.positive)
        words = np.where(material.answers["score"] > 0.5, material.roles.positive, negative)
    selected = words == (material.roles.positive or material.classes[-1])
    return pd.DataFrame({"error": (words != truth).astype(float), "selected": selected})


def _gap(said: Any, group: Any, rate: str, least_rows: int, alpha: float) -> dict[str, Any] | None:
    """The largest difference between two groups of enough rows, with its interval over all pairs of groups."""
    import numpy as np
    from fairlearn.metrics import MetricFrame, count
    from scipy import special

    from provefirst.holdout.tables import texts

    names = texts(group.where(group.notna(), "(missing)") if group.dtype == object else group)
    if names.nunique() > 50:
        names = names.where(names.isin(names.value_counts().index[:50]), "(other)")
    values = said[rate].to_numpy(dtype=np.float64)
    frame = MetricFrame(
        metrics={
            "mean": lambda truth, _: float(np.mean(truth)),
            "sd": lambda truth, _: float(np.std(truth)),
            "n": count,
        },
        y_true=values,
        y_pred=values,
        sensitive_features=names.to_numpy(),
    )
    table = frame.by_group[frame.by_group["n"] >= least_rows]
    if len(table) < 2:
        return None
    se = np.sqrt(np.maximum(table["sd"] ** 2, 0.25 / table["n"]) / table["n"])
    ends = table["mean"].idxmax(), table["mean"].idxmin()
    pairs = len(table) * (len(table) - 1) / 2
    reach = -float(special.ndtri(alpha / (2 * pairs)))
    gap = float(table["mean"].max() - table["mean"].min())
    spread = float(np.hypot(se[ends[0]], se[ends[1]]))
    return {
        "gap": gap,
        "low": max(0.0, gap - reach * spread),
        "high": gap + reach * spread,
        "highest": str(ends[0]),
        "lowest": str(ends[1]),
        "n_highest": int(table["n"][ends[0]]),
        "n_lowest": int(table["n"][ends[1]]),
        "groups": {str(name): float(value) for name, value in table["mean"].items()},
        "intervals": {
            str(name): (float(table["mean"][name] - 1.96 * se[name]), float(table["mean"][name] + 1.96 * se[name]))
            for name in table.index
        },
    }


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"largest gap: {m['rate']} by {m['column']}, {m['gap']:.2f} ({m['low']:.2f} to {m['high']:.2f}) "
        f"between {m['highest']} (n = {m['n_highest']}) "
        f"and {m['lowest']} (n = {m['n_lowest']}), {m['blindness']} holdout; limit {limit['gap']:.2f}"
    )


CHECK = Check(
    code="PF601",
    title="Subgroup gaps",
    why="An average hides whom it is wrong about. A model that errs more on one group does them harm, lawful or not.",
    how="""
    Error rate and share selected (for quantities: absolute error in standard deviations, and share above the
    median) of each group of each sensitive column on the sealed rows, by fairlearn; groups with fewer rows than
    `least_rows` are left out; the interval of the largest gap allows for all pairs, columns and both rates
    (Bonferroni).
    """,
    limit="Warns where the gap is surely above `most`.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("most", 0.1, "gap that may be", 0, 1),
        Parameter("least_rows", 20, "sealed rows that a group must have to be judged", 2, 100_000),
        Parameter("alpha", 0.05, "chance of a false alarm over all gaps", 0.0001, 0.5),
    ),
)
