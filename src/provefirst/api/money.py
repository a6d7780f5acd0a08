"""Money of the organisation: pools and their terms, transfers, rates of exchange, what finance has spent."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from provefirst.api.bodies import Funding
from provefirst.api.call import Call, reading, writing
from provefirst.api.described import answers, writes
from provefirst.api.files import RAW, Sent, streamed
from provefirst.api.once import Answered, told
from provefirst.api.organisation import only
from provefirst.api.problems import Problem, dumped
from provefirst.api.reads import json_answer
from provefirst.lifecycle import organisation
from provefirst.lifecycle import pools as treasury
from provefirst.lifecycle.accounting import imbalances
from provefirst.lifecycle.importing import Imported, import_spending, told_of
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Verb
from provefirst.pools import PoolTerms, Rate, Terms, Transfer

router = APIRouter(prefix="/api/v1", tags=["Money"])
Asked = Annotated[Call, Depends(reading)]
Written = Annotated[Call, Depends(writing)]
Pool = Annotated[str, Path(pattern=r"^[a-z][a-z0-9._-]{0,38}[a-z0-9]$")]


@router.get("/pools", **answers("Pools", summary="What each pool holds, in minor units, for whom and for when it is."))
def pools(call: Asked) -> Response:
    rows = [dict(row) for row in treasury.pools(call.workspace)]
    return json_answer({"rows": rows, "next": None, "usual": call.workspace.pool})


@router.post(
    "/pools/{pool}/funding",
    **writes("Done", verb=Verb.FUND, summary="Put money into a pool.", model=Funding, example="funding"),
)
def fund(pool: Pool, call: Written) -> Response:
    body = call.document(Funding)
    return call.write(lambda workspace: organisation.fund(workspace, body.amount, by=call.by, pool=pool))


@router.post(
    "/pools/{pool}/terms",
    **writes("Done", verb=Verb.FUND, summary="Say for which cost centre and days a pool is.", model=Terms,
             example="terms"),
)  # fmt: skip
def describe(pool: Pool, call: Written) -> Response:
    said = call.document(Terms)
    terms = PoolTerms(pool=pool, cost_centre=said.cost_centre, since=said.since, until=said.until)
    return call.write(lambda workspace: treasury.describe(workspace, terms, by=call.by))


@router.post(
    "/transfers",
    **writes("Done", verb=Verb.FUND, summary="Move money from one pool into another; between currencies by the newest"
             " recorded rate.", model=Transfer, example="transfer"),
)  # fmt: skip
def transfer(call: Written) -> Response:
    moved = call.document(Transfer)
    return call.write(lambda workspace: treasury.transfer(workspace, moved, by=call.by))


@router.get("/rates", **answers("Listed", summary="Recorded rates of exchange, the newest day first."))
def rates(call: Asked) -> Response:
    return json_answer({"rows": list(treasury.rates(call.workspace)), "next": None})


@router.post(
    "/rates",
    **writes("Done", verb=Verb.FUND, summary="Record a rate of exchange.", model=Rate, example="rate"),
)
def record_rate(call: Written) -> Response:
    rate = call.document(Rate)
    return call.write(lambda workspace: treasury.record_rate(workspace, rate, by=call.by))


_IMPORT: dict[str, Any] = writes(
    "Imported", verb=Verb.SPEND, summary="Look through spending (CSV: initiative, amount, what, on, reference) row by"
    " row. With book=true it is booked: all of it or nothing.",
)  # fmt: skip
_IMPORT["openapi_extra"]["requestBody"] = RAW


@router.post("/imports", **_IMPORT)
def import_(
    given: Annotated[Sent, Depends(streamed)],
    book: Annotated[bool, Query(description="book it, if no row is wrong; else it is only looked through")] = False,
) -> Response:
    content, call = given.file.read(), given.call

    def run(workspace: Workspace) -> Answered:
        found = import_spending(workspace, content, by=call.by, is_dry=not book)
        if not book or found.is_booked:
            return Answered(200, dumped(told_of(found)))
        return told(_not_booked(found))

    return call.write(run)


def _not_booked(found: Imported) -> Problem:
    reasons = [f"line {one.line}: {one.problem}" for one in found.problems]
    return Problem(409, "refused", "; ".join(reasons), {"reasons": reasons})


@router.get(
    "/books/imbalances",
    **answers("Imbalances", verb=Verb.AUDIT, summary="Accounts that hold anything else than their moves make."),
)
def unbalanced(call: Asked) -> Response:
    only(call, Verb.AUDIT)
    return json_answer({"imbalances": list(imbalances(call.workspace))})
