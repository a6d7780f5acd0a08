"""Judging production: the metric against what was claimed, and what else was seen against the policy's limits.

Everything that is judged is an e-process, and the chance of a false alarm is split over them, so that the whole watch
keeps the one that it states.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist

from provefirst.clauses import WatchLimits
from provefirst.lifecycle.draft import Draft
from provefirst.people import ENGINE
from provefirst.production import Claim, Health, Observation, Signal, shares_of_alarm
from provefirst.stages import Stage

_RANK = list(Health)
_TOLD = {
    "drift": "inputs have drifted: they are told from the sealed ones with an AUC of {seen:.2f}, at most {limit:g}",
    "complaints": "complaints came to {seen:.1%} of the rows, at most {limit:.1%}",
    "opt_outs": "people who left came to {seen:.1%} of the rows, at most {limit:.1%}",
    "gap": "{about} is worse than all others by {seen:.3g}, at most {limit:.3g}",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all observations say: the metric's evidence of a loss, what else was judged, and every alarm in words."""

    health: Health
    because: tuple[str, ...]
    estimate: float
    rows: int
    logs: Mapping[str, float]
    alarm_at: float
    signals: tuple[Signal, ...]


def verdict(observations: Sequence[Observation], claim: Claim, limits: WatchLimits) -> Verdict:
    """The verdict on all that was observed, under the limits of the policy."""
    alarm = -math.log(shares_of_alarm(len(limits.judged))[0])
    nulls = {"degraded": claim.bound, "broken": claim.goal, "any": claim.strictest}
    evidence = {null: _log_e(observations, claim, null) for null in {*nulls.values()}}
    logs = {name: evidence[null] for name, null in nulls.items()}
    rows = sum(one.rows for one in observations)
    estimate = sum(one.estimate * one.rows for one in observations) / rows
    found, because = _found(logs, alarm, claim, estimate)
    beside = signals(observations, claim, limits)
    because += tuple(said(one) for one in beside if one.is_alarming)
    health = Health.DEGRADED if because and found is Health.HOLDS else found
    return Verdict(health, because, estimate, rows, logs, alarm, beside)


def judge(draft: Draft, claim: Claim) -> None:
    """Write the verdict on all that was observed; where it is broken, freeze the money."""
    before, limits = draft.initiative.production, draft.policies.at(Stage.WATCH).limits
    found = verdict(draft.initiative.observations, claim, limits)
    was = before.health if before else Health.HOLDS
    health = max(found.health, was, key=_RANK.index)  # an alarm stays
    draft.write(
        "production.judged",
        actor=ENGINE,
        verdict=health.value,
        is_news=before is None or was is not health or _alarming(before.signals) != _alarming(found.signals),
        claimed=claim.estimate,
        rows=found.rows,
        estimate=found.estimate,
        log_degraded=found.logs["degraded"],
        log_broken=found.logs["broken"],
        alarm_at=found.alarm_at,
        signals=[asdict(one) for one in found.signals],
        because=list(found.because),
    )
    if health is Health.BROKEN and draft.initiative.freeze is None:
        _freeze(draft, claim, found)


def signals(observations: Sequence[Observation], claim: Claim, limits: WatchLimits) -> tuple[Signal, ...]:
    """What is judged beside the metric: each limit that the policy sets, with the evidence that it is passed."""
    alarm = -math.log(shares_of_alarm(len(limits.judged))[1]) if limits.judged else 0.0
    seen = {"drift": _drift, "complaints": _counted, "opt_outs": _counted, "gap": _gap}
    found = (seen[name](name, observations, claim, limit, alarm) for name, limit in limits.judged.items())
    return tuple(one for one in found if one is not None)


def said(signal: Signal) -> str:
    """An alarm in words."""
    return _TOLD[signal.name].format(seen=signal.seen, limit=signal.limit, about=signal.about)


