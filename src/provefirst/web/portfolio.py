"""Portfolio: every initiative, as a board by stage or as a table; what is chosen stands in the address."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from provefirst.lifecycle import listing
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import exponent
from provefirst.stages import ORDER, Outcome
from provefirst.store import overview
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.pictures import PARTS, Bar, bar_pieces, flow
from provefirst.web.render import HEADERS, page
from provefirst.web.route import pages

router = pages()
ROWS, CARDS = 50, 6
_COLUMNS = (
    "key", "title", "owner", "domain", "status", "stage", "attempt", "outcome", "currency", "requested", "approved",
    "released", "spent", "returned", "deadline", "revisit_on", "opened_at", "changed_at",
)  # fmt: skip
_MONEY = frozenset({"requested", "approved", "released", "spent", "returned"})


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for. What is not known is left out, so that an old address still shows something."""

    view: str = "board"
    stage: str = ""
    status: str = ""
    owner: str = ""
    text: str = ""
    sort: str = "-changed_at"
    after: str = ""

    def address(self, **changes: str) -> str:
        """The address of this choice with `changes`, without what goes without saying."""
        other, plain = replace(self, **{"after": "", **changes}), Choice()
        named = {name: getattr(other, name) for name in Choice.__slots__}
        return "/portfolio?" + urlencode({name: said for name, said in named.items() if said != getattr(plain, name)})

    @property
    def is_filtered(self) -> bool:
        return bool(self.stage or self.status or self.owner or self.text)

    def sorted_by(self, column: str) -> str:
        """The address that sorts by a column, or the other way round where it does already."""
        return self.address(view="table", sort=column if self.sort == f"-{column}" else f"-{column}")


def chosen(
    view: str = "",
    stage: str = "",
    status: str = "",
    owner: Annotated[str, Query(max_length=40)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    sort: str = "",
    after: Annotated[str, Query(max_length=400)] = "",
) -> Choice:
    known = (
        ("stage", stage, [one.value for one in ORDER]),
        ("status", status, get_args(listing.Status)),
        ("sort", sort, get_args(listing.Sort)),
        ("view", view, ("board", "table")),
    )
    taken = {name: value for name, value, values in known if value in values}
    choice = Choice(**taken, owner=owner.strip(), text=" ".join(text.split()), after=after)
    return choice if view or not choice.is_filtered else replace(choice, view="table")


@router.get("/portfolio")
def portfolio(
    request: Request, visitor: Annotated[Visitor, Depends(require)], choice: Annotated[Choice, Depends(chosen)]
) -> Response:
    workspace = workspace_of(request)
    with workspace.store.reading() as work:
        totals, ended = overview.by_stage(work), overview.outcomes(work)
        cards = overview.newest_of_each(work, each=CARDS) if choice.view == "board" else ()
    found = _rows(workspace, choice) if choice.view == "table" else None
    columns = flow(totals)
    board = [(column, [card for card in cards if card["stage"] == column.stage]) for column in columns]
    return page(
        request, "portfolio.html", visitor=visitor, choice=choice, columns=columns, board=board, found=found,
        money_bars=_money(totals), outcomes=_outcomes(ended), stages=[one.value for one in ORDER],
        statuses=get_args(listing.Status), count=sum(row["count"] for row in totals),
    )  # fmt: skip


@router.get("/portfolio.csv")
def spreadsheet(
    request: Request, visitor: Annotated[Visitor, Depends(require)], choice: Annotated[Choice, Depends(chosen)]
) -> Response:
    """All that was chosen, for a spreadsheet."""
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="portfolio.csv"'}
    return StreamingResponse(_csv(workspace_of(request), choice), 200, headers, "text/csv; charset=utf-8")


def _rows(workspace: Workspace, choice: Choice, limit: int = ROWS) -> listing.Page:
    return listing.initiatives(
        workspace, stage=choice.stage, status=choice.status, owner=choice.owner, text=choice.text, sort=choice.sort,
        after=choice.after, limit=limit,
    )  # fmt: skip


def _csv(workspace: Workspace, choice: Choice) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_COLUMNS)
    here: Choice | None = replace(choice, after="")
    yield "\ufeff"  # by which spreadsheets know that it is UTF-8
    while here is not None:
        found = _rows(workspace, here, listing.MOST)
        for row in found.rows:
            writer.writerow([_cell(name, row) for name in _COLUMNS])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        here = replace(here, after=found.after) if found.after else None


def _cell(name: str, row: Mapping[str, Any]) -> str:
    """A value of a spreadsheet. Text that it would take for a formula is text all the same."""
    if name in _MONEY:
        places = exponent(row["currency"]) if row["currency"] else 2
        return f"{row[name] / 10**places:.{places}f}"
    value = str(row[name])
    return f"'{value}" if value[:1] in "=+-@\t\r" else value


def _money(rows: tuple[Mapping[str, Any], ...]) -> list[Bar]:
    """Where the money of all initiatives is, one bar a currency."""
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        own = sums.setdefault(row["currency"], dict.fromkeys((name for name, _ in PARTS), 0))
        for name in own:
            own[name] += int(row["requested" if name == "locked" else name])
    bars = []
    for currency, own in sorted(sums.items()):
        legend = tuple((name, own[name], meaning) for name, meaning in PARTS)
        if currency:
            bars.append(Bar(bar_pieces(own.items()), legend, f"money in {currency} by where it is", currency))
    return bars


def _outcomes(ended: Mapping[str, int]) -> Bar:
    counts = [(one.value, ended.get(one.value, 0)) for one in Outcome]
    words = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts if count)
    return Bar(bar_pieces(counts), tuple((name, count, "") for name, count in counts), words or "none has ended yet")
