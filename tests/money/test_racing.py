"""Many hands at once on one pool: it is never overdrawn, and after every step the books balance."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from provefirst.errors import StaleVersionError
from provefirst.lifecycle import organisation
from provefirst.lifecycle.accounting import imbalances, of_initiative
from provefirst.lifecycle.act import Done, Refused
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.pools import transfer
from provefirst.money import Account, Money
from provefirst.pools import Transfer
from provefirst.stages import Outcome, Stage
from tests import world as w
from tests.databases import Database
from tests.money import payers
from tests.world import NOON, World

ROOT = Path(__file__).parents[2]
HANDS = 6
EXAMPLES = int(os.environ.get("PROVEFIRST_MONEY_EXAMPLES", "10"))
"""Of the state machine on SQLite, and half of it on PostgreSQL; a nightly run asks for more."""

CAP = w.policies(
    proposal=w.gate(
        Stage.PROPOSAL, [w.Kind.PROPOSAL, w.Kind.ETHICS_SCREEN], w.Role.ETHICS_REVIEWER, exploration_cap=10**9
    )
)
Deed = Callable[[], object]


def eur(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def all_at_once(deeds: list[Deed]) -> Counter[str]:
    """What each deed came to: done, refused or outrun by somebody else."""

    def told(deed: Deed) -> str:
        try:
            answer = deed()
        except StaleVersionError:
            return "outrun"
        return "refused" if isinstance(answer, Refused) else "done"

    with ThreadPoolExecutor(HANDS) as hands:
        return Counter(hands.map(told, deeds))


def held(world: World) -> dict[str, int]:
    with world.workspace.store.reading() as work:
        return {account: amount for account, amount, _ in work.accounts("")}


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_a_thousand_races_of_eight_processes_on_one_pool_overdraw_nothing(database: Database) -> None:
    """Releases, expenses, openings and transfers, for more than there is of each."""
    with database.world() as world:
        assert organisation.adopt(world.workspace, CAP, by="root") is None
        assert organisation.fund(world.workspace, eur(1), by="root", pool="spare") is None
        keys = [world.open(budget=payers.BUDGET) for _ in range(4)]
        for key in keys:
            world.answer_all(key)
            world.approve(key)
        total = sum(held(world).values())

        told = raced(database, keys)

        assert sum(told.values()) == payers.PROCESSES * payers.DEEDS == 1000
        for kind in ("release", "spend", "open", "transfer"):
            assert min(told[f"{kind} done"], told[f"{kind} refused"]) > 0, told
        found = [world.initiative(key).books for key in keys]
        released = sum(one.on(Account.RELEASED) + one.on(Account.SPENT) for one in found)
        assert released == told["release done"] * payers.RELEASED <= 4 * payers.BUDGET
        assert sum(one.on(Account.SPENT) for one in found) == told["spend done"] * payers.SPENT
        drawn = told["open done"] * payers.BUDGET + told["transfer done"] * payers.MOVED
        assert held(world)["pool:main"] == total - 1 - 4 * payers.BUDGET - drawn >= 0
        assert held(world)["pool:spare"] == 1 + told["transfer done"] * payers.MOVED
        assert imbalances(world.workspace) == ()
        assert sum(held(world).values()) == total
        assert min(held(world).values()) >= 0


def raced(database: Database, keys: list[str]) -> Counter[str]:
    """How often each kind of deed was done, refused or outrun; no process ended in any other way."""
    words = [sys.executable, "-m", "tests.money.payers", str(database.home), database.url, ",".join(keys)]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    return Counter(json.loads(ended.stdout))


def _asked(amount: int) -> Request:
    return Request(amount=eur(amount), purpose="A look around", kind="exploration")


def _paid(amount: int) -> Expense:
    return Expense(amount=eur(amount), what="Servers", on=NOON.date())


class Books(RuleBasedStateMachine):
    """Deeds in any order, two at a time, on initiatives that share two pools."""

    make: Callable[[Path], World]

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.world = self.make(Path(self.folder.name))
        self.workspace = self.world.workspace
        self.keys: list[str] = []
        assert organisation.adopt(self.workspace, CAP, by="root") is None
        assert organisation.fund(self.workspace, eur(50_000_00), by="root", pool="spare") is None
        self.total = sum(held(self.world).values())

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.workspace.store.engine.dispose()
            self.folder.cleanup()

    @rule(amount=st.integers(1, 600_000_00), pool=st.sampled_from(["main", "spare"]))
    def two_open(self, amount: int, pool: str) -> None:
        proposal = w.proposal(amount)
        opened: list[object] = []
        all_at_once(
            [lambda: opened.append(open_initiative(self.workspace, proposal, by="olga", screen=w.screen(), pool=pool))]
            * 2
        )
        for answer in opened:
            if isinstance(answer, Done):
                self.keys.append(answer.initiative.key)
                self.world.answer_all(answer.initiative.key)
                self.world.approve(answer.initiative.key)

    @rule(amount=st.integers(1, 700_000_00), is_back=st.booleans())
    def two_transfer(self, amount: int, is_back: bool) -> None:
        pair = ("spare", "main") if is_back else ("main", "spare")
        moved = Transfer(source=pair[0], target=pair[1], amount=eur(amount), reason="It is needed there")
        all_at_once([lambda: transfer(self.workspace, moved, by="root")] * 2)

    @precondition(lambda self: bool(self.keys))
    @rule(amount=st.integers(1, 400_000_00), data=st.data())
    def two_release(self, amount: int, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.keys))
        all_at_once([lambda: release(self.workspace, key, _asked(min(amount, 10**9)), by="bea")] * 2)

    @precondition(lambda self: bool(self.keys))
    @rule(amount=st.integers(1, 400_000_00), data=st.data())
    def two_spend_and_one_is_withdrawn(self, amount: int, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.keys))
        deeds: list[Deed] = [lambda: spend(self.workspace, key, _paid(amount), by="olga")] * 2
        if data.draw(st.booleans()):
            deeds.append(lambda: conclude(self.workspace, key, w.lesson(Outcome.WITHDRAWN), by="olga"))
        all_at_once(deeds)

    @invariant()
    def the_books_balance(self) -> None:
        if not hasattr(self, "world"):
            return
        assert imbalances(self.workspace) == ()
        assert min(held(self.world).values()) >= 0
        assert sum(held(self.world).values()) == self.total
        assert all(of_initiative(self.workspace, key).total == 0 for key in self.keys[-2:])


def played(make: Callable[[Path], World], examples: int) -> None:
    machine = type("Played", (Books,), {"make": staticmethod(make)})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(machine, settings=chosen)


def test_the_books_balance_after_every_step_on_sqlite(sqlite_template: Path) -> None:
    def make(folder: Path) -> World:
        shutil.copyfile(sqlite_template, folder / "provefirst.db")
        return World(w.Workspace.open(folder, clock=(clock := w.Clock())), clock)

    played(make, EXAMPLES)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_the_books_balance_after_every_step_on_postgresql(dialect: str, request: pytest.FixtureRequest) -> None:
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")

    def make(folder: Path) -> World:
        clock = w.Clock()
        return World(w.Workspace.open(folder, server.create(template), clock=clock), clock)

    assert dialect == "postgresql"
    played(make, max(1, EXAMPLES // 2))
