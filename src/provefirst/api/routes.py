"""Routes for every verb on an initiative, made from the table of acts; and opening one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response

from provefirst.api.acts import ACTS, Act
from provefirst.api.bodies import Opening
from provefirst.api.call import Call, writing
from provefirst.api.described import writes
from provefirst.api.reads import Key
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Verb

router = APIRouter(prefix="/api/v1", tags=["Acting"])
Written = Annotated[Call, Depends(writing)]
Number = Annotated[int, Path(ge=1, le=10**6, description="as `show` numbers it")]


@router.post(
    "/initiatives",
    **writes("Acted", summary="Open an initiative. Its budget is requested, and locked.", model=Opening,
             example="opening", status=201, verb=Verb.OPEN),
)  # fmt: skip
def open_(call: Written) -> Response:
    body = call.document(Opening)

    def run(workspace: Workspace) -> Answer:
        return open_initiative(workspace, body.proposal, by=call.by, screen=body.screen, pool=body.pool)

    return call.write(run, status=201)


def _endpoint(act: Act) -> Callable[..., Response]:
    def on_initiative(key: Key, call: Written) -> Response:
        return call.write(lambda workspace: act.run(workspace, key, call))

    def on_numbered(key: Key, number: Number, call: Written) -> Response:
        return call.write(lambda workspace: act.run(workspace, key, call))

    return on_numbered if "{number}" in act.path else on_initiative


def _described(act: Act) -> dict[str, Any]:
    return writes("Acted", summary=act.about, model=act.model, example=act.example, on_initiative=True, verb=act.verb)


for _act in ACTS:
    router.add_api_route(
        f"/initiatives/{{key}}/{_act.path}",
        _endpoint(_act),
        methods=["POST"],
        name=_act.path.replace("/", "_").replace("{number}_", ""),
        **_described(_act),
    )
