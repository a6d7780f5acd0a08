"""Putting it together: the lock, a Prefect server where none is given, and an engine in one of its two modes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Literal

from provefirst.engine import ports
from provefirst.engine.deployed import DeployedRuns
from provefirst.engine.embedded import EmbeddedRuns
from provefirst.engine.engine import Engine, Pace
from provefirst.engine.lock import EngineLock
from provefirst.engine.reconciler import Patience
from provefirst.engine.runs import Runs
from provefirst.engine.server import PrefectServer, settings
from provefirst.lifecycle.workspace import Workspace

Mode = Literal["embedded", "prefect"]


@contextmanager
def running(
    workspace: Workspace,
    *,
    mode: Mode = "embedded",
    prefect_url: str | None = None,
    prefect_port: int | None = None,
    with_pages: bool = False,
    pace: Pace | None = None,
    patience: Patience | None = None,
) -> Iterator[Engine]:
    """An engine at work on `workspace`, alone: AlreadyRunningError where another one is.

    Without `prefect_url` it brings its own Prefect server, on `prefect_port` or any free port. The engine is here at
    once; runs begin when that server is up.
    """
    with ExitStack() as stack:
        stack.enter_context(EngineLock(workspace.home, workspace.store.engine))
        folder = workspace.home / "prefect"
        if prefect_url is None:
            os.environ.update(settings(folder, with_pages=with_pages))  # before Prefect is imported, which reads it
            port = prefect_port or ports.any_free()
            server = stack.enter_context(PrefectServer(folder, port=port, with_pages=with_pages))
            prefect_url = server.api_url
        runs: Runs = (
            EmbeddedRuns(workspace, prefect_url) if mode == "embedded" else DeployedRuns(workspace, prefect_url)
        )
        yield stack.enter_context(Engine(workspace, runs, prefect_url, pace=pace, patience=patience))
