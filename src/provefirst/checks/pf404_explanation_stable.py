"""PF404: do the reasons given hold, and stay the same?"""

from __future__ import annotations

from typing import Any

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.evidence import Explanation, Kind
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

ROWS = 2000


def measure(case: Case, least_stability: float) -> Finding:
    """Permutation importance in several folds: how alike the orders are, and whether the named features are there."""
    import numpy as np

    from provefirst.checks import plots
    from provefirst.checks.columns import listed

    material = case.material
    if len(material.features) < 2:
        raise NotApplicableError("fewer than two usable columns")
    importance = _importance(material)
    mean = importance.mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    top = order[: max(2, min(10, int((mean > 0).sum())))]
    stability = _stability(importance[:, top])
    named, absent = _named(case, material)
    leading = [material.features[position] for position in order[:3]]
    measured = {
        "stability": stability,
        "folds": len(importance),
        "columns": len(material.features),
        "n": min(ROWS, material.fits.rows.size),
        "top": listed(leading),
        "named": len(named),
        "named_share": float(np.mean([name in {material.features[p] for p in top} for name in named]))
        if named
        else None,
        "absent": len(absent),
        "absent_columns": listed(absent),
    }
    values = {material.features[position]: float(mean[position]) for position in order[:12]}
    drawing = case.draw(importance=lambda: plots.bars(values, "loss added by shuffling the column"))
    is_unstable = stability < least_stability and float(mean.max(initial=0.0)) > 0
    level = Level.FAILED if absent else Level.WARNING if is_unstable else Level.PASSED
    return finding(level, measured, {"stability": least_stability}, **drawing)


def _stability(importance: Any) -> float:
    """How alike the orders of columns are in each two folds: the mean rank correlation."""
    import numpy as np
    from scipy import stats

    pairs = [(one, other) for number, one in enumerate(importance) for other in importance[:number]]
    alike = [stats.spearmanr(*pair).statistic if np.ptp(pair[0]) and np.ptp(pair[1]) else 0.0 for pair in pairs]
    return float(np.nan_to_num(np.mean(alike)))


def _importance(material: Any) -> Any:
    """Loss added by shuffling each column, (folds, c), by models that never saw the rows."""
    import numpy as np

    from provefirst.checks.encoding import Encoded
    from provefirst.checks.fits import row_losses

    fits = material.fits
    rows = material.sample(fits.rows.size, ROWS)
    x, y, folds = fits.x.rows(rows), fits.y[rows], fits.folds[rows]
    generator = np.random.default_rng(material.seed)
    added = []
    for fold, model in list(fits.fold_models(fits.chosen).items())[:3]:
        out = folds == fold
        test, truth = x.rows(out), y[out]
        base = row_losses(material, model.answer(test), truth).mean()
        columns, n = test.values.shape[1], truth.size
        # All columns at once: block c holds the test rows with column c shuffled.
        tall = np.tile(test.values, (columns, 1))
        shuffle = generator.permutation(n)
        for position in range(columns):
            tall[position * n : (position + 1) * n, position] = test.values[shuffle, position]
        answers = model.answer(Encoded(tall, test.categorical, test.names))
        losses = row_losses(material, answers, np.tile(truth, columns)).reshape(columns, n)
        added.append(losses.mean(axis=1) - base)
    return np.array(added)


def _named(case: Case, material: Any) -> tuple[list[str], list[str]]:
    """The features that the explanation names, and those of them that are no usable column."""
    if case.initiative.current(Kind.EXPLANATION) is None:
        return [], []
    named = list(case.document(Explanation).top_features)
    return named, [name for name in named if name not in material.features]


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    parts = [
        f"what counts most: {m['top']}; orders of importance agree to {m['stability']:.2f} over {m['folds']} folds "
        f"(limit {limit['stability']:.2f}, n = {m['n']}, work set)"
    ]
    if m["absent"]:
        parts.append(f"the explanation names what is no usable column: {m['absent_columns']}")
    elif m["named"]:
        parts.append(f"{m['named_share']:.0%} of {m['named']} named features are among the ten that count most")
    return "; ".join(parts)


CHECK = Check(
    code="PF404",
    title="Explanation present and stable",
    why="A reason that changes with the fold is no reason, and one that names a column nobody has is invented.",
    how="""
    Permutation importance (loss added by shuffling a column) of the engine's own models of up to three honest folds,
    each on rows that it never saw, at most 2,000 in all; mean rank correlation over the ten columns that count most.
    The features named in the explanation must be usable columns.
    """,
    limit="Fails where a named feature is no usable column; warns where the orders agree less than `least_stability`.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("least_stability", 0.3, "mean rank correlation between folds", -1, 1),),
)
