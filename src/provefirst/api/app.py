"""The web application: the API and the pages behind one guard, and how the engine is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from re import compile as pattern
from typing import Any

from fastapi import Depends, FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware

from provefirst import __version__
from provefirst.api import (
    credentials,
    described,
    files,
    memory,
    money,
    organisation,
    problems,
    production,
    reads,
    routes,
    signin,
)
from provefirst.api.caller import Known, Recognise, current_person
from provefirst.api.guard import Bounded, Outermost, hosts_of
from provefirst.api.limits import Buckets, Rate
from provefirst.api.noted import Noted
from provefirst.api.problems import dumped
from provefirst.api.shared import Shared, providers
from provefirst.documents.nodes import SIZE
from provefirst.engine.engine import Engine
from provefirst.engine.pulse import Pulse, pulse
from provefirst.lifecycle.settings import Web
from provefirst.lifecycle.workspace import Workspace
from provefirst.web import site

ABOUT = """Prove first, fund after: every verb and every read over HTTP. Errors are problems (RFC 9457) that tell every
reason. Writes take an `Idempotency-Key`; whatever judges or disposes of what lies there also takes `If-Match`."""


def create_app(workspace: Workspace, engine: Engine | None = None, recognise: Recognise | None = None) -> FastAPI:
    """The application on `workspace`. Where `engine` lives in this process, it is nudged by every write.

    `recognise` says who a credential belongs to, where that isn't for the workspace's own accounts to say.
    """
    web = workspace.settings.web
    docs = {"docs_url": "/api/docs", "redoc_url": None} if web.api_docs else {"docs_url": None, "redoc_url": None}
    app = FastAPI(
        title="provefirst",
        version=__version__,
        description=ABOUT,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
        **docs,
    )
    app.state.shared = Shared(workspace, engine, providers(workspace))
    app.openapi = partial(described.openapi, app)  # type: ignore[method-assign]
    problems.install(app)
    _health(app, engine.pulse if engine else partial(pulse, workspace, since_turn=0.0, is_prefect_up=False))
    for each in (reads, routes, files, production, money, memory, organisation, credentials):
        app.include_router(
            each.router, dependencies=[Depends(current_person)], generate_unique_id_function=lambda r: r.name
        )
    app.include_router(signin.doors, generate_unique_id_function=lambda route: route.name)
    site.install(
        app,
        workspace,
        app.state.shared.nudge,
        providers=[one.name for one in app.state.shared.providers],
        prefect=engine.api_url.removesuffix("/api") if engine else "",
    )
    _guard(app, workspace, web, recognise or partial(signin.recognise, workspace))
    return app


def _guard(app: FastAPI, workspace: Workspace, web: Web, recognise: Recognise) -> None:
    """What every request passes, from the outside in. It is added from the inside out."""
    if web.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(web.cors_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "Idempotency-Key"],
            expose_headers=["ETag", "Location", "Retry-After", "X-Request-ID"],
        )
    uploads = [*((pattern(path), limit) for path, limit in files.UPLOADS), *site.UPLOADS]
    app.add_middleware(Bounded, usual=SIZE, uploads=uploads)
    app.add_middleware(
        Known,
        recognise=recognise,
        known=Buckets(Rate(web.requests_per_minute / 60, web.requests_per_minute)),
        unknown=Buckets(Rate(web.requests_per_minute / 600, max(20, web.requests_per_minute // 10))),
    )
    app.add_middleware(Noted, workspace=workspace)
    app.add_middleware(Outermost, hosts=hosts_of(web))


def _health(app: FastAPI, taken: Callable[[], Pulse]) -> None:
    @app.get("/health", include_in_schema=False)
    def health() -> Response:
        """Whether the process answers at all."""
        return Response(dumped({"status": "alive", "version": __version__}), media_type="application/json")

    @app.get("/ready", include_in_schema=False)
    def ready() -> Response:
        """Whether verbs and the engine work. With Prefect away they do, and runs wait: that is degraded, not down."""
        found = taken()
        status = 200 if found.is_database_up and found.is_alive else 503
        return Response(dumped(readiness(found)), status, media_type="application/json")


def readiness(found: Pulse) -> Mapping[str, Any]:
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


def _up(is_up: bool) -> str:
    return "up" if is_up else "down"
