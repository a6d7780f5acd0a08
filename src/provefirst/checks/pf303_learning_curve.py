"""PF303: would more rows reach the goal?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from provefirst.checks.material import Material

_TESTED = 10_000


def measure(case: Case, sizes: int) -> Finding:
    """The engine's model at several sizes of the work set, scored on the sealed rows; a power law through that."""
    import numpy as np

    from provefirst.checks import plots
    from provefirst.stats.curve import rows_to_goal

    material = case.material
    claim, is_greater = material.claim, material.greater_is_better
    steps, scores, tested = _scores(material, sizes)
    best = 1.0 if is_greater else 0.0
    found = rows_to_goal(steps, scores, claim.goal, seed=material.seed, greater_is_better=is_greater, limit=best)
    reaches = math.isfinite(found.rows.estimate)
    measured = {
        "metric": claim.metric,
        "model": material.fits.chosen,
        "rows": int(steps[-1]),
        "score": float(scores[-1]),
        "n": tested,
        "rows_to_goal": found.rows.estimate,
        "low": found.rows.low,
        "high": found.rows.high,
        "never": found.never,
        "asymptote": found.curve.asymptote,
        "blindness": material.blindness,
    }
    line = {float(size): found.curve.score_at(size) for size in np.geomspace(steps[0], steps[-1] * 4, 40)}
    drawing = case.draw(curve=lambda: plots.curve(steps.tolist(), scores.tolist(), line, claim.goal, claim.metric))
    return finding(Level.PASSED if reaches else Level.WARNING, measured, {"goal": claim.goal}, **drawing)


def _scores(material: Material, sizes: int) -> tuple[NDArray[np.int_], NDArray[np.float64], int]:
    """Training sizes, the score of each on the same sealed rows, and how many those are."""
    import numpy as np

    fits = material.fits
    order = np.random.default_rng(material.seed).permutation(fits.rows.size)
    steps = np.unique(np.geomspace(max(30, order.size // 20), order.size, sizes).astype(int))
    test = material.sample(len(material.sealed), _TESTED)
    x_test, y_test = material.x_sealed.rows(test), material.y_sealed[test]
    scores = []
    for step in steps:
        chosen = order[:step]
        is_whole = step == len(material.work)  # then it is fitted already, on the very same rows
        model = fits.model(fits.chosen)
        fitted = fits.whole(fits.chosen) if is_whole else model.fit(fits.x.rows(chosen), fits.y[chosen])
        scores.append(fits.score(fitted.answer(x_test), y_test))
    return steps, np.array(scores), test.size


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    score = (
        f"{m['metric']} {m['score']:.3g} with {m['rows']} rows ({m['model']} model, n = {m['n']}, "
        f"{m['blindness']} holdout)"
    )
    if not m["rows_to_goal"]:
        return (
            f"{score}; more rows alone will not reach {limit['goal']:.3g}: the curve flattens at {m['asymptote']:.3g}"
        )
    return (
        f"{score}; the goal of {limit['goal']:.3g} is reached at about {m['rows_to_goal']:.3g} rows "
        f"({m['low']:.3g} to {m['high']:.3g})"
    )


CHECK = Check(
    code="PF303",
    title="Learning curve and rows to goal",
    why="""
    More data is the usual answer to a missed goal, and often the wrong one. The curve says whether it would
    help.
    """,
    how="""
    The engine's own model is fitted on growing parts of the work set (at most 20,000 rows) and scored on at
    most 10,000 sealed rows; score = asymptote ∓ scale · rows^−exponent, with an interval over refits to
    resampled residuals. It extrapolates, so it warns and never binds.
    """,
    limit="Warns where the curve never reaches the goal.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("sizes", 5, "training sizes", 4, 20),),
)
