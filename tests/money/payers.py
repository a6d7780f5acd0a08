"""Eight processes on one pool: each opens the workspace for itself, and all do their deeds at once.

`python -m tests.money.payers HOME DATABASE_URL KEYS` forks them from one process that has everything imported, waits at
a barrier until each is ready, and writes how often each kind of deed was done, refused or outrun, as JSON, to standard
output. It fails where a process ends with anything else.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory

from provefirst.errors import StaleVersionError
from provefirst.lifecycle.act import Answer, Refused
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.pools import transfer
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Money
from provefirst.pools import Transfer
from tests import world as w

PROCESSES, DEEDS, SECONDS = 8, 125, 100
BUDGET, RELEASED, SPENT, MOVED = 9_000_00, 100_00, 70_00, 40_000_00
PROPOSAL = w.proposal(BUDGET, title="Vine leaves", problem="Mildew is seen late.", hypothesis="Photos show it.")
Deed = Callable[[], Answer | Refused | None]


def eur(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def deeds(workspace: Workspace, keys: list[str], chance: random.Random) -> tuple[str, Deed]:
    """A release, an expense, an opening or a transfer, on any of the initiatives."""
    kind, key = chance.choices(("release", "spend", "open", "transfer"), (50, 40, 20, 15))[0], chance.choice(keys)
    asked = Request(amount=eur(RELEASED), purpose="A look around", kind="exploration")
    paid = Expense(amount=eur(SPENT), what="Servers", on=w.NOON.date())
    moved = Transfer(source="main", target="spare", amount=eur(MOVED), reason="It is needed there")
    found: dict[str, Deed] = {
        "release": lambda: release(workspace, key, asked, by="bea"),
        "spend": lambda: spend(workspace, key, paid, by="olga"),
        "open": lambda: open_initiative(workspace, PROPOSAL, by="olga", screen=w.screen()),
        "transfer": lambda: transfer(workspace, moved, by="root"),
    }
    return kind, found[kind]


def came_to(deed: Deed) -> str:
    try:
        answer = deed()
    except StaleVersionError:
        return "outrun"
    return "refused" if isinstance(answer, Refused) else "done"


def run(number: int, barrier: Barrier, home: Path, url: str, keys: list[str], answers: Path) -> None:
    workspace, chance = Workspace.open(home, url, clock=w.Clock()), random.Random(number)
    workspace.initiative(keys[0])
    told = Counter[str]()
    barrier.wait(SECONDS)
    for _ in range(DEEDS):
        kind, deed = deeds(workspace, keys, chance)
        told[f"{kind} {came_to(deed)}"] += 1
    workspace.store.engine.dispose()
    (answers / f"{number}.json").write_text(json.dumps(told))


def main(home: str, url: str, keys: str) -> int:
    """Run them all; what their deeds came to goes to standard output."""
    forked = multiprocessing.get_context("fork")
    barrier = forked.Barrier(PROCESSES)
    with TemporaryDirectory() as folder:
        answers = Path(folder)
        given = [(number, barrier, Path(home), url, keys.split(","), answers) for number in range(PROCESSES)]
        processes = [forked.Process(target=run, args=arguments) for arguments in given]
        for process in processes:
            process.start()
        for process in processes:
            process.join(SECONDS)
        failed = [process for process in processes if process.exitcode != 0]
        for process in failed:
            process.kill()
        told = sum((Counter(json.loads(path.read_text())) for path in answers.iterdir()), Counter[str]())
    os.write(sys.stdout.fileno(), json.dumps(told).encode())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
