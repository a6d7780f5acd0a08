"""Many hands at once on one pool: it is never overdrawn, and after every step the books balance."""

from __future__ import annotations

import shutil
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
from tests.world import NOON, World

HANDS = 6
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


def test_a_thousand_races_on_one_pool_overdraw_nothing(database: Database) -> None:
    """300 openings, 100 transfers, 300 releases and 300 expenses, for more than there is of each."""
    with database.world() as world:
        workspace = world.workspace
        assert organisation.adopt(workspace, CAP, by="root") is None
        assert organisation.fund(workspace, eur(1), by="root", pool="spare") is None
        total = sum(amount for amount in held(world).values())
        proposal = w.proposal(
            9_000_00, title="Vine leaves", problem="Mildew is seen late.", hypothesis="Photos show it."
        )
        opened = all_at_once(
            [lambda: open_initiative(workspace, proposal, by="olga", screen=w.screen())] * 300
            + [lambda: transfer(workspace, _moved(8_000_00), by="root")] * 100
        )
        assert opened["done"] + opened["refused"] + opened["outrun"] == 400
        assert min(opened["done"], opened["refused"]) > 50
        assert held(world)["pool:main"] >= 0
        key = "PF-1"
        world.approve(key)
        told = all_at_once(
            [lambda: release(workspace, key, _asked(100_00), by="bea")] * 300
            + [lambda: spend(workspace, key, _paid(70_00), by="olga")] * 300
        )
        assert told["done"] + told["refused"] + told["outrun"] == 600
        assert min(told["done"], told["refused"]) > 100
        books = world.initiative(key).books
        assert (books.committed + books.on(Account.REQUESTED), books.on(Account.SPENT) % 70_00) == (9_000_00, 0)
        assert imbalances(workspace) == ()
        assert sum(held(world).values()) == total
        assert min(held(world).values()) >= 0


def _moved(amount: int) -> Transfer:
    return Transfer(source="main", target="spare", amount=eur(amount), reason="It is needed there")


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

    played(make, 6)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_the_books_balance_after_every_step_on_postgresql(dialect: str, request: pytest.FixtureRequest) -> None:
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")

    def make(folder: Path) -> World:
        clock = w.Clock()
        return World(w.Workspace.open(folder, server.create(template), clock=clock), clock)

    assert dialect == "postgresql"
    played(make, 3)
