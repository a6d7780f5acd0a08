"""Figures: what the portfolio has done, for the board, and how well each role foresaw what would prove feasible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from provefirst.lifecycle import forecasting
from provefirst.lifecycle import portfolio as all_of
from provefirst.lifecycle.facts import Facts
from provefirst.portfolio import UNKNOWN
from provefirst.store import overview
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.pictures import Bar, bar_pieces, flow
from provefirst.web.render import page
from provefirst.web.route import pages
from provefirst.web.words import BLINDNESS

router = pages()
LEFT, RIGHT = 4.0, 596.0
SIDE, MARGIN = 200.0, 34.0
_ORDER = ("prospective", "sealed", "declared", UNKNOWN)
_NONE = "no data were registered before"


@dataclass(frozen=True, slots=True)
class Span:
    """Days as places on a line: the middle half, and the median."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Dot:
    """Forecasts of about the same probability: where they said it would come true, how often it did, and how sure."""

    x: float
    y: float
    low: float
    high: float
    n: int


@router.get("/portfolio/figures")
def figures(request: Request, visitor: Annotated[Visitor, Depends(require)]) -> Response:
    workspace = workspace_of(request)
    found = all_of.figures(workspace)
    with workspace.store.reading() as work:
        totals, ended = overview.by_stage(work), overview.ended(work)
    days = {name: found[f"days_to_{name}"] for name in ("no", "yes")}
    most = max((one["high"] or 0.0 for one in days.values()), default=0.0)
    return page(
        request, "figures.html", visitor=visitor, found=found, columns=flow(totals, ended, workspace.clock()),
        days=[(name, one, span(one, most)) for name, one in days.items()],
        released={currency: _released(currency, one["by_blindness"]) for currency, one in found["released"].items()},
    )  # fmt: skip


@router.get("/portfolio/forecasts")
def forecasts(request: Request, visitor: Annotated[Visitor, Depends(require)]) -> Response:
    found = forecasting.calibration(workspace_of(request))
    return page(
        request, "forecasts.html", visitor=visitor, roles=[(one, dots(one["bins"])) for one in found["roles"]],
        side=SIDE, margin=MARGIN,
    )  # fmt: skip


def span(days: Facts, most: float) -> Span | None:
    """The quartiles of days on a line that ends at `most`; None where there are none."""
    if not days["n"]:
        return None
    low, middle, high = (
        round(LEFT + (RIGHT - LEFT) * days[name] / (most or 1.0), 1) for name in ("low", "median", "high")
    )
    return Span(low, middle, high)


def dots(bins: list[Facts]) -> list[Dot]:
    """The calibration table as places in a square: what was said to the right, what came true upwards."""

    def up(share: float) -> float:
        return round(MARGIN / 2 + SIDE * (1 - share), 1)

    return [
        Dot(
            round(MARGIN + SIDE * one["mean"], 1),
            up(one["share"]),
            up(one["share_low"]),
            up(one["share_high"]),
            one["n"],
        )
        for one in bins
    ]


def _released(currency: str, by: Mapping[str, int]) -> Bar:
    """Money by the blindness of what it was released on, the best first."""
    amounts = [(name, by[name]) for name in _ORDER if by.get(name)]
    legend = tuple((name, amount, BLINDNESS.get(name, _NONE)) for name, amount in amounts)
    total = sum(amount for _, amount in amounts) or 1
    said = ", ".join(f"{round(100 * amount / total)} % {name}" for name, amount in amounts)
    return Bar(bar_pieces(amounts), legend, f"money in {currency} by what it was released on: {said}", currency)
