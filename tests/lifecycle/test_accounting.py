"""The books of initiatives and pools, as the ledger moved the money."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from provefirst.errors import InvalidInputError, UnknownError
from provefirst.lifecycle import accounting
from provefirst.lifecycle.concluding import conclude
from provefirst.stages import Choice, Outcome, Stage
from provefirst.store.database import transaction
from tests import world as w
from tests.lifecycle.answers import TODAY, releases, spends, votes
from tests.world import World, done


@pytest.fixture
def paid(any_world: World) -> str:
    """40,000 of 100,000 released and 10,000 of them spent, the latter a day later."""
    key = any_world.bring_to(any_world.open(), Stage.WATCH)
    done(releases(any_world, key, 40_000))
    any_world.clock.pass_days(1)
    done(spends(any_world, key, 10_000))
    return key


def test_an_initiative_moves_from_the_pool_to_what_is_spent(any_world: World, paid: str):
    found = accounting.of_initiative(any_world.workspace, paid)
    assert [(one.source, one.target, one.amount) for one in found.lines] == [
        ("pool:main", f"{paid}:requested", 100_000_00),
        (f"{paid}:requested", f"{paid}:approved", 100_000_00),
        (f"{paid}:approved", f"{paid}:released", 40_000_00),
        (f"{paid}:released", f"{paid}:spent", 10_000_00),
    ]
    assert {one.account: one.after for one in found.balances} == {
        "pool:main": -100_000_00,
        f"{paid}:requested": 0,
        f"{paid}:approved": 60_000_00,
        f"{paid}:released": 30_000_00,
        f"{paid}:spent": 10_000_00,
    }
    assert (found.total, found.lines[-1].what) == (0, "Machines")


def test_a_pool_begins_with_what_was_put_in_and_gets_back_what_was_not_spent(any_world: World, paid: str):
    done(conclude(any_world.workspace, paid, w.lesson(Outcome.NOT_FEASIBLE), by="dana"))
    done(votes(any_world, paid, Choice.STOP, "rita", "rolf"))
    found = accounting.of_pool(any_world.workspace, "main")
    assert found.lines[0].source == "outside"
    [pool] = [one for one in found.balances if one.account == "pool:main"]
    with any_world.workspace.store.reading() as work:
        assert (pool.after, "EUR") == work.balance("pool:main")
    assert (pool.went, found.total) == (100_000_00, 0)


def test_a_period_tells_what_came_in_it(any_world: World, paid: str):
    found = accounting.of_initiative(any_world.workspace, paid, since=TODAY + timedelta(days=1))
    assert [one.amount for one in found.lines] == [10_000_00]
    [released] = [one for one in found.balances if one.account.endswith(":released")]
    assert (released.before, released.went, released.after) == (40_000_00, 10_000_00, 30_000_00)


def test_books_that_balance_name_nothing(any_world: World, paid: str):
    assert accounting.imbalances(any_world.workspace) == ()


def test_an_account_that_was_changed_by_hand_is_named(any_world: World, paid: str):
    with transaction(any_world.workspace.store.engine, writes=True) as connection:
        connection.execute(
            text("UPDATE balance SET amount = amount - 1 WHERE account = :account"), {"account": f"{paid}:spent"}
        )
    assert accounting.imbalances(any_world.workspace) == (
        f"{paid}:spent holds 999999 minor units, and its moves make 1000000",
    )


def test_what_is_not_there_has_no_statement(world: World):
    with pytest.raises(UnknownError):
        accounting.of_initiative(world.workspace, "PF-9")
    with pytest.raises(UnknownError, match="did you mean 'main'"):
        accounting.of_pool(world.workspace, "mian")
    with pytest.raises(InvalidInputError, match="a day from 2026-03-02 on"):
        accounting.of_pool(world.workspace, "main", since=TODAY, until=TODAY - timedelta(days=1))
