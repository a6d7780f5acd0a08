"""Policies: what each gate asks for and why, which sets were adopted, and how many initiatives stand under each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request, Response

from provefirst.clauses import Reminders
from provefirst.documents.policies import difference
from provefirst.errors import UnknownError
from provefirst.gates import GatePolicy, PolicySet
from provefirst.kinds import MODELS
from provefirst.ledger import ORGANISATION
from provefirst.lifecycle.opening import policy_in_force
from provefirst.lifecycle.workspace import policies_of
from provefirst.stages import ORDER
from provefirst.store import overview
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
SAID = {"adopted": "It is in force. Whatever is opened from now on is under it."}
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class Adopted:
    """A policy set that was adopted, and how many initiatives that are under way stand under it."""

    digest: str
    by: str
    at: str
    count: int


@router.get("/policies")
def in_force(request: Request, visitor: Annotated[Visitor, Depends(require)], did: str = "") -> Response:
    return _page(request, visitor, None, said=SAID.get(did, ""))


@router.get("/policies/{digest}")
def adopted(request: Request, visitor: Annotated[Visitor, Depends(require)], digest: Digest) -> Response:
    return _page(request, visitor, digest)


def _page(request: Request, visitor: Visitor, asked: str | None, *, said: str = "") -> Response:
    with workspace_of(request).store.reading() as work:
        current, policies = policy_in_force(work)
        shown = policies
        if asked is not None and asked != current:
            if work.policy(asked) is None:
                raise UnknownError("policy", asked[:12], "a policy set that was adopted here")
            shown = policies_of(work, asked)
        counts = overview.under_policies(work)
        entries = work.of_event(ORGANISATION, "policy.adopted")
    sets = [Adopted(one.data["digest"], one.actor, one.at, counts.get(one.data["digest"], 0)) for one in entries]
    return page(
        request, "policies.html", visitor=visitor, gates=_gates(shown), digest=asked or current, current=current,
        adopted=list({one.digest: one for one in reversed(sets)}.values()), kinds=MODELS,
        changes=() if shown is policies else difference(shown, policies), usual=Reminders(), said=said,
    )  # fmt: skip


def _gates(policies: PolicySet) -> list[GatePolicy]:
    return [policies.at(stage) for stage in ORDER]
