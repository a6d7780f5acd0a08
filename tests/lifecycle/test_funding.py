"""Money: locked until its gate opens, never more than was approved, each tranche for its own evidence."""

import pytest

from provefirst.errors import StorageError, UnknownError
from provefirst.evidence import Kind
from provefirst.lifecycle import organisation
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.funding import Request, release
from provefirst.lifecycle.opening import open_initiative
from provefirst.money import POOL_CEILING, Account, Money
from provefirst.stages import Choice, Outcome, Stage
from tests import world as w
from tests.lifecycle.answers import SOON, clears, euros, events, pool, refused, releases, resumes, spends, votes
from tests.world import World, done

BUDGET = 100_000
CAPPED = w.policies(research=w.gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], exploration_cap=5_000_00))


@pytest.fixture
def watched(world: World) -> str:
    return world.bring_to(world.open(), Stage.WATCH)


def books(world: World, key: str) -> dict[str, int]:
    """What stands on each account, in whole euros."""
    on = world.initiative(key).books.on
    return {account.value: on(account) // 100 for account in Account if on(account)}


def passes_watch(world: World, key: str, days: int) -> None:
    """One more pass of the watch gate, on a report of its own."""
    world.clock.pass_days(days)
    world.submit_stage(key)
    done(world.approve(key))


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.WATCH])
def test_no_tranche_before_the_release_gate(world, stage):
    key = world.bring_to(world.open(), stage)
    assert refused(releases(world, key, 1)) == (
        f"money is locked: the release gate is closed, and {key} is at {stage.label}",
    )
    assert books(world, key) == {"requested": BUDGET}


def test_opening_reserves_the_budget_in_the_pool(world):
    before = pool(world)
    key = world.open()
    assert (before - pool(world), books(world, key)) == (BUDGET * 100, {"requested": BUDGET})


def test_the_release_gate_approves_what_was_requested(world, watched):
    assert books(world, watched) == {"approved": BUDGET}


def test_all_that_was_approved_can_be_released_and_spent(world, watched):
    done(releases(world, watched, BUDGET))
    done(spends(world, watched, BUDGET))
    assert books(world, watched) == {"spent": BUDGET}


def test_a_cent_more_than_was_approved_cannot_be_released(world, watched):
    assert refused(releases(world, watched, BUDGET + 0.01)) == (
        "100,000.01 EUR is more than the 100,000.00 EUR approved and not yet released",
    )


def test_a_cent_more_than_was_released_cannot_be_spent(world, watched):
    done(releases(world, watched, 10))
    assert refused(spends(world, watched, 10.01)) == ("10.01 EUR is more than the 10.00 EUR released and unspent",)


def test_nothing_is_not_an_amount(world, watched):
    assert refused(releases(world, watched, 0)) == ("amount: nothing is not an amount",)


def test_another_currency_is_refused(world, watched):
    request = Request(amount=Money(amount=1, currency="USD"), purpose="Pilot")
    assert refused(release(world.workspace, watched, request, by="bea")) == (f"{watched} is in EUR, not in USD",)


def test_money_spent_tomorrow_is_not_spent(world, watched):
    done(releases(world, watched, 10))
    assert refused(spends(world, watched, 1, on=SOON)) == (f"on: {SOON.isoformat()} lies in the future",)


def test_the_second_tranche_waits_for_production_evidence(world, watched):
    done(releases(world, watched, 10))
    assert refused(releases(world, watched, 10)) == (
        "tranche 2 waits for production evidence: the watch gate was passed 0 times, not 1",
    )


def test_each_pass_of_the_watch_gate_frees_one_more_tranche(world, watched):
    done(releases(world, watched, 10))
    passes_watch(world, watched, 30)
    done(releases(world, watched, 10))
    assert refused(releases(world, watched, 10)) == (
        "tranche 3 waits for production evidence: the watch gate was passed 1 times, not 2",
    )


