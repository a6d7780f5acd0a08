"""Asked for and paid in another currency than the pool's: by recorded rates, in books that balance in one."""

from __future__ import annotations

from datetime import date

import pytest

from provefirst.integrity.auditing import verify
from provefirst.lifecycle.accounting import imbalances, of_initiative
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.entry_words import sentence
from provefirst.lifecycle.facts import money_of
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.importing import import_spending
from provefirst.lifecycle.keeping import rebuild
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.pools import record_rate
from provefirst.money import Account, Money
from provefirst.pools import Rate
from provefirst.stages import Outcome, Stage
from tests import world as w
from tests.world import NOON, World, done

DAY = NOON.date()


def rate(world: World, text: str, on: date = DAY) -> None:
    said = Rate(base="EUR", quote="USD", rate=text, on=on, source="European Central Bank")
    assert record_rate(world.workspace, said, by="root") is None


def dollars(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


def asked_in_dollars(world: World, amount: int = 10_845_00) -> str:
    """Asked for at 1.0845 dollars a euro, and released whole."""
    rate(world, "1.0845")
    proposal = w.proposal().model_copy(update={"budget": dollars(amount)})
    key = done(open_initiative(world.workspace, proposal, by="olga", screen=w.screen())).initiative.key
    world.bring_to(key, Stage.WATCH)
    left = world.initiative(key).books.on(Account.APPROVED)
    euros = Money(amount=left, currency="EUR")
    done(release(world.workspace, key, Request(amount=euros, purpose="All of it"), by="bea"))
    return key


def paid(amount: Money) -> Expense:
    return Expense(amount=amount, what="Servers", on=DAY, reference=str(amount))


def pool(world: World) -> int:
    with world.workspace.store.reading() as work:
        return work.balance("pool:main")[0]  # type: ignore[index]


def test_it_is_reserved_in_the_pools_currency_and_says_by_which_rate(any_world: World) -> None:
    before = pool(any_world)
    key = asked_in_dollars(any_world)
    assert before - pool(any_world) == 10_000_00
    money = money_of(any_world.initiative(key))
    asked = money["asked"]
    assert (money["currency"], asked["amount"], asked["currency"], asked["rate"]) == ("EUR", 10_845_00, "USD", "1.0845")
    assert imbalances(any_world.workspace) == ()


def test_a_payment_comes_to_more_once_its_currency_is_worth_more_and_the_difference_is_told(any_world: World) -> None:
    key = asked_in_dollars(any_world)
    done(spend(any_world.workspace, key, paid(dollars(1_084_50)), by="olga"))
    assert any_world.initiative(key).books.exchange_difference == 0
    rate(any_world, "1.00")
    last = done(spend(any_world.workspace, key, paid(dollars(1_000_00)), by="olga")).entries[0]
    assert (last.data["amount"], last.data["paid"]["amount"], last.data["difference"]) == (1_000_00, 1_000_00, 77_92)
    assert sentence(last, "EUR") == "spent 1,000.00 EUR (1,000.00 USD at 1.00) on Servers"
    books = any_world.initiative(key).books
    assert (books.on(Account.SPENT), books.exchange_difference) == (2_000_00, 77_92)
    assert of_initiative(any_world.workspace, key).total == 0
    rebuild(any_world.workspace)
    assert (verify(any_world.workspace).bad, imbalances(any_world.workspace)) == ((), ())


def test_what_is_left_goes_back_in_the_pools_currency(world: World) -> None:
    before, key = pool(world), asked_in_dollars(world)
    done(spend(world.workspace, key, paid(Money(amount=500_00, currency="EUR")), by="olga"))
    done(conclude(world.workspace, key, w.lesson(Outcome.WITHDRAWN), by="olga"))
    assert pool(world) == before - 500_00


def test_more_than_was_released_is_refused_by_what_it_comes_to(world: World) -> None:
    key = asked_in_dollars(world)
    refused = spend(world.workspace, key, paid(dollars(10_845_02)), by="olga")
    assert refused == Refused(("10,000.02 EUR is more than the 10,000.00 EUR released and unspent",))


@pytest.mark.parametrize("amount", ["1 GBP", "5 CHF"])
def test_without_a_recorded_rate_nothing_is_booked(world: World, amount: str) -> None:
    key = asked_in_dollars(world)
    money = Money.parse(amount)
    told = f"no rate between {money.currency} and EUR is recorded: an admin records one"
    assert spend(world.workspace, key, paid(money), by="olga") == Refused((told,))
    line = f"{key},{amount},Servers,{DAY.isoformat()},R-1"
    found = import_spending(world.workspace, f"initiative,amount,what,on,reference\n{line}\n".encode(), by="root")
    assert [one.problem for one in found.problems] == [f"{key}: {told}"]


def test_a_file_of_payments_in_two_currencies_is_told_and_booked_in_the_books_one(world: World) -> None:
    key = asked_in_dollars(world)
    lines = [f"{key},1084.50 USD,Servers,{DAY.isoformat()},R-1", f"{key},500 EUR,Disks,{DAY.isoformat()},R-2"]
    content = "\n".join(["initiative,amount,what,on,reference", *lines]).encode()
    assert import_spending(world.workspace, content, by="root").totals == {key: 1_500_00}
    assert import_spending(world.workspace, content, by="root", is_dry=False).is_booked
    assert world.initiative(key).books.on(Account.SPENT) == 1_500_00


def test_a_row_that_comes_to_nothing_is_named_by_its_line(world: World) -> None:
    key = asked_in_dollars(world)
    said = Rate(base="EUR", quote="JPY", rate="300", on=DAY, source="European Central Bank")
    assert record_rate(world.workspace, said, by="root") is None
    file = f"initiative,amount,what,on,reference\n{key},1 EUR,Servers,{DAY},A-1\n{key},1 JPY,Servers,{DAY},A-2\n"
    found = import_spending(world.workspace, file.encode(), by="olga", is_dry=False)
    assert ([one.line for one in found.problems], found.is_booked) == ([3], False)
