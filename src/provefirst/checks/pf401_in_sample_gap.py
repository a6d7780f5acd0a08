"""PF401: was more promised on the work set than the sealed set keeps?"""

from __future__ import annotations

from provefirst.checks.case import Case, MissingError
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.evidence import Kind
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, alpha: float) -> Finding:
    """The figure from the work set against the interval from the sealed rows; the in-sample figure beside them."""
    from provefirst.checks.trying import tried
    from provefirst.stats.verdict import metric_interval

    material = case.material
    pairs, metric = material.claimed(), material.claim.metric
    sealed = metric_interval(metric, pairs.truth, pairs.prediction, 2 * alpha, seed=material.seed)
    in_sample: float | None = None
    if material.own_model is not None:
        fits, rows = material.fits, material.fits.rows
        promised, source = fits.cross_score(material.own_model), "cross-validation"
        in_sample = fits.score(fits.whole(material.own_model).answer(material.x_work.rows(rows)), fits.y)
    elif case.initiative.current(Kind.TRIES) is not None:
        promised, source = tried(case).best, "best of the tries"
    else:
        raise MissingError("tries: not submitted, so nothing says what the work set promised")
    sign = 1 if material.greater_is_better else -1
    gap = sign * (promised - sealed.estimate)
    is_beyond = promised > sealed.high if material.greater_is_better else promised < sealed.low
    measured = {
        "metric": metric,
        "promised": promised,
        "source": source,
        "in_sample": in_sample,
        "sealed": sealed.estimate,
        "low": sealed.low,
        "high": sealed.high,
        "n": sealed.n,
        "gap": gap,
        "blindness": material.blindness,
    }
    return finding(Level.WARNING if is_beyond else Level.PASSED, measured, {"alpha": alpha})


def render(found: Finding) -> str:
    m = told(found.measured)
    inside = f", in-sample {m['in_sample']:.3g}" if m["in_sample"] else ""
    return (
        f"{m['metric']} {m['promised']:.3g} on the work set ({m['source']}{inside}), {m['sealed']:.3g} sealed "
        f"({m['low']:.3g} to {m['high']:.3g}, n = {m['n']}, {m['blindness']} holdout): gap {m['gap']:.2g}"
    )


CHECK = Check(
    code="PF401",
    title="Work set against sealed set",
    why="A model that is much better where it was made than where it wasn't has learnt the data, not the matter.",
    how="""
    The cross-validated figure of the engine's own model, or the best of the logged tries, against both
    one-sided bounds of the sealed figure at alpha. The in-sample figure is shown beside them and decides
    nothing.
    """,
    limit="Warns where the work set promised more than the sealed rows allow.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("alpha", 0.025, "one-sided error probability of the sealed bound", 0.0001, 0.2),),
)
