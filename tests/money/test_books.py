"""Pools, transfers, imports and statements: every line has two sides, and together they come to nothing."""

import io
from datetime import timedelta
from decimal import Decimal
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from provefirst.documents.moves import as_csv, as_workbook
from provefirst.errors import ConstraintError, InvalidInputError
from provefirst.integrity.auditing import verify
from provefirst.lifecycle import organisation
from provefirst.lifecycle.accounting import imbalances, of_initiative, of_pool, told
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.importing import Problem, import_spending
from provefirst.lifecycle.keeping import rebuild
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.pools import describe, pools, record_rate, transfer
from provefirst.money import Account, Money
from provefirst.people import Person, Role
from provefirst.pools import Known, PoolTerms, Rate, Transfer, converted
from provefirst.stages import Choice, Stage
from tests import world as w
from tests.world import NOON, World, done

DAY = NOON.date()


def eur(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def funded(world: World, pool: str, money: Money) -> None:
    assert organisation.fund(world.workspace, money, by="root", pool=pool) is None


def moved(source: str, target: str, money: Money) -> Transfer:
    return Transfer(source=source, target=target, amount=money, reason="Budget of next year")


def rate(value: str, days: int = 0, base: str = "EUR", quote: str = "USD") -> Rate:
    return Rate(base=base, quote=quote, rate=value, on=DAY - timedelta(days=days), source="European Central Bank")


def released(world: World, amount: int = 10_000_00) -> str:
    key = world.bring_to(world.open(), Stage.WATCH)
    done(release(world.workspace, key, Request(amount=eur(amount), purpose="Pilot"), by="bea"))
    return key


def expense(amount: int, reference: str = "", what: str = "Servers") -> Expense:
    return Expense(amount=eur(amount), what=what, on=DAY, reference=reference)


def holds(world: World) -> dict[str, tuple[int, str]]:
    return {one["pool"]: (one["amount"], one["currency"]) for one in pools(world.workspace)}


class TestConverting:
    @pytest.mark.parametrize(
        ("money", "value", "expected"),
        [
            (eur(100_00), "1.0845", Money(amount=108_45, currency="USD")),
            (eur(1), "1.5", Money(amount=2, currency="USD")),  # a tie goes to the even one
            (eur(3), "1.5", Money(amount=4, currency="USD")),
            (Money(amount=108_45, currency="USD"), "1.0845", eur(100_00)),
        ],
    )
    def test_a_rate_is_a_decimal_number_and_its_result_is_exact(self, money, value, expected):
        assert converted(money, Known("EUR", "USD", value, "2026-01-01", 1)) == expected

    def test_currencies_with_other_decimals_are_scaled(self):
        assert converted(eur(10_00), Known("EUR", "JPY", "163.25", "2026-01-01", 1)).amount == 1632  # 1632.5, to even
        assert converted(Money(amount=1632, currency="JPY"), Known("EUR", "JPY", "163.2", "2026-01-01", 1)) == eur(
            10_00
        )

    def test_the_largest_amount_loses_no_cent(self):
        most = Money(amount=10**15 - 1, currency="EUR")
        assert converted(most, Known("EUR", "USD", "0.999999999999", "2026-01-01", 1)).amount == round(
            Decimal(10**15 - 1) * Decimal("0.999999999999")
        )

    @pytest.mark.parametrize("value", ["0", "0.0", "-1", "1,08", "1e3", "NaN", "1.0000000000001", ""])
    def test_what_is_no_rate_is_refused(self, value):
        with pytest.raises(ValueError, match=r"rate|decimal"):
            rate(value)


class TestPools:
    def test_money_moves_between_pools_of_one_currency(self, any_world):
        funded(any_world, "spare", eur(1))
        assert transfer(any_world.workspace, moved("main", "spare", eur(500_00)), by="root") is None
        assert holds(any_world) == {"main": (1_000_000_00 - 500_00, "EUR"), "spare": (500_01, "EUR")}
        assert imbalances(any_world.workspace) == ()
        before = holds(any_world)
        rebuild(any_world.workspace)
        assert (holds(any_world), verify(any_world.workspace).bad) == (before, ())

    def test_between_currencies_the_newest_recorded_rate_is_taken(self, any_world):
        funded(any_world, "dollars", Money(amount=1, currency="USD"))
        refused = transfer(any_world.workspace, moved("main", "dollars", eur(100_00)), by="root")
        assert refused == Refused(("no rate between EUR and USD is recorded",))
        for value, days in (("1.0845", 0), ("1.2", 9)):
            assert record_rate(any_world.workspace, rate(value, days), by="root") is None
        assert transfer(any_world.workspace, moved("main", "dollars", eur(100_00)), by="root") is None
        assert holds(any_world)["dollars"] == (108_46, "USD")
        assert imbalances(any_world.workspace) == ()

    def test_no_more_is_moved_than_there_is(self, world):
        funded(world, "spare", eur(1))
        refused = transfer(world.workspace, moved("spare", "main", eur(2)), by="root")
        assert refused == Refused(("0.02 EUR is more than the 0.01 EUR in pool spare",))

    def test_only_an_admin_moves_it(self, world):
        funded(world, "spare", eur(1))
        for handle in ("olga", "bea", "anna", "dana"):
            assert isinstance(transfer(world.workspace, moved("main", "spare", eur(1)), by=handle), Refused)

    def test_a_pool_is_for_its_period_and_cost_centre(self, world):
        terms = PoolTerms(pool="main", cost_centre="R-17", since=DAY, until=DAY + timedelta(days=30))
        assert describe(world.workspace, terms, by="root") is None
        refused = open_initiative(world.workspace, w.proposal(), by="olga")
        assert refused == Refused(("pool main is for cost centre R-17, not for none",))
        olga = Person(handle="olga", name="Olga Owner", roles=frozenset({Role.PRODUCT_OWNER}), cost_centre="R-17")
        assert organisation.add_person(world.workspace, olga, by="root") is None
        done(open_initiative(world.workspace, w.proposal(), by="olga"))
        world.clock.pass_days(40)
        late = open_initiative(world.workspace, w.proposal(), by="olga")
        assert late == Refused((f"pool main was for requests until {terms.until}",))


class TestImporting:
    HEADER = "initiative,amount,what,on,reference\n"

    def test_a_file_is_looked_through_before_anything_is_booked(self, any_world):
        key = released(any_world)
        file = (self.HEADER + f"{key},100 EUR,Servers,{DAY},A-1\n{key},50.25 EUR,Labels,{DAY},A-2\n").encode()
        looked = import_spending(any_world.workspace, file, by="olga")
        assert (looked.rows, looked.totals, looked.problems, looked.is_booked) == (2, {key: 150_25}, (), False)
        assert any_world.initiative(key).books.on(Account.SPENT) == 0
        assert import_spending(any_world.workspace, file, by="olga", is_dry=False).is_booked
        assert any_world.initiative(key).books.on(Account.SPENT) == 150_25
        again = import_spending(any_world.workspace, file, by="olga", is_dry=False)
        assert [one.problem for one in again.problems] == [
            f"{key}: reference A-1 is booked already", f"{key}: reference A-2 is booked already",
        ]  # fmt: skip

    def test_every_wrong_row_is_named_and_none_is_booked(self, world):
        key = released(world, 100_00)
        rows = [
            f"{key},60 EUR,Servers,{DAY},A-1",
            f"{key},60 EUR,Servers,{DAY},A-2",
            f"{key},ten,Servers,{DAY},A-3",
            f"{key},1 EUR,Servers,{DAY},",
            f"PF-99,1 EUR,Servers,{DAY},A-5",
            f"{key},1 USD,Servers,{DAY},A-1",
        ]
        found = import_spending(world.workspace, (self.HEADER + "\n".join(rows)).encode(), by="olga", is_dry=False)
        assert [one.line for one in found.problems] == [3, 4, 5, 6, 7, 7]
        assert found.problems[0] == Problem(3, f"{key}: 60.00 EUR is more than the 40.00 EUR released and unspent")
        assert (found.is_booked, world.initiative(key).books.on(Account.SPENT)) == (False, 0)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"a,b\n1,2\n",
            b"\xff\xfe\x00",
            HEADER.encode(),
            b"initiative,amount\n",
            HEADER.encode() + b"PF-1,1 EUR," + b"x" * 200_000,
            b"amount," + HEADER.encode() + b"1 EUR,PF-1,99 EUR,Servers,2026-03-01,A-1\n",
        ],
    )
    def test_what_is_no_such_file_is_refused(self, world, content):
        with pytest.raises(InvalidInputError):
            import_spending(world.workspace, content, by="olga")

    def test_lines_end_as_they_do_on_any_machine(self, world):
        key = released(world)
        file = (self.HEADER + f"{key},1 EUR,Servers,{DAY},A-1\n{key},1 EUR,Ser\rvers,{DAY},A-2\n").encode()
        found = import_spending(world.workspace, file, by="olga")
        assert {one.line for one in found.problems} == {3, 4}
        assert (
            import_spending(world.workspace, file[: file.index(b"A-1") + 4].replace(b"\n", b"\r"), by="olga").rows == 1
        )

    def test_somebody_else_is_told_so_and_books_nothing(self, world):
        key = released(world)
        file = (self.HEADER + f"{key},1 EUR,Servers,{DAY},A-1\n").encode()
        found = import_spending(world.workspace, file, by="dana", is_dry=False)
        assert not found.is_booked
        assert found.problems


