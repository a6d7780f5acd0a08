"""Submit evidence: a form a kind, made from the model of the kind; files stay where a form is refused."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.datastructures import UploadFile

from provefirst.errors import UnknownError
from provefirst.evidence import Kind
from provefirst.kinds import MODELS
from provefirst.ledger import instant
from provefirst.lifecycle import holding
from provefirst.lifecycle.act import Answer, Refused
from provefirst.lifecycle.submitting import ATTACHMENT_LIMIT, BY_OTHER_VERBS, attach
from provefirst.store.requests import note_upload, uploaded
from provefirst.texts import Document
from provefirst.web.acting import act, added, as_it_stands, interrupted, mend, visitor_of
from provefirst.web.fields import Filled, form_of, left_over, written
from provefirst.web.filled import document_of
from provefirst.web.keeping import Values, kept
from provefirst.web.possible import kinds
from provefirst.web.posted import Posted, posted
from provefirst.web.render import page
from provefirst.web.route import pages
from provefirst.web.sight import Key, Seen, look, seen

router = pages()
LARGEST = holding.DATA_LIMIT + 2**20
NAMED: Mapping[Kind, tuple[str, ...]] = {Kind.REPLICATION_REPORT: ("predictions",)}
"""Files that belong to a kind, by the name that checks look for."""

_KEPT, _FIELD = "kept:", "file:"
_PAGES = {Kind.DATA_REGISTRATION: "data", Kind.LOOK: "look"}


@router.get("/initiatives/{key}/submit")
def choose(request: Request, found: Annotated[Seen, Depends(seen)]) -> Response:
    offered = [(kind.value, _place(found, kind), found.state.current(kind),
                MODELS[kind].__doc__ or "", kind in found.gate.requires.evidence) for kind in kinds(found)]  # fmt: skip
    return page(request, "choose.html", visitor=found.visitor, seen=found, offered=offered)


def _place(found: Seen, kind: Kind) -> str:
    """Where a kind is submitted. What production shows is reported, not written, once any of it was observed."""
    if kind is Kind.PRODUCTION_REPORT and found.state.observations:
        return f"{found.home}/report"
    return f"{found.home}/{_PAGES.get(kind, f'submit/{kind.value}')}"


@router.get("/initiatives/{key}/submit/{kind}")
def form(request: Request, found: Annotated[Seen, Depends(seen)], kind: str) -> Response:
    known = _kind(kind)
    values, at = kept(found.workspace, found.visitor.handle, request.url.path)
    current = found.state.current(known)
    is_again = not at and current is not None and current.by == found.visitor.handle
    if is_again and current is not None:
        values = written(current.content)
    return _page(request, found, Filled(values, is_new=not (at or is_again)), kind=known, kept_at=at)


@router.post("/initiatives/{key}/submit/{kind}")
def send(key: Key, kind: str, given: Annotated[Posted, Depends(posted)]) -> Response:
    if (instead := interrupted(given, _with_files)) is not None:
        return instead
    known, found = _kind(kind), look(given.workspace, key, visitor_of(given))
    values = _with_files(given)
    if given.does.startswith("add:"):
        return _page(given.request, found, Filled(added(values, given.does), is_new=False), kind=known)
    document = document_of(MODELS[known], values)
    if isinstance(document, Filled):
        return _page(given.request, found, document, kind=known, status=422)

    again = as_it_stands(given, key, partial(_page, kind=known), values)
    return act(given, lambda: _attach(given, key, known, document, values), "submitted", again)


@router.get("/initiatives/{key}/data")
def data_form(request: Request, found: Annotated[Seen, Depends(seen)]) -> Response:
    values, at = kept(found.workspace, found.visitor.handle, request.url.path)
    return _table_page(request, found, Filled(values, is_new=not at), kept_at=at)


@router.post("/initiatives/{key}/data")
def register(key: Key, given: Annotated[Posted, Depends(posted)]) -> Response:
    """Register data as its owner: a part of it is sealed, and nothing stays of the table as it was sent."""
    if (instead := interrupted(given)) is not None:
        return instead
    who, request = visitor_of(given), given.request
    document = document_of(holding.Registration, given.values)
    if isinstance(document, Filled):
        return _table_page(request, look(given.workspace, key, who), document, status=422)

    again = as_it_stands(given, key, _table_page)
    if (table := _content(given, "table")) is None:
        return again(("choose the table: CSV, Parquet or Arrow",), 422)
    return act(
        given,
        lambda: holding.register_data(given.workspace, key, document, table, by=who.handle),
        "registered",
        again,
    )


@router.get("/initiatives/{key}/look")
def look_form(request: Request, found: Annotated[Seen, Depends(seen)]) -> Response:
    return _look_page(request, found)


@router.post("/initiatives/{key}/look")
def score(key: Key, given: Annotated[Posted, Depends(posted)]) -> Response:
    """Score predictions on the sealed set: one look of those preregistered is spent."""
    if (instead := interrupted(given)) is not None:
        return instead
    who = visitor_of(given)

    def again(reasons: tuple[str, ...], status: int) -> Response:
        return _look_page(given.request, look(given.workspace, key, who), reasons=reasons, status=status)

    if (predictions := _content(given, "predictions")) is None:
        return again(("choose the file with the predictions",), 422)
    return act(given, lambda: holding.look(given.workspace, key, predictions, by=who.handle), "looked", again)


def _attach(given: Posted, key: str, kind: Kind, document: Document, values: Values) -> Answer:
    """Submit with files that the same person sent: a digest alone gives nobody a file."""
    who = visitor_of(given).handle
    files = {name.removeprefix(_KEPT): one[-1] for name, one in values.items() if name.startswith(_KEPT) and one[-1]}
    named = frozenset(one[-1] for name, one in values.items() if name.endswith(".predictions") and one[-1])
    claimed = frozenset(files.values()) | named
    with given.workspace.store.reading() as work:
        missing = claimed - uploaded(work, who, claimed)
    if missing:
        return Refused(("a file that you did not send yourself can't be attached: choose it again",))
    return attach(given.workspace, key, kind, document, by=who, attachments=files, expected=given.version)


def _with_files(given: Posted) -> dict[str, tuple[str, ...]]:
    """What was written, with the digest of each file that was chosen: as a field's value or as an attachment."""
    values = dict(given.values)
    for name, files in given.files.items():
        for file in files:
            if (file.size or 0) <= ATTACHMENT_LIMIT:
                own = f"{_KEPT}{file.filename}" if name == "attach" else name
                place = own.removeprefix(_FIELD) if own.startswith(_FIELD) else own
                values[place] = (_stored(given, file),)
    return values


