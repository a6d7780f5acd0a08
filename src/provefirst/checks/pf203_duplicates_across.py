"""PF203: are sealed rows, or near twins of them, in the work set?"""

from __future__ import annotations

from typing import Any

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

ROWS = 200_000


def measure(case: Case, most: float, digits: int) -> Finding:
    """The share of sealed rows with a twin, exact or to so many digits, in the work set."""
    import numpy as np

    from provefirst.checks.columns import continuous
    from provefirst.holdout.fingerprints import row_hashes

    material = case.material
    measurable = continuous(material)
    if not measurable:
        raise NotApplicableError("no column has enough different values to tell rows apart")
    work, sealed = material.work, material.sealed.iloc[material.sample(len(material.sealed), ROWS)]
    exact = np.isin(row_hashes(sealed, material.features), row_hashes(work, material.features))
    near = exact
    if len(measurable) > 1:
        rounded = [_rounded(frame, measurable, digits, material.work) for frame in (sealed, work)]
        near = exact | np.isin(row_hashes(rounded[0], measurable), row_hashes(rounded[1], measurable))
    measured = {"n": len(sealed), "work_rows": len(work), "exact": float(exact.mean()), "near": float(near.mean())}
    return finding(
        Level.FAILED if measured["near"] > most else Level.PASSED, measured, {"near": most, "digits": digits}
    )


def _rounded(frame: Any, names: tuple[str, ...], digits: int, scale: Any) -> Any:
    """The columns on a grid of so many digits of their own spread."""
    import numpy as np
    import pandas as pd

    from provefirst.checks.encoding import Encoder

    encoder = Encoder.learn(scale, names)
    reference, values = encoder.encode(scale).values, encoder.encode(frame).values
    low, high = np.nanquantile(reference, (0.05, 0.95), axis=0)
    step = np.where(high > low, (high - low) / 10**digits, 1.0)
    return pd.DataFrame(np.round((values - low) / step), columns=list(names))


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"{m['exact']:.2%} of sealed rows (n = {m['n']}) are in the work set too, {m['near']:.2%} within "
        f"{limit['digits']} digits "
        f"(limit {limit['near']:.0%})"
    )


CHECK = Check(
    code="PF203",
    title="Duplicates and near-duplicates across the split",
    why="A model needs only to remember the answer of a sealed row that it was trained on.",
    how="""
    Hashes of all usable columns; near twins share all columns of many values, rounded to so many digits of
    their spread between the 5th and 95th percentile. Not asked where no column has enough different values to
    tell rows apart.
    """,
    limit="Fails where more than `most` of the sealed rows have a twin in the work set.",
    stage=Stage.DATA_ANALYSIS,
    binding=True,
    measure=measure,
    render=render,
    parameters=(
        Parameter("most", 0.01, "share of sealed rows that may have a twin", 0, 1),
        Parameter("digits", 3, "digits to which near twins agree", 1, 8),
    ),
)
