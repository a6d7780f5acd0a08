"""Reminders: what has waited for long, and holds whose day has come, as entries. Time reminds; it never approves."""

from __future__ import annotations

from datetime import datetime, timedelta

from provefirst.ledger import instant
from provefirst.lifecycle.act import Done, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import ENGINE, Verb
from provefirst.store.projections import overdue
from provefirst.waiting import waiting_for

PATIENCE = timedelta(days=7)
"""How long nothing happens on an initiative before those whose turn it is are reminded."""


def raise_due(workspace: Workspace, *, now: datetime, limit: int = 500) -> int:
    """Write a reminder on every initiative that is due one; returns how many were written."""
    with workspace.store.reading() as work:
        keys = overdue(work, before=instant(now - PATIENCE), today=now.date().isoformat(), limit=limit)
    return sum(_remind(workspace, key, now) for key in keys)


def _remind(workspace: Workspace, key: str, now: datetime) -> bool:
    def write(draft: Draft) -> Refused | None:
        initiative = draft.initiative
        is_silent = initiative.changed_at <= now - PATIENCE
        hold = initiative.hold
        is_due = hold is not None and hold.until <= now.date() and not hold.is_reminded
        if not initiative.is_open or not (is_silent or is_due):
            return Refused((f"{key} needs no reminder",))
        for waiting in waiting_for(draft.policies, initiative, now=now):
            draft.write("reminder.raised", to=waiting.who, about=waiting.what)
        return None if draft.entries else Refused((f"{key} waits for nobody",))

    return isinstance(act(workspace, key, write, by=ENGINE, verb=Verb.DECIDE), Done)
