"""Hooks: an admin says who is told of what, and gives the secret on to the receiver."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from provefirst.errors import UnknownError, nearest
from provefirst.history import EVENTS
from provefirst.ledger import instant
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.refusals import note
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role
from provefirst.store import webhooks as stored
from provefirst.store.webhooks import Hook
from provefirst.store.work import Work
from provefirst.webhooks.delivering import allowed_hosts
from provefirst.webhooks.signing import Maker
from provefirst.webhooks.targets import target_of

OVERLAP = timedelta(days=1)
"""How long messages bear the old secret's signature beside the new one's after a rotation."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A hook and its secret, which is shown to the admin who made or rotated it, and what `v1a` is checked with."""

    hook: Hook
    secret: str
    public: str


def add(
    workspace: Workspace, url: str, *, by: str, events: Sequence[str] = (), allowed: Collection[str] | None = None
) -> Shown | Refused:
    """Tell `url` of `events` from now on; of everything where there are none."""
    target_of(url, allowed_hosts() if allowed is None else allowed)
    for event in events:
        if event not in EVENTS:
            raise UnknownError("event", event, f"one of {', '.join(sorted(EVENTS))}", nearest=nearest(event, EVENTS))
    maker, now = Maker.at(workspace.home), instant(workspace.clock())
    hook = Hook(f"wh_{secrets.token_hex(8)}", url, tuple(sorted(set(events))), maker.id, 1, "", by, now)
    if (refused := _refusal(workspace, by)) is not None:
        return refused
    with workspace.store.writing() as work:
        stored.add(work, hook)
    return Shown(hook, maker.secret(hook.id, 1), maker.public)


def rotate(workspace: Workspace, hook_id: str, *, by: str) -> Shown | Refused:
    """Give a hook a new secret, and set it going again if it had stopped. For a day messages bear both signatures."""
    maker, until = Maker.at(workspace.home), instant(workspace.clock() + OVERLAP)
    if (refused := _refusal(workspace, by)) is not None:
        return refused
    with workspace.store.writing() as work:
        generation = _known(work, hook_id).generation + 1
        changes = {"generation": generation, "previous_until": until, "secret_key": maker.id}
        stored.change(work, hook_id, **changes, is_active=True, problem="")
        hook = _known(work, hook_id)
    return Shown(hook, maker.secret(hook_id, generation), maker.public)


def remove(workspace: Workspace, hook_id: str, *, by: str) -> Refused | None:
    """Tell a hook nothing more, and forget what it is owed."""
    if (refused := _refusal(workspace, by)) is not None:
        return refused
    with workspace.store.writing() as work:
        _known(work, hook_id)
        stored.remove(work, hook_id)
    return None


def listing(workspace: Workspace) -> tuple[Hook, ...]:
    """Every hook, the oldest first."""
    with workspace.store.reading() as work:
        return stored.hooks(work)


def messages(workspace: Workspace, hook_id: str) -> tuple[dict[str, Any], ...]:
    """A hook's messages and how they fare, the newest first."""
    with workspace.store.reading() as work:
        _known(work, hook_id)
        return stored.owed(work, hook_id)


def _known(work: Work, hook_id: str) -> Hook:
    found = {hook.id: hook for hook in stored.hooks(work)}
    if hook_id not in found:
        raise UnknownError("webhook", hook_id, "a webhook's id", nearest=nearest(hook_id, found))
    return found[hook_id]


def _refusal(workspace: Workspace, by: str) -> Refused | None:
    """Why `by` may not tend webhooks, noted for the auditor; None where they may."""
    person = workspace.person(by)
    if person.is_active and Role.ADMIN in person.roles:
        return None
    reason = "webhooks are for: admin" if person.is_active else f"{by} is no longer active"
    note(workspace, by, "webhooks", "", reason)
    return Refused((reason,), is_forbidden=True)
