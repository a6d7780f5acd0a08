"""Logging tries: what a try must bring, and what it is bound to. `tries.logged` reads them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provefirst.evidence import Kind, Preregistration, Tries
from provefirst.initiative import Initiative
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.registered import looks_spent, registrations, withheld
from provefirst.lifecycle.workspace import Workspace
from provefirst.plans import newest_plan
from provefirst.texts import Document
from provefirst.tries import identity, logged


def try_objections(initiative: Initiative, document: Document, attachments: Mapping[str, str]) -> tuple[str, ...]:
    """Why these tries can't be logged: nothing preregistered, nothing new, or predictions that aren't there."""
    if not isinstance(document, Tries):
        return ()
    if initiative.current(Kind.PREREGISTRATION) is None:
        return ("preregistration: not submitted, and a try is bound to it",)
    known = {identity(one.attempt) for one in logged(initiative)}
    new = [attempt for attempt in document.tries if identity(attempt) not in known]
    if not new:
        return ("every try in it is logged already",)
    with_predictions = [attempt for attempt in new if attempt.predictions is not None]
    if with_predictions and initiative.current(Kind.DATA_REGISTRATION) is None:
        return ("data_registration: not submitted, and predictions are of the rows of its work set",)
    attached = frozenset(attachments.values())
    return tuple(
        f"{attempt.name}: its predictions are not attached"
        for attempt in with_predictions
        if attempt.predictions not in attached
    )


def bound_to(workspace: Workspace, draft: Draft, document: Document) -> dict[str, Any]:
    """What tries are bound to: the preregistration and the work set as they stand; what a preregistration amends, and
    what had been seen by then."""
    initiative = draft.initiative
    if isinstance(document, Preregistration):
        return _seen(workspace, draft, document)
    if not isinstance(document, Tries):
        return {}
    plan, data = initiative.current(Kind.PREREGISTRATION), initiative.current(Kind.DATA_REGISTRATION)
    return {"preregistration": plan.digest if plan else None, "work": data.content["work"] if data else None}


def _seen(workspace: Workspace, draft: Draft, document: Preregistration) -> dict[str, Any]:
    """What was known when a preregistration was written: tries of one's own, looks of whoever had them on its rows."""
    initiative, earlier = draft.initiative, newest_plan(draft.initiative)
    data = next((one for one in reversed(registrations(initiative))), None)
    own = sum(one.kind is Kind.LOOK for one in initiative.submissions)
    looks = max(own, looks_spent(workspace, draft.work, initiative.key, data) if data else 0)
    new = document.model_dump(mode="json")
    changed = sorted(name for name in new if earlier and new[name] != earlier.content.get(name))
    if earlier is None or not changed:
        return {"looks_seen": looks} if looks else {}
    return {
        "amends": earlier.digest,
        "changed": changed,
        "tries_seen": len(logged(initiative)),
        "looks_seen": looks,
    }


def look_through(
    workspace: Workspace, initiative: Initiative, document: Document, attachments: Mapping[str, str]
) -> None:
    """InvalidInputError where predictions don't fit the work set or the metric: better now than when measured.

    Only what is attached is read: a digest alone must tell nobody what is in a file.
    """
    data, plan = initiative.current(Kind.DATA_REGISTRATION), initiative.current(Kind.PREREGISTRATION)
    if not isinstance(document, Tries) or data is None or plan is None:
        return
    from provefirst.holdout.scoring import paired_with
    from provefirst.holdout.tables import read_table  # late: reading tables imports pandas

    known = {identity(one.attempt) for one in logged(initiative)}
    attached = frozenset(attachments.values())
    new = [one for one in document.tries if one.predictions in attached and identity(one) not in known]
    if not new or withheld(initiative) & {attempt.predictions for attempt in new}:
        return  # what is sealed is not even read: the verb says why
    work = read_table(workspace.blobs.get(data.content["work"]), where="work set")
    ids, truth = work[str(data.content["identifier"])], work[str(data.content["target"])]
    metric, positive = plan.content["metric"], data.derived.get("positive")
    for attempt in new:
        content = workspace.blobs.get(str(attempt.predictions))
        paired_with(ids, truth, content, metric, positive, where=attempt.name, whose="work row")
