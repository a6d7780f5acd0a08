"""Leaving: what somebody wrote stays, what they had not yet decided they no longer do.

Written as an entry on every initiative under way that they have a part on, so that a decision can be made out from the
ledger alone: see docs/adr for why nobody has to ask the people's table.
"""

from __future__ import annotations

from provefirst.ledger import instant
from provefirst.lifecycle.act import commit
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.workspace import Workspace, policies_of
from provefirst.people import ENGINE, Person
from provefirst.store.accounts import end_access
from provefirst.store.parts import open_with
from provefirst.store.work import Work


def leave(workspace: Workspace, work: Work, person: Person) -> None:
    """Let `person`'s open votes lapse, wherever they have a part, and end their sessions, tokens and links."""
    end_access(work, person.handle, instant(workspace.clock()))
    for key in open_with(work, person.handle):
        _write(workspace, work, key, person.handle, "deactivated")


def merge(workspace: Workspace, work: Work, person: Person) -> None:
    """Let `person` have one account only on each initiative: of two that turn out to be theirs, the later leaves."""
    others = work.accounts_of(person)
    for key in open_with(work, person.handle) if others else ():
        ours = [handle for handle in workspace.load(work, key).parts if handle in others | {person.handle}]
        for later in ours[1:]:
            _write(workspace, work, key, later, f"the same person as {ours[0]}")


def _write(workspace: Workspace, work: Work, key: str, handle: str, because: str) -> None:
    work.lock(key)
    initiative = workspace.load(work, key)
    if any(vote.by == handle for vote in initiative.standing_votes):
        draft = Draft(work, initiative, policies_of(work, initiative.policy), ENGINE, None, workspace.clock())
        draft.write("person.left", handle=handle, because=because)
        commit(draft)