def _found(logs: Mapping[str, float], alarm: float, claim: Claim, estimate: float) -> tuple[Health, tuple[str, ...]]:
    """What the metric says. Nothing alarms unless it does so against the stricter of bound and goal."""
    if logs["any"] < alarm:
        return Health.HOLDS, ()
    if logs["broken"] >= alarm:
        return Health.BROKEN, (f"{claim.metric} {estimate:.4g} misses the goal of {claim.goal:.4g}",)
    return Health.DEGRADED, (f"{claim.metric} {estimate:.4g} is worse than claimed, at worst {claim.bound:.4g}",)


def _freeze(draft: Draft, claim: Claim, found: Verdict) -> None:
    seen = f"{claim.metric} {found.estimate:.4g} on {found.rows} rows"
    told = f"production is broken: {seen}, and the goal was {claim.goal:.4g}"
    draft.write("money.frozen", actor=ENGINE, because=told)
    about = f"{told}. It is recommended to roll back, and to conclude with what was learnt (outcome: retired)"
    draft.write("reminder.raised", actor=ENGINE, to=f"product owner ({draft.initiative.owner})", about=about)


def _log_e(observations: Sequence[Observation], claim: Claim, null: float) -> float:
    """The greatest log e-value there ever was: what was alarming stays so."""
    from provefirst.stats.sequential import Batch, wealth

    batches = [Batch(one.estimate, one.error, one.rows, one.right) for one in observations]
    return max(wealth(batches, null, greater_is_better=claim.greater_is_better, scale=claim.scale))


def _counted(name: str, observations: Sequence[Observation], claim: Claim, limit: float, alarm: float) -> Signal | None:
    """How many complained, or left, of all rows."""
    from provefirst.stats.sequential import above_share

    counts = [min(int(one.more[name]), one.rows) for one in observations]
    rows = [one.rows for one in observations]
    return Signal(name, sum(counts) / sum(rows), limit, max(above_share(counts, rows, limit)), alarm)


def _drift(name: str, observations: Sequence[Observation], claim: Claim, limit: float, alarm: float) -> Signal | None:
    """How well inputs are told from the sealed ones, over the periods that brought any.

    All periods share the error of the one sealed sample: half the chance of a false alarm is for that, by a margin
    above the limit, and half for the live rows.
    """
    from provefirst.stats.sequential import above_mean

    found = [one.more["drift"] for one in observations if (one.more.get("drift") or {}).get("sealed_error")]
    if not found:
        return None
    margin = NormalDist().inv_cdf(1 - math.exp(-alarm) / 2)
    surely = [one["auc"] - margin * one["sealed_error"] for one in found]
    evidence = max(above_mean(surely, [one["live_error"] for one in found], limit))
    return Signal(name, found[-1]["auc"], limit, evidence, alarm + math.log(2), "")


def _gap(name: str, observations: Sequence[Observation], claim: Claim, limit: float, alarm: float) -> Signal | None:
    """By how much a group does worse than all others; the evidence of all groups, weighted by when each first came."""
    from provefirst.stats.metrics import metric
    from provefirst.stats.sequential import above_mean, together

    seen: dict[tuple[str, str], list[tuple[int, float, float]]] = {}
    for number, one in enumerate(observations):
        for group in one.more.get("groups") or ():
            if group.get("gap") is not None:
                gap = (number, group["gap"], group["gap_error"])
                seen.setdefault((group["column"], group["group"]), []).append(gap)
    if not seen:
        return None
    most = limit if math.isfinite(metric(claim.metric).high) else limit * abs(claim.estimate)
    logs = {}
    for group, gaps in seen.items():
        found = above_mean([gap for _, gap, _ in gaps], [error for _, _, error in gaps], most)
        logs[group] = list(zip([number for number, _, _ in gaps], found, strict=True))
    worst = max(logs, key=lambda group: logs[group][-1][1])
    size = sum(1 / error**2 for _, _, error in seen[worst])
    mean = sum(gap / error**2 for _, gap, error in seen[worst]) / size
    evidence = max(together(list(logs.values()), len(observations)))
    return Signal(name, mean, most, evidence, alarm, f"{worst[0]} {worst[1]}")


def _alarming(found: Sequence[Signal]) -> frozenset[str]:
    return frozenset(one.name for one in found if one.is_alarming)
