"""What the engine works out of an estimate: its quantiles, what all estimators say, and how past ones turned out.

The plan, which deadlines are held against, is the pool of all estimators times the factor of the team.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from provefirst.evidence import EffortEstimate, Kind
from provefirst.initiative import Initiative
from provefirst.lifecycle.draft import Draft
from provefirst.reference import Reference, overrun, reference
from provefirst.store.parts import built_with
from provefirst.texts import Document

if TYPE_CHECKING:
    from provefirst.stats.pert import ThreePoint

SEED = 1959
"""What sums and pools are drawn with: the same estimate always comes to the same days."""


def derived_of(draft: Draft, document: Document) -> dict[str, Any]:
    """Working days by quantile, and what they are made of; nothing for other documents."""
    if not isinstance(document, EffortEstimate):
        return {}
    from provefirst.stats.pert import pooled, total  # late: scipy takes its time to import

    own = total(_points(document), SEED)
    others = [_points(one) for handle, one in estimates(draft.initiative).items() if handle != draft.actor]
    pool = pooled([_points(document), *others], SEED) if others else (own.p50, own.p80, own.p95)
    past = past_of(draft)
    return {
        "p50": own.p50,
        "p80": own.p80,
        "p95": own.p95,
        "estimators": 1 + len(others),
        "factor": past.factor,
        "factor_n": past.n,
        "plan_p50": pool[0] * past.factor,
        "plan_p80": pool[1] * past.factor,
        "plan_p95": pool[2] * past.factor,
        "seed": SEED,
        "draws": own.draws,
    }


def estimates(initiative: Initiative) -> Mapping[str, EffortEstimate]:
    """Each estimator's newest estimate at the attempt of the newest one, by handle."""
    newest = initiative.current(Kind.EFFORT_ESTIMATE)
    if newest is None:
        return {}
    return {
        one.by: EffortEstimate.model_validate(one.content)
        for one in initiative.submissions
        if one.kind is Kind.EFFORT_ESTIMATE and (one.stage, one.attempt) == (newest.stage, newest.attempt)
    }


def past_of(draft: Draft) -> Reference:
    """How past estimates turned out, of everybody whose cost centre is that of whoever estimates, or of them alone."""
    team = draft.work.person(draft.actor).cost_centre
    mates = {person.handle for person in draft.work.people() if team and person.cost_centre == team}
    handles = frozenset({draft.actor, *mates})
    return reference(overrun(entries, handles) for entries in built_with(draft.work, handles).values())


def _points(document: EffortEstimate) -> list[ThreePoint]:
    from provefirst.stats.pert import ThreePoint

    parts = document.items or (document,)
    return [ThreePoint(part.optimistic, part.likely, part.pessimistic) for part in parts]
