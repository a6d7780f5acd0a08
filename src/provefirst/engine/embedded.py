"""Embedded mode: runs happen in the engine's own process, each as a flow run that Prefect is told about.

Prefect keeps the record of a run, so none starts while Prefect is away: the rows wait. A run that Prefect leaves in
the middle tries its calls again for some seconds, and is sent again by the reconciler if that was not enough.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provefirst.engine.logs import logger
from provefirst.engine.prefect_api import connected, tag_of
from provefirst.engine.stories import NAMES, TIMERS, flow_of
from provefirst.lifecycle.running import working_on
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.outbox import Attempt

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

WORKERS = 4
RETRIES = 3
"""How often a call to Prefect is tried again within a run: about 14 seconds, so that a restart is outlived."""


@dataclass(frozen=True, slots=True)
class _Job:
    flow: str
    run: FlowRun


class EmbeddedRuns:
    """Creates runs and executes them on threads of its own, which never keep the process from ending."""

    mode = "embedded"

    def __init__(self, workspace: Workspace, api_url: str) -> None:
        self._workspace, self._api_url = workspace, api_url
        self._tag = tag_of(workspace)
        self._finished: Callable[[], None] = lambda: None
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._created: dict[str, _Job] = {}
        self._live: set[str] = set()
        self._threads = [
            threading.Thread(target=self._work, name=f"flow-{number}", daemon=True) for number in range(1, WORKERS + 1)
        ]
        self._log = logger("engine.embedded")

    def start(self, finished: Callable[[], None]) -> None:
        self._finished = finished
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> None:
        """Let running flows end, but not for longer than `seconds`; the reconciler of the next engine has the rest."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(seconds / len(self._threads))
        if self._live:
            self._log.warning("stopped while flows ran: they are sent again at the next start", runs=len(self._live))

    @property
    def room(self) -> int:
        """How many more runs can be taken on: one waiting for each that runs, so that a crash leaves few behind."""
        return 2 * WORKERS - len(self._live)

    @property
    def is_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def create(self, client: SyncPrefectClient, attempt: Attempt, key: str) -> str:
        """Have Prefect keep a run for `attempt`, the one it has where it was asked under `key` before; its id."""
        name = attempt.stage.value
        parameters = {"initiative": attempt.initiative, "attempt": attempt.attempt, "cause": attempt.cause}
        tags = [self._tag, attempt.initiative, name]
        return self._create(client, name, attempt.name, parameters, tags, key)

    def begin(self, run_id: str) -> None:
        """Execute a run that was created."""
        self._live.add(run_id)
        self._jobs.put(self._created.pop(run_id))

    def run_timers(self, client: SyncPrefectClient, key: str) -> None:
        """Execute the timers' flow once, under `key`."""
        self.begin(self._create(client, TIMERS, key, {}, [self._tag, TIMERS], key))

    def is_live(self, run_id: str) -> bool:
        return run_id in self._live

    def _create(
        self, client: SyncPrefectClient, flow: str, name: str, parameters: dict[str, Any], tags: list[str], key: str
    ) -> str:
        from prefect.client.schemas.objects import FlowRun

        body = {
            "flow_id": str(client.create_flow_from_name(flow)),
            "name": name,
            "parameters": parameters,
            "tags": tags,
            "idempotency_key": key,
            "state": {"type": "PENDING", "name": "Pending"},
        }
        # The client's own create_flow_run takes no idempotency key.
        answer = client.request("POST", "/flow_runs/", json=body)
        job = _Job(flow, FlowRun.model_validate(answer.json()))
        self._created[str(job.run.id)] = job
        return str(job.run.id)

    def _work(self) -> None:
        with connected(self._api_url, retries=RETRIES), working_on(self._workspace):
            for name in NAMES:
                flow_of(name)  # importing takes a second: now, not when the first run is owed
            while (job := self._jobs.get()) is not None:
                try:
                    self._execute(job)
                finally:
                    self._live.discard(str(job.run.id))
                    self._finished()

    def _execute(self, job: _Job) -> None:
        from prefect.flow_engine import run_flow

        try:
            run_flow(flow_of(job.flow), flow_run=job.run, return_type="state")
        except BaseException as problem:  # Abort and Pause are no Exceptions; the reconciler has it next
            self._log.warning("a run ended out of order", run=job.run.name, problem=str(problem) or repr(problem))
