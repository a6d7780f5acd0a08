"""What time brings: reminders of what waited long, holds whose day has come, lessons to look at again.

Time never approves.
"""

from __future__ import annotations

from prefect import State, flow
from prefect.states import Completed, Failed

from provefirst.lifecycle import accounting, pulling, reminders, revisiting
from provefirst.lifecycle.running import current_workspace


@flow(name="timers")
def timers() -> State[None]:
    """Write the reminders that are due, fetch what production shows, and see whether the books balance."""
    workspace = current_workspace()
    now = workspace.clock()
    raised = reminders.raise_due(workspace, now=now) + revisiting.raise_revisits(workspace, now=now)
    pulled = pulling.pull_due(workspace, now=now)
    if wrong := accounting.imbalances(workspace):
        return Failed(name="BooksDoNotBalance", message="; ".join(wrong)[:2000])
    if pulled:
        told = "; ".join([*([f"{raised} reminders"] if raised else []), *pulled])
        return Completed(name="ProductionPulled", message=told[:2000])
    return Completed(name="RemindersRaised" if raised else "NothingDue", message=f"{raised} reminders")
