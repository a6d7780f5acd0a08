"""The API as tests call it: the real application, in this process, without a socket in between."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from provefirst.api.app import create_app
from provefirst.api.caller import Caller, Via
from provefirst.lifecycle.workspace import Workspace


def by_handle(via: Via, secret: str) -> Caller | None:
    """Takes a handle for a credential: what tests of everything but signing in need."""
    return Caller(secret, via, None, secret) if secret.isidentifier() else None


@dataclass
class Served:
    """An application and a client of it. `by` is who calls; nothing: nobody."""

    app: FastAPI
    base: str = "http://localhost"
    _runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    _client: httpx.AsyncClient | None = None

    def call(
        self, method: str, path: str, *, by: str = "", headers: Mapping[str, str] = {}, **sent: Any
    ) -> httpx.Response:
        """Send a request below /api/v1, or to where `path` says in full."""
        return self._runner.run(self.send(method, path, by=by, headers=headers, **sent))

    def together(self, *calls: Any) -> list[httpx.Response]:
        """Send several requests at once."""

        async def all_() -> list[httpx.Response]:
            return list(await asyncio.gather(*calls))

        return self._runner.run(all_())

    async def send(
        self, method: str, path: str, *, by: str = "", headers: Mapping[str, str] = {}, **sent: Any
    ) -> httpx.Response:
        if self._client is None:
            self._client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=self.base)
        url = path if path.startswith(("/api", "/health", "http")) else f"/api/v1/{path}"
        bearer = {"Authorization": f"Bearer {by}"} if by else {}
        return await self._client.request(method, url, headers={**bearer, **headers}, **sent)

    def get(self, path: str, **sent: Any) -> httpx.Response:
        return self.call("GET", path, **sent)

    def post(self, path: str, body: Any = None, **sent: Any) -> httpx.Response:
        return self.call("POST", path, json=body, **sent) if body is not None else self.call("POST", path, **sent)

    def forget_cookies(self) -> None:
        """Begin anew as a browser that has been nowhere."""
        if self._client is not None:
            self._client.cookies.clear()

    def close(self) -> None:
        self._runner.close()


@contextmanager
def served(workspace: Workspace, **changes: Any) -> Iterator[Served]:
    """The API on `workspace`, with web settings changed; who calls is said by their handle."""
    web = workspace.settings.web.model_copy(update={"requests_per_minute": 10**6, **changes})
    workspace.settings = workspace.settings.model_copy(update={"web": web})
    made = Served(create_app(workspace, None, by_handle))
    try:
        yield made
    finally:
        made.close()


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """Where `app` is served, on a socket of this machine, until the end of the block."""
    own = socket.socket(proto=socket.IPPROTO_TCP)  # only of such a socket asyncio knows not to wait for acks
    own.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", lifespan="off", server_header=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [own]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{own.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        own.close()
