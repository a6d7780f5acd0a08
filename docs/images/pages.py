"""Make the pictures of pages in this folder from the demo's data: python docs/images/pages.py [DATA FOLDER]

The folder is what `provefirst demo` left behind (default: .provefirst); it is copied, and nothing in it is changed.
Chromium has to be installed: Debian's package is called chromium.
"""

from __future__ import annotations

import shutil
import socket
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from provefirst.accounts.signing_in import begin
from provefirst.lifecycle.keeping import rebuild
from provefirst.lifecycle.workspace import Workspace
from provefirst.web.site import install

HERE = Path(__file__).parent
SWITCHES = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
Shot = tuple[str, str, str, str, int, int]
SHOTS: tuple[Shot, ...] = (
    ("work", "ruth", "/work", "light", 1200, 620),
    ("portfolio", "bina", "/portfolio", "light", 1200, 1180),
    ("initiative", "pedro", "/initiatives/PF-4", "light", 1200, 1400),
    ("negative", "paula", "/initiatives/PF-2", "dark", 1200, 1300),
    ("memo", "bina", "/initiatives/PF-1/memo", "light", 1200, 1700),
    ("open", "paula", "/open", "light", 1200, 1300),
    ("review", "ruth", "/initiatives/PF-3/review", "light", 1200, 1150),
    ("lessons", "paula", "/lessons", "light", 1200, 760),
    ("submit", "dora", "/initiatives/PF-4/submit/analysis_report", "light", 1200, 1250),
    ("choose", "dora", "/initiatives/PF-4/submit", "light", 1200, 800),
    ("data", "omar", "/initiatives/PF-4/data", "light", 1200, 1000),
    ("evidence", "pedro", "/initiatives/PF-4/evidence/35", "light", 1200, 620),
    ("entry", "pedro", "/initiatives/PF-4/entries/34", "light", 1200, 800),
    ("history", "pedro", "/initiatives/PF-4/history", "dark", 1200, 900),
    ("release", "bina", "/initiatives/PF-1/release", "light", 1200, 800),
    ("table", "bina", "/portfolio?view=table", "dark", 1200, 760),
    ("figures", "bina", "/portfolio/figures", "light", 1200, 1500),
    ("production", "dan", "/initiatives/PF-1#production", "light", 1200, 640),
    ("statement", "bina", "/money/pools/main", "light", 1200, 1150),
    ("adopt", "ada", "/policies/adopt", "light", 1200, 820),
    ("policies", "paula", "/policies", "light", 1200, 1100),
    ("people", "ada", "/people", "light", 1200, 900),
    ("rigor", "ada", "/people/dan/rigor", "light", 1200, 1000),
    ("audit", "ada", "/audit", "light", 1200, 640),
    ("notices", "paula", "/profile/notices", "light", 1200, 1150),
    ("profile", "paula", "/profile", "dark", 1200, 1000),
    ("sign-in", "", "/sign-in", "light", 1200, 760),
    ("phone", "bina", "/initiatives/PF-1", "dark", 390, 844),
)
"""Name, who looks, at what, in which light, and how large."""


def main(home: str) -> None:
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        copied = Path(folder) / "home"
        shutil.copytree(home, copied)
        workspace = Workspace.open(copied).prepare()
        rebuild(workspace)
        url = serve(workspace)
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        for shot in SHOTS:
            take(browser, workspace, url, shot)
        browser.close()
        workspace.store.engine.dispose()


def serve(workspace: Workspace) -> str:
    """Serve the pages until this program ends."""
    app = FastAPI(openapi_url=None)
    install(app, workspace)
    listening = socket.socket(proto=socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def take(browser: Browser, workspace: Workspace, url: str, shot: Shot) -> None:
    """One picture, signed in as somebody, or as nobody."""
    name, who, path, light, width, height = shot
    size: ViewportSize = {"width": width, "height": height}
    scheme: Literal["light", "dark"] = "dark" if light == "dark" else "light"
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="en-GB")
    if who:
        with workspace.store.writing() as work:
            secret = begin(work, work.person(who), "password", workspace.clock()).secret
        context.add_cookies([{"name": "provefirst", "value": secret, "url": url}])
    page = context.new_page()
    answer = page.goto(url + path)
    if answer is None or answer.status != 200:
        raise SystemExit(f"{path} is no page for {who or 'nobody'}")
    page.screenshot(path=HERE / f"page-{name}.png")
    context.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".provefirst")
