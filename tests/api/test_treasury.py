"""Money and production over HTTP: who may, what comes back, and that both clients tell the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date

import pytest

import provefirst
from provefirst.accounts.tokens import Made, NewToken, create_token
from provefirst.api.app import create_app
from provefirst.client import Client, RemoteClient
from provefirst.errors import ForbiddenError, InvalidInputError
from provefirst.lifecycle.act import Done, Refused
from provefirst.permissions import Scope
from provefirst.production import Health
from tests.api.served import Served, listening
from tests.watch.test_watching import released, rows, week
from tests.world import World

OCTETS = {"Content-Type": "application/octet-stream"}
HEADER = "initiative,amount,what,on,reference\n"


@pytest.fixture
def as_(world: World) -> Iterator[Callable[[str], RemoteClient]]:
    """A client in somebody's name, closed at the end."""
    with ExitStack() as stack:
        url = stack.enter_context(listening(create_app(world.workspace)))

        def client(handle: str) -> RemoteClient:
            made = create_token(world.workspace, NewToken(name="for a test", scopes=frozenset(Scope)), by=handle)
            assert isinstance(made, Made)
            return stack.enter_context(provefirst.connect(url, token=made.secret))

        yield client


def invoices(*lines: str) -> bytes:
    return (HEADER + "".join(f"{line}\n" for line in lines)).encode()


def test_pools_are_told_for_whom_they_are_and_moved_between_by_a_recorded_rate(
    world: World, as_: Callable[[str], RemoteClient]
) -> None:
    pools = as_("root").pools
    assert pools.fund("1000 USD", pool="overseas") is None
    assert pools.describe("overseas", cost_centre="abroad", since=date(2026, 1, 1)) is None
    moved = {"source": "main", "target": "overseas", "amount": "100 EUR", "reason": "Work goes on."}
    assert pools.transfer(moved) == Refused(("no rate between EUR and USD is recorded",))
    rate = {"base": "EUR", "quote": "USD", "rate": "1.0845", "on": "2026-01-02", "source": "European Central Bank"}
    assert pools.record_rate(rate) is None
    assert pools.transfer(moved) is None
    held = {row["pool"]: row for row in pools.show()}["overseas"]
    assert held == {"pool": "overseas", "amount": 1108_45, "currency": "USD", "cost_centre": "abroad",
                    "since": "2026-01-01", "until": None}  # fmt: skip
    here = Client(world.workspace, "root").pools
    assert (pools.show(), pools.rates(), pools.list()) == (here.show(), here.rates(), here.list())
    assert {name: pools.rates()[0][name] for name in rate} == rate


@pytest.mark.parametrize("handle", ["olga", "dana", "bea", "anna"])
def test_only_an_admin_keeps_pools_and_rates(world: World, api: Served, handle: str) -> None:
    bodies = {
        "pools/main/terms": {"cost_centre": "mine"},
        "rates": {"base": "EUR", "quote": "USD", "rate": "9", "on": "2026-01-02", "source": "myself"},
        "transfers": {"source": "main", "target": "other", "amount": "1 EUR", "reason": "I want it."},
    }
    for path, body in bodies.items():
        answer = api.post(path, body, by=handle)
        assert (path, answer.status_code, answer.json().get("reasons", answer.text)) == (
            path,
            403,
            [f"{handle} is not admin"],
        )


def test_what_finance_spent_is_looked_through_and_booked_whole_or_not_at_all(
    world: World, as_: Callable[[str], RemoteClient]
) -> None:
    key, today = released(world), world.clock().date().isoformat()
    good, bad = f"{key},100 EUR,Servers,{today},R-1", f"{key},100 EUR,Servers,{today},R-1"
    books = as_("root").books
    wrong = books.import_(invoices(good, bad, "PF-99,1 EUR,Nothing,2026-01-01,R-2"), book=True)
    assert [one.line for one in wrong.problems] == [3, 4]
    assert not wrong.is_booked
    dry = books.import_(invoices(good))
    assert (dry.problems, dry.totals, dry.is_booked) == ((), {key: 100_00}, False)
    assert world.initiative(key).references == frozenset()
    assert books.import_(invoices(good), book=True).is_booked
    again = books.import_(invoices(good), book=True)
    assert [one.problem for one in again.problems] == [f"{key}: reference R-1 is booked already"]
    assert again == Client(world.workspace, "root").books.import_(invoices(good), book=True)
    assert as_("anna").books.reconcile() == ()


