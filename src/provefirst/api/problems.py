"""Problems: whatever goes wrong is told as RFC 9457 says, with every reason there is and never with a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from provefirst.errors import (
    BrokenLedgerError,
    DigestMismatchError,
    InvalidInputError,
    ProvefirstError,
    StaleVersionError,
    StorageError,
    UnknownError,
    shorten,
)
from provefirst.lifecycle.act import Refused
from provefirst.texts import visible

MEDIA_TYPE = "application/problem+json"
_TITLES = {
    "bad_request": "The request can't be read",
    "busy": "The storage did not answer in time",
    "damaged": "What is stored was changed or cut off",
    "forbidden": "Not allowed",
    "internal": "This should not have happened",
    "invalid": "The input is not accepted",
    "method_not_allowed": "Not a method of this address",
    "not_found": "There is nothing here",
    "not_signed_in": "Sign in first",
    "precondition_required": "Say which version you have read",
    "rate_limited": "Too many requests",
    "refused": "Refused, and nothing was changed",
    "repeated": "The idempotency key was used for something else",
    "stale": "Somebody else wrote first",
    "too_large": "The body is too large",
    "unsupported_media": "Not a kind of content that is read here",
}
KINDS: tuple[str, ...] = tuple(_TITLES)
"""Every kind of problem; `type` is `urn:provefirst:problem:` and one of these."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as it is told: `kind` names it for programs, `detail` for people, `more` its particulars."""

    status: int
    kind: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        known = {"type": f"urn:provefirst:problem:{self.kind}", "title": _TITLES[self.kind], "status": self.status}
        return {**known, "detail": self.detail, **self.more}

    def response(self) -> Response:
        """The answer that tells it."""
        return Response(dumped(self.facts), self.status, dict(self.headers), MEDIA_TYPE)


class ProblemError(ProvefirstError):
    """Ends a request with a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.detail)


def dumped(facts: object) -> bytes:
    """`facts` as JSON in plain ASCII: no character in it depends on how the reader decodes it."""
    return json.dumps(facts, allow_nan=False, default=str).encode("ascii")


def refused(refusal: Refused) -> Problem:
    """A refusal with every reason: 403 where this person may not, 409 where it can't be done now."""
    kind, status = ("forbidden", 403) if refusal.is_forbidden else ("refused", 409)
    return Problem(status, kind, "; ".join(refusal.reasons), {"reasons": list(refusal.reasons)})


def problem_of(error: Exception, path: Mapping[str, Any]) -> Problem:
    """What is told of `error`, raised for an address with these parameters."""
    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, InvalidInputError):
        return _of_input(error, path)
    told = next((tell(error) for kind, tell in _TELLING.items() if isinstance(error, kind)), None)
    return told or Problem(500, "internal", "it was logged under the request's id")


def install(app: FastAPI) -> None:
    """Let every error that `app` meets be told so. What nobody foresaw is caught further out, and logged there."""

    def answer(request: Request, error: Exception) -> Response:
        return problem_of(error, request.path_params).response()

    for kind in (ProvefirstError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)


def _of_input(error: InvalidInputError, path: Mapping[str, Any]) -> Problem:
    problems = [_input(each) for each in getattr(error, "problems", (error,))]
    is_address = isinstance(error, UnknownError) and error.value in path.values()
    status, kind = (404, "not_found") if is_address else (422, "invalid")
    return Problem(status, kind, _told(error), {"problems": problems})


def _of_stale(error: Any) -> Problem:
    more = {"initiative": error.initiative, "expected": error.expected, "found": error.found, "reasons": [str(error)]}
    return Problem(412, "stale", str(error), more, {"ETag": f'"{error.found}"'})


def _of_damage(error: Any) -> Problem:
    return Problem(500, "damaged", "an administrator runs `provefirst audit verify` to see what it is")


def _of_storage(error: Any) -> Problem:
    return Problem(503, "busy", "nothing was written: try again in a moment", headers={"Retry-After": "1"})


def _told(error: InvalidInputError) -> str:
    return visible(shorten(str(error), 2000))


def _input(error: InvalidInputError) -> dict[str, Any]:
    plain = error.value is None or isinstance(error.value, bool | int)
    return {
        "field": visible(error.field),
        "value": error.value if plain else visible(shorten(str(error.value), 200)),
        "allowed": error.allowed,
        "nearest": error.nearest,
        "where": error.where,
        "message": visible(shorten(str(error), 500)),
    }


def _of_parameters(error: RequestValidationError) -> Problem:
    found = [
        InvalidInputError(".".join(map(str, each["loc"][1:])) or "body", each.get("input"), each["msg"].lower())
        for each in error.errors()
    ]
    return Problem(422, "invalid", visible(shorten(str(found[0]), 500)), {"problems": [_input(each) for each in found]})


def _of_http(error: HTTPException) -> Problem:
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return Problem(404, "not_found", "no such address: /api/v1/openapi.json lists them", headers=headers)
    if error.status_code == 405:
        return Problem(405, "method_not_allowed", "the Allow header names the methods there are", headers=headers)
    status = error.status_code if 400 <= error.status_code < 500 else 400
    return Problem(status, "bad_request", visible(shorten(str(error.detail), 200)), headers=headers)


_TELLING: Mapping[type[Exception], Callable[[Any], Problem]] = MappingProxyType(
    {
        StaleVersionError: _of_stale,
        DigestMismatchError: _of_damage,
        BrokenLedgerError: _of_damage,
        StorageError: _of_storage,
        RequestValidationError: _of_parameters,
        HTTPException: _of_http,
    }
)
