"""What production shows of a released model: brought by its data scientist, or fetched by the engine."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from provefirst.api.bodies import Observing
from provefirst.api.call import Call, reading, require_version, writing
from provefirst.api.described import answers
from provefirst.api.files import not_for, not_uploaded
from provefirst.api.organisation import only
from provefirst.api.problems import dumped
from provefirst.api.reads import Key, json_answer, seen, tag
from provefirst.lifecycle import reporting, watching
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.deciding import Said
from provefirst.lifecycle.pulling import pull_due
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role, Verb

router = APIRouter(prefix="/api/v1", tags=["Production"])


def observe(workspace: Workspace, key: str, call: Call) -> Answer:
    """Take in a period of production, of files that whoever brings it has uploaded."""
    body = call.document(Observing)
    digests = [body.rows, *([body.inputs] if body.inputs else [])]
    if (refused := not_for(workspace, key, call.by, Verb.SUBMIT, Role.DATA_SCIENTIST)) is not None:
        return refused
    if (refused := not_uploaded(workspace, call.by, digests)) is not None:
        return refused
    rows, *inputs = (workspace.blobs.get(digest) for digest in digests)
    brought = inputs[0] if inputs else None
    return watching.observe(workspace, key, body.period, rows, by=call.by, inputs=brought, expected=call.expected)


def thaw(workspace: Workspace, key: str, call: Call) -> Answer:
    said = call.document(Said)
    require_version(call)
    return watching.thaw(workspace, key, said, by=call.by, expected=call.expected)


def report(workspace: Workspace, key: str, call: Call) -> Answer:
    if (refused := not_for(workspace, key, call.by, Verb.SUBMIT, Role.DATA_SCIENTIST)) is not None:
        return refused
    return reporting.report(workspace, key, by=call.by, expected=call.expected)


@router.get(
    "/initiatives/{key}/production",
    **answers("Production", 404, summary="What was claimed, what production shows, and the verdict."),
)
def observed(key: Key, call: Annotated[Call, Depends(reading)]) -> Response:
    state = seen(call, key).initiative
    return Response(dumped(watching.shown(call.workspace, state)), 200, tag(state), "application/json")


@router.post(
    "/pulls", **answers("Pulled", summary="Fetch what is due from the sources of production now.", verb=Verb.DECIDE)
)
def pull(call: Annotated[Call, Depends(writing)]) -> Response:
    """It only brings forward what the timers do, and no day is counted twice, so that it needs no key."""
    only(call, Verb.DECIDE)
    lines = pull_due(call.workspace, now=call.workspace.clock())
    call.shared.nudge()
    return json_answer({"pulled": list(lines)})
