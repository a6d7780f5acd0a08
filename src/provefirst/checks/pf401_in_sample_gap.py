"""PF401: was more promised on the work set than the sealed set keeps?"""

from __future__ import annotations

import math

from provefirst.checks.case import Case, MissingError
from provefirst.checks.check import Check, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage
from provefirst.tries import logged


def measure(case: Case) -> Finding:
    """The gap between work set and sealed rows with its lower bound; the in-sample figure beside it."""
    from provefirst.checks.trying import LEVEL, tried
    from provefirst.stats.verdict import metric_interval

    material = case.material
    pairs, metric = material.claimed(), material.claim.metric
    sealed = metric_interval(metric, pairs.truth, pairs.prediction, LEVEL, seed=material.seed)
    in_sample: float | None = None
    if material.own_model is not None:
        fits = material.fits
        said = material.paired(fits.out_of_fold(material.own_model), on_work=fits.rows)
        promised = metric_interval(metric, said.truth, said.prediction, LEVEL, seed=material.seed)
        source = "cross-validation"
        in_sample = fits.score(fits.whole(material.own_model).answer(fits.x), fits.y)
    elif any(not one.is_counted_only for one in logged(case.initiative)):
        promised, source = tried(case).best, "best of the tries"
    else:
        raise MissingError("tries: none with predictions, so nothing says what the work set promised")
    if material.greater_is_better:
        gap = promised.estimate - sealed.estimate
        reach = math.hypot(promised.estimate - promised.low, sealed.high - sealed.estimate)
    else:
        gap = sealed.estimate - promised.estimate
        reach = math.hypot(promised.high - promised.estimate, sealed.estimate - sealed.low)
    measured = {
        "metric": metric,
        "promised": promised.estimate,
        "source": source,
        "in_sample": in_sample,
        "sealed": sealed.estimate,
        "low": sealed.low,
        "high": sealed.high,
        "n": sealed.n,
        "gap": gap,
        "gap_low": gap - reach,
        "blindness": material.blindness,
    }
    return finding(Level.WARNING if gap > reach else Level.PASSED, measured, {"gap_low": 0.0})


def render(found: Finding) -> str:
    m = told(found.measured)
    inside = f", in-sample {m['in_sample']:.3g}" if m["in_sample"] else ""
    return (
        f"{m['metric']} {m['promised']:.3g} on the work set ({m['source']}{inside}), {m['sealed']:.3g} sealed "
        f"({m['low']:.3g} to {m['high']:.3g}, n = {m['n']}, {m['blindness']} holdout): gap {m['gap']:.2g}, at "
        f"least {m['gap_low']:.2g}"
    )


CHECK = Check(
    code="PF401",
    title="Work set against sealed set",
    why="A model that is much better where it was made than where it wasn't has learnt the data, not the matter.",
    how="""
    The cross-validated figure of the engine's own model, or the best of the logged tries, less the sealed
    figure; the gap's lower bound from both 95 % intervals (Zou and Donner 2008), so about 2.5 % of alarms are
    false. The in-sample figure is shown beside it and decides nothing.
    """,
    limit="Warns where the gap is surely above 0: the work set promised more than the sealed rows keep.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
)