def test_an_attempt_at_watch_that_was_recycled_frees_no_tranche(world, watched):
    done(releases(world, watched, 10))
    done(votes(world, watched, Choice.RECYCLE, "rita", back_to=Stage.RELEASE))
    world.bring_to(watched, Stage.WATCH)
    passes_watch(world, watched, 30)
    done(releases(world, watched, 10))
    assert refused(releases(world, watched, 10)) == (
        "tranche 3 waits for production evidence: the watch gate was passed 1 times, not 2",
    )


def test_recycling_locks_what_was_approved(world, watched):
    done(votes(world, watched, Choice.RECYCLE, "rita", back_to=Stage.REVIEW))
    assert books(world, watched) == {"approved": BUDGET}
    assert refused(releases(world, watched, 1)) == (
        f"money is locked: the release gate is closed, and {watched} is at review",
    )


def test_what_was_approved_once_is_not_approved_twice(world, watched):
    done(votes(world, watched, Choice.RECYCLE, "rita", back_to=Stage.RELEASE))
    world.bring_to(watched, Stage.WATCH)
    assert events(world, watched).count("budget.approved") == 1
    assert world.initiative(watched).budget == BUDGET * 100


def test_on_hold_nothing_is_released(world, watched):
    done(votes(world, watched, Choice.HOLD, "rita", condition="More rows", until=SOON))
    assert refused(releases(world, watched, 1)) == (f"on hold until {SOON.isoformat()}: More rows",)
    done(resumes(world, watched, "rita"))
    done(releases(world, watched, 1))


def test_the_end_gives_everything_unspent_back(world, watched):
    before = pool(world)
    done(releases(world, watched, 40_000))
    done(spends(world, watched, 15_000))
    done(conclude(world.workspace, watched, w.lesson(Outcome.WITHDRAWN), by="olga"))
    assert (pool(world) - before, books(world, watched)) == ((BUDGET - 15_000) * 100, {"spent": 15_000})


def test_after_the_end_no_money_moves(world, watched):
    done(releases(world, watched, 10))
    done(conclude(world.workspace, watched, w.lesson(Outcome.WITHDRAWN), by="olga"))
    assert refused(releases(world, watched, 1))[0] == f"{watched} is concluded: withdrawn"
    assert refused(spends(world, watched, 1))[0] == f"{watched} is concluded: withdrawn"


class TestExploration:
    @pytest.fixture
    def capped(self, world: World) -> str:
        organisation.adopt(world.workspace, CAPPED, by="root")
        return world.bring_to(world.open(), Stage.REPLICATION)

    def test_none_where_no_gate_frees_any(self, world):
        key = world.bring_to(world.open(), Stage.REPLICATION)
        assert refused(releases(world, key, 1, kind="exploration")) == (
            "money is locked: 1.00 EUR is more than the 0.00 EUR that the passed gates free for exploration",
        )

    def test_none_before_the_gate_that_frees_it(self, world):
        organisation.adopt(world.workspace, CAPPED, by="root")
        key = world.bring_to(world.open(), Stage.RESEARCH)
        assert refused(releases(world, key, 1, kind="exploration")) != ()

    def test_up_to_the_cap_and_no_cent_more(self, world, capped):
        done(releases(world, capped, 5_000, kind="exploration"))
        assert refused(releases(world, capped, 0.01, kind="exploration")) == (
            "money is locked: 0.01 EUR is more than the 0.00 EUR that the passed gates free for exploration",
        )

    def test_it_comes_out_of_what_was_requested(self, world, capped):
        done(releases(world, capped, 5_000, kind="exploration"))
        world.bring_to(capped, Stage.WATCH)
        assert books(world, capped) == {"approved": 95_000, "released": 5_000}

    def test_none_after_the_release_gate(self, world, capped):
        world.bring_to(capped, Stage.WATCH)
        assert refused(releases(world, capped, 1, kind="exploration")) != ()

    def test_recycling_does_not_free_it_twice(self, world, capped):
        done(releases(world, capped, 3_000, kind="exploration"))
        done(votes(world, capped, Choice.RECYCLE, "rita", back_to=Stage.RESEARCH))
        assert refused(releases(world, capped, 1, kind="exploration")) != ()
        world.bring_to(capped, Stage.REPLICATION)
        assert refused(releases(world, capped, 2_000.01, kind="exploration")) != ()
        done(releases(world, capped, 2_000, kind="exploration"))

    def test_an_exploration_is_no_first_tranche_of_the_budget(self, world, capped):
        done(releases(world, capped, 5_000, kind="exploration"))
        world.bring_to(capped, Stage.WATCH)
        done(releases(world, capped, 10))