def test_a_refused_import_is_a_problem_with_each_line_and_books_nothing(world: World, api: Served) -> None:
    first, second = released(world), world.open()
    today = world.clock().date().isoformat()
    content = invoices(f"{first},100 EUR,Servers,{today},R-1", f"{second},100 EUR,Servers,{today},R-2")
    answer = api.call("POST", "imports?book=true", by="root", headers=OCTETS, content=content)
    assert (answer.status_code, answer.json()["reasons"]) == (
        409, [f"line 3: {second}: 100.00 EUR is more than the 0.00 EUR released and unspent"],
    )  # fmt: skip
    assert world.initiative(first).references == frozenset()
    told = api.call("POST", "imports", by="dana", headers=OCTETS, content=content)
    assert (told.status_code, told.json()["problems"][0]["problem"]) == (200, f"{first}: dana is not admin")
    nonsense = api.call("POST", "imports", by="root", headers=OCTETS, content=b"\xff\xfe")
    assert (nonsense.status_code, nonsense.json()["problems"][0]["field"]) == (422, "file")


def test_only_auditors_and_admins_ask_whether_the_books_balance(as_: Callable[[str], RemoteClient]) -> None:
    with pytest.raises(ForbiddenError):
        as_("olga").books.reconcile()


def test_production_is_brought_judged_and_thawed_over_http_as_in_process(
    world: World, as_: Callable[[str], RemoteClient]
) -> None:
    key = released(world)
    dana, bea = as_("dana").initiative(key), as_("bea").initiative(key)
    period = {"since": week(1).since, "until": week(1).until, "complaints": 2, "cost": "900 EUR"}
    observed = dana.observe(period, rows(0.5), inputs=b"x\n" + b"".join(b"%d\n" % (n % 7) for n in range(300)))
    assert isinstance(observed, Done)
    assert world.initiative(key).production.health is Health.BROKEN  # type: ignore[union-attr]
    assert dana.production() == Client(world.workspace, "dana").initiative(key).production()
    assert dana.production()["periods"][0]["complaints"] == 2
    reported = dana.report()
    assert isinstance(reported, Done)
    assert reported.initiative.submissions[-1].content["rows"] == 200
    again = dana.observe(period, rows(0.9))
    assert again == Refused((f"since: {week(1).since} is counted already, up to {week(1).until}",))
    refused = as_("rita").initiative(key).observe(period, rows(0.9))
    assert isinstance(refused, Refused)
    assert refused.is_forbidden
    assert isinstance(dana.thaw("It is mine."), Refused)
    assert isinstance(bea.thaw("The camera was changed back."), Done)
    assert world.initiative(key).freeze is None
    with pytest.raises(InvalidInputError):
        dana.observe({"since": "2027-01-01", "until": "2026-01-01"}, rows(0.9))


def test_production_rows_are_those_that_the_same_person_uploaded(world: World, api: Served) -> None:
    key = released(world)
    body = {"period": {"since": week(1).since.isoformat(), "until": week(1).until.isoformat()}, "rows": "0" * 64}
    answer = api.post(f"initiatives/{key}/production", body, by="dana")
    assert (answer.status_code, answer.json()["reasons"]) == (
        409, [f"{'0' * 64}: upload the file first (POST /api/v1/files)"],
    )  # fmt: skip
    assert api.post(f"initiatives/{key}/production", body, by="olga").status_code == 403
    assert api.post(f"initiatives/{key}/thaw", {"reason": "It is well."}, by="bea").status_code == 428


def test_what_is_due_is_pulled_on_demand_by_all_but_auditors(world: World, as_: Callable[[str], RemoteClient]) -> None:
    key, folder = released(world), world.workspace.home / "watch"
    folder.mkdir()
    (folder / f"{key}.yaml").write_text("parquet: /nowhere.parquet\n")
    [told] = as_("dana").pull()
    assert told.startswith(f"{key}: /nowhere.parquet can't be read")
    with pytest.raises(ForbiddenError):
        as_("anna").pull()
