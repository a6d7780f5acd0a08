"""How every verb acts: load, replay, let the verb write events on a draft, settle the gate, commit all or nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from provefirst.errors import ConstraintError, StaleVersionError
from provefirst.gates import Gate, PolicySet
from provefirst.initiative import Initiative
from provefirst.ledger import Entry
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.refusals import note
from provefirst.lifecycle.settle import settle
from provefirst.lifecycle.wake import wake
from provefirst.lifecycle.workspace import Workspace, policies_of
from provefirst.people import ENGINE, Person, Role, Verb
from provefirst.permissions import Standing, fitting, objections, stage_objections
from provefirst.store import notices
from provefirst.store.projections import project
from provefirst.store.webhooks import announce

TRIES = 8
"""How often a verb is tried again when somebody else wrote first."""


@dataclass(frozen=True, slots=True)
class Done:
    """It happened: the initiative as it stands now, the entries that say so, and how its gate stands."""

    initiative: Initiative
    entries: tuple[Entry, ...]
    gate: Gate

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Refused:
    """It did not happen; every reason why. Nothing was written.

    `is_forbidden` where it is the person who may not, whatever the state of things.
    """

    reasons: tuple[str, ...]
    is_forbidden: bool = field(default=False, compare=False)

    def __bool__(self) -> bool:
        return False


Answer = Done | Refused
A = TypeVar("A")
Write = Callable[[Draft], Refused | None]
RoleFor = Role | Callable[[Initiative, PolicySet, Person], Role | None]


def act(
    workspace: Workspace,
    key: str,
    write: Write,
    *,
    by: str,
    verb: Verb,
    role: RoleFor | None = None,
    expected: int | None = None,
) -> Answer:
    """Let `write` add events to a draft of `key` in one transaction, in the name of `by`.

    `role` is the part the person acts in (default: the one they have there, else their first that may use the verb).
    With `expected`, StaleVersionError is raised where the initiative is at another version.
    """
    for attempt in range(TRIES):
        try:
            answer = _once(workspace, key, write, by=by, verb=verb, role=role, expected=expected)
            return forbidden(workspace, answer, by=by, verb=verb, key=key)
        except ConstraintError as problem:
            if "balance_is_not_negative" in str(problem):
                return Refused(("the pool does not hold that much",))
            if not _is_race(problem):
                raise
            if expected is not None:
                raise StaleVersionError(key, expected, workspace.initiative(key).version) from problem
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311  # spreads writers out, guards nothing
    found = workspace.initiative(key).version
    raise StaleVersionError(key, found - 1, found)


def forbidden(workspace: Workspace, answer: A, *, by: str, verb: Verb, key: str) -> A:
    """`answer`, noted for the auditor where somebody was refused what they may not do."""
    if isinstance(answer, Refused) and answer.is_forbidden:
        note(workspace, by, verb.value, key, answer.reasons[0])
    return answer


def commit(draft: Draft) -> None:
    """Settle the gate, then write entries, projections, outbox rows and what others are to be told."""
    settle(draft)
    draft.work.append(draft.entries)
    project(draft.work, draft.entries, draft.initiative, draft.policies)
    wake(draft)
    announce(draft.work, draft.entries)
    notices.note(draft.work, draft.entries)


def _once(
    workspace: Workspace, key: str, write: Write, *, by: str, verb: Verb, role: RoleFor | None, expected: int | None
) -> Answer:
    with workspace.store.writing() as work:
        work.lock(key)
        initiative = workspace.load(work, key)
        if expected is not None and initiative.version != expected:
            raise StaleVersionError(key, expected, initiative.version)
        policies = policies_of(work, initiative.policy)
        part: Role | None = None
        if by != ENGINE or verb is not Verb.DECIDE:  # nobody passes for the engine, which does nothing but decide
            person = work.person(by)
            standing = Standing(key, initiative.owner, initiative.parts, work.accounts_of(person))
            wanted = role(initiative, policies, person) if callable(role) else role
            part = wanted or fitting(person, verb, standing)
            if reasons := objections(person, verb, part, standing):
                return Refused(reasons, is_forbidden=True)
        draft = Draft(work, initiative, policies, by, part, workspace.clock())
        if (refused := write(draft)) is not None:
            return refused
        if part and (reasons := stage_objections(verb, part, initiative.stage, key, is_open=initiative.is_open)):
            return Refused(reasons)
        commit(draft)
    workspace.remember(draft.initiative)
    return Done(draft.initiative, tuple(draft.entries), draft.gate)


def _is_race(problem: ConstraintError) -> bool:
    signs = ("version is taken", "digest is taken", "does not follow from the one before", "entry_pkey")
    return any(sign in str(problem) for sign in signs)
