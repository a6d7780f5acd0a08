"""What was learnt before: lessons by words and facets, one with all that belongs to it, and who asked the like."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from provefirst.api.bodies import Likening
from provefirst.api.call import Call, reading, writing
from provefirst.api.described import answers, taken
from provefirst.api.reads import Key, json_answer
from provefirst.lifecycle import publishing, remembering
from provefirst.likeness import Subject

router = APIRouter(prefix="/api/v1/memory", tags=["Memory"])
Asked = Annotated[Call, Depends(reading)]
Written = Annotated[Call, Depends(writing)]
Facet = Annotated[str, Query(max_length=100, description="only lessons that have it")]
Limit = Annotated[int, Query(ge=1, le=remembering.MOST, description="rows a page")]


@router.get("", **answers("Memory", summary="Lessons by words and facets, best match first."))
def search(  # noqa: PLR0913, PLR0917  # a parameter of the address is an argument
    call: Asked,
    text: Annotated[str, Query(max_length=500, description="words that occur")] = "",
    outcome: Facet = "",
    reason: Facet = "",
    domain: Facet = "",
    data_kind: Facet = "",
    metric: Facet = "",
    limit: Limit = 20,
    skip: Annotated[int, Query(ge=0, le=10**6, description="begin after so many")] = 0,
) -> Response:
    wanted = remembering.Wanted(text, outcome, reason, domain, data_kind, metric)
    found = remembering.search(call.workspace, wanted, limit=limit, skip=skip)
    after = skip + limit if skip + limit < found.total else None
    return json_answer({"rows": list(found.rows), "next": after, "total": found.total, "facets": found.facets})


@router.get("/publication", **answers("Publication", summary="Every lesson as a static site: pages, JSON, citations."))
def publication(
    call: Asked,
    name: Annotated[str, Query(min_length=1, max_length=100, description="who publishes it")] = "provefirst",
) -> Response:
    """No person is named in it."""
    return json_answer({"files": publishing.publication(call.workspace, name=name)})


@router.get("/{key}", **answers("Told", 404, summary="One lesson, when to look again, and who built on it."))
def lesson(key: Key, call: Asked) -> Response:
    return json_answer(remembering.lesson(call.workspace, key))


_LIKENING = {"required": True, "content": {"application/json": taken(Likening, "likening")}}


@router.post(
    "/similar",
    **answers("Listed", 413, 415, summary="Who asked the like before, with the words that show it."),
    openapi_extra={"requestBody": _LIKENING},
)
def similar(call: Written, limit: Annotated[int, Query(ge=1, le=100)] = 5) -> Response:
    """It writes nothing: what is asked is a whole proposal, which is too long for an address."""
    asked = call.document(Likening)
    plain = Subject(asked.key, asked.text, "", "", "", "")
    subject = plain if asked.proposal is None else remembering.subject_of(asked.proposal, asked.key)
    found = remembering.similar(call.workspace, subject, limit=limit, least=remembering.FAINT)
    return json_answer({"rows": list(found), "next": None})
