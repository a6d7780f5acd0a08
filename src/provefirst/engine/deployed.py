"""Prefect mode: each flow is a deployment, whose runs a runner takes and executes in a process each."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from provefirst.engine.child import Child
from provefirst.engine.prefect_api import tag_of
from provefirst.engine.runs import NotReadyError
from provefirst.engine.server import settings
from provefirst.engine.stories import TIMERS
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.outbox import Attempt

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

MANY = 100


class DeployedRuns:
    """Asks Prefect for a run of a stage's deployment; the runner, a child process, polls for them each second."""

    mode = "prefect"

    def __init__(self, workspace: Workspace, api_url: str) -> None:
        self._tag = tag_of(workspace)
        url = workspace.store.engine.url.render_as_string(hide_password=False)
        self.runner = Child(
            "the runner",
            "provefirst.engine.runner",
            env={
                **os.environ,
                **settings(workspace.home / "prefect"),
                "PREFECT_API_URL": api_url,
                "PROVEFIRST_HOME": str(workspace.home),
                "PROVEFIRST_DATABASE_URL": url,
                "PROVEFIRST_BLOBS_URL": workspace.blobs.place,
            },
        )
        self._ids: dict[str, UUID] = {}

    def start(self, finished: Callable[[], None]) -> None:
        self.runner.start()

    def stop(self, seconds: float) -> None:
        self.runner.stop()

    @property
    def room(self) -> int:
        return MANY

    @property
    def is_busy(self) -> bool:
        return False

    def create(self, client: SyncPrefectClient, attempt: Attempt, key: str) -> str:
        """Have Prefect keep a run for `attempt`, the one it has where it was asked under `key` before; its id."""
        name = attempt.stage.value
        run = client.create_flow_run_from_deployment(
            self._deployment(client, name),
            parameters={"initiative": attempt.initiative, "attempt": attempt.attempt, "cause": attempt.cause},
            name=attempt.name,
            tags=[self._tag, attempt.initiative, name],
            idempotency_key=key,
        )
        return str(run.id)

    def begin(self, run_id: str) -> None:
        """Nothing: Prefect's runner or worker begins it."""

    def run_timers(self, client: SyncPrefectClient, key: str) -> None:
        """Ask for a run of the timers' deployment.

        It has no schedule of its own: Prefect 3.8.8's scheduler fails on SQLAlchemy 2.1 ("Can't evaluate bulk DML").
        """
        client.create_flow_run_from_deployment(
            self._deployment(client, TIMERS), name=key, tags=[self._tag], idempotency_key=key
        )

    def is_live(self, run_id: str) -> bool:
        return False

    def _deployment(self, client: SyncPrefectClient, name: str) -> UUID:
        from prefect.exceptions import ObjectNotFound

        if name not in self._ids:
            try:
                self._ids[name] = client.read_deployment_by_name(f"{name}/{self._tag}").id
            except ObjectNotFound:
                raise NotReadyError(f"the {name} flow is not deployed yet") from None
        return self._ids[name]
