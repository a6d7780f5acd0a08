"""Portfolio: every initiative, as a board by stage or as a table; what is chosen stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response

from provefirst.lifecycle import listing
from provefirst.lifecycle.workspace import Workspace
from provefirst.stages import ORDER, Outcome
from provefirst.store import overview
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.pictures import Bar, bar_pieces, flow, money_bars
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
ROWS, CARDS = 50, 6


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
        totals, ended = overview.by_stage(work), overview.ended(work)
        cards = overview.newest_of_each(work, each=CARDS) if choice.view == "board" else ()
    found = rows_of(workspace, choice) if choice.view == "table" else None
    columns = flow(totals, ended, workspace.clock())
    board = [(column, [card for card in cards if card["stage"] == column.stage]) for column in columns]
    return page(
        request, "portfolio.html", visitor=visitor, choice=choice, columns=columns, board=board, found=found,
        money_bars=money_bars(totals), outcomes=_outcomes(ended), stages=[one.value for one in ORDER],
        statuses=get_args(listing.Status), count=sum(row["count"] for row in totals),
    )  # fmt: skip


def rows_of(workspace: Workspace, choice: Choice, limit: int = ROWS) -> listing.Page:
    """The initiatives that are asked for, a page of them."""
    return listing.initiatives(
        workspace, stage=choice.stage, status=choice.status, owner=choice.owner, text=choice.text, sort=choice.sort,
        after=choice.after, limit=limit,
    )  # fmt: skip


def _outcomes(ended: tuple[Mapping[str, Any], ...]) -> Bar:
    counts = [(one.value, sum(row["count"] for row in ended if row["outcome"] == one)) for one in Outcome]
    words = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts if count)
    return Bar(bar_pieces(counts), tuple((name, count, "") for name, count in counts), words or "none has ended yet")
