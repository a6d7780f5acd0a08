"""Files: streamed in under a limit, bound to whoever sent them, and data that is sealed on arrival."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import UploadFile

from provefirst.api.call import Call, sent
from provefirst.api.caller import refuse
from provefirst.api.described import taken, writes
from provefirst.api.examples import BODIES
from provefirst.api.once import Answered
from provefirst.api.problems import Problem, ProblemError, dumped
from provefirst.api.reads import Key
from provefirst.documents.charset import require_utf8
from provefirst.documents.loading import NOTHING, parse
from provefirst.errors import InvalidInputError
from provefirst.ledger import instant
from provefirst.lifecycle.act import Answer, Refused
from provefirst.lifecycle.holding import DATA_LIMIT, Registration, look, register_data
from provefirst.lifecycle.importing import MOST_BYTES
from provefirst.lifecycle.submitting import ATTACHMENT_LIMIT
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role, Verb
from provefirst.permissions import MAY, Standing, objections
from provefirst.store.requests import note_upload, uploaded

router = APIRouter(prefix="/api/v1", tags=["Files and data"])
BINARY = "application/octet-stream"
IN_MEMORY = 2**20
UPLOADS = ((r"/api/v1/files", ATTACHMENT_LIMIT), (r"/api/v1/initiatives/[^/]+/looks", ATTACHMENT_LIMIT),
           (r"/api/v1/initiatives/[^/]+/data", DATA_LIMIT + 2**20), (r"/api/v1/imports", MOST_BYTES))  # fmt: skip
"""Addresses that take more than a document, and how much."""

RAW = {"content": {BINARY: {"schema": {"type": "string", "format": "binary"}}}, "required": True}


@dataclass(frozen=True)
class Sent:
    """What was streamed in: the file, its digest and size."""

    call: Call
    file: IO[bytes]
    digest: str
    size: int


async def streamed(request: Request) -> AsyncIterator[Sent]:
    """The body, piece by piece into a file that goes away with the request. The guard has set its limit."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != BINARY:
        raise ProblemError(Problem(415, "unsupported_media", f"{kind or 'nothing'} is not {BINARY}"))
    digest, size = sha256(), 0
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        async for piece in request.stream():
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        file.seek(0)
        yield Sent(sent(request, digest.hexdigest()), file, digest.hexdigest(), size)


async def form(request: Request) -> AsyncIterator[tuple[Sent, Registration]]:
    """A registration and its table, from a form of two parts."""
    require_utf8(request.headers.get("content-type", ""))
    async with request.form(max_files=1, max_fields=1, max_part_size=256 * 1024) as parts:
        about, table = parts.get("about"), parts.get("table")
        if not isinstance(about, str):
            raise InvalidInputError("about", NOTHING, "the registration as JSON, in a part of its own")
        if not isinstance(table, UploadFile):
            raise InvalidInputError("table", NOTHING, "the data as a file: CSV, Parquet or Arrow")
        document = parse(about, Registration, where="about")
        digest = sha256(about.encode())
        while piece := await table.read(IN_MEMORY):
            digest.update(piece)
        await table.seek(0)
        yield Sent(sent(request, digest.hexdigest()), table.file, digest.hexdigest(), table.size or 0), document


@router.post(
    "/files",
    **{
        **writes(
            "Uploaded", summary="Upload a file, to be attached to evidence by its digest.", status=201, verb=Verb.SUBMIT
        ),
        "openapi_extra": {"requestBody": RAW},
    },
)
def upload(given: Annotated[Sent, Depends(streamed)]) -> Response:
    """Storing the same content again is harmless, so a repeated upload needs no key."""
    call = given.call
    if not call.workspace.person(call.by).roles & (MAY[Verb.SUBMIT] | MAY[Verb.LOOK]):
        refuse(call.request, f"{call.by} writes no evidence")
    call.workspace.blobs.put_file(given.file, given.digest)
    with call.workspace.store.writing() as work:
        note_upload(work, call.by, given.digest, given.size, instant(call.workspace.clock()))
    return Answered(201, dumped({"digest": given.digest, "size": given.size})).response()


def _register(key: Key, given: Annotated[tuple[Sent, Registration], Depends(form)]) -> Response:
    """Register data as its owner: part becomes the work set, the rest is sealed. Nothing of the table stays as sent."""
    (table, document), call = given, given[0].call
    content = table.file.read()

    def run(workspace: Workspace) -> Answer:
        if (refused := not_for(workspace, key, call.by, Verb.SUBMIT, Role.DATA_OWNER)) is not None:
            return refused
        return register_data(workspace, key, document, content, by=call.by)

    return call.write(run)


def _look(key: Key, given: Annotated[Sent, Depends(streamed)]) -> Response:
    """Score predictions (CSV: id, prediction, score) on the sealed rows: one look of those preregistered."""
    content = given.file.read()

    def run(workspace: Workspace) -> Answer:
        if (refused := not_for(workspace, key, given.call.by, Verb.LOOK, Role.DATA_SCIENTIST)) is not None:
            return refused
        return look(workspace, key, content, by=given.call.by)

    return given.call.write(run)


def not_uploaded(workspace: Workspace, by: str, digests: Iterable[str]) -> Refused | None:
    """A refusal where `by` did not upload some of these files: a digest alone gives nobody a file."""
    wanted = frozenset(digests)
    with workspace.store.reading() as work:
        missing = wanted - uploaded(work, by, wanted)
    told = tuple(f"{digest}: upload the file first (POST /api/v1/files)" for digest in sorted(missing))
    return Refused(told) if missing else None


def not_for(workspace: Workspace, key: str, by: str, verb: Verb, role: Role) -> Refused | None:
    """A refusal where `by` may not do this at all: said before their data is worked on, which takes its time."""
    with workspace.store.reading() as work:
        state, person = workspace.load(work, key), work.person(by)
        standing = Standing(key, state.owner, state.parts, work.accounts_of(person))
    reasons = objections(person, verb, role, standing)
    return Refused(reasons, is_forbidden=True) if reasons else None


def _described(summary: str, body: dict[str, Any], verb: Verb) -> dict[str, Any]:
    found = writes("Acted", summary=summary, on_initiative=True, verb=verb)
    return {**found, "openapi_extra": {**found["openapi_extra"], "requestBody": body}}


_about = taken(Registration)["schema"]
_FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "about": {
                        "type": "string",
                        "contentMediaType": "application/json",
                        "contentSchema": _about,
                        "example": dumped(BODIES["registration"]).decode(),
                    },
                    "table": {"type": "string", "format": "binary"},
                },
                "required": ["about", "table"],
                "additionalProperties": False,
            }
        }
    },
}
router.add_api_route(
    "/initiatives/{key}/data",
    _register,
    methods=["POST"],
    name="register_data",
    **_described("Register data: part becomes the work set, the rest is sealed.", _FORM, Verb.SUBMIT),
)
router.add_api_route(
    "/initiatives/{key}/looks",
    _look,
    methods=["POST"],
    name="look",
    **_described("Score predictions on the sealed set. It costs one of the looks preregistered.", RAW, Verb.LOOK),
)
