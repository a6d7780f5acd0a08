"""Load: many clients at once read and write over HTTP, and afterwards the ledger is asked what became of it.

python bench/load.py                       against `provefirst up` on SQLite, 200 clients for 60 seconds
python bench/load.py --database URL        the same on PostgreSQL
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import uuid4

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from provefirst.accounts.tokens import Made, NewToken, create_token
from provefirst.documents.given import values_of
from provefirst.engine import ports
from provefirst.evidence import Kind
from provefirst.integrity.auditing import verify
from provefirst.ledger import Entry
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role
from provefirst.permissions import Scope
from provefirst.stages import Stage
from tests import world as w

CAP = 1000
"""Minor units that each initiative may release for exploration: less than is asked for, so that there is a race."""

POLICIES = w.policies(
    proposal=w.gate(Stage.PROPOSAL, [Kind.PROPOSAL, Kind.ETHICS_SCREEN], Role.ETHICS_REVIEWER, exploration_cap=CAP)
)
WHO = ("olga", "ella", "dana", "rita", "rolf", "bea", "ben")
ANY = {"If-Match": "*"}


@dataclass
class Seen:
    """What the clients saw: every answer's status and time, and every entry that a write said it wrote."""

    statuses: Counter[int] = field(default_factory=Counter)
    reads: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    told: list[Entry] = field(default_factory=list)
    broken: int = 0
    failures: list[str] = field(default_factory=list)

    def report(self, seconds: float) -> dict[str, Any]:
        return {
            "requests": sum(self.statuses.values()),
            "per_second": round(sum(self.statuses.values()) / seconds, 1),
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "broken_connections": self.broken,
            "server_errors": sum(count for status, count in self.statuses.items() if status >= 500),
            "reads_p50_p95_p99_ms": _spread(self.reads),
            "writes_p50_p95_p99_ms": _spread(self.writes),
            "entries_told": len(self.told),
        }


async def press(url: str, tokens: dict[str, str], *, clients: int, seconds: float) -> Seen:
    """Let so many clients read and write for so long."""
    seen, keys = Seen(), [""]
    until = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=f"{url}/api/v1/", limits=limits, timeout=120) as client:
        keys[0] = await _open(client, tokens, seen)
        await asyncio.gather(*(_client(client, tokens, seen, keys, until, random.Random(n)) for n in range(clients)))
    return seen


async def _client(
    client: httpx.AsyncClient, tokens: dict[str, str], seen: Seen, keys: list[str], until: float, chance: random.Random
) -> None:
    while time.monotonic() < until:
        key = chance.choice(keys[-30:])
        if chance.random() < 0.7:
            by, path = (
                chance.choice(WHO),
                chance.choice((f"initiatives/{key}", "initiatives?limit=20", f"initiatives/{key}/history")),
            )
            await _call(client, tokens, seen, "GET", path, by)
        elif chance.random() < 0.1 and len(keys) < 400:
            if opened := await _open(client, tokens, seen):
                keys.append(opened)
        else:
            by, path, body = _write(chance, key)
            await _call(
                client, tokens, seen, "POST", path, by, json=body, headers={**ANY, "Idempotency-Key": uuid4().hex}
            )


def _write(chance: random.Random, key: str) -> tuple[str, str, dict[str, Any]]:
    """Something that somebody may want to write on an initiative, in time or too late."""
    words = f"Said by nobody else: {chance.random()}"
    document = w.ResearchDossier(sources=(w.source(),), conclusion=words)
    amount = f"{chance.randint(1, 4)}.{chance.randint(10, 99)} EUR"
    return chance.choice(
        (
            ("ella", f"initiatives/{key}/votes", {"ballot": values_of(w.ballot())}),
            ("dana", f"initiatives/{key}/evidence/research_dossier", {"document": values_of(document)}),
            ("rita", f"initiatives/{key}/reviews", {"review": values_of(w.peer_review(summary=words))}),
            ("bea", f"initiatives/{key}/tranches", {"amount": amount, "purpose": words, "kind": "exploration"}),
            ("ben", f"initiatives/{key}/tranches", {"amount": amount, "purpose": words, "kind": "exploration"}),
            ("olga", f"initiatives/{key}/expenses", {"amount": amount, "what": words, "on": "2026-01-01"}),
        )
    )


async def _open(client: httpx.AsyncClient, tokens: dict[str, str], seen: Seen) -> str:
    body = {"proposal": values_of(w.proposal(budget=5000)), "screen": values_of(w.screen())}
    answer = await _call(client, tokens, seen, "POST", "initiatives", "olga", json=body)
    return str(answer.json()["initiative"]["key"]) if answer is not None and answer.status_code == 201 else ""


async def _call(
    client: httpx.AsyncClient, tokens: dict[str, str], seen: Seen, method: str, path: str, by: str, **sent: Any
) -> httpx.Response | None:
    headers = {"Authorization": f"Bearer {tokens[by]}", **sent.pop("headers", {})}
    began = time.perf_counter()
    try:
        answer = await client.request(method, path, headers=headers, **sent)
    except httpx.TransportError:
        seen.broken += 1
        return None
    (seen.reads if method == "GET" else seen.writes).append(time.perf_counter() - began)
    seen.statuses[answer.status_code] += 1
    if answer.status_code >= 500 or answer.status_code in (400, 401, 404, 405, 422, 429):
        seen.failures.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
    if method == "POST" and answer.status_code in (200, 201):
        seen.told += [Entry(**entry) for entry in answer.json()["entries"]]
    return answer