class TestWithoutABudget:
    def test_nothing_is_reserved_and_nothing_released(self, world):
        before = pool(world)
        key = world.bring_to(world.open(budget=0), Stage.WATCH)
        assert pool(world) == before
        assert refused(releases(world, key, 0.01)) == (
            "0.01 EUR is more than the 0.00 EUR approved and not yet released",
        )

    def test_nothing_comes_back(self, world):
        before, key = pool(world), world.open(budget=0)
        done(conclude(world.workspace, key, w.lesson(Outcome.WITHDRAWN), by="olga"))
        assert pool(world) == before
        assert "money.returned" not in events(world, key)


class TestPools:
    def test_more_than_the_pool_holds_is_not_asked_for(self, world):
        answer = open_initiative(world.workspace, w.proposal(budget=1_000_000_01), by="olga")
        assert refused(answer) == ("pool main holds 100000000 minor units of EUR, less than the 100000001 asked for",)

    def test_all_that_the_pool_holds_can_be_asked_for(self, world):
        world.open(budget=1_000_000_00)
        assert pool(world) == 0

    def test_another_currency_than_the_pools_is_refused_without_a_rate(self, world):
        asked = w.proposal().model_copy(update={"budget": Money(amount=1, currency="USD")})
        answer = open_initiative(world.workspace, asked, by="olga")
        assert refused(answer) == ("no rate between USD and EUR is recorded: an admin records one",)
        assert refused(organisation.fund(world.workspace, Money(amount=1, currency="USD"), by="root")) == (
            "pool main is in EUR, not in USD",
        )

    def test_a_pool_that_is_not_there_is_named(self, world):
        answer = open_initiative(world.workspace, w.proposal(), by="olga", pool="secret")
        assert refused(answer) == ("there is no pool 'secret': an admin funds one first",)

    def test_only_an_admin_funds(self, world):
        assert refused(organisation.fund(world.workspace, euros(1), by="bea")) != ()

    def test_nobody_unknown_funds(self, world):
        with pytest.raises(UnknownError):
            organisation.fund(world.workspace, euros(1), by="ghost")

    def test_a_pool_never_holds_more_than_can_be_counted(self, any_world):
        with any_world.workspace.store.writing() as work:
            work.connection.exec_driver_sql(f"UPDATE balance SET amount = {POOL_CEILING}")
        assert refused(organisation.fund(any_world.workspace, euros(0.01), by="root")) == (
            f"pool main would hold more than {POOL_CEILING} minor units",
        )

    def test_a_balance_that_is_missing_is_not_taken_from_as_if_it_were_there(self, any_world):
        key = any_world.bring_to(any_world.open(), Stage.WATCH)
        with any_world.workspace.store.writing() as work:
            work.connection.exec_driver_sql(f"DELETE FROM balance WHERE account = '{key}:approved'")
        with pytest.raises(StorageError, match=f"the balance of {key}:approved is missing: `provefirst rebuild`"):
            releases(any_world, key, 1)
        assert any_world.initiative(key).tranches == ()


def test_a_condition_of_the_release_gate_does_not_lock_the_first_tranche_but_the_next_gate(world):
    key = world.bring_to(world.open(), Stage.RELEASE)
    done(votes(world, key, Choice.CONDITIONAL_GO, "bea", "ben", conditions=("Ask the nurses",)))
    done(releases(world, key, 10))
    world.submit_stage(key)
    gate = done(world.approve(key)).gate
    assert gate.reasons == ("condition 1 of the release gate is not cleared: Ask the nurses",)  # type: ignore[union-attr]
    done(clears(world, key, 1, "ben"))
    assert world.initiative(key).times_passed(Stage.WATCH) == 1
