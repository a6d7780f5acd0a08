"""PF305: how much of the score is luck of the draw?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

ROWS = 2000


def measure(case: Case, repeats: int, most: float) -> Finding:
    """The engine's model on several random halves of the work set and seeds, scored on the same sealed rows."""
    import numpy as np

    material = case.material
    fits = material.fits
    test = material.sample(len(material.sealed), ROWS)
    half = min(ROWS, len(material.work) // 2)
    x_test, y_test = material.x_sealed.rows(test), material.y_sealed[test]
    scores = []
    for seed in range(repeats):
        generator = np.random.default_rng([material.seed, seed])
        drawn = generator.choice(len(material.work), half, replace=False)
        model = fits.model(fits.chosen, seed).fit(material.x_work.rows(drawn), material.y_work[drawn])
        scores.append(fits.score(model.answer(x_test), y_test))
    spread, middle = float(np.std(scores, ddof=1)), float(np.mean(scores))
    unit = 1.0 if material.greater_is_better else max(abs(middle), 1e-12)
    measured = {
        "metric": material.claim.metric,
        "mean": middle,
        "sd": spread,
        "low": float(np.min(scores)),
        "high": float(np.max(scores)),
        "repeats": repeats,
        "n": test.size,
        "model": fits.chosen,
        "blindness": material.blindness,
    }
    return finding(Level.WARNING if spread / unit > most else Level.PASSED, measured, {"sd": most})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"{m['metric']} {m['mean']:.3g} ± {m['sd']:.2g} ({m['low']:.3g} to {m['high']:.3g}) over "
        f"{m['repeats']} random halves of the work "
        f"sets and seeds (n = {m['n']}, {m['blindness']} holdout), limit ± {limit['sd']:.2g}"
    )


CHECK = Check(
    code="PF305",
    title="Seed variance",
    why="A score that depends on the seed will be reported with the best seed.",
    how="""
    The engine's own model is fitted on random halves of the work set (at most 2,000 rows each, drawn without
    replacement, so that no row is both learnt and used to stop early), each with another seed, and scored on the same
    sealed rows. Scores of halves vary as much as those of bootstrap draws of the whole.
    """,
    limit="Warns where the standard deviation is above `most` (for losses, as a share of the mean).",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("repeats", 5, "random halves", 3, 100),
        Parameter("most", 0.05, "standard deviation that is still small", 0.0001, 1),
    ),
)
