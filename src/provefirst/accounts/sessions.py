"""Sessions: which sign-ins somebody has open, and ending one of them from another."""

from __future__ import annotations

from dataclasses import dataclass

from provefirst.accounts.keys import digest
from provefirst.accounts.signing_in import IDLE
from provefirst.ledger import instant
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.workspace import Workspace
from provefirst.store import accounts
from provefirst.store.accounts import SessionRow

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Open:
    """A sign-in that has not ended. Its `id` tells it from others, and is good for nothing else."""

    id: str
    how: str
    created_at: str
    seen_at: str
    ends_at: str
    is_current: bool


def sessions(workspace: Workspace, *, by: str, current: str = "") -> tuple[Open, ...]:
    """The sign-ins of `by`, newest first; `current` is the secret of the one that asks."""
    now, own = workspace.clock(), digest(current)
    with workspace.store.reading() as work:
        found = accounts.find_all(work, SessionRow, order=("-created_at", "digest"), handle=by)
    alive = [row for row in found if row["ends_at"] > instant(now) and row["seen_at"] > instant(now - IDLE)]
    names = ("how", "created_at", "seen_at", "ends_at")
    return tuple(
        Open(row["digest"][:_SHOWN], **{name: row[name] for name in names}, is_current=row["digest"] == own)
        for row in alive
    )


def end_session(workspace: Workspace, session_id: str, *, by: str) -> Refused | None:
    """End one of one's own sign-ins."""
    with workspace.store.writing() as work:
        found = accounts.find_all(work, SessionRow, handle=by)
        digests = [row["digest"] for row in found if row["digest"][:_SHOWN] == session_id]
        if not digests:
            return Refused((f"you have no sign-in {session_id[:40]}",))
        accounts.drop(work, SessionRow, digest=digests[0])
    return None
