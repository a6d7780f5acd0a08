"""PF103: are rows there more than once, and do they contradict each other?"""

from __future__ import annotations

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, most: float, most_conflicting: float) -> Finding:
    """Rows alike in every usable column, and those among them whose targets differ."""
    import pandas as pd

    from provefirst.checks.columns import continuous, sampled
    from provefirst.holdout.fingerprints import row_hashes

    material = case.material
    if not continuous(material):
        raise NotApplicableError("no column has enough different values to tell rows apart")
    hashes = pd.Series(row_hashes(sampled(material), material.features))
    doubled = hashes.duplicated(keep="first")
    targets = pd.Series(material.fits.y).groupby(hashes.to_numpy()).transform("nunique")
    measured = {"n": len(hashes), "duplicates": float(doubled.mean()), "conflicting": float((targets > 1).mean())}
    bad = measured["duplicates"] > most or measured["conflicting"] > most_conflicting
    limit = {"duplicates": most, "conflicting": most_conflicting}
    return finding(Level.WARNING if bad else Level.PASSED, measured, limit)


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"{m['duplicates']:.2%} of rows repeat another (limit {limit['duplicates']:.0%}), "
        f"{m['conflicting']:.2%} have a "
        f"twin with another target (limit {limit['conflicting']:.0%}); n = {m['n']}"
    )


CHECK = Check(
    code="PF103",
    title="Duplicates and conflicting labels",
    why="Repeated rows count one observation several times; twins with different targets can't both be right.",
    how="""
    A 64-bit hash of all usable columns of each row, on at most 20,000 rows of the work set. Not asked where no
    column has enough different values to tell rows apart.
    """,
    limit="Warns above the shares given.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("most", 0.01, "share of rows that may repeat another", 0, 1),
        Parameter("most_conflicting", 0.01, "share of rows that may have a twin with another target", 0, 1),
    ),
)
