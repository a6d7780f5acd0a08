"""The web application: for now, how the engine is."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from provefirst import __version__
from provefirst.engine.pulse import Pulse

QUIET_PATHS = frozenset({"/health", "/ready"})


def create_app(pulse: Callable[[], Pulse]) -> FastAPI:
    """The application over an engine whose `pulse` can be taken."""
    app = FastAPI(title="provefirst", version=__version__, docs_url="/api/docs", openapi_url="/api/openapi.json")
    app.middleware("http")(log_request)

    @app.get("/health")
    def health() -> dict[str, str]:
        """Whether the process answers at all."""
        return {"status": "alive", "version": __version__}

    @app.get("/ready")
    def ready() -> JSONResponse:
        """Whether verbs and the engine work. With Prefect away they do, and runs wait: that is degraded, not down."""
        found = pulse()
        return JSONResponse(readiness(found), status_code=200 if found.is_database_up and found.is_alive else 503)

    return app


def readiness(found: Pulse) -> dict[str, Any]:
    """A pulse in words and numbers."""
    status = "ready" if found.is_prefect_up else "degraded"
    return {
        "status": status if found.is_database_up and found.is_alive else "down",
        "database": _up(found.is_database_up),
        "prefect": _up(found.is_prefect_up),
        "dispatcher": {
            "seconds_since_turn": round(found.since_turn, 3),
            "runs_waiting": found.waiting,
            "seconds_behind": round(found.lag, 3),
        },
    }


async def log_request(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    """Log each request with its answer and how long it took; those that machines ask all day only where they fail."""
    began = time.perf_counter()
    response = await proceed(request)
    if request.url.path not in QUIET_PATHS or response.status_code >= 500:
        structlog.get_logger("provefirst.api").info(
            "request",
            method=request.method,
            path=request.url.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
        )
    return response


def _up(is_up: bool) -> str:
    return "up" if is_up else "down"