def _stored(given: Posted, file: UploadFile) -> str:
    content = file.file.read()
    digest = sha256(content).hexdigest()
    if given.workspace.blobs.put(content) != digest:
        raise UnknownError("file", file.filename, "a file that could be stored")
    with given.workspace.store.writing() as work:
        note_upload(work, visitor_of(given).handle, digest, len(content), instant(given.workspace.clock()))
    return digest


def _content(given: Posted, name: str) -> bytes | None:
    files = given.files.get(name, ())
    return files[0].file.read() if files else None


def _kind(name: str) -> Kind:
    if name not in [kind.value for kind in Kind] or Kind(name) in BY_OTHER_VERBS:
        raise UnknownError("kind", name, "a kind of evidence that is submitted")
    return Kind(name)


def _page(
    request: Request,
    found: Seen,
    filled: Filled,
    *,
    kind: Kind,
    reasons: tuple[str, ...] = (),
    status: int = 200,
    kept_at: str = "",
) -> Response:
    fields = form_of(MODELS[kind], filled)
    chosen = {name.removeprefix(_KEPT): one[-1] for name, one in filled.values.items() if name.startswith(_KEPT)}
    told = mend((*reasons, *left_over(filled.wrong, fields)), filled.wrong)
    return page(
        request, "submit.html", visitor=found.visitor, status=status, seen=found, kind=kind.value, fields=fields,
        about=MODELS[kind].__doc__, reasons=told, kept_at=kept_at, place=request.url.path, chosen=chosen,
        named=NAMED.get(kind, ()), current=found.state.current(kind),
    )  # fmt: skip


def _table_page(
    request: Request,
    found: Seen,
    filled: Filled,
    *,
    reasons: tuple[str, ...] = (),
    status: int = 200,
    kept_at: str = "",
) -> Response:
    fields = form_of(holding.Registration, filled)
    told = mend((*reasons, *left_over(filled.wrong, fields)), filled.wrong)
    return page(
        request, "data.html", visitor=found.visitor, status=status, seen=found, fields=fields, reasons=told,
        kept_at=kept_at, place=request.url.path,
    )  # fmt: skip


def _look_page(request: Request, found: Seen, *, reasons: tuple[str, ...] = (), status: int = 200) -> Response:
    plan, spent = found.current("preregistration"), found.current("look")
    return page(
        request, "look.html", visitor=found.visitor, status=status, seen=found, reasons=reasons, plan=plan,
        spent=spent["number"] if spent else 0,
    )  # fmt: skip
