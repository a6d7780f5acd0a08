"""Waking the engine: a run is owed when a stage is entered, when data are to be read, when evidence is complete enough
to be measured, and when another policy asks for other measurements of it."""

from __future__ import annotations

from provefirst.evidence import Kind
from provefirst.gates import PolicySet
from provefirst.initiative import UNMEASURED, Initiative
from provefirst.ledger import Entry
from provefirst.lifecycle.draft import Draft
from provefirst.stages import Stage
from provefirst.store.outbox import Attempt, owe


def wake(draft: Draft) -> None:
    """Write an outbox row for the newest entry that asks for a run, if any does."""
    for entry in reversed(draft.entries):
        if asks_for_run(entry, draft.initiative, draft.policies):
            now = draft.initiative
            owe(draft.work, Attempt(now.key, now.stage, now.attempt, entry.version), at=entry.at)
            return


def asks_for_run(entry: Entry, initiative: Initiative, policies: PolicySet) -> bool:
    """Whether `entry` asks the engine to run its stage."""
    if not initiative.is_open:
        return False
    if entry.event in ("stage.entered", "data.requested"):
        return True
    if entry.event == "production.judged":  # a finding says whether it holds: measured anew where that has changed
        is_watched = initiative.stage is Stage.WATCH and entry.data["is_news"]
        return is_watched and all(initiative.current(kind) for kind in policies.at(Stage.WATCH).requires.evidence)
    is_measured = entry.event == "evidence.submitted" and Kind(entry.data["kind"]) not in UNMEASURED
    if not is_measured and entry.event != "policy.migrated":
        return False
    requires = policies.at(initiative.stage).requires
    return bool(requires.findings) and all(initiative.current(kind) for kind in requires.evidence)
