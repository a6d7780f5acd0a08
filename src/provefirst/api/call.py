"""A call: who asks, what they sent, and what they know of the version they act on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from fastapi import Request, Response

from provefirst.api.once import Answered, Key, once, told
from provefirst.api.problems import Problem, ProblemError, dumped, refused
from provefirst.api.shared import Shared, shared
from provefirst.documents.loading import NOTHING, parse
from provefirst.errors import InvalidInputError, StaleVersionError
from provefirst.lifecycle.act import Done, Refused
from provefirst.lifecycle.facts import done_of
from provefirst.lifecycle.viewing import as_seen
from provefirst.lifecycle.workspace import Workspace
from provefirst.texts import Document

D = TypeVar("D", bound=Document)
JSON = "application/json"
DEPTH = 30
_ETAG = re.compile(r'"([1-9]\d{0,8})"')
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_NESTING = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


@dataclass(frozen=True)
class Call:
    """One request, read. `expected` is the version from If-Match; None where it said any, or nothing."""

    shared: Shared
    request: Request
    body: bytes
    expected: int | None
    has_precondition: bool

    @property
    def workspace(self) -> Workspace:
        return self.shared.workspace

    @property
    def by(self) -> str:
        return str(self.request.state.caller.person)

    def document(self, model: type[D]) -> D:
        """The body as `model`; InvalidDocumentError with every problem."""
        if not self.body:
            raise InvalidInputError("body", NOTHING, f"a JSON object: {', '.join(model.model_fields)}")
        return parse(self.body, model, where="body")

    def write(self, run: Callable[[Workspace], Done | Refused | Answered | None], *, status: int = 200) -> Response:
        """Let `run` write, once whatever the key says, and tell what came of it. The engine is nudged."""

        def answered(workspace: Workspace) -> Answered:
            return self._told(workspace, run(workspace), status)

        try:
            answer = once(self.workspace, self._key(), answered)
        except StaleVersionError as stale:
            if self.expected is None:
                detail = f"others wrote to {stale.initiative} all the while: nothing was written, try again"
                raise ProblemError(Problem(409, "refused", detail, {"reasons": [detail]})) from stale
            raise
        if answer.is_done:
            self.shared.nudge()
        return answer.response()

    def _told(self, workspace: Workspace, answer: Done | Refused | Answered | None, status: int) -> Answered:
        match answer:
            case Answered():
                return answer
            case Refused():
                if answer.is_forbidden:
                    self.request.state.refused = answer.reasons
                return told(refused(answer))
            case None:
                return Answered(status, dumped({"done": True}))
        key, version = answer.initiative.key, answer.initiative.version
        headers = {"ETag": f'"{version}"', "Cache-Control": "no-store"}
        if status == 201:
            headers["Location"] = f"/api/v1/initiatives/{key}"
        return Answered(status, dumped(done_of(as_seen(workspace, answer, by=self.by))), headers)

    def _key(self) -> Key | None:
        text = self.request.headers.get("idempotency-key")
        if text is None:
            return None
        if not _KEY.fullmatch(text):
            raise InvalidInputError("Idempotency-Key", text, "1 to 200 printable ASCII characters without blanks")
        url, match = self.request.url, self.request.headers.get("if-match", "")
        asked = "\n".join((self.request.method, url.path, url.query, match)).encode() + b"\n" + self.body
        return Key(self.by, text, sha256(asked).hexdigest())


async def reading(request: Request) -> Call:
    """A call that reads. Parameters that the address doesn't have are refused: a filter misspelt filters nothing."""
    _known_parameters(request)
    return Call(shared(request), request, b"", None, has_precondition=False)


async def writing(request: Request) -> Call:
    """A call that writes: its body is JSON, and read whole."""
    _known_parameters(request)
    body = await request.body()
    if body and (kind := request.headers.get("content-type", "").partition(";")[0].strip().lower()) != JSON:
        raise ProblemError(Problem(415, "unsupported_media", f"{kind or 'nothing'} is not {JSON}"))
    if body:
        _sound(body)
    expected, has_precondition = _precondition(request)
    return Call(shared(request), request, body, expected, has_precondition)


def sent(request: Request, digest: str) -> Call:
    """A call whose body was read piece by piece and has `digest`."""
    expected, has_precondition = _precondition(request)
    return Call(shared(request), request, digest.encode(), expected, has_precondition)


def require_version(call: Call, *, dossier: str | None = None) -> None:
    """Refuse to judge or dispose of what was perhaps never read: 428 without If-Match (or the dossier's digest)."""
    if not call.has_precondition and dossier is None:
        detail = 'send If-Match with the ETag you have read, or "*" to act on whatever lies there'
        raise ProblemError(Problem(428, "precondition_required", detail))


def _precondition(request: Request) -> tuple[int | None, bool]:
    text = request.headers.get("if-match")
    if text is None:
        return None, False
    if text.strip() == "*":
        return None, True
    if not (match := _ETAG.fullmatch(text.strip())):
        raise InvalidInputError("If-Match", text, 'an ETag such as "17", or *')
    return int(match[1]), True


def _known_parameters(request: Request) -> None:
    given = [name for name, _ in request.query_params.multi_items()]
    known = {parameter.alias for parameter in request.scope["route"].dependant.query_params}
    for name in given:
        if name not in known:
            allowed = f"one of {', '.join(sorted(known))}" if known else "no parameter"
            raise InvalidInputError("query", name, allowed)
        if given.count(name) > 1:
            raise InvalidInputError(name, "given twice", "one value")


def _sound(body: bytes) -> None:
    """Refuse what is no JSON object, or nested so deep that reading it could exhaust the stack."""
    depth = 0
    for token in _NESTING.finditer(body):
        depth += (token[0] in b"[{") - (token[0] in b"]}")
        if depth > DEPTH:
            raise InvalidInputError("body", f"nested deeper than {DEPTH}", f"JSON nested up to {DEPTH} deep")
    try:
        value: Any = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise InvalidInputError("body", str(problem), "JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise InvalidInputError("body", type(value).__name__, "a JSON object")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
