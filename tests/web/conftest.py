"""A world behind pages, and a real browser before them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import parts
from tests.web.serving import Client, Served, served, session
from tests.world import World

SWITCHES = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


Ask = Callable[..., Client]
Visit = Callable[..., Page]


@pytest.fixture
def site(world: World) -> Iterator[Served]:
    world.clock.now = datetime.now(UTC)
    with served(world) as found:
        yield found


@pytest.fixture
def ask(site: Served) -> Iterator[Ask]:
    """Asks over HTTP as somebody: `ask("olga")`, or as nobody."""
    clients: list[Client] = []

    def asking(handle: str = "") -> Client:
        clients.append(Client(site, handle))
        return clients[-1]

    yield asking
    for client in clients:
        client.http.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each file: Playwright keeps an event loop running, beside which no other can run in its thread."""
    path = parts.chromium()
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        except (OSError, subprocess.SubprocessError):
            parts.missing("chromium")
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, site: Served) -> Iterator[Visit]:
    """Opens somebody's browser: `visit("olga")`, `visit("olga", java_script_enabled=False)`.

    What a page complains about in its console fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(handle: str = "", **options: Any) -> Page:
        context = browser.new_context(base_url=site.url, **options)
        contexts.append(context)
        if handle:
            secret = session(site.world, handle)
            context.add_cookies([{"name": "provefirst", "value": secret, "url": site.url}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(said: Any) -> bool:
    """A page that answers with a refusal is not one: Chromium tells that as an error too."""
    return said.type in ("error", "warning") and "the server responded with a status of" not in said.text
