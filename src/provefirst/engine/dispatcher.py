"""The dispatcher: starts each run that is owed, and marks it sent only once Prefect has it.

Killed between the two, it asks Prefect again under the same key and gets the same run: nothing is lost or doubled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from provefirst.engine.logs import logger
from provefirst.engine.prefect_api import tag_of
from provefirst.engine.runs import NotReadyError, Runs
from provefirst.ledger import ORGANISATION
from provefirst.lifecycle import attempts
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.outbox import Attempt

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient


AWAY = (httpx.TransportError, NotReadyError)
"""Prefect can't be reached, or is not ready yet. It is no run's fault, and all of them wait."""


class Dispatcher:
    """Sends what is due, as far as the runs have room for it."""

    def __init__(self, workspace: Workspace, runs: Runs) -> None:
        self._workspace, self._runs = workspace, runs
        self._name = ""
        self._log = logger("engine.dispatcher")

    def dispatch(self, client: SyncPrefectClient) -> int:
        """Send what is due, the longest waiting first; returns how many were sent. Raises what is in AWAY."""
        sent = 0
        if (room := self._runs.room) <= 0:
            return sent
        for attempt in attempts.due(self._workspace, self._workspace.clock(), limit=room):
            try:
                self._send(client, attempt)
                sent += 1
            except AWAY:
                raise
            except Exception as problem:  # whatever Prefect answered: the row keeps it, and the next one has its turn
                attempts.postpone(self._workspace, attempt, str(problem) or repr(problem), self._workspace.clock())
                self._log.warning("a run could not be sent", attempt=attempt.name, problem=str(problem))
        return sent

    def _send(self, client: SyncPrefectClient, attempt: Attempt) -> None:
        run_id = self._runs.create(client, attempt, f"{self._ledger_name()}/{attempt.key}")
        attempts.sent(self._workspace, attempt, run_id, self._workspace.clock())
        self._runs.begin(run_id)
        self._log.info("sent", attempt=attempt.name, cause=attempt.cause, runs=attempt.runs + 1, run_id=run_id)

    def _ledger_name(self) -> str:
        """What tells this ledger from every other that shares the Prefect server: where it is, and how it began."""
        if not self._name:
            with self._workspace.store.reading() as work:
                first = work.entries(ORGANISATION)[:1]
            began = first[0].digest[:16] if first else ""
            self._name = f"{tag_of(self._workspace)}/{began}"
        return self._name
