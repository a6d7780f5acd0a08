"""Twenty processes at once on one initiative: money is released once, and nothing that was acknowledged is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from provefirst.evidence import Kind
from provefirst.history import replay
from provefirst.integrity.auditing import verify as audit
from provefirst.ledger import verify
from provefirst.lifecycle.keeping import rebuild
from provefirst.stages import Stage
from provefirst.store.listing import initiatives
from provefirst.store.projections import initiative_row
from tests.databases import Database
from tests.journeys.racer import FIELD, THIRD_OF_WHAT_IS_LEFT, TIMES, WHOLE_BUDGET
from tests.world import World

ROOT = Path(__file__).parents[2]
SUBMITTERS = [number for number, (part, _) in enumerate(FIELD) if part == "submits"]
GONE = [
    "tranche 2 waits for production evidence: the watch gate was passed 0 times, not 1",
    "100,000.00 EUR is more than the 0.00 EUR approved and not yet released",
]


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_twenty_processes_release_a_budget_once_and_lose_no_write(database: Database) -> None:
    with database.world() as world:
        key = world.bring_to(world.open(budget=WHOLE_BUDGET.amount), Stage.REVIEW)
        before = digests(world)
        told = race(database, key)
        after = digests(world)

        assert Counter(one["part"] for one in told) == Counter(part for part, _ in FIELD)
        ends = [one["last"] for one in told if one["part"] == "releases"]
        assert Counter(GONE[-1] in end if end else "released" for end in ends) == {"released": 1, True: 7}
        acknowledged = [digest for one in told for digest in one["acknowledged"]]
        assert sorted(acknowledged) == sorted(after - before)

        reports = [s.content["rows"] for s in world.initiative(key).submissions if s.kind is Kind.PRODUCTION_REPORT]
        assert sorted(reports) == sorted(900 + number * TIMES + time for number in SUBMITTERS for time in range(TIMES))

        assert sum(one["opened"] for one in told) == 3
        assert balances(world)["pool:main"] == 1_000_000_00 - WHOLE_BUDGET.amount - 3 * THIRD_OF_WHAT_IS_LEFT == 0
        assert [(one.number, one.amount) for one in world.initiative(key).tranches] == [(1, WHOLE_BUDGET.amount)]
        everything_is_what_the_ledger_makes(world)


def race(database: Database, key: str) -> list[dict[str, object]]:
    """What each process was answered; none ended in any other way."""
    words = [sys.executable, "-m", "tests.journeys.racer", str(database.home), database.url, key]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    told: list[dict[str, object]] = json.loads(ended.stdout)
    return told


def digests(world: World) -> set[str]:
    with world.workspace.store.reading() as work:
        return {entry.digest for stream in work.streams() for entry in work.entries(stream)}


def balances(world: World) -> dict[str, int]:
    with world.workspace.store.reading() as work:
        return {name: amount for name, amount, _ in work.accounts("")}


def everything_is_what_the_ledger_makes(world: World) -> None:
    """Each chain holds, each list's row is what replay makes, and a rebuild changes no balance."""
    with world.workspace.store.reading() as work:
        for row in initiatives(work):
            entries = work.entries(row["key"])
            verify(entries)
            assert dict(row) == initiative_row(replay(entries))
    assert audit(world.workspace).bad == ()
    before = balances(world)
    rebuild(world.workspace)
    assert balances(world) == before
