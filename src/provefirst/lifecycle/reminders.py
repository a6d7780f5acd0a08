"""Reminders: what has waited for long, and holds whose day has come, as entries. Time reminds; it never approves."""

from __future__ import annotations

from datetime import datetime, timedelta

from provefirst.clauses import Reminders
from provefirst.gates import PolicySet
from provefirst.ledger import instant
from provefirst.lifecycle.act import Done, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import ENGINE, Verb
from provefirst.store.listing import overdue
from provefirst.store.work import Work
from provefirst.waiting import waiting_for

USUAL = Reminders()
PATIENCE = timedelta(days=USUAL.after_days)
"""How long nothing happens on an initiative before those whose turn it is are reminded, unless its policy says."""


def raise_due(workspace: Workspace, *, now: datetime, limit: int = 500) -> int:
    """Write a reminder on every initiative that is due one; returns how many were written."""
    with workspace.store.reading() as work:
        before, today = instant(now - PATIENCE), now.date().isoformat()
        keys = overdue(work, before=before, today=today, limit=limit, apart=_apart(work, now))
    return sum(_remind(workspace, key, now) for key in keys)


def _apart(work: Work, now: datetime) -> dict[tuple[str, str], str]:
    """Up to when nothing must have happened, by policy and stage, where the policy says so itself."""
    return {
        (digest, stage.value): instant(now - timedelta(days=gate.reminders.after_days))
        for digest, content in work.policies()
        for stage, gate in PolicySet.model_validate_json(content).gates.items()
        if gate.reminders is not None
    }


def _remind(workspace: Workspace, key: str, now: datetime) -> bool:
    def write(draft: Draft) -> Refused | None:
        initiative = draft.initiative
        rule = draft.policies.at(initiative.stage).reminders or USUAL
        is_silent = initiative.changed_at <= now - timedelta(days=rule.after_days)
        hold = initiative.hold
        is_due = hold is not None and hold.until <= now.date() and not hold.is_reminded
        if not initiative.is_open or not (is_silent or is_due):
            return Refused((f"{key} needs no reminder",))
        for waiting in waiting_for(draft.policies, initiative, now=now):
            draft.write("reminder.raised", to=waiting.who, about=waiting.what)
            days = (now - waiting.since).days
            if rule.escalate_after_days is not None and days >= rule.escalate_after_days:
                about = f"{waiting.what}: {waiting.who} has been waited for, for {days} days"
                draft.write("reminder.raised", to=rule.escalate_to.label, about=about)
        return None if draft.entries else Refused((f"{key} waits for nobody",))

    return isinstance(act(workspace, key, write, by=ENGINE, verb=Verb.DECIDE), Done)
