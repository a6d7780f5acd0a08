"""Prefect's API, as far as the engine uses it: a run is created under a key, looked up, and closed when it was lost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx

from provefirst.engine.logs import adopt_prefect
from provefirst.engine.server import is_healthy
from provefirst.lifecycle.workspace import Workspace

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

BATCH = 100
PAUSES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4)


class PatientTransport(httpx.HTTPTransport):
    """Asks again at once where a Prefect server on SQLite was busy writing; its own client would wait two seconds."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for pause in PAUSES:
            response = super().handle_request(request)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return response
            response.close()
            time.sleep(pause)
        return super().handle_request(request)


@contextmanager
def connected(api_url: str, *, retries: int) -> Iterator[SyncPrefectClient]:
    """A client of the Prefect server at `api_url` for this thread, and for every flow that runs in it meanwhile.

    The heartbeat is off: it costs a second a flow, and the engine knows which of its own runs live.
    """
    from prefect.context import SyncClientContext
    from prefect.events.clients import NullEventsClient
    from prefect.events.worker import EventsWorker
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_CLIENT_MAX_RETRIES,
        PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        temporary_settings,
    )

    adopt_prefect()
    # Flows here would report each artifact to Prefect once more, as an event, on a thread that holds up the end of the
    # process for minutes where Prefect has gone first. What the ledger says is announced by `announcer`.
    EventsWorker.set_client_override(NullEventsClient)
    settings: dict[Any, Any] = {
        PREFECT_API_URL: api_url,
        PREFECT_CLIENT_MAX_RETRIES: retries,
        PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
    }
    # Where the address is https, the server is somebody's on PostgreSQL, which is never busy in this way.
    patient = {"transport": PatientTransport()} if api_url.startswith("http://") else None
    with temporary_settings(settings), SyncClientContext(httpx_settings=patient) as context:
        # Prefect shares a thread's client only with whoever wants the same settings, and everybody wants none. Each
        # would get a client of its own: five new connections a run, never closed.
        context._httpx_settings = None
        yield context.client


def tag_of(workspace: Workspace) -> str:
    """What marks a workspace's runs and deployments, so that several can share a Prefect server."""
    address = workspace.store.engine.url.render_as_string(hide_password=True)
    return f"provefirst-{sha256(address.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run stands in Prefect."""

    run_id: str
    is_final: bool
    is_deployed: bool
    told: str


def standings(client: SyncPrefectClient, run_ids: Sequence[str]) -> Mapping[str, Standing]:
    """How each of `run_ids` stands; a run that was deleted is missing."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    found: dict[str, Standing] = {}
    for start in range(0, len(run_ids), BATCH):
        ids = [UUID(run_id) for run_id in run_ids[start : start + BATCH]]
        runs = client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=ids)), limit=BATCH)
        found.update((str(run.id), _standing(run)) for run in runs)
    return found


def left_behind(client: SyncPrefectClient, tag: str) -> tuple[Standing, ...]:
    """Runs of an embedded engine that have not ended in Prefect: after a restart, nobody runs them any more."""
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterDeploymentId,
        FlowRunFilterState,
        FlowRunFilterStateType,
        FlowRunFilterTags,
    )
    from prefect.client.schemas.objects import StateType

    going = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING]))
    ours = FlowRunFilter(
        state=going, tags=FlowRunFilterTags(all_=[tag]), deployment_id=FlowRunFilterDeploymentId(is_null_=True)
    )
    return tuple(_standing(run) for run in client.read_flow_runs(flow_run_filter=ours, limit=BATCH))


def close_lost(client: SyncPrefectClient, run_id: str, why: str) -> None:
    """Let Prefect show that a run is over, where the run itself could not."""
    from prefect.states import Crashed

    client.set_flow_run_state(UUID(run_id), Crashed(message=why), force=True)


def _standing(run: FlowRun) -> Standing:
    state = run.state
    return Standing(
        run_id=str(run.id),
        is_final=state is not None and state.is_final(),
        is_deployed=run.deployment_id is not None,
        told=f"{state.name}: {state.message or 'no message'}" if state else "no state",
    )


class Reachable:
    """Whether Prefect can be reached. While it can't, it is asked once a second and nothing else is tried."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url
        self._is_up = False
        self._asked = float("-inf")

    def lost(self) -> None:
        """Note that it did not answer."""
        self._is_up = False

    def __bool__(self) -> bool:
        if not self._is_up and time.monotonic() - self._asked >= 1.0:
            self._is_up = is_healthy(self._api_url)
            self._asked = time.monotonic()
        return self._is_up
