"""Blindness: what can be shown of who had seen rows before they were sealed, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, Protocol

from provefirst.errors import UnknownError
from provefirst.evidence import Kind
from provefirst.initiative import Initiative
from provefirst.ledger import instant
from provefirst.lifecycle.recognising import Memory, given_out
from provefirst.lifecycle.registered import registrations
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role

if TYPE_CHECKING:
    from provefirst.holdout.sealing import Sealed

Blindness = Literal["declared", "sealed", "prospective"]
RANK: Mapping[Blindness, int] = {"declared": 0, "sealed": 1, "prospective": 2}


class Registering(Protocol):
    """What is asked of whoever registers data: what is predicted, and who had seen it."""

    @property
    def target(self) -> str: ...
    @property
    def had_access(self) -> tuple[str, ...]: ...


def blindness_of(
    workspace: Workspace,
    initiative: Initiative,
    request: Registering,
    sealed: Sealed,
    by: str,
    known: Memory,
) -> tuple[Blindness, tuple[str, ...]]:
    """The best blindness that can be shown, and why it isn't a better one."""
    seen = (*_had_access(workspace, initiative, request, by), *given_out(workspace, known, request.target, sealed))
    reasons: list[str] = []
    plan = initiative.current(Kind.PREREGISTRATION)
    if plan is None:
        reasons.append("nothing was preregistered yet")
    elif sealed.newest_from is None:
        reasons.append("no column of dates says that the sealed rows are newer than the preregistration")
    elif sealed.newest_from <= plan.at.timestamp() * 1e6:
        reasons.append(f"sealed rows are older than the preregistration of {instant(plan.at)}")
    elif not seen:  # newer rows are no better than others to whoever was given their answers
        return "prospective", ()
    seen = (*_worked_before(initiative), *seen)
    return ("declared", tuple(reasons) + seen) if seen else ("sealed", tuple(reasons))


def _worked_before(initiative: Initiative) -> Iterable[str]:
    worked_on = (Kind.TRIES, Kind.ANALYSIS_REPORT, Kind.EXPLANATION)
    is_first = not registrations(initiative)
    for submission in initiative.submissions:
        if is_first and submission.kind in worked_on:
            yield f"{submission.by} submitted {submission.kind.value} before the data was registered"


def _had_access(workspace: Workspace, initiative: Initiative, request: Registering, by: str) -> Iterable[str]:
    for handle in request.had_access:
        if handle != by and _is_data_scientist(workspace, initiative, handle):
            yield f"{handle} had access before"


def _is_data_scientist(workspace: Workspace, initiative: Initiative, handle: str) -> bool:
    """Whether somebody works on models, as far as is known; who isn't known here may."""
    if initiative.parts.get(handle) is Role.DATA_SCIENTIST:
        return True
    try:
        return Role.DATA_SCIENTIST in workspace.person(handle).roles
    except UnknownError:
        return True
