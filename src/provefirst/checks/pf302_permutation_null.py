"""PF302: is it more than shuffled answers give?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

ROWS = 20_000


def measure(case: Case, alpha: float, permutations: int) -> Finding:
    """The claim's score on the sealed rows among those with the truth shuffled."""
    import numpy as np

    from provefirst.checks import plots
    from provefirst.stats import metrics
    from provefirst.stats.permutation import permutation_test

    material = case.material
    pairs, metric = material.claimed(), material.claim.metric
    rows = material.sample(len(pairs.truth), ROWS)
    if pairs.prediction.ndim == 1:  # sorted once, not again by each shuffle's ranking
        rows = rows[np.argsort(-pairs.prediction[rows], kind="stable")]
    truth, prediction = pairs.truth[rows], pairs.prediction[rows]
    sign = 1.0 if material.greater_is_better else -1.0
    drawn: list[float] = []

    def score(shuffled: object) -> float:
        drawn.append(metrics.value(metrics.prepare(metric, np.asarray(shuffled), prediction)))
        return sign * drawn[-1]

    shuffles = min(permutations, max(99, 1_600_000 // rows.size))
    test = permutation_test(score, truth, seed=material.seed, permutations=shuffles, alpha=0.05)
    observed = sign * test.observed
    measured = {
        "metric": metric,
        "score": observed,
        "null": float(np.mean(drawn[:-1])),
        "p": test.p.estimate,
        "p_low": test.p.low,
        "p_high": test.p.high,
        "permutations": test.permutations,
        "n": rows.size,
        "blindness": material.blindness,
    }
    drawing = case.draw(null=lambda: plots.null(drawn[:-1], observed, metric))
    level = Level.PASSED if test.p.estimate <= alpha else Level.WARNING
    return finding(level, measured, {"p": alpha}, **drawing)


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"{m['metric']} {m['score']:.3g}, shuffled {m['null']:.3g} on average: p = {m['p']:.2g} "
        f"({m['p_low']:.2g} to {m['p_high']:.2g}, "
        f"{m['permutations']} shuffles, n = {m['n']}, {m['blindness']} holdout), limit {limit['p']:.2g}"
    )


CHECK = Check(
    code="PF302",
    title="Better than shuffled answers",
    why="A model of noise scores something too. If shuffling the answers does as well, nothing was learnt.",
    how="""
    The truth of the sealed rows (at most 20,000) is shuffled and scored again; (b + 1)/(m + 1) after Phipson
    and Smyth (2010), with its own interval. The model was fitted on other rows, so no refit is needed for the
    test to be exact.
    """,
    limit="Warns where p is above alpha.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("alpha", 0.05, "chance that a model of noise passes", 0.0001, 0.5),
        Parameter("permutations", 499, "shuffles, fewer where rows are many", 99, 100_000),
    ),
)
