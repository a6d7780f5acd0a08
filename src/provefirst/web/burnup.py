"""The burn-up: what is spent and how much time is over, against the estimate that the deadline is held to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import ceil

from provefirst.deadlines import working_days
from provefirst.evidence import Kind
from provefirst.ledger import Entry
from provefirst.money import Money
from provefirst.stages import Stage
from provefirst.web.sight import Seen

LEFT, RIGHT, TOP, GROUND = 20.0, 520.0, 40.0, 190.0


@dataclass(frozen=True, slots=True)
class BurnUp:
    """Working days to the right, money upwards; places on the drawing, and the days and words that say the same."""

    path: str
    now: float
    spent_at: float
    p50: float
    p80: float
    days: int
    p50_days: int
    p80_days: int
    is_over: bool
    budget: str
    words: str


@dataclass(frozen=True, slots=True)
class _Work:
    """What the ledger tells of the work: since when it may go on, until when, what was approved and what was paid."""

    start: date
    end: date | None
    approved: int
    paid: tuple[tuple[date, int], ...]


def burn_up(seen: Seen) -> BurnUp | None:
    """The burn-up of an initiative; None before its money was freed, and where no estimate may be seen."""
    estimate, work = seen.state.current(Kind.EFFORT_ESTIMATE), _work(seen.view.entries)
    if estimate is None or work is None or not work.approved:
        return None
    p50, p80 = (estimate.derived.get(f"plan_{level}", estimate.derived[level]) for level in ("p50", "p80"))
    ended = seen.state.conclusion.at.date() if seen.state.conclusion else None
    end = work.end or ended
    days = working_days(work.start, end or seen.workspace.clock().date())
    return _drawn(work, days, (p50, p80), seen.state.books.currency, is_over=end is not None)


def _work(entries: Iterable[Entry]) -> _Work | None:
    start, end, approved, paid = None, None, 0, []
    for entry in entries:
        if entry.event == "gate.opened" and entry.data["stage"] == Stage.RELEASE.value:
            start = start or entry.time.date()
        elif entry.event == "budget.approved":
            approved += entry.data["amount"]
        elif entry.event == "money.spent":
            paid.append((date.fromisoformat(entry.data["on"]), entry.data["amount"]))
        elif entry.event == "evidence.submitted" and entry.data["kind"] == Kind.PRODUCTION_REPORT.value:
            live = entry.data.get("content", {}).get("since")  # hidden from those who may not see results yet
            end = end or (date.fromisoformat(live) if live else None)
    return _Work(start, end, approved, tuple(sorted(paid))) if start else None


def _drawn(work: _Work, days: int, plan: tuple[float, float], currency: str, *, is_over: bool) -> BurnUp:
    p50, p80 = plan
    paid = [(min(working_days(work.start, on), days), amount) for on, amount in work.paid]
    spent = sum(amount for _, amount in paid)
    longest, most = max(p80, days, 1.0), max(work.approved, spent)

    def x(day: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * day / longest, 1)

    def y(amount: int) -> float:
        return round(GROUND - (GROUND - TOP) * amount / most, 1)

    path, sum_so_far = f"M{LEFT} {GROUND}", 0
    for day, amount in paid:
        sum_so_far += amount
        path += f"H{x(day)}V{y(sum_so_far)}"
    budget, so_far = (_said(amount, currency) for amount in (work.approved, spent))
    said = (
        f"{f'It took {days} working days' if is_over else f'{days} working days are over'}, and {so_far} of {budget} "
        f"is spent. Half of such efforts are done in {ceil(p50)} days (P50), 4 of 5 in {ceil(p80)} (P80)"
    )
    return BurnUp(
        f"{path}H{x(days)}", x(days), y(spent), x(p50), x(p80), days, ceil(p50), ceil(p80), is_over, budget, said,
    )  # fmt: skip


def _said(amount: int, currency: str) -> str:
    """An amount as a label: without its cents, where there are none."""
    return str(Money(amount=amount, currency=currency)).replace(".00 ", " ")
