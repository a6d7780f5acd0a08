"""Set a deadline: only past a gate that frees it, after an estimate, and before its P80 only with a reason."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from provefirst.deadlines import working_day
from provefirst.evidence import Kind
from provefirst.initiative import Initiative
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role, Verb
from provefirst.texts import Document, Prose


class Wish(Document):
    """A day to be agreed on."""

    day: date
    override: Prose | None = Field(
        default=None, description="why it may be earlier than the P80; a board member says so"
    )


def set_deadline(workspace: Workspace, key: str, wish: Wish, *, by: str, expected: int | None = None) -> Answer:
    """Set the deadline to `wish.day`."""

    def write(draft: Draft) -> Refused | None:
        initiative, today = draft.initiative, draft.now.date()
        reasons = _objections(initiative, wish, today)
        p80 = latest_p80(initiative, today)
        if p80 is not None and wish.day < p80:
            if wish.override is None:
                reasons.append(f"{wish.day.isoformat()} is before the P80 of the estimate, {p80.isoformat()}: say why")
            elif draft.role is not Role.BOARD_MEMBER:
                reasons.append(f"a day before the P80, {p80.isoformat()}, is set by a board member")
        if reasons or p80 is None:
            return Refused(tuple(reasons))
        draft.write(
            "deadline.set",
            day=wish.day.isoformat(),
            p80=p80.isoformat(),
            override=(wish.override or "") if wish.day < p80 else "",
        )
        return None

    return act(workspace, key, write, by=by, verb=Verb.SET_DEADLINE, expected=expected)


def latest_p80(initiative: Initiative, today: date) -> date | None:
    """The day that 4 of 5 efforts like the estimated one meet, were it begun today; None without an estimate."""
    estimate = initiative.current(Kind.EFFORT_ESTIMATE)
    if estimate is None:
        return None
    return working_day(today, estimate.derived.get("plan_p80", estimate.derived["p80"]))  # older entries have no plan


def _objections(initiative: Initiative, wish: Wish, today: date) -> list[str]:
    reasons = []
    if initiative.conclusion is not None:
        reasons.append(f"{initiative.key} is concluded: {initiative.conclusion.outcome.value}")
    if not any(opening.deadline for opening in initiative.openings.values()):
        reasons.append(
            f"a deadline is locked: no gate that frees one is open, and {initiative.key} is at {initiative.stage.label}"
        )
    if initiative.hold is not None:
        reasons.append(f"on hold until {initiative.hold.until.isoformat()}: {initiative.hold.condition}")
    if initiative.current(Kind.EFFORT_ESTIMATE) is None:
        reasons.append("a deadline is locked: there is no effort_estimate")
    if wish.day <= today:
        reasons.append(f"day: {wish.day.isoformat()} is not after today, {today.isoformat()}")
    return reasons
