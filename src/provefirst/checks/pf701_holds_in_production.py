"""PF701: does it hold in production what was claimed?"""

from __future__ import annotations

from provefirst.checks.case import Case, MissingError
from provefirst.checks.check import Check, finding, told
from provefirst.errors import shorten
from provefirst.findings import Finding, Level
from provefirst.production import Health
from provefirst.stages import Stage

_LEVELS = {Health.HOLDS: Level.PASSED, Health.DEGRADED: Level.WARNING, Health.BROKEN: Level.FAILED}


def measure(case: Case) -> Finding:
    """The verdict on all rows that were observed since the release gate was passed."""
    judged = case.initiative.production
    if judged is None:
        raise MissingError("no row of production was observed since the release gate was passed")
    measured = {
        "verdict": judged.health.value,
        "estimate": judged.estimate,
        "rows": judged.rows,
        "periods": len(case.initiative.observations),
        "log_degraded": judged.log_degraded,
        "log_broken": judged.log_broken,
        "because": shorten("; ".join(judged.because), 200) or "no alarm",
    }
    return finding(_LEVELS[judged.health], measured, {"log_e": judged.alarm_at})


def render(found: Finding) -> str:
    m, limit = told(found.measured), told(found.limit)
    return (
        f"{m['verdict']} ({m['because']}): {m['estimate']:.4g} on {m['rows']} rows in {m['periods']} periods; evidence "
        f"of loss (log e) {m['log_degraded']:.2f} against the claim and {m['log_broken']:.2f} against the goal, "
        f"alarm at {limit['log_e']:.2f}"
    )


CHECK = Check(
    code="PF701",
    title="Holds in production",
    why="""
    A model that was good on sealed rows can rot: the world moves, inputs change their meaning, people adapt to it.
    More money waits until live rows say that it still holds.
    """,
    how="""
    An e-process over all observed batches against "still at least as good as the worse end of the claimed interval"
    (degraded) and against "still at least at the goal" (broken): one-sided mixtures of Howard, Ramdas, McAuliffe and
    Sekhon 2021 (Propositions 6 and 8), begun at every batch. It may be looked at after every batch; see docs/watch.md.
    Drift, complaints, opt-outs and gaps between groups are tested alike, against the limits that the watch gate's
    policy sets.
    """,
    limit="Fails where it is broken, warns where it is degraded; of models that hold, 5 % are ever called so.",
    stage=Stage.WATCH,
    binding=True,
    measure=measure,
    render=render,
    needs=(),
)
