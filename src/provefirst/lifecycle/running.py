"""What a flow needs: the workspace it works on, and its attempt, named by plain values as Prefect hands them over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from provefirst.errors import InvalidInputError
from provefirst.lifecycle import attempts
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.attempts import Claimed
from provefirst.lifecycle.workspace import Workspace
from provefirst.stages import Stage
from provefirst.store.outbox import Attempt

__all__ = ["Attempt", "Claimed", "claim", "current_workspace", "working_on"]

_given: ContextVar[Workspace | None] = ContextVar("workspace", default=None)


def current_workspace() -> Workspace:
    """The workspace given to this thread by `working_on`, else the one that the environment names."""
    return _given.get() or _from_environment()


@contextmanager
def working_on(workspace: Workspace) -> Iterator[None]:
    """Give `workspace` to whatever runs in this thread meanwhile."""
    token = _given.set(workspace)
    try:
        yield
    finally:
        _given.reset(token)


def claim(initiative: str, stage: str, attempt: int, cause: int, *, run_id: str) -> Claimed | Refused:
    """Take an attempt for the run `run_id`. Whoever made up the run's parameters by hand is refused, not crashed."""
    workspace = current_workspace()
    try:
        return attempts.claim(workspace, Attempt(initiative, Stage(stage), attempt, cause), run_id, workspace.clock())
    except InvalidInputError as problem:
        return Refused((str(problem),))


@cache
def _from_environment() -> Workspace:
    return Workspace.open()
