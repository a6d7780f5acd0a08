"""Registering: what is written of a table once it is sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from provefirst.errors import InvalidInputError, nearest
from provefirst.evidence import Column, DataRegistration
from provefirst.initiative import Initiative
from provefirst.lifecycle.blindness import Blindness
from provefirst.lifecycle.recognising import Memory
from provefirst.lifecycle.workspace import Workspace

if TYPE_CHECKING:
    from provefirst.holdout.sealing import Plan, Sealed
    from provefirst.lifecycle.holding import Registration


def plan_of(request: Registration, frame: Any) -> Plan:
    """How the table is to be split; InvalidInputError where it names columns that there aren't."""
    from provefirst.holdout.sealing import Plan, check

    plan = Plan(
        target=request.target,
        identifier=request.identifier,
        seed=request.seed,
        share=request.share,
        time=request.time,
        group=request.group,
        positive=request.positive,
    )
    check(frame, plan)
    columns = [str(name) for name in frame]
    for name in request.known_at:
        if name not in columns:
            raise InvalidInputError("known_at", name, "a column of the data", nearest=nearest(name, columns))
    return plan


def document_of(workspace: Workspace, request: Registration, sealed: Sealed, blindness: Blindness) -> DataRegistration:
    try:
        return DataRegistration(
            name=request.name,
            rows=sealed.rows,
            columns=tuple(
                Column(name=name, dtype=dtype, known_at=request.known_at.get(name, "unknown"))
                for name, dtype in sealed.columns
            ),
            target=request.target,
            identifier=request.identifier,
            fingerprint=sealed.fingerprint,
            schema_fingerprint=sealed.schema_fingerprint,
            split=sealed.split,
            seed=request.seed,
            sealed_rows=sealed.sealed_rows,
            blindness=blindness,
            had_access=request.had_access,
            work=workspace.blobs.put(sealed.work),
            sealed_features=workspace.blobs.put(sealed.features),
        )
    except ValidationError as problem:
        first = problem.errors()[0]
        raise InvalidInputError("data", first["input"], first["msg"]) from None


def derived_of(workspace: Workspace, request: Registration, sealed: Sealed) -> dict[str, Any]:
    return {
        "labels": workspace.blobs.put(sealed.labels),
        "left_out": sealed.left_out,
        "time": request.time,
        "group": request.group,
        "positive": sealed.positive,
        "share": request.share,
    }


def known_by(
    workspace: Workspace, initiative: Initiative, frame: Any, plan: Plan, sealed: Sealed, known: Memory
) -> dict[str, Any]:
    """By what the rows, and what is predicted, are known again: as they are now, and as they went before."""
    from provefirst.holdout.fingerprints import joined
    from provefirst.holdout.recognising import marks

    before = known.names_before(initiative)
    hashes = [joined(both) for both in zip((sealed.hashes, sealed.worked), before, strict=True)]
    return {
        "sealed_hashes": workspace.blobs.put(hashes[0].tobytes()),
        "worked_hashes": workspace.blobs.put(hashes[1].tobytes()),
        "marks": workspace.blobs.put(marks(frame, plan).tobytes()),
        "target_was": sorted(known.targets - {plan.target}),
    }
