"""What time brings: reminders of what has waited long, and holds whose day has come. Time never approves."""

from __future__ import annotations

from prefect import State, flow
from prefect.states import Completed

from provefirst.lifecycle import reminders
from provefirst.lifecycle.running import current_workspace


@flow(name="timers")
def timers() -> State[None]:
    """Write the reminders that are due."""
    workspace = current_workspace()
    raised = reminders.raise_due(workspace, now=workspace.clock())
    return Completed(name="RemindersRaised" if raised else "NothingDue", message=f"{raised} reminders")
