"""PF106: how many labels look wrong?"""

from __future__ import annotations

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, most: float) -> Finding:
    """Rows that out-of-fold chances confidently place in another class than their label does."""
    import numpy as np

    from provefirst.stats.intervals import clopper_pearson

    material = case.material
    if material.task == "regression":
        raise NotApplicableError("the target is a quantity")
    fits = material.fits
    answers, y = fits.out_of_fold(fits.chosen), fits.y
    chances = answers.chances
    assert chances is not None  # noqa: S101  # classes have chances
    present = np.unique(y)
    own = chances[np.arange(y.size), y]
    threshold = np.full(chances.shape[1], np.inf)
    threshold[present] = [own[y == code].mean() for code in present]
    other = chances.copy()
    other[np.arange(y.size), y] = -1.0
    rival = other.argmax(axis=1)
    suspect = (other.max(axis=1) >= threshold[rival]) & (own < 0.1)
    share = clopper_pearson(int(suspect.sum()), y.size)
    measured = {"share": share.estimate, "low": share.low, "high": share.high, "n": y.size, "model": fits.chosen}
    return finding(Level.WARNING if share.low > most else Level.PASSED, measured, {"share": most})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"{m['share']:.2%} of labels look wrong ({m['low']:.2%} to {m['high']:.2%}, n = {m['n']}, cross-validated "
        f"{m['model']} model), limit {limit['share']:.0%}"
    )


CHECK = Check(
    code="PF106",
    title="Label noise",
    why="Wrong labels put a ceiling on every model, and in the sealed set they count right answers as wrong.",
    how="""
    Confident learning (Northcutt, Jiang and Chuang 2021): out-of-fold chances of the engine's own model; a
    label is suspect where another class is at least as likely as that class is on average for its own rows, and
    the label's own chance is below 10 %. Where more than a tenth of labels are wrong at random, chances never
    get that sure, and noise can't be told from a hard question: see PF304.
    """,
    limit="Warns where the share of suspect labels is surely above `most`.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("most", 0.05, "share of labels that may look wrong", 0, 1),),
)
