"""The pages of a world, served over HTTP on this machine, with a password for everybody in it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import httpx
import uvicorn
from fastapi import FastAPI

from provefirst.accounts.passwords import hashed
from provefirst.accounts.signing_in import begin, set_password
from provefirst.web.site import install
from tests.world import World

PASSWORD = "correct horse battery staple"


@cache
def kept() -> str:
    """The password's hash, made once: making it is slow on purpose."""
    return hashed(PASSWORD)


@dataclass(frozen=True)
class Served:
    """A world and where its pages are."""

    world: World
    app: FastAPI
    url: str


def given_passwords(world: World) -> None:
    """Give everybody in `world` the password."""
    with world.workspace.store.writing() as work:
        for person in work.people():
            set_password(work, person, kept(), world.clock())


@contextmanager
def served(world: World) -> Iterator[Served]:
    """Serve the pages of `world` until the end of the block."""
    given_passwords(world)
    app = FastAPI(openapi_url=None)
    install(app, world.workspace, is_development=True)
    with running(app) as url:
        yield Served(world, app, url)


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Where `app` is served until the end of the block."""
    listening = socket.socket(proto=socket.IPPROTO_TCP)  # only of such a socket asyncio knows not to wait for acks
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # who asks before the server accepts waits, and is not refused
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()


def session(world: World, handle: str) -> str:
    """The secret of a new sign-in of `handle`."""
    with world.workspace.store.writing() as work:
        return begin(work, work.person(handle), "password", world.clock()).secret


class Client:
    """Somebody's browser as far as HTTP goes: it follows no redirect and runs nothing."""

    def __init__(self, served_at: Served, handle: str = "") -> None:
        cookies = httpx.Cookies()
        if handle:
            cookies.set("provefirst", session(served_at.world, handle), domain="127.0.0.1")
        headers = {"Accept": "text/html"}
        self.http = httpx.Client(base_url=served_at.url, cookies=cookies, headers=headers, timeout=30)

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def send(self, path: str, form: str = "", **fields: str) -> httpx.Response:
        """Fill in and send a form of the page at `form` (default: the same address), hidden fields and all."""
        text = self.get(form or path).text
        hidden = dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)">', text))
        return self.http.post(path, data=hidden | fields)
