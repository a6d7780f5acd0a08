"""PF602: do the other columns give a sensitive one away?"""

from __future__ import annotations

from typing import Any

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

ROWS = 3000


def measure(case: Case, most: float) -> Finding:
    """How well each sensitive column can be told from the usable ones (itself left out), and by which most."""
    material = case.material
    columns = [name for name in material.roles.sensitive if name in material.work.columns]
    if not columns:
        raise NotApplicableError("no sensitive column or subgroup is named")
    found = [told_by for name in columns if (told_by := _told_by(material, name)) is not None]
    if not found:
        raise NotApplicableError("no sensitive column has two common groups")
    worst = max(found, key=lambda one: one["low"])
    measured = {**worst, "columns": len(columns)}
    return finding(Level.WARNING if worst["low"] > most else Level.PASSED, measured, {"auc": most})


def _told_by(material: Any, name: str) -> dict[str, Any] | None:
    """AUC with which boosted trees tell the column's largest group (or upper half) from the rest, cross-validated."""
    import numpy as np

    from provefirst.checks.encoding import is_number
    from provefirst.holdout.tables import texts

    rows = material.sample(len(material.work), ROWS)
    values = material.work[name].iloc[rows]
    is_quantity = is_number(values) and values.nunique() > 10
    word = texts(values)
    is_in = ((values > values.median()) if is_quantity else (word == word.mode().iloc[0])).to_numpy().astype(np.int64)
    kept = np.array([p for p, feature in enumerate(material.features) if feature != name], dtype=int)
    if min(is_in.sum(), (1 - is_in).sum()) < 10 or not kept.size:
        return None
    x = material.x_work.rows(rows).columns(kept)
    together = _auc("boosted", x, is_in, material.seed)
    alone = [x.columns(np.array([position])) for position in range(kept.size)]
    single = [_auc("shallow_tree", one, is_in, material.seed).estimate for one in alone]
    best = int(np.argmax(single))
    return {
        "column": name,
        "auc": together.estimate,
        "low": together.low,
        "high": together.high,
        "n": together.n,
        "proxy": x.names[best],
        "proxy_auc": single[best],
    }


def _auc(kind: Any, x: Any, is_in: Any, seed: int) -> Any:
    """How well a model of that kind tells who is in, on rows that it was not fitted to."""
    import numpy as np

    from provefirst.checks.fits import shuffled_folds
    from provefirst.checks.models import Model
    from provefirst.stats.delong import auc_interval

    folds = shuffled_folds(is_in, 2, np.random.default_rng(seed), stratify=True)
    scores = np.zeros(is_in.size)
    for fold in (0, 1):
        out = folds == fold
        answers = Model(kind, "binary", 2, seed).fit(x.rows(~out), is_in[~out]).answer(x.rows(out))
        if answers.chances is not None:
            scores[out] = answers.chances[:, 1]
    return auc_interval(is_in, scores)


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"{m['column']} can be told from the other columns with AUC {m['auc']:.2f} ({m['low']:.2f} to "
        f"{m['high']:.2f}, n = {m['n']}, work set), "
        f"most from {m['proxy']} ({m['proxy_auc']:.2f}); limit {limit['auc']:.2f}"
    )


CHECK = Check(
    code="PF602",
    title="Proxy for a sensitive column",
    why="Leaving out a sensitive column changes nothing where the others give it away.",
    how="""
    Boosted trees tell the largest group of each sensitive column (or the upper half of a quantity) from the
    rest by the usable columns, two folds, at most 3,000 rows of the work set; DeLong interval. Each column
    alone by a shallow tree names the proxy.
    """,
    limit="Warns where the AUC is surely above `most`.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("most", 0.8, "AUC up to which a sensitive column is hidden enough", 0.5, 1),),
)
