"""PF601: is it as good for everybody?"""

from __future__ import annotations

from typing import Any

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

_MOST_GROUPS = 50


def measure(case: Case, most: float, least_rows: int, alpha: float) -> Finding:
    """Error rate (or mean absolute error) and share selected of each sensitive group on the sealed rows."""
    material = case.material
    columns = [name for name in material.roles.sensitive if name in material.sealed.columns]
    if not columns:
        raise NotApplicableError("no sensitive column or subgroup is named")
    said = _said(material)
    found = {
        (name, rate): _groups(said[rate].to_numpy(dtype=float), material.sealed[name], least_rows)
        for name in columns
        for rate in ("error", "selected")
    }
    gaps = {what: _gap(groups, alpha / (2 * len(columns))) for what, groups in found.items() if len(groups) > 1}
    if not gaps:
        raise NotApplicableError(f"no two groups have {least_rows} sealed rows each")
    (name, rate), worst = max(gaps.items(), key=lambda one: float(one[1]["gap"]))
    drawing = case.draw(subgroups=lambda: _drawn(found[name, rate], f"{rate} by {name}"))
    level = Level.WARNING if worst["low"] > most else Level.PASSED
    measured = {**worst, "column": name, "rate": rate, "columns": len(columns), "blindness": material.blindness}
    return finding(level, measured, {"gap": most, "rows": least_rows}, **drawing)


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


def _gap(groups: Any, alpha: float) -> dict[str, Any]:
    """The largest difference between two groups, with its interval over all pairs of groups."""
    import numpy as np
    from scipy import special

    highest, lowest = groups["mean"].idxmax(), groups["mean"].idxmin()
    pairs = len(groups) * (len(groups) - 1) / 2
    gap = float(groups["mean"][highest] - groups["mean"][lowest])
    reach = -float(special.ndtri(alpha / (2 * pairs))) * float(np.hypot(groups["se"][highest], groups["se"][lowest]))
    return {
        "gap": gap,
        "low": max(0.0, gap - reach),
        "high": gap + reach,
        "highest": str(highest),
        "lowest": str(lowest),
        "n_highest": int(groups["n"][highest]),
        "n_lowest": int(groups["n"][lowest]),
    }


def _groups(values: Any, column: Any, least_rows: int) -> Any:
    """Mean, standard error and rows of each group that has enough of them, by fairlearn."""
    import numpy as np
    from fairlearn.metrics import MetricFrame, count

    frame = MetricFrame(
        metrics={
            "mean": lambda truth, _: float(np.mean(truth)),
            "sd": lambda truth, _: float(np.std(truth)),
            "n": count,
        },
        y_true=values,
        y_pred=values,
        sensitive_features=_names(column),
    )
    table = frame.by_group[frame.by_group["n"] >= least_rows]
    return table.assign(se=np.sqrt(np.maximum(table["sd"] ** 2, 0.25 / table["n"]) / table["n"]))


def _names(column: Any) -> Any:
    """Whose group each row is in; beyond the fifty largest groups, in the rest."""
    from provefirst.holdout.tables import texts

    names = texts(column.where(column.notna(), "(missing)") if column.dtype == object else column)
    if names.nunique() > _MOST_GROUPS:
        names = names.where(names.isin(names.value_counts().index[:_MOST_GROUPS]), "(other)")
    return names.to_numpy()


def _drawn(groups: Any, title: str) -> bytes:
    from provefirst.checks import plots

    means = {str(name): float(mean) for name, mean in groups["mean"].items()}
    reach = {str(name): 1.96 * float(se) for name, se in groups["se"].items()}
    return plots.bars(means, title, {name: (mean - reach[name], mean + reach[name]) for name, mean in means.items()})


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
