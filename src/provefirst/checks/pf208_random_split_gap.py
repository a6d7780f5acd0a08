"""PF208: what would a random split have promised?"""

from __future__ import annotations

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, alpha: float, most: float) -> Finding:
    """Cross-validated score by random folds against that by honest folds, on the same rows of the work set."""
    import math

    import numpy as np
    from scipy import special

    from provefirst.checks.fits import row_losses, shuffled_folds

    material = case.material
    if material.roles.time is None and material.roles.group is None:
        raise NotApplicableError("no time or group column is named: the honest split is the random one")
    fits = material.fits
    is_regression = material.task == "regression"
    folds = shuffled_folds(fits.y, int(fits.folds.max()) + 1, np.random.default_rng(1), stratify=not is_regression)
    random, honest = fits.cross("boosted", fits.x, fits.y, folds), fits.out_of_fold("boosted")
    gaps = row_losses(material, honest, fits.y) - row_losses(material, random, fits.y)
    z = float(gaps.mean() / (gaps.std() / math.sqrt(gaps.size))) if gaps.std() > 0 else 0.0
    scores = fits.score(random, fits.y), fits.score(honest, fits.y)
    flattery = (scores[0] - scores[1]) * (1 if material.greater_is_better else -1)
    p = float(special.ndtr(-z))
    measured = {
        "random": scores[0],
        "honest": scores[1],
        "flattery": flattery,
        "p": p,
        "n": gaps.size,
        "metric": material.claim.metric,
        "split": material.split,
    }
    unit = 1.0 if material.greater_is_better else max(abs(scores[1]), 1e-12)
    is_flattered = p < alpha and flattery / unit > most
    return finding(Level.WARNING if is_flattered else Level.PASSED, measured, {"p": alpha, "flattery": most})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"random folds show {m['metric']} {m['random']:.3g}, honest folds (by {m['split']}) {m['honest']:.3g}: "
        f"{m['flattery']:.2g} of flattery, p = {m['p']:.2g}, limit {limit['p']:.2g} (n = {m['n']}, work set)"
    )


CHECK = Check(
    code="PF208",
    title="Random against honest split",
    why="""
    Rows of one time or person are alike. A random split puts them on both sides and promises what will not be
    kept.
    """,
    how="""
    Boosted trees cross-validated by random and by honest folds on the same rows (at most 20,000 of the work
    set); losses row by row, one-sided.
    """,
    limit="""
    Warns where random folds are surely better, and by more than `most`: figures from random splits of this data
    mean nothing.
    """,
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("alpha", 0.01, "chance of a false alarm", 0.0001, 0.5),
        Parameter("most", 0.02, "flattery that is still small; for losses, as a share", 0, 1),
    ),
)
