"""How the API describes itself: what each address takes and answers, in OpenAPI, with examples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import Depends, FastAPI, Response
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from provefirst.api.answers import SCHEMAS
from provefirst.api.caller import COOKIE, good_for, in_person
from provefirst.api.examples import BODIES
from provefirst.api.problems import MEDIA_TYPE
from provefirst.people import Verb

_REF = "#/components/schemas/{model}"
_WHY = {
    400: "The request can't be read.",
    401: "Nobody is signed in, or the credential is no longer good.",
    403: "This person may not do that, whatever the state of things; every reason.",
    404: "There is nothing here.",
    409: "Refused as things stand, and nothing was changed; every reason.",
    412: "Somebody else wrote first: read it again.",
    413: "The body is too large.",
    415: "Not a kind of content that is read here.",
    422: "The input is not accepted: each problem with its field, value and what is allowed.",
    428: "Say with If-Match which version you have read.",
    429: "Too many requests: Retry-After says when to come again.",
    503: "The storage did not answer in time; nothing was written.",
}
_ALWAYS = (400, 401, 403, 422, 429, 503)
_WRITING = (409, 413, 415)
_MONEY = {
    "type": "string",
    "title": "Money",
    "description": "an amount and an ISO 4217 currency",
    "examples": ["25000 EUR", "12.50 EUR"],
}
KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your own making. The same key with the same request is answered again, not done again.",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
}
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that you have read, or * for whatever lies there.",
    "schema": {"type": "string", "pattern": r'^("[1-9][0-9]{0,8}"|\*)$'},
    "example": "*",
}
_taken: dict[str, type[BaseModel]] = {}


def answers(
    name: str,
    *statuses: int,
    summary: str,
    status: int = 200,
    is_open: bool = False,
    verb: Verb | None = Verb.SHOW,
) -> dict[str, Any]:
    """The part of a route that says what it answers: the schema `name` (bytes where empty), and problems.

    `verb` is what a token must be good for; None: no token is.
    """
    told: dict[int | str, dict[str, Any]] = {status: _answer(name)}
    for code in sorted({*_ALWAYS, *statuses}):
        told[code] = {
            "description": _WHY[code],
            "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
        }
    checks = [] if is_open else [Depends(in_person if verb is None else good_for(verb))]
    shown: dict[str, Any] = {"openapi_extra": {"security": []}} if is_open else {}
    return {
        "summary": summary,
        "responses": told,
        "response_class": Response,
        "status_code": status,
        "dependencies": checks,
        **shown,
    }


def writes(
    name: str,
    *statuses: int,
    summary: str,
    model: type[BaseModel] | None = None,
    example: str = "",
    on_initiative: bool = False,
    status: int = 200,
    is_open: bool = False,
    verb: Verb | None = None,
) -> dict[str, Any]:
    """As `answers`, for a route that writes and takes `model` as its body."""
    more = (404, 412, 428) if on_initiative else ()
    found = answers(name, *_WRITING, *more, *statuses, summary=summary, status=status, is_open=is_open, verb=verb)
    extra: dict[str, Any] = {"parameters": [*([] if is_open else [KEY_HEADER]), *([_MATCH] if on_initiative else [])]}
    if model is not None:
        extra["requestBody"] = {"required": True, "content": {"application/json": taken(model, example)}}
    if is_open:
        extra["security"] = []
    return {**found, "openapi_extra": extra}


def taken(model: type[BaseModel], example: str = "") -> dict[str, Any]:
    """The content of a body that is read as `model`."""
    _taken[model.__name__] = model
    shown = {"example": dict(BODIES[example])} if example else {}
    return {"schema": {"$ref": _REF.format(model=model.__name__)}, **shown}


def openapi(app: FastAPI) -> dict[str, Any]:
    """The whole description, made once."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = found.setdefault("components", {})
        components["schemas"] = {**_bodies(_taken.values()), **SCHEMAS}
        components["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
            "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "A sign-in."},
        }
        found["security"] = [{"token": []}, {"session": []}]
        app.openapi_schema = found
    return app.openapi_schema


def _answer(name: str) -> dict[str, Any]:
    if not name:
        content: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        return {"description": "The file.", "content": content}
    return {
        "description": SCHEMAS[name].get("description", name),
        "content": {"application/json": {"schema": {"$ref": _REF.format(model=name)}}},
    }


def _bodies(models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """JSON schemas of what is taken. Money is written as people write it, as in every document here."""
    _, found = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    schemas: dict[str, Any] = found.get("$defs", {})
    return {**schemas, "Money": _MONEY} if "Money" in schemas else schemas
