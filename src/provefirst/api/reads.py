"""Reading: an initiative as whoever asks may see it, lists of them, lessons, and what waits for somebody."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from provefirst.api.call import Call, reading
from provefirst.api.caller import refuse
from provefirst.api.described import answers
from provefirst.api.problems import dumped
from provefirst.errors import InvalidInputError, UnknownError
from provefirst.evidence import Kind
from provefirst.initiative import Initiative
from provefirst.lifecycle import accounting, listing, scorecards
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.conflicts import propose_reviewers
from provefirst.lifecycle.facts import entry_of, seen_of
from provefirst.lifecycle.forecasting import calibration
from provefirst.lifecycle.portfolio import figures
from provefirst.lifecycle.viewing import View, blob, shown, view
from provefirst.stages import Outcome, Stage

router = APIRouter(prefix="/api/v1", tags=["Reading"])
Asked = Annotated[Call, Depends(reading)]
Key = Annotated[str, Path(pattern=r"^[A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,8}$", description="such as PF-12")]
Limit = Annotated[int, Query(ge=1, le=listing.MOST, description="rows a page")]
PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}


def seen(call: Call, key: str) -> View:
    """What whoever asks may see of the initiative; a problem where that is nothing."""
    found = view(call.workspace, key, by=call.by)
    if isinstance(found, Refused):
        refuse(call.request, *found.reasons)
    return found


def tag(state: Initiative) -> dict[str, str]:
    """The headers of an answer that shows a version of an initiative."""
    return {"ETag": f'"{state.version}"', **PRIVATE}


@router.get("/initiatives", **answers("Page", summary="List initiatives, page by page."))
def initiatives(
    call: Asked,
    stage: Annotated[Stage | None, Query()] = None,
    status: Annotated[listing.Status | None, Query()] = None,
    owner: Annotated[str, Query(max_length=40, description="a product owner's handle")] = "",
    text: Annotated[str, Query(max_length=200, description="occurs in the title")] = "",
    sort: Annotated[listing.Sort, Query(description="a minus: from the largest or newest on")] = "-changed_at",
    after: Annotated[str, Query(max_length=400, description="`next` of the page before")] = "",
    limit: Limit = 100,
) -> Response:
    page = listing.initiatives(
        call.workspace,
        stage=stage.value if stage else "",
        status=status or "",
        owner=owner,
        text=text,
        sort=sort,
        after=after,
        limit=limit,
    )
    return json_answer({"rows": list(page.rows), "next": page.after})


@router.get("/initiatives/{key}", **answers("Initiative", 404, summary="Show an initiative as you may see it."))
def initiative(key: Key, call: Asked) -> Response:
    found = seen(call, key)
    facts = seen_of(found, call.workspace.policies(found.initiative.policy), now=call.workspace.clock())
    return Response(dumped(facts), 200, tag(found.initiative), "application/json")


@router.get("/initiatives/{key}/history", **answers("Entries", 404, summary="Its entries in the ledger, in order."))
def history(
    key: Key,
    call: Asked,
    after: Annotated[int, Query(ge=0, le=10**9, description="`next` of the page before")] = 0,
    limit: Limit = 100,
) -> Response:
    found = [entry for entry in seen(call, key).entries if entry.version > after]
    rows = [entry_of(entry) for entry in found[:limit]]
    return json_answer({"rows": rows, "next": rows[-1]["version"] if len(found) > limit else None})


@router.get("/initiatives/{key}/evidence", **answers("EvidenceList", 404, summary="Its evidence, newest first."))
def evidence(
    key: Key, call: Asked, kind: Annotated[Kind | None, Query(description="only of this kind")] = None
) -> Response:
    state = seen(call, key).initiative
    found = [shown(one, state) for one in reversed(state.submissions) if kind in (None, one.kind)]
    return json_answer({"rows": found, "next": None})


@router.get("/initiatives/{key}/evidence/{version}", **answers("Evidence", 404, summary="What an entry submitted."))
def evidence_of(
    key: Key, version: Annotated[int, Path(ge=1, le=10**9, description="of the entry")], call: Asked
) -> Response:
    state = seen(call, key).initiative
    for one in state.submissions:
        if one.version == version:
            return json_answer(shown(one, state))
    raise UnknownError("version", str(version), f"an entry of {key} that submitted evidence which you may see")


@router.get(
    "/initiatives/{key}/files/{digest}",
    **answers("", 403, 404, summary="A file of its evidence. What is sealed is given to nobody."),
)
def file(
    key: Key, digest: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file")], call: Asked
) -> Response:
    found = blob(call.workspace, key, digest, by=call.by)
    if isinstance(found, Refused):
        raise UnknownError("digest", digest, "; ".join(found.reasons))
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{digest[:16]}"', "ETag": f'"{digest}"'}
    return Response(found, 200, headers, "application/octet-stream")


@router.get("/initiatives/{key}/reviewers", **answers("Candidates", 404, summary="Who could review it, best first."))
def reviewers(key: Key, call: Asked, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
    found = propose_reviewers(call.workspace, key, limit=limit)
    rows = [{"handle": one.handle, "knows": list(one.knows), "load": one.load} for one in found]
    return json_answer({"rows": rows, "next": None})


@router.get("/lessons", **answers("Lessons", summary="What concluded initiatives taught, newest first."))
def lessons(
    call: Asked,
    text: Annotated[str, Query(max_length=200, description="words that occur")] = "",
    outcome: Annotated[Outcome | None, Query()] = None,
    limit: Limit = 100,
) -> Response:
    found = listing.lessons(call.workspace, text=text, outcome=outcome.value if outcome else "", limit=limit)
    return json_answer({"rows": list(found), "next": None})


@router.get(
    "/scorecard",
    **answers("Scorecard", 404, summary="How a person, or everybody of a cost centre, works: rigor, line by line."),
)
def scorecard(
    call: Asked,
    person: Annotated[str, Query(max_length=64, description="whose; or name a team")] = "",
    team: Annotated[str, Query(max_length=200, description="a cost centre")] = "",
) -> Response:
    if bool(person) == bool(team):
        raise InvalidInputError("person", person, "either a person or a team")
    found = scorecards.of_team(call.workspace, team) if team else scorecards.of_person(call.workspace, person)
    return json_answer(found)


@router.get("/portfolio", **answers("Portfolio", summary="How soon answers came, and what was not spent."))
def portfolio(call: Asked) -> Response:
    return json_answer(figures(call.workspace))


@router.get("/forecasts", **answers("Forecasts", summary="How well each role foresaw what proved feasible."))
def forecasts(call: Asked) -> Response:
    return json_answer(calibration(call.workspace))


@router.get(
    "/statement", **answers("Statement", 404, summary="Every move of money on an initiative or a pool in a period.")
)
def statement(
    call: Asked,
    initiative: Annotated[str, Query(max_length=20, description="its key; or name a pool")] = "",
    pool: Annotated[
        str, Query(max_length=200, description="where no initiative is named; default: the usual one")
    ] = "",
    since: Annotated[date | None, Query()] = None,
    until: Annotated[date | None, Query()] = None,
) -> Response:
    if initiative:
        found = accounting.of_initiative(call.workspace, initiative, since=since, until=until)
    else:
        found = accounting.of_pool(call.workspace, pool or call.workspace.pool, since=since, until=until)
    return json_answer(accounting.told(found))


@router.get("/me", **answers("Me", summary="Who you are here, and what your credential lets you do."))
def me(call: Asked) -> Response:
    person, caller = call.workspace.person(call.by), call.request.state.caller
    return json_answer(
        {
            "handle": person.handle,
            "name": person.name,
            "roles": sorted(role.value for role in person.roles),
            "is_active": person.is_active,
            "via": caller.via,
            "token": caller.token or None,
            "scopes": None if caller.scopes is None else sorted(scope.value for scope in caller.scopes),
        }
    )


def json_answer(facts: object) -> Response:
    """`facts`, for nobody but whoever asked."""
    return Response(dumped(facts), 200, PRIVATE, "application/json")