class TestSpending:
    def test_past_four_fifths_its_owner_is_told_once(self, world):
        key = released(world, 100_00)
        events = [
            [entry.event for entry in done(spend(world.workspace, key, expense(amount), by="olga")).entries]
            for amount in (79_00, 1_00, 1_00)
        ]
        assert events == [["money.spent"], ["money.spent", "reminder.raised"], ["money.spent"]]

    def test_another_share_is_the_policys_to_say(self, tmp_path):
        early = w.policies().at(Stage.RELEASE).model_copy(update={"spending_alarm": 30})
        world = World.make(tmp_path, policy_set=w.policies(release=early))
        key = released(world, 100_00)
        events = [
            [entry.event for entry in done(spend(world.workspace, key, expense(amount), by="olga")).entries]
            for amount in (29_00, 1_00, 50_00)
        ]
        assert events == [["money.spent"], ["money.spent", "reminder.raised"], ["money.spent"]]

    def test_on_hold_only_invoices_of_before_are_paid(self, world):
        key = released(world)
        for handle in ("rita",):
            held = w.ballot(Choice.HOLD, condition="The camera comes.", until=DAY + timedelta(days=90))
            review = w.peer_review().model_copy(update={"ballot": held})
            world.judge_method(key, handle)
            done(w.review(world.workspace, key, review, by=handle))
        assert world.initiative(key).hold is not None
        world.clock.pass_days(2)
        late = expense(1).model_copy(update={"on": DAY + timedelta(days=1)})
        assert isinstance(spend(world.workspace, key, late, by="olga"), Refused)
        done(spend(world.workspace, key, expense(1), by="olga"))


