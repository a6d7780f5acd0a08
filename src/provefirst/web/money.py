"""Money: what each pool holds, where all money is, and statements of initiatives and pools, with their files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Path, Query, Request, Response

from provefirst.documents.moves import as_csv, as_workbook
from provefirst.errors import InvalidInputError, UnknownError, nearest
from provefirst.lifecycle import accounting
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.pools import pools as all_pools
from provefirst.statements import Line
from provefirst.store import books, overview
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.pictures import money_bars
from provefirst.web.render import HEADERS, page
from provefirst.web.route import pages
from provefirst.web.sight import Seen, seen
from provefirst.web.spreadsheet import WORKBOOK
from provefirst.web.waterfall import POOL, PUT_IN, Step, net, steps, ways_of

router = pages()
SHOWN = 100
EVER = "9999-12-31"
Pool = Annotated[str, Path(max_length=200)]
Day = Annotated[str, Query(max_length=10)]


@dataclass(frozen=True, slots=True)
class Period:
    """From which day until which, both included; a side that is not named is open."""

    since: date | None
    until: date | None

    @property
    def first(self) -> str:
        return self.since.isoformat() if self.since else ""

    @property
    def last(self) -> str:
        return self.until.isoformat() if self.until else EVER

    @property
    def query(self) -> str:
        """What stands in an address for it."""
        named = {"since": self.since, "until": self.until}
        said = urlencode({name: day.isoformat() for name, day in named.items() if day})
        return f"?{said}" if said else ""


@dataclass(frozen=True, slots=True)
class Account:
    """A statement as its page shows it: the newest moves, how many there are in all, and the steps of its money."""

    title: str
    home: str
    currency: str
    lines: tuple[Line, ...]
    count: int
    steps: tuple[Step, ...]
    balances: tuple[Any, ...] = ()
    held: int | None = None


def period(since: Day = "", until: Day = "") -> Period:
    days = {name: _day(name, said) for name, said in (("since", since), ("until", until))}
    found = Period(**days)
    if found.since and found.until and found.until < found.since:
        raise InvalidInputError("until", found.last, f"a day from {found.first} on")
    return found


Asked = Annotated[Period, Depends(period)]


@router.get("/money")
def money(request: Request, visitor: Annotated[Visitor, Depends(require)]) -> Response:
    workspace = workspace_of(request)
    with workspace.store.reading() as work:
        totals = overview.by_stage(work)
    return page(request, "money.html", visitor=visitor, pools=all_pools(workspace), bars=money_bars(totals))


@router.get("/money/pools/{pool}")
def of_pool(request: Request, visitor: Annotated[Visitor, Depends(require)], pool: Pool, asked: Asked) -> Response:
    with workspace_of(request).store.reading() as work:
        if (held := work.balance(f"pool:{pool}")) is None:
            known = [account.removeprefix("pool:") for account, _, _ in work.accounts("pool:")]
            raise UnknownError("pool", pool, "no such pool", nearest=nearest(pool, known))
        days = {"first": asked.first, "last": asked.last}
        lines, flow = books.newest_of_pool(work, pool, **days, limit=SHOWN), books.flow_of_pool(work, pool, **days)
    budget = net(flow.before, POOL) + flow.here.get((PUT_IN, POOL), 0) - flow.here.get((POOL, PUT_IN), 0)
    drawn = steps(flow.here, budget=budget, is_whole=asked.since is None)
    found = Account(f"pool {pool}", f"/money/pools/{pool}", held[1], lines, flow.count, drawn, held=held[0])
    return page(request, "statement.html", visitor=visitor, found=found, asked=asked, seen=None)


@router.get("/initiatives/{key}/statement")
def of_initiative(request: Request, found: Annotated[Seen, Depends(seen)], asked: Asked) -> Response:
    said = accounting.of_initiative(found.workspace, found.key, since=asked.since, until=asked.until)
    drawn = steps(ways_of(said.lines), is_whole=asked.since is None)
    shown = Account(
        found.key, f"{found.home}/statement", said.currency, said.lines[::-1][:SHOWN], len(said.lines), drawn,
        said.balances,
    )  # fmt: skip
    return page(request, "statement.html", visitor=found.visitor, found=shown, asked=asked, seen=found)


@router.get("/money/pools/{pool}/statement.{ending}")
def file_of_pool(
    request: Request, visitor: Annotated[Visitor, Depends(require)], pool: Pool, ending: str, asked: Asked
) -> Response:
    said = accounting.of_pool(workspace_of(request), pool, since=asked.since, until=asked.until)
    return _file(accounting.told(said), f"pool-{pool}", ending)


@router.get("/initiatives/{key}/statement.{ending}")
def file_of_initiative(found: Annotated[Seen, Depends(seen)], ending: str, asked: Asked) -> Response:
    said = accounting.of_initiative(found.workspace, found.key, since=asked.since, until=asked.until)
    return _file(accounting.told(said), found.key, ending)


def _file(said: Facts, name: str, ending: str) -> Response:
    """A statement as a file: all of it, whatever the page leaves out."""
    if ending == "csv":
        text = "\ufeff" + as_csv(said["lines"], said["currency"])  # by the mark, spreadsheets know that it is UTF-8
        return Response(text, 200, _named(name, ending), "text/csv; charset=utf-8")
    if ending == "xlsx":
        return Response(as_workbook(said), 200, _named(name, ending), WORKBOOK)
    raise UnknownError("ending", ending, "csv or xlsx", nearest=nearest(ending, ("csv", "xlsx")))


def _named(name: str, ending: str) -> dict[str, str]:
    return {**HEADERS, "Content-Disposition": f'attachment; filename="statement-{name}.{ending}"'}


def _day(name: str, said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said.strip() else None
    except ValueError:
        raise InvalidInputError(name, said, "a day such as 2027-03-31") from None
