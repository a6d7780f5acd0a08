"""Announcing: what is written to the ledger becomes a Prefect event, for other people's automations.

`gate.opened` arrives as `provefirst.gate.opened`, on the resource `provefirst.initiative.PF-1`, whose label
`provefirst.ledger` tells apart several ledgers on one Prefect server. Nothing here depends on one arriving: they are
sent once, from what was written since the engine started, and are lost while Prefect is away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import select

from provefirst.engine.prefect_api import tag_of
from provefirst.ledger import Entry, instant
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.tables import InitiativeRow, table
from provefirst.store.work import Work

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

TOLD = ("stage", "attempt", "choice", "kind", "outcome", "number", "amount", "to")
"""What an event carries of its entry. Content, reasons and names stay in the ledger."""

MANY = 200
_ROWS = table(InitiativeRow)


class Announcer:
    """Remembers up to when it has announced."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._ledger = tag_of(workspace)
        self._until = instant(workspace.clock())

    def announce(self, client: SyncPrefectClient) -> int:
        """Send what was written since last time; returns how many events that were."""
        with self._workspace.store.reading() as work:
            entries = self._written(work)
        if entries:
            self._until = max(entry.at for entry in entries)
            client.request("POST", "/events", json=[self._event(entry) for entry in entries])
        return len(entries)

    def _written(self, work: Work) -> list[Entry]:
        changed = select(_ROWS.c.key).where(_ROWS.c.changed_at > self._until).order_by(_ROWS.c.changed_at).limit(MANY)
        keys = work.connection.execute(changed).scalars().all()
        return [entry for key in keys for entry in work.entries(key) if entry.at > self._until]

    def _event(self, entry: Entry) -> Mapping[str, Any]:
        return {
            "id": str(uuid4()),
            "event": f"provefirst.{entry.event}",
            "occurred": entry.at,
            "resource": {
                "prefect.resource.id": f"provefirst.initiative.{entry.initiative}",
                "prefect.resource.name": entry.initiative,
                "provefirst.ledger": self._ledger,
            },
            "payload": {"version": entry.version, **{name: entry.data[name] for name in TOLD if name in entry.data}},
        }
