"""PF405: do the chances mean what they say?"""

from __future__ import annotations

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

ROWS = 20_000


def measure(case: Case, alpha: float, most: float) -> Finding:
    """Calibration of the claimed chances on the sealed rows."""
    import numpy as np

    from provefirst.checks import plots
    from provefirst.checks.case import MissingError
    from provefirst.holdout.tables import texts
    from provefirst.stats.calibration import calibration

    material = case.material
    if material.answers is None:
        raise MissingError("look: no predictions for the sealed rows yet")
    if material.task != "binary" or material.roles.positive is None or "score" not in material.answers:
        raise NotApplicableError("no chances of one class of two were given")
    chance = material.answers["score"].to_numpy(dtype=np.float64)
    if not ((chance >= 0) & (chance <= 1)).all():
        raise NotApplicableError("the scores are no chances from 0 to 1")
    truth = (texts(material.sealed[material.roles.target]) == material.roles.positive).to_numpy().astype(int)
    rows = material.sample(truth.size, ROWS)
    truth, chance = truth[rows], chance[rows]
    found = calibration(truth, chance, seed=material.seed, draws=max(199, min(999, 4_000_000 // rows.size)))
    measured = {
        "error": found.error,
        "error_by_chance": found.error_by_chance,
        "p": found.p_error,
        "slope": found.slope.estimate,
        "slope_low": found.slope.low,
        "slope_high": found.slope.high,
        "intercept": found.intercept.estimate,
        "n": found.n,
        "blindness": material.blindness,
    }
    bins = np.array_split(np.argsort(chance, kind="stable"), 10)
    bins = [part for part in bins if part.size]
    points = [(float(chance[part].mean()), float(truth[part].mean()), part.size) for part in bins]
    drawing = case.draw(calibration=lambda: plots.calibration(*zip(*points, strict=True)))
    is_off = found.p_error < alpha and found.error > most
    return finding(Level.WARNING if is_off else Level.PASSED, measured, {"p": alpha, "error": most}, **drawing)


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"chances are off by {m['error']:.3f} on average, {m['error_by_chance']:.3f} at most by chance (p = "
        f"{m['p']:.2g}, limit "
        f"{limit['p']:.2g}); slope {m['slope']:.2f} ({m['slope_low']:.2f} to {m['slope_high']:.2f}, n = "
        f"{m['n']}, {m['blindness']} holdout)"
    )


CHECK = Check(
    code="PF405",
    title="Calibration",
    why="Where 80 % means 60 %, whoever decides by the number decides wrongly.",
    how="""
    Expected calibration error over ten bins of as many sealed rows, against that of a perfectly calibrated
    model on as many rows (Bröcker and Smith 2007); slope by logistic regression on the logit (Cox 1958). At
    most 20,000 rows.
    """,
    limit="Warns where the error is more than chance at alpha, and more than `most`.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("alpha", 0.01, "chance of a false alarm", 0.0001, 0.5),
        Parameter("most", 0.03, "mean distance that does no harm", 0, 1),
    ),
)
