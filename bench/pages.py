"""How fast pages are, how heavy, and how often each asks the database, among many initiatives.

python bench/pages.py [--initiatives 10000] [--entries 100] [--requests 40] [--home FOLDER] [--only PATH] [--json FILE]

A ledger is made of a few real initiatives, one at each stage and some that ended, and of copies of them, with as many
entries each as asked for. Their digests are made up, which no page minds and `audit verify` would. Pages are asked for
over HTTP on this machine by people who see most of it, each initiative's page for another initiative every time, so
that nothing is in memory. Chromium then says how long until the largest thing of a page is painted. With `--home` the
ledger is kept there, and taken from there the next time; with `--only` pages are asked for whose address holds it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from fastapi import FastAPI
from playwright.sync_api import sync_playwright
from sqlalchemy import event, text

sys.path.insert(0, str(Path(__file__).parents[1]))

from provefirst.evidence import Kind
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.reviewing import review, vote
from provefirst.lifecycle.submitting import submit
from provefirst.lifecycle.workspace import Workspace
from provefirst.stages import ORDER, Choice, Stage
from provefirst.web.site import install
from tests import world as w
from tests.web.conftest import SWITCHES
from tests.web.serving import running, session

Figures = tuple[float, float, float, int, int]
COPIED = ("entry", "initiative", "part", "waiting", "lesson", "subject", "lesson_words", "posting", "tranche")
TEMPLATES = 10
MOST_MS, MOST_BYTES = 100.0, 150_000
LISTS = (
    ("ella", "/work"), ("rita", "/work"), ("olga", "/work"), ("bea", "/portfolio"), ("bea", "/portfolio?view=table"),
    ("bea", "/portfolio?view=table&text=clothes&stage=review"), ("bea", "/portfolio/figures"),
    ("bea", "/portfolio/forecasts"), ("bea", "/money"), ("bea", "/money/pools/main"),
    ("bea", "/money/pools/main?since=2026-01-01"), ("olga", "/lessons"), ("olga", "/lessons?text=words"),
    ("olga", "/open/similar?text=clothes+sizes"),
    ("anna", "/audit"), ("olga", "/open"), ("root", "/people"), ("olga", "/policies"), ("olga", "/profile"),
    ("olga", "/profile/notices"),
)  # fmt: skip
OF_ONE = (
    ("olga", ""), ("bea", "/memo"), ("olga", "/history"), ("dana", "/submit"), ("olga", "/entries/20"),
    ("olga", "/conclude"), ("bea", "/statement"),
)  # fmt: skip
_KIND = {
    Stage.PROPOSAL: (Kind.ETHICS_SCREEN, w.screen, "safeguards", "olga"),
    Stage.RESEARCH: (Kind.RESEARCH_DOSSIER, w.dossier, "conclusion", "dana"),
    Stage.REPLICATION: (Kind.REPLICATION_REPORT, w.replication, "method", "dana"),
    Stage.DATA_ANALYSIS: (Kind.ANALYSIS_REPORT, w.analysis, "summary", "dana"),
    Stage.REVIEW: (Kind.EFFORT_ESTIMATE, w.estimate, "assumptions", "dana"),
    Stage.WATCH: (Kind.PRODUCTION_REPORT, w.production, "rows", "dana"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One page: milliseconds on the wall, p95 of those of the processor, bytes and queries."""

    path: str
    p50: float
    p95: float
    cpu: float
    size: int
    queries: int


def templates(world: w.World, entries: int) -> list[str]:
    """One initiative at each stage and three that ended, each with about so many entries."""
    keys = [world.bring_to(world.open(title=f"At {stage.label}", budget=1000), stage) for stage in ORDER[1:]]
    keys.append(world.open(title="Guess clothes sizes", budget=1000))
    for _ in range(3):
        ended = world.bring_to(world.open(title="Ended long ago", budget=1000), Stage.REPLICATION)
        _lengthen(world, ended, entries - 12)
        w.done(conclude(world.workspace, ended, w.lesson(), by="dana"))
        for peer in ("rita", "rolf"):
            w.done(review(world.workspace, ended, w.peer_review(Choice.STOP), by=peer))
        keys.append(ended)
    for key in keys:
        _lengthen(world, key, entries)
    return keys


