"""Claims: what the sealed set promised of a model, and the report that its observed periods make."""

from __future__ import annotations

import math

from provefirst.evidence import LESS_IS_BETTER, Kind, Preregistration, ProductionReport
from provefirst.initiative import Initiative
from provefirst.lifecycle.act import Refused
from provefirst.plans import newest_plan
from provefirst.production import Claim, Observation


def claim_of(initiative: Initiative) -> Claim | Refused:
    """What the current look on the sealed set promised."""
    look = initiative.current(Kind.LOOK)
    plan = newest_plan(initiative, before=look.version) if look else None
    if look is None or plan is None:
        return Refused((f"{initiative.key} claims nothing: no sealed set was looked at",))
    said, metric = look.derived, Preregistration.model_validate(plan.content).metric
    is_greater = metric not in LESS_IS_BETTER
    bound = said["low"] if is_greater else said["high"]
    return Claim(metric, said["estimate"], said["goal"] if bound is None else bound, said["goal"], is_greater)


def built_from(initiative: Initiative) -> ProductionReport | Refused:
    """The report that the observed periods make: the metric on all of their rows, with its 95 % interval."""
    claim, observed = claim_of(initiative), initiative.observations
    if isinstance(claim, Refused):
        return claim
    if not observed:
        return Refused((f"nothing was observed of {initiative.key} since it was released: watch observe",))
    rows = sum(one.rows for one in observed)
    estimate = sum(one.estimate * one.rows for one in observed) / rows
    low, high = _interval(observed, estimate, rows)
    since, until = min(one.since for one in observed), max(one.until for one in observed)
    return ProductionReport(
        metric=claim.metric, estimate=estimate, low=low, high=high, rows=rows, since=since, until=until
    )


def report_objections(initiative: Initiative, given: ProductionReport) -> tuple[str, ...]:
    """Why a report can't be taken once production was observed: each figure that is another than was observed.

    What was observed is not said: whoever tries may be a reviewer besides, who must not see it yet.
    """
    built = built_from(initiative) if initiative.observations else given
    if isinstance(built, Refused) or built == given:
        return ()
    said, seen = given.model_dump(mode="json"), built.model_dump(mode="json")
    wrong = [f"{name} {said[name]} is not what was observed" for name in said if said[name] != seen[name]]
    return (*wrong, "a report is built from what was observed: watch report")


def _interval(observed: tuple[Observation, ...], estimate: float, rows: int) -> tuple[float, float]:
    """Exact where rows are counted, else by the standard errors of the periods."""
    from provefirst.stats.intervals import clopper_pearson  # late: scipy takes its time

    right = [one.right for one in observed if one.right is not None]
    if len(right) == len(observed):
        found = clopper_pearson(sum(right), rows)
        return min(found.low, estimate), max(found.high, estimate)
    error = math.sqrt(sum((one.rows * one.error) ** 2 for one in observed)) / rows
    return estimate - 1.96 * error, estimate + 1.96 * error
