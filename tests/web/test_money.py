"""Money and figures on pages: what the verbs reckon is what stands there, and nobody reads more than they may."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from provefirst.evidence import Kind
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.organisation import fund
from provefirst.lifecycle.submitting import submit
from provefirst.money import Money
from provefirst.stages import Stage
from provefirst.statements import Line
from provefirst.store import books
from provefirst.web import money
from provefirst.web.access import Visitor
from provefirst.web.burnup import GROUND, LEFT, TOP, burn_up
from provefirst.web.money import EVER
from provefirst.web.sight import look
from provefirst.web.waterfall import steps, ways_of
from tests.web.conftest import Ask, Visit
from tests.web.serving import Served
from tests.world import World, done, estimate, lesson


def eur(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def paid(world: World, amount: int = 9_000_00) -> str:
    """An initiative with 100,000 EUR, of which 40,000 is released and `amount` spent."""
    key = world.bring_to(world.open(), Stage.WATCH)
    done(release(world.workspace, key, Request(amount=eur(40_000_00), purpose="A pilot"), by="bea"))
    done(spend(world.workspace, key, Expense(amount=eur(amount), what="=1+1", on=world.clock().date()), by="olga"))
    return key


def move(source: str, target: str, amount: int) -> Line:
    return Line("2026-03-02", "PF-1", 1, "money.moved", "bea", "", source, target, amount)


def test_the_waterfall_says_how_far_money_got_and_sets_what_came_back_beside_what_was_spent() -> None:
    lines = [
        move("pool:main", "PF-1:requested", 100), move("PF-1:requested", "PF-1:approved", 100),
        move("PF-1:approved", "PF-1:released", 60), move("PF-1:released", "PF-1:spent", 25),
        move("PF-1:released", "pool:main", 35), move("PF-1:approved", "pool:main", 40),
    ]  # fmt: skip
    found = {step.name: (step.amount, step.x, step.width) for step in steps(ways_of(lines))}
    assert found == {
        "Reserved": (100, 0.0, 600.0), "Approved": (100, 0.0, 600.0), "Released": (60, 0.0, 360.0),
        "Spent": (25, 0.0, 150.0), "Returned": (75, 150.0, 450.0),
    }  # fmt: skip


def test_what_is_neither_spent_nor_returned_closes_the_waterfall() -> None:
    found = steps(ways_of([move("pool:main", "PF-1:requested", 100)]), budget=400)
    assert [(step.name, step.amount) for step in found if step.amount] == [
        ("Budget", 400), ("Reserved", 100), ("Still there", 100)
    ]  # fmt: skip


def test_both_databases_tell_the_same_of_a_pool(any_world: World) -> None:
    paid(any_world)
    today = any_world.clock().date().isoformat()
    any_world.open(budget=1_000_00)
    with any_world.workspace.store.reading() as work:
        whole = books.flow_of_pool(work, "main", first="", last=EVER)
        later = books.flow_of_pool(work, "main", first="2999-01-01", last=EVER)
        newest = books.newest_of_pool(work, "main", first=today, last=EVER, limit=2)
    assert dict(whole.here) == {
        ("put in", "pool"): 1_000_000_00, ("pool", "requested"): 101_000_00, ("requested", "approved"): 100_000_00,
        ("approved", "released"): 40_000_00, ("released", "spent"): 9_000_00,
    }  # fmt: skip
    assert (whole.count, dict(whole.before)) == (3, {})
    assert (later.count, dict(later.here), dict(later.before)) == (0, {}, dict(whole.here))
    assert [(line.initiative, line.amount) for line in newest] == [("PF-2", 1_000_00), ("PF-1", 100_000_00)]


def test_a_pool_that_is_called_like_an_account_is_a_pool(site: Served, ask: Ask) -> None:
    assert fund(site.world.workspace, eur(5_00), by="root", pool="requested") is None
    shown = ask("bea").get("/money/pools/requested").text
    assert "Statement of pool requested" in shown
    assert "5.00 EUR" in shown


def test_a_statement_tells_every_move_and_its_period_is_in_the_address(site: Served, ask: Ask) -> None:
    world, client = site.world, ask("bea")
    key = paid(world)
    shown = client.get(f"/initiatives/{key}/statement").text
    assert "4 moves" in shown
    assert "9,000.00 EUR" in shown
    later = (world.clock().date() + timedelta(days=1)).isoformat()
    assert "No money moved in this time" in client.get(f"/initiatives/{key}/statement?since={later}").text


def test_a_pool_shows_its_newest_moves_and_what_its_initiatives_did_with_them(
    site: Served, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money, "SHOWN", 2)
    key = paid(site.world)
    shown = ask("bea").get("/money/pools/main").text
    assert "2 moves" in shown
    site.world.open(budget=1_000_00)
    shown = ask("bea").get("/money/pools/main").text
    assert "3 moves, of which the newest 2 stand here" in shown
    assert shown.index("PF-2</a>") < shown.index(f"{key}</a>")
    assert "40,000.00 EUR" in shown
    assert "9,000.00 EUR" in shown


def test_a_later_period_begins_with_what_the_pool_held_then(site: Served, ask: Ask) -> None:
    world = site.world
    world.open(budget=100_000_00)
    world.clock.pass_days(2)
    world.open(budget=1_000_00)
    since = world.clock().date().isoformat()
    rows = ask("bea").get(f"/money/pools/main?since={since}").text
    assert "1 move." in rows
    budget = rows[rows.index("<b>Budget</b>") :].partition("</data>")[0]
    assert budget.endswith("900,000.00 EUR")


def test_what_is_downloaded_is_all_of_it_and_no_formula(
    site: Served, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money, "SHOWN", 1)
    key = paid(site.world)
    answer = ask("bea").get(f"/initiatives/{key}/statement.csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="statement-{key}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["amount"], row["what"]) for row in rows][-1] == ("9000.00", "'=1+1")
    assert len(rows) == 4
    book = ask("bea").get("/money/pools/main/statement.xlsx")
    assert (book.status_code, book.content[:2]) == (200, b"PK")


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/money/pools/mian", 404, "main"),
        ("/money/pools/main?since=soon", 422, "a day such as 2027-03-31"),
        ("/money/pools/main?since=2027-01-02&until=2027-01-01", 422, "a day from 2027-01-02 on"),
        ("/money/pools/main/statement.xls", 404, "xlsx"),
        ("/initiatives/PF-99/statement", 404, "PF-99"),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(
    site: Served, ask: Ask, path: str, status: int, told: str
) -> None:
    answer = ask("bea").get(path)
    assert answer.status_code == status
    assert told in answer.text


def test_figures_say_what_a_no_saved_with_both_ends_and_why(site: Served, ask: Ask) -> None:
    world = site.world
    assert "No initiative has ended before its money was freed yet" in ask("bea").get("/portfolio/figures").text
    key = world.bring_to(world.open(budget=50_000_00), Stage.REPLICATION)
    world.clock.pass_days(3)
    done(conclude(world.workspace, key, lesson(), by="dana"))
    world.approve_stop(key)
    paid(world)
    shown = ask("bea").get("/portfolio/figures").text
    assert "<b>3 days</b>" in shown
    assert "At most" in shown
    assert "50,000.00 EUR" in shown
    assert "1 funded initiative is too few" in shown


def test_forecasts_are_shown_by_role_with_how_many_they_are(site: Served, visit: Visit) -> None:
    from tests.web.staged import staged

    staged(site.world)
    page = visit("bea")
    page.goto("/portfolio")
    page.get_by_role("link", name="Forecasts").click()
    expect(page.get_by_text("Brier score 0.04")).to_be_visible()
    expect(page.get_by_text("2 forecasts on 1 initiative")).to_be_visible()
    expect(page.get_by_role("img", name="80 % said, 100 % came true, n = 2")).to_be_visible()
    assert "bea" not in page.locator("main").inner_text()


def test_the_burn_up_sets_what_is_spent_against_the_days_that_are_over(site: Served, visit: Visit) -> None:
    world = site.world
    key = paid(world, 25_000_00)
    world.clock.now += timedelta(days=14)
    found = burn_up(look(world.workspace, key, Visitor(world.workspace.person("olga"), "")))
    assert found is not None
    assert (found.days, found.path.split("H")[0]) == (10, f"M{LEFT} {GROUND}")
    assert found.spent_at == round(GROUND - (GROUND - TOP) / 4, 1)
    assert found.p50 < found.p80
    page = visit("olga")
    page.goto(f"/initiatives/{key}")
    expect(page.get_by_role("heading", name="Money and time against the estimate")).to_be_visible()
    expect(
        page.get_by_role("img", name="10 working days are over, and 25,000 EUR of 100,000 EUR is spent")
    ).to_be_visible()


def test_no_burn_up_before_money_was_freed(site: Served, ask: Ask) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    done(submit(world.workspace, key, Kind.EFFORT_ESTIMATE, estimate(), by="dana"))
    assert "against the estimate" not in ask("olga").get(f"/initiatives/{key}").text
