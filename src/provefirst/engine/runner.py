"""The runner's process: registers a deployment for each flow and runs them, `python -m provefirst.engine.runner`."""

from __future__ import annotations

import asyncio
import os
import signal

from provefirst.engine.leash import end_with_parent
from provefirst.engine.prefect_api import tag_of
from provefirst.engine.server import is_healthy
from provefirst.engine.stories import NAMES, flow_of
from provefirst.engine.warm import keep_warm
from provefirst.lifecycle.workspace import Workspace

POLL_SECONDS = 1.0


async def serve() -> None:
    """Register every flow as a deployment, then poll for their runs until told to stop."""
    from prefect.runner import Runner

    tag = tag_of(Workspace.open())
    while not is_healthy(os.environ["PREFECT_API_URL"]):
        await asyncio.sleep(0.2)
    keep_warm()
    runner = Runner(name=tag, query_seconds=POLL_SECONDS, pause_on_shutdown=False)
    for name in NAMES:
        await runner.aadd_flow(flow_of(name), name=tag, tags=[tag])
    working = asyncio.create_task(runner.start())
    while not runner.started and not working.done():
        await asyncio.sleep(0.05)
    told_to_stop = asyncio.Event()
    # Prefect's own handler, set by now, calls a coroutine without awaiting it.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_stop.set)
    stopping = asyncio.create_task(told_to_stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        await runner.astop()
    stopping.cancel()
    await working


if __name__ == "__main__":
    end_with_parent()
    asyncio.run(serve())
