"""Live: a page is told when its initiative moves, by server-sent events; without them it looks again by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse

from provefirst.lifecycle.workspace import Workspace
from provefirst.store import outbox, overview
from provefirst.web.render import HEADERS
from provefirst.web.route import pages
from provefirst.web.sight import Seen, seen
from provefirst.web.words import asked_of

router = pages()
PAUSE, LASTS, MOST = 0.5, 300.0, 200
"""Seconds between two looks, seconds that a stream lasts before the browser asks again, and streams at a time."""

_NOW = {"due": "is about to measure", "sent": "is about to measure", "claimed": "measures"}


@router.get("/initiatives/{key}/live")
def live(request: Request, found: Annotated[Seen, Depends(seen)]) -> Response:
    """Events of one initiative, for whoever may see it. What they say is on its page as well."""
    if _Open.count >= MOST:
        return Response("too many are looking: reload the page", 503, media_type="text/plain")
    headers = {**HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = _events(request, found.workspace, found.key)
    return StreamingResponse(events, 200, headers, "text/event-stream")


class _Open:
    """How many streams there are in this process."""

    count = 0


async def _events(request: Request, workspace: Workspace, key: str) -> AsyncIterator[str]:
    _Open.count += 1
    try:
        last: dict[str, Any] | None = None
        for _ in range(int(LASTS / PAUSE)):
            state = await run_sync(_state, workspace, key)
            if state != last:
                last = state
                yield f"event: state\ndata: {json.dumps(state)}\n\n"
            if await request.is_disconnected():
                return
            await asyncio.sleep(PAUSE)
    finally:
        _Open.count -= 1


@dataclass(frozen=True, slots=True)
class Checking:
    """How far the checks of a run are: how many are done, of how many, and what is asked now."""

    done: int
    of: int
    said: str


def checking(row: overview.Row) -> Checking | None:
    """How far the run is that an initiative's progress tells of; None where no check is running."""
    told = outbox.told(row["state"]) if row["status"] == "claimed" else None
    if told is None:
        return None
    done, of, code = told
    check = asked_of(code)
    return Checking(done, of, f"{done} of {of} done, now: {f'{check.title} ({code})' if check else code}")


def checking_on(workspace: Workspace, key: str) -> Checking | None:
    """How far the checks are that run on an initiative now."""
    with workspace.store.reading() as work:
        return checking(overview.progress(work, key))


def _state(workspace: Workspace, key: str) -> dict[str, Any]:
    with workspace.store.reading() as work:
        row = overview.progress(work, key)
    running = checking(row)
    said = f"The engine {_NOW[row['status']]} the evidence." if row["status"] else ""
    since = row["claimed_at"] or row["sent_at"] or row["next_at"] if row["status"] else ""
    told = {"version": row["version"], "said": said, "since": since}
    return {**told, "checking": asdict(running) if running else None}