def check(workspace: Workspace, seen: Seen) -> list[str]:
    """What is wrong with what the ledger says, held against what the clients were told. Empty: nothing is."""
    with workspace.store.reading() as work:
        ledger = {key: work.entries(key) for key in work.streams() if key != "ORG"}
    wrong = [] if verify(workspace) else ["the audit finds the ledger unsound"]
    kept = {(entry.initiative, entry.version): entry for entries in ledger.values() for entry in entries}
    known = {entry.digest for entry in kept.values()}
    lost = [entry for entry in seen.told if entry.digest not in known]  # what a peer may not see yet is told without it
    wrong += [f"{entry.initiative} {entry.version}: {entry.event} was told, and is not in the ledger" for entry in lost]
    told = {(entry.initiative, entry.version) for entry in seen.told}
    written = [entry for entry in kept.values() if entry.actor in WHO and (entry.initiative, entry.version) not in told]
    if len(written) > seen.broken * 5:
        wrong.append(f"{len(written)} entries were written that nobody was told of")
    for key, entries in ledger.items():
        wrong += [f"{key}: {problem}" for problem in _on_one(entries)]
    return wrong


def _on_one(entries: tuple[Entry, ...]) -> list[str]:
    """Decisions are taken once, votes count once a dossier, and no more is released than the gate freed."""
    wrong = []
    decided = Counter(
        (entry.data["stage"], entry.data["attempt"]) for entry in entries if entry.event == "decision.made"
    )
    wrong += [f"{place} was decided {count} times" for place, count in decided.items() if count > 1]
    opened = Counter((entry.data["stage"], entry.data["attempt"]) for entry in entries if entry.event == "gate.opened")
    wrong += [f"the gate of {place} was opened {count} times" for place, count in opened.items() if count > 1]
    wrong += [f"the gate of {place} was opened and never decided" for place in opened if place not in decided]
    released = [entry for entry in entries if entry.event == "tranche.released"]
    if sum(entry.data["amount"] for entry in released) > CAP:
        wrong.append(f"more than {CAP} was released")
    if [entry.data["number"] for entry in released] != list(range(1, len(released) + 1)):
        wrong.append("tranches are not numbered one after the other")
    spent = sum(entry.data["amount"] for entry in entries if entry.event == "money.spent")
    if spent > sum(entry.data["amount"] for entry in released):
        wrong.append("more was spent than released")
    return wrong


def prepare(home: Path, database: str = "") -> tuple[Workspace, dict[str, str]]:
    """A workspace with people, money and policies, and a token for each of those who act."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "provefirst.toml").write_text("[web]\nrequests_per_minute = 10000000\n")
    w.World.make(home, database or None, policy_set=POLICIES).workspace.store.engine.dispose()
    workspace = Workspace.open(home, database or None)
    tokens = {}
    for handle in WHO:
        made = create_token(workspace, NewToken(name="load", scopes=frozenset(Scope)), by=handle)
        assert isinstance(made, Made), made
        tokens[handle] = made.secret
    return workspace, tokens


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database", default="", help="an SQLAlchemy URL; default: SQLite in a new folder")
    options.add_argument("--clients", type=int, default=200)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--port", type=int, default=0, help="default: one that is free")
    given = options.parse_args()
    port = given.port or ports.any_free()
    busy = round(os.getloadavg()[0], 1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        workspace, tokens = prepare(home, given.database)
        server = _up(home, given.database, port)
        before = _used(server)
        try:
            url = f"http://127.0.0.1:{port}"
            seen = asyncio.run(press(url, tokens, clients=given.clients, seconds=given.seconds))
            used = _used(server) - before
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        wrong = check(workspace, seen)
        cost = round(1000 * used / max(1, sum(seen.statuses.values())), 1)
        facts = {"cores": os.cpu_count(), "load_before": busy, "server_cpu_ms_a_request": cost, "wrong": wrong}
        print(json.dumps({**seen.report(given.seconds), **facts, "failures": seen.failures[:10]}, indent=2))
        workspace.store.engine.dispose()
    return 1 if wrong or seen.report(given.seconds)["server_errors"] else 0


def _used(server: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time that the server took so far, without the Prefect server that it brings."""
    times = psutil.Process(server.pid).cpu_times()
    return float(times.user + times.system)


def _up(home: Path, database: str, port: int) -> subprocess.Popen[bytes]:
    """`provefirst up`, once it answers."""
    environment = {
        **os.environ,
        "PROVEFIRST_HOME": str(home),
        **({"PROVEFIRST_DATABASE_URL": database} if database else {}),
    }
    words = [
        sys.executable,
        "-c",
        "from provefirst.cli import main; main()",
        "up",
        "--port",
        str(port),
        "--prefect-port",
        str(ports.any_free()),
    ]
    log = (home / "up.log").open("wb")
    server = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                return server
        except httpx.TransportError:
            time.sleep(0.2)
    server.kill()
    raise SystemExit((home / "up.log").read_text()[-3000:])


def _spread(times: list[float]) -> list[float]:
    """Median, 95th and 99th percentile, in milliseconds."""
    if len(times) < 2:
        return []
    found = quantiles(times, n=100)
    return [round(found[place] * 1000, 1) for place in (49, 94, 98)]


if __name__ == "__main__":
    raise SystemExit(main())
