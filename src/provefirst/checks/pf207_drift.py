"""PF207: are the sealed rows like the work set?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import SPLITS, Check, Parameter, chance, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

ROWS = 4000


def measure(case: Case, most: float, alpha: float) -> Finding:
    """How well a classifier tells sealed rows from work rows (classifier two-sample test)."""
    import numpy as np

    from provefirst.checks.encoding import Encoded
    from provefirst.checks.fits import shuffled_folds
    from provefirst.checks.models import boosted, filled
    from provefirst.checks.threads import limited
    from provefirst.stats.drift import two_sample

    material = case.material
    size = min(ROWS, len(material.work), len(material.sealed))
    work = material.x_work.rows(material.sample(len(material.work), size))
    sealed = material.x_sealed.rows(material.sample(len(material.sealed), size))
    both = Encoded(np.vstack([work.values, sealed.values]), work.categorical, work.names)
    is_new = np.repeat([0, 1], [len(work.values), len(sealed.values)])
    folds = shuffled_folds(is_new, 2, np.random.default_rng(material.seed), stratify=True)
    scores = np.full(is_new.size, 0.5)
    if both.values.shape[1]:
        for fold in (0, 1):
            out = folds == fold
            model = boosted(both, is_regression=False, seed=material.seed, rounds=30)
            with limited(is_new.size):
                fitted = model.fit(filled(both.values[~out]), is_new[~out])
                scores[out] = fitted.predict_proba(both.values[out])[:, 1]
    drift = two_sample(is_new, scores)
    measured = {
        "auc": drift.auc.estimate,
        "low": drift.auc.low,
        "high": drift.auc.high,
        "n": drift.auc.n,
        "p": drift.p,
        "split": material.split,
    }
    has_drifted = drift.p < alpha and drift.auc.estimate > most
    return finding(Level.WARNING if has_drifted else Level.PASSED, measured, {"auc": most, "p": alpha})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"sealed rows are told from work rows with AUC {m['auc']:.2f} ({m['low']:.2f} to {m['high']:.2f}, n = "
        f"{m['n']}, "
        f"{chance(m['p'])}), limit {limit['auc']:.2f}; {SPLITS[str(m['split'])]}"
    )


CHECK = Check(
    code="PF207",
    title="Drift between work and sealed set",
    why="""
    Where the newest rows differ from the older ones, tomorrow's will differ again: what was learnt is about
    yesterday.
    """,
    how="""
    Classifier two-sample test (Lopez-Paz and Oquab 2017): boosted trees tell sealed from work rows, two folds,
    as many rows of each (at most 4,000); Mann–Whitney p-value.
    """,
    limit="Warns where the AUC is above `most` and p below alpha.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(
        Parameter("most", 0.6, "AUC up to which the sets are alike enough", 0.5, 1),
        Parameter("alpha", 0.01, "chance of a false alarm", 0.0001, 0.5),
    ),
)
