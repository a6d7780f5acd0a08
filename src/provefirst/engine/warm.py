"""Warm processes for the runner.

Prefect runs each flow in an interpreter of its own, which imports for seconds before it comes to the first line. Here
one server process has imported everything, and each run is a fork of it: a tenth of the time, and of the work. It is
`multiprocessing`'s forkserver, which has no threads that a fork could lose; where there is none, Prefect's way stays.
"""

from __future__ import annotations

import multiprocessing
from typing import Any

PRELOADED = "provefirst.engine.preloaded"


class _Forking:
    """`multiprocessing` as Prefect's flow engine sees it: whatever it asks for, it gets the context that forks."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def get_context(self, method: str | None = None) -> Any:
        return self._context

    def __getattr__(self, name: str) -> Any:
        return getattr(multiprocessing, name)


def keep_warm() -> None:
    """Have this process run flows in forks of a server that has everything imported."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return
    from multiprocessing import forkserver

    import prefect.flow_engine

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    forkserver.ensure_running()
    # Prefect has no setting for it: `run_flow_in_subprocess` asks `multiprocessing` for "spawn" by name.
    prefect.flow_engine.multiprocessing = _Forking(context)  # type: ignore[attr-defined,assignment]
