"""Audit: whether the ledger is whole, verified now; who signed how far it had come."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import func, select

from provefirst.checkpoints import Checkpoint
from provefirst.errors import BrokenLedgerError
from provefirst.integrity import auditing, shelf
from provefirst.ledger import ORGANISATION
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Verb
from provefirst.permissions import MAY
from provefirst.store.tables import InitiativeRow, table
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.posted import Posted, posted
from provefirst.web.render import page
from provefirst.web.route import pages, problem

router = pages()
SAID = {"signed": "Signed. It is the first below: keep a copy elsewhere."}


@dataclass(frozen=True, slots=True)
class Verified:
    """An audit just made, and how long it took."""

    audit: auditing.Audit
    seconds: float


@router.get("/audit")
def audit(request: Request, visitor: Annotated[Visitor, Depends(require)], did: str = "") -> Response:
    return _page(request, visitor, None, said=SAID.get(did, ""))


@router.post("/audit")
def verify(given: Annotated[Posted, Depends(posted)]) -> Response:
    """Read every entry once more, and compare everything with everything."""
    if (away := given.turned_away()) is not None or given.visitor is None:
        return away or Response(status_code=401)
    if not given.visitor.person.roles & MAY[Verb.AUDIT]:
        return problem(given.request, 403, ["Verifying the whole ledger is for auditors and admins."])
    began = time.perf_counter()
    found = auditing.verify(given.workspace)
    return _page(given.request, given.visitor, Verified(found, time.perf_counter() - began))


@router.post("/audit/checkpoint")
def sign(given: Annotated[Posted, Depends(posted)]) -> Response:
    """Sign how far the ledger has come, unless something was tampered with: a signature must not make that good."""
    if (away := given.turned_away()) is not None or given.visitor is None:
        return away or Response(status_code=401)
    if not given.visitor.person.roles & MAY[Verb.AUDIT]:
        return problem(given.request, 403, ["Signing a checkpoint is for auditors and admins."])
    try:
        signed = auditing.checkpoint(given.workspace)
    except BrokenLedgerError as broken:
        return _page(given.request, given.visitor, None, broken=str(broken), status=409)
    shelf.put(signed, shelf.shelf_of(given.workspace.home))
    return RedirectResponse("/audit?did=signed", 303)


def _page(
    request: Request,
    visitor: Visitor,
    verified: Verified | None,
    *,
    said: str = "",
    broken: str = "",
    status: int = 200,
) -> Response:
    workspace = workspace_of(request)
    rows = table(InitiativeRow)
    with workspace.store.reading() as work:
        counts = work.connection.execute(select(func.count(), func.coalesce(func.sum(rows.c.version), 0)))
        initiatives, entries = counts.one()
        own = work.last(ORGANISATION)
    return page(
        request, "audit.html", visitor=visitor, verified=verified, entries=int(entries) + (own.version if own else 0),
        streams=int(initiatives) + bool(own), checkpoints=_checkpoints(workspace),
        may_verify=bool(visitor.person.roles & MAY[Verb.AUDIT]), said=said, broken=broken, status=status,
    )  # fmt: skip


def _checkpoints(workspace: Workspace) -> list[Checkpoint]:
    """The newest checkpoints on the shelf."""
    found = [one for _, one in shelf.found(shelf.shelf_of(workspace.home)) if isinstance(one, Checkpoint)]
    return sorted(found, key=lambda one: one.statement.at, reverse=True)[:20]