def _lengthen(world: w.World, key: str, entries: int) -> None:
    """Submit the stage's evidence again and again, as somebody does who can't let go."""
    state = world.initiative(key)
    while state.is_open and state.version < entries:
        words = f"{w.WORDS} For the {state.version}th time."
        if state.stage in _KIND:
            kind, make, field, who = _KIND[state.stage]
            document: Any = make().model_copy(update={field: 100 + state.version if field == "rows" else words})
            w.done(submit(world.workspace, key, kind, document, by=who))
        else:
            w.done(vote(world.workspace, key, w.ballot(reason=words), by="bea"))
        state = world.initiative(key)


def multiply(world: w.World, keys: list[str], count: int) -> None:
    """Copy the templates until there are `count` initiatives, in the database itself."""
    first = max(int(key.partition("-")[2]) for key in keys) + 1
    tables = {name: _columns(world, name) for name in COPIED}
    with world.workspace.store.engine.begin() as connection:
        for (trigger,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{trigger}"'))
        connection.execute(text("CREATE TEMP TABLE copy (of TEXT, number INTEGER)"))
        rows = [{"of": keys[n % len(keys)], "number": n} for n in range(first, count + 1)]
        connection.execute(text("INSERT INTO copy VALUES (:of, :number)"), rows)
        for name, columns in tables.items():
            key = "key" if name == "initiative" else "initiative"
            made = ", ".join(_copied(name, column, key) for column in columns)
            rest = f"SELECT {made} FROM {name} AS t JOIN copy ON t.{key} = copy.of"
            connection.execute(text(f"INSERT INTO {name} ({', '.join(columns)}) {rest}"))


def _columns(world: w.World, name: str) -> list[str]:
    with world.workspace.store.engine.connect() as connection:
        return [row[1] for row in connection.execute(text(f"PRAGMA table_info({name})"))]


def _copied(name: str, column: str, key: str) -> str:
    """A column of a copy: its own key, digests of its own that follow one another, moments of its own."""
    own = "printf('%08x', copy.number) || substr(t.{0}, 9)"
    if column == key:
        return "'PF-' || copy.number"
    if column in ("digest", "head"):
        return own.format(column)
    if column == "previous":
        return f"CASE WHEN t.version = 1 THEN t.previous ELSE {own.format('previous')} END"
    if (name, column) == ("subject", "at"):  # a minute apart, as what was proposed within one is read again
        return "strftime('%Y-%m-%dT%H:%M:%S', substr(t.at, 1, 19), '-' || copy.number || ' minutes') || '.000000Z'"
    if column in ("changed_at", "concluded_at"):
        return f"substr(t.{column}, 1, 20) || printf('%06d', copy.number) || 'Z'"
    return f"t.{column}"


def measure(client: httpx.Client, asked: Counter[str], paths: list[str]) -> Figures:
    """Milliseconds of each answer, of the wall and of the processor; the heaviest, and the most queries of one."""
    times, cpus, sizes, queries = [], [], [], []
    for path in paths:
        asked.clear()
        began, spent = time.perf_counter(), time.process_time()
        answer = client.get(path)
        times.append((time.perf_counter() - began) * 1000)
        cpus.append((time.process_time() - spent) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        sizes.append(len(answer.content))
        queries.append(asked.total())
    return *_spread(times), _spread(cpus)[1], max(sizes), max(queries)


def made(home: Path, count: int, entries: int) -> w.World:
    """The world in `home`; made there, where there is none yet. Nothing of it is in memory."""
    workspace, clock = Workspace.open(home), w.Clock(datetime.now(UTC))
    if not workspace.is_prepared():
        world = w.World.make(home)
        world.clock.now = clock() - timedelta(days=20)
        keys = templates(world, entries)
        assert len(keys) == TEMPLATES
        multiply(world, keys, count)
    return w.World(Workspace.open(home, clock=clock).prepare(), clock)


def run(count: int, entries: int, requests: int, home: Path, only: str = "") -> dict[str, Any]:
    world = made(home, count, entries)
    asked: Counter[str] = Counter()
    event.listen(world.workspace.store.engine, "before_cursor_execute", lambda *a: asked.update([a[2]]))
    with world.workspace.store.engine.connect() as connection:
        written = connection.execute(text("SELECT count(*) FROM entry")).scalar_one()
    app = FastAPI(openapi_url=None)
    install(app, world.workspace)
    measured = []
    with running(app) as url:
        clients = {who: _client(world, url, who) for who in {who for who, _ in (*LISTS, *OF_ONE)}}
        clients["olga"].get("/initiatives/PF-1")  # the first page of all loads templates and checks
        for who, path in ((who, path) for who, path in LISTS if only in path):
            measured.append(Measured(f"{path} ({who})", *measure(clients[who], asked, [path] * requests)))
        for place, (who, path) in enumerate(OF_ONE):
            if only not in f"/initiatives/…{path}":
                continue
            numbers = [20 + place * requests * TEMPLATES + n * TEMPLATES + n % 7 for n in range(requests)]
            paths = [f"/initiatives/PF-{number % count + 1}{path}" for number in numbers]
            measured.append(Measured(f"/initiatives/…{path} ({who})", *measure(clients[who], asked, paths)))
        painted = {} if only else _painted(world, url)
        for client in clients.values():
            client.close()
    told = [{name: getattr(one, name) for name in Measured.__slots__} for one in measured]
    return {"initiatives": count, "entries": written, "pages": told, "largest_paint_ms": painted}


def _client(world: w.World, url: str, who: str) -> httpx.Client:
    cookies = {"provefirst": session(world, who)}
    return httpx.Client(base_url=url, cookies=cookies, headers={"Accept": "text/html"}, timeout=60)


def _painted(world: w.World, url: str) -> dict[str, float]:
    """Milliseconds until the largest thing of a page was painted, in a browser that has nothing kept."""
    script = """new Promise((tell) => {
      new PerformanceObserver((list) => tell(list.getEntries().at(-1).startTime))
        .observe({ type: "largest-contentful-paint", buffered: true });
      setTimeout(() => tell(-1), 3000);
    })"""
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES)
        for who, path in (("rita", "/work"), ("bea", "/portfolio"), ("olga", "/initiatives/PF-1000"),
                          ("bea", "/initiatives/PF-1006/memo"), ("olga", "/lessons")):  # fmt: skip
            context = browser.new_context()
            context.add_cookies([{"name": "provefirst", "value": session(world, who), "url": url}])
            page = context.new_page()
            page.goto(url + path)
            found[path] = round(page.evaluate(script), 1)
            context.close()
        browser.close()
    return found


def _spread(times: list[float]) -> tuple[float, float]:
    cuts = quantiles(times, n=20)
    return round(cuts[9], 1), round(cuts[18], 1)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--initiatives", type=int, default=10_000)
    asked.add_argument("--entries", type=int, default=100, help="of each initiative")
    asked.add_argument("--requests", type=int, default=40, help="of each page")
    asked.add_argument("--home", type=Path, help="a folder in which the ledger is kept for the next time")
    asked.add_argument("--only", default="", help="only pages whose address holds this, and none in a browser")
    asked.add_argument("--json", type=Path, help="where to write the figures")
    given = asked.parse_args()
    with TemporaryDirectory() as folder:
        found = run(given.initiatives, given.entries, given.requests, given.home or Path(folder), given.only)
    print(f"{found['initiatives']:,} initiatives, {found['entries']:,} entries")
    print(f"{'page':<55}{'p50 ms':>8}{'p95 ms':>8}{'cpu p95':>9}{'bytes':>9}{'queries':>9}")
    for one in found["pages"]:
        is_over = one["p95"] > MOST_MS or one["size"] > MOST_BYTES
        figures = f"{one['p50']:>8}{one['p95']:>8}{one['cpu']:>9}{one['size']:>9,}{one['queries']:>9}"
        print(f"{one['path']:<55}{figures}{' !' * is_over}")
    print("largest contentful paint, ms:", found["largest_paint_ms"])
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
