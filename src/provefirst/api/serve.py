"""Serving everything on one machine, in the foreground: Prefect server, engine and API, until told to stop."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import structlog
import uvicorn

from provefirst.api.app import create_app
from provefirst.engine import logs, ports
from provefirst.engine.engine import Engine
from provefirst.engine.lock import EngineLock
from provefirst.engine.run import Mode, Plan, working
from provefirst.lifecycle.workspace import Workspace


class _Server(uvicorn.Server):
    """Leaves signals to `serve`: uvicorn would raise them again once it has stopped, and end the process by them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    workspace: Workspace,
    *,
    mode: Mode,
    host: str = "127.0.0.1",
    api_port: int = 8000,
    prefect_port: int = 4200,
    prefect_url: str = "",
    json_logs: bool = False,
) -> None:
    """Run until SIGTERM or SIGINT, then stop in order. Raises a ProvefirstError where it can't begin."""
    logs.configure(as_json=json_logs)
    workspace.prepare()
    plan = Plan(mode=mode, prefect_url=prefect_url, prefect_port=prefect_port, with_pages=True)
    with EngineLock(workspace.home, workspace.store.engine):
        ports.require(host, api_port, purpose="provefirst", option="--port")
        with working(workspace, plan) as engine:
            _listen(engine, host, api_port)
    structlog.get_logger("provefirst.up").info("down")


def _listen(engine: Engine, host: str, port: int) -> None:
    """Serve the API until told to stop."""
    log = structlog.get_logger("provefirst.up")
    config = uvicorn.Config(
        create_app(engine.pulse),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)

    def stop(number: int, frame: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    log.info("up", url=f"http://{host}:{port}", prefect=engine.api_url.removesuffix("/api"), mode=engine.runs.mode)
    server.run()
