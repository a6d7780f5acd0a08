"""Putting it together: the lock, a Prefect server where none is given, and an engine in one of its two modes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Plan:
    """How an engine is to work. Without `prefect_url` it brings its own Prefect server, on `prefect_port` or any."""

    mode: Mode = "embedded"
    prefect_url: str = ""
    prefect_port: int = 0
    with_pages: bool = False
    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=Patience)


@contextmanager
def running(workspace: Workspace, plan: Plan | None = None) -> Iterator[Engine]:
    """An engine at work on `workspace`, alone: AlreadyRunningError where another one is.

    It is here at once, and runs begin when Prefect is up.
    """
    with EngineLock(workspace.home, workspace.store.engine), working(workspace, plan or Plan()) as engine:
        yield engine


@contextmanager
def working(workspace: Workspace, plan: Plan) -> Iterator[Engine]:
    """As `running`, for whoever holds the workspace's EngineLock already."""
    with ExitStack() as stack:
        url = plan.prefect_url
        if not url:
            folder = workspace.home / "prefect"
            os.environ.update(settings(folder, with_pages=plan.with_pages))  # Prefect reads it when it is imported
            port = plan.prefect_port or ports.any_free()
            url = stack.enter_context(PrefectServer(folder, port=port, with_pages=plan.with_pages)).api_url
        runs: Runs = EmbeddedRuns(workspace, url) if plan.mode == "embedded" else DeployedRuns(workspace, url)
        yield stack.enter_context(Engine(workspace, runs, url, pace=plan.pace, patience=plan.patience))
