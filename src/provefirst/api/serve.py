"""Serving everything on one machine, in the foreground: Prefect server, engine and API, until told to stop."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from provefirst.accounts.invitations import can_nobody_sign_in, first_links
from provefirst.api.app import create_app
from provefirst.api.shared import providers
from provefirst.engine import ports
from provefirst.engine.lock import EngineLock
from provefirst.engine.logs import configure, logger
from provefirst.engine.run import Mode, Plan, working
from provefirst.lifecycle.settings import Web
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
    """Run until SIGTERM or SIGINT, then stop in order. Raises a ProvefirstError where it can't begin.

    Where there is no data folder yet, one is made.
    """
    configure(as_json=json_logs)
    stop = _Stop()
    workspace.prepare()
    plan = Plan(mode=mode, prefect_url=prefect_url, prefect_port=prefect_port, with_pages=True)
    with EngineLock(workspace.home, workspace.store.engine):
        ports.require(host, api_port, purpose="provefirst", option="--port")
        with working(workspace, plan) as engine:
            logger("up").info(
                "up", url=f"http://{host}:{api_port}", prefect=engine.api_url.removesuffix("/api"), mode=mode
            )
            _welcome(workspace, f"http://{host}:{api_port}", is_logged=json_logs)
            stop.server = _Server(listening(create_app(workspace, engine), workspace.settings.web, host, api_port))
            stop.server.run()
    logger("up").info("down")
    if engine.runs.is_busy:
        logging.shutdown()
        os._exit(0)  # a flow goes on in a thread that can't be stopped; the next engine runs its attempt again


class _Stop:
    """SIGTERM and SIGINT: the first stops in order, from whenever it comes, the second at once."""

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None
        self._is_asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        logger("up").info("stopping", signal=signal.Signals(number).name)
        if self.server is None:
            raise SystemExit(0)
        self.server.force_exit = self._is_asked
        self.server.should_exit = self._is_asked = True


def listening(app: FastAPI, web: Web, host: str, port: int) -> uvicorn.Config:
    """How `app` is served. What a request says of where it comes from is believed of trusted proxies only."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(web.trusted_proxies),
        forwarded_allow_ips=list(web.trusted_proxies),
        h11_max_incomplete_event_size=64 * 1024,
        timeout_keep_alive=75,  # longer than clients and proxies keep theirs, so that they hang up first
        timeout_graceful_shutdown=5,
    )


def _welcome(workspace: Workspace, url: str, *, is_logged: bool) -> None:
    """Tell whoever started it how the first admin comes in. No log holds that: logs are kept, and read by others."""
    if providers(workspace) or not can_nobody_sign_in(workspace):
        return
    if is_logged:
        logger("sign_in").warning("nobody can sign in yet: start once without --json-logs, which tells a link")
        return
    for who, path in first_links(workspace).items():
        link = f"{workspace.settings.web.url or url}/{path}"
        sys.stderr.write(f"\nNobody can sign in yet. This link, told once, is for {who}:\n\n  {link}\n\n")