class TestStatements:
    def test_an_initiatives_accounts_come_to_zero_and_to_what_it_holds(self, any_world):
        key = released(any_world)
        done(spend(any_world.workspace, key, expense(12_34), by="olga"))
        found = of_initiative(any_world.workspace, key)
        after = {one.account.rpartition(":")[2]: one.after for one in found.balances}
        books = any_world.initiative(key).books
        assert found.total == 0
        assert (after["released"], after["spent"]) == (books.on(Account.RELEASED), books.on(Account.SPENT))

    def test_a_pool_ends_at_what_it_holds_and_names_the_other_one(self, any_world):
        released(any_world)
        funded(any_world, "spare", eur(7))
        assert transfer(any_world.workspace, moved("main", "spare", eur(3)), by="root") is None
        for pool, other in (("main", "spare"), ("spare", "main")):
            found = of_pool(any_world.workspace, pool)
            after = {one.account: one.after for one in found.balances}
            assert (after[f"pool:{pool}"], found.total) == (holds(any_world)[pool][0], 0)
            assert abs(after[f"transfer:{other}"]) == 3

    def test_no_cell_of_a_spreadsheet_is_a_formula(self, world):
        key = released(world)
        done(spend(world.workspace, key, expense(1, what="=HYPERLINK(A1)"), by="olga"))
        found = told(of_initiative(world.workspace, key))
        assert "'=HYPERLINK(A1)" in as_csv(found["lines"], found["currency"])
        with ZipFile(io.BytesIO(as_workbook(found))) as book:
            sheets = [book.read(name).decode() for name in book.namelist() if "sheet" in name]
            texts = book.read("xl/sharedStrings.xml").decode()
        assert "=HYPERLINK(A1)" in texts
        assert [sheet for sheet in sheets if "<f>" in sheet] == []


class TestReconciling:
    def test_an_account_that_was_tampered_with_is_named(self, any_world):
        released(any_world)
        with any_world.workspace.store.writing() as work:
            work.connection.execute(text("UPDATE balance SET amount = amount + 5 WHERE account = 'pool:main'"))
        assert imbalances(any_world.workspace) == ("pool:main holds 90000005 minor units, and its moves make 90000000",)

    def test_no_account_can_be_overdrawn_by_whatever_route(self, any_world):
        with pytest.raises(ConstraintError), any_world.workspace.store.writing() as work:
            work.connection.execute(text("UPDATE balance SET amount = -1 WHERE account = 'pool:main'"))
