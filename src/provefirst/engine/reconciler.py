"""The reconciler: finds runs that will never finish, and gives their attempts back to the dispatcher.

The limit of runs, and telling the owner past it, is the ledger's business (`lifecycle.attempts.again`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from provefirst.engine.logs import logger
from provefirst.engine.prefect_api import Standing, close_lost, left_behind, standings, tag_of
from provefirst.engine.runs import Runs
from provefirst.lifecycle import attempts
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.outbox import Running

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

STOPPED = "the engine stopped while this ran"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a run of Prefect's may take to begin, and then to finish, before it counts as lost."""

    begin: timedelta = timedelta(minutes=5)
    finish: timedelta = timedelta(hours=1)


class Reconciler:
    """Compares what the ledger waits for with what Prefect knows, and sends again what was lost."""

    def __init__(self, workspace: Workspace, runs: Runs, patience: Patience) -> None:
        self._workspace, self._runs, self._patience = workspace, runs, patience
        self._log = logger("engine.reconciler")

    def reconcile(self, client: SyncPrefectClient) -> int:
        """Send again every run that is lost; returns how many there were."""
        asked = self._unwatched()
        if not asked:
            return 0
        known = standings(client, [running.run_id for running in asked])
        lost = 0
        for running in self._unwatched():  # read again: a run may have finished while Prefect was asked
            if running in asked and (why := self._why_lost(running, known.get(running.run_id))):
                lost += 1
                self._give_back(running, why)
        return lost

    def tidy(self, client: SyncPrefectClient) -> None:
        """Close in Prefect what an engine that is gone left open there, so that its pages do not show it for ever."""
        for standing in left_behind(client, tag_of(self._workspace)):
            if not self._runs.is_live(standing.run_id):
                close_lost(client, standing.run_id, STOPPED)

    def _unwatched(self) -> tuple[Running, ...]:
        """What has not finished and is not being run right here."""
        return tuple(run for run in attempts.unfinished(self._workspace) if not self._runs.is_live(run.run_id))

    def _give_back(self, running: Running, why: str) -> None:
        name, runs = running.attempt.name, running.runs
        if attempts.again(self._workspace, running.attempt, why, self._workspace.clock()):
            self._log.warning("a run was lost: it is sent again", attempt=name, runs=runs, why=why)
        elif runs >= attempts.RUNS:
            self._log.error("gave up: the owner is told", attempt=name, runs=runs, why=why)

    def _why_lost(self, running: Running, standing: Standing | None) -> str:
        """Why the run will never finish; empty where it may."""
        if standing is None:
            return "the run was deleted in Prefect"
        if standing.is_final:
            return f"the run ended as {standing.told}"
        if not standing.is_deployed:
            return STOPPED
        now = self._workspace.clock()
        if running.claimed_at:
            is_late = now - datetime.fromisoformat(running.claimed_at) > self._patience.finish
            return f"the run did not finish within {self._patience.finish}" if is_late else ""
        is_late = now - datetime.fromisoformat(running.sent_at) > self._patience.begin
        return f"no runner began the run within {self._patience.begin}" if is_late else ""
