"""PF206: how much would choosing columns before cross-validating flatter?"""

from __future__ import annotations

from typing import Any

from provefirst.checks.case import Case, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

ROWS = 3000


def measure(case: Case, least_columns: int, most: float) -> Finding:
    """Skill of a linear model on the ten columns that go best with the target, chosen within folds and outside them."""
    import numpy as np

    from provefirst.checks.fits import shuffled_folds
    from provefirst.checks.models import Answers
    from provefirst.checks.single import skill

    material = case.material
    columns = len(material.features)
    if columns < least_columns:
        raise NotApplicableError(f"{columns} columns are too few to choose from (at least {least_columns})")
    fits, rows = material.fits, material.sample(len(material.work), ROWS)
    x, y = material.x_work.rows(rows), material.y_work[rows]
    folds = shuffled_folds(y, 5, np.random.default_rng(material.seed), stratify=material.task != "regression")

    def skill_of(choose: Any) -> float:
        value = np.zeros(y.size, dtype=np.asarray(y).dtype)
        chances = None if material.task == "regression" else np.zeros((y.size, len(material.classes)))
        for fold in range(5):
            out = folds == fold
            chosen = x.columns(choose(~out))
            said = fits.model("linear").fit(chosen.rows(~out), y[~out]).answer(chosen.rows(out))
            value[out] = said.value
            if chances is not None and said.chances is not None:
                chances[out] = said.chances
        return skill(material, Answers(value, chances), y)

    everything = _best(x.values, y)
    leaky, honest = skill_of(lambda inside: everything), skill_of(lambda inside: _best(x.values[inside], y[inside]))
    measured = {"columns": columns, "n": y.size, "leaky": leaky, "honest": honest, "flattery": leaky - honest}
    return finding(Level.WARNING if leaky - honest > most else Level.PASSED, measured, {"flattery": most})


def _best(values: Any, y: Any) -> Any:
    """Positions of the ten columns with the greatest absolute correlation with the target (or its code)."""
    import numpy as np

    filled = np.where(np.isnan(values), np.nanmean(values, axis=0, where=~np.isnan(values)), values)
    filled = np.nan_to_num(filled)
    centred = filled - filled.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    target = y - np.mean(y)
    strength = np.abs(centred.T @ target) / np.where(spread > 0, spread, np.inf)
    return np.sort(np.argsort(-strength, kind="stable")[:10])


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"choosing 10 of {m['columns']} columns before cross-validation shows skill {m['leaky']:.2f} where "
        "honest choosing "
        f"shows {m['honest']:.2f}: {m['flattery']:.2f} of flattery, limit {limit['flattery']:.2f} (n = "
        f"{m['n']}, work set)"
    )


CHECK = Check(
    code="PF206",
    title="Feature selection outside the folds",
    why="""
    With many columns and few rows, columns chosen on all rows have seen the answers of every fold:
    cross-validation then praises noise.
    """,
    how="""
    A linear model on the ten columns that correlate most with the target, chosen on all rows (leaky) and within
    each fold (honest), five folds, at most 3,000 rows of the work set. The gap is what such a mistake would add
    here.
    """,
    limit="Warns where the gap is above `most`: figures from the work set then need to say how columns were chosen.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("least_columns", 20, "columns from which the question arises", 11, 10_000),
        Parameter("most", 0.1, "skill that leaky choosing may add", 0.001, 1),
    ),
)
