"""Styleguide: every component on one page, so that it can be looked at. Only in development."""

from __future__ import annotations

from fastapi import Request, Response

from provefirst.web.access import visitor
from provefirst.web.pictures import interval_of, money_bar
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
_FINDING = {
    "code": "PF300",
    "level": "failed",
    "required_by": "data_analysis",
    "measured": {"estimate": 0.51, "low": 0.486, "high": 0.535, "n": 1199, "metric": "accuracy", "blindness": "sealed"},
    "limit": {"goal": 0.7},
    "message": "not feasible: accuracy 0.51 (0.486 to 0.535, n = 1199, sealed holdout), goal 0.7",
    "plots": {},
}
_STATES = ("passed", "passed", "passed", "here", "locked", "locked", "locked")
_STAGES = ("proposal", "research", "replication", "data_analysis", "review", "release", "watch")


@router.get("/styleguide")
def styleguide(request: Request) -> Response:
    gates = [
        {"stage": stage, "state": state, "attempt": 2 if state == "here" else 1, "passed_at": "2026-03-02T12:00:00Z"}
        for stage, state in zip(_STAGES, _STATES, strict=True)
    ]
    funds = {"currency": "EUR", "locked": 150_000_00, "approved": 0, "released": 40_000_00, "spent": 12_500_00}
    return page(
        request, "styleguide.html", visitor=visitor(request), gates=gates, finding=_FINDING,
        drawn=interval_of(_FINDING), bar=money_bar({**funds, "returned": 20_000_00}),
    )  # fmt: skip
