"""PF105: is the rarest class common enough?"""

from __future__ import annotations

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, least_share: float, least_rows: int) -> Finding:
    """The rarest class's share of all rows, and its rows among those sealed."""
    import numpy as np

    material = case.material
    if material.task == "regression":
        raise NotApplicableError("the target is a quantity")
    classes = len(material.classes)
    sealed = np.bincount(material.y_sealed, minlength=classes)
    counts = np.bincount(material.y_work, minlength=classes) + sealed
    rarest = int(counts.argmin())
    share = float(counts[rarest] / counts.sum())
    measured = {
        "classes": classes,
        "rarest": material.classes[rarest],
        "share": share,
        "n": int(counts.sum()),
        "sealed_rows": int(sealed[rarest]),
    }
    bad = share < least_share or sealed[rarest] < least_rows
    return finding(Level.WARNING if bad else Level.PASSED, measured, {"share": least_share, "sealed_rows": least_rows})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    is_rare, is_few = m["share"] < limit["share"], m["sealed_rows"] < limit["sealed_rows"]
    short = [what for what, is_short in (("rare", is_rare), ("too few sealed rows to tell", is_few)) if is_short]
    return (
        f"the rarest of {m['classes']} classes ({m['rarest']}) has {m['share']:.2%} of all rows (n = {m['n']}) and "
        f"{m['sealed_rows']} sealed rows (at least {limit['share']:.0%} and {limit['sealed_rows']})"
        f"{': ' if short else ''}{' and '.join(short)}"
    )


CHECK = Check(
    code="PF105",
    title="Class imbalance",
    why="Accuracy flatters where one class is rare, and a handful of its sealed rows can't tell how well it is found.",
    how="Rows of each class over all rows and among the sealed ones.",
    limit="Warns where the rarest class is below the share or the rows given.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("least_share", 0.05, "share that the rarest class should have", 0, 0.5),
        Parameter("least_rows", 20, "sealed rows that the rarest class should have", 0, 100_000),
    ),
)
