"""Plans: a preregistration, what amended it, and whether results were seen by then.

A look confirms only what was preregistered before any result on its rows was seen. What was written after that is on
the ledger like everything else, and its verdict is exploratory: it may be worth new rows, never a gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from provefirst.evidence import Kind
from provefirst.initiative import Initiative, Submission


@dataclass(frozen=True, slots=True)
class Amendment:
    """A preregistration that was changed: what was, and what had been seen by then."""

    by: str
    at: datetime
    version: int
    changed: tuple[str, ...]
    tries_seen: int
    looks_seen: int

    @property
    def is_after_results(self) -> bool:
        return self.looks_seen > 0


def newest_plan(initiative: Initiative, before: int | None = None) -> Submission | None:
    """The newest preregistration of any attempt; with `before`, of those written before that version."""
    for submission in reversed(initiative.submissions):
        if submission.kind is Kind.PREREGISTRATION and (before is None or submission.version < before):
            return submission
    return None


def stands_since(initiative: Initiative, plan: Submission) -> Submission:
    """The submission since which this plan stands: its own, or an earlier one of the same that no look under another
    plan came after. Nobody can preregister several plans and pick one of them once results are seen."""
    since, at_look = plan, ""
    for submission in initiative.submissions:
        if submission.version >= plan.version:
            break
        if submission.kind is Kind.PREREGISTRATION:
            at_look = submission.digest
            if since is plan and submission.digest == plan.digest:
                since = submission
        elif submission.kind is Kind.LOOK and at_look != plan.digest:
            since = plan
    return since


def exploratory(initiative: Initiative) -> str:
    """Why the newest look confirms nothing that was preregistered; empty where it does, or where none was taken."""
    look, plan = initiative.current(Kind.LOOK), initiative.current(Kind.PREREGISTRATION)
    if look is None or plan is None:
        return ""
    if stands_since(initiative, plan).version > look.version:
        return "the preregistration was amended after results were seen"
    if not look.derived.get("confirms", True):  # looks of old ledgers had a plan before them
        return "results on these rows were seen before this was preregistered"
    return ""


def amendments(initiative: Initiative) -> tuple[Amendment, ...]:
    """Every change of a preregistration, of any attempt, in the order made."""
    return tuple(
        Amendment(
            by=submission.by,
            at=submission.at,
            version=submission.version,
            changed=tuple(submission.derived.get("changed", ())),
            tries_seen=submission.derived["tries_seen"],
            looks_seen=submission.derived.get("looks_seen", 0),
        )
        for submission in initiative.submissions
        if submission.kind is Kind.PREREGISTRATION and "amends" in submission.derived
    )
