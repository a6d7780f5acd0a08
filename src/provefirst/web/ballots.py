"""Ballots: the fields of a vote, and a vote's words without what belongs to another choice."""

from __future__ import annotations

from provefirst.reviews import Ballot
from provefirst.stages import ORDER, Choice
from provefirst.web.fields import Field, Filled, form_of
from provefirst.web.keeping import Values
from provefirst.web.sight import Seen

BELONGS = {
    "conditions": Choice.CONDITIONAL_GO,
    "back_to": Choice.RECYCLE,
    "condition": Choice.HOLD,
    "until": Choice.HOLD,
}


def ballot_fields(filled: Filled, before: str = "ballot.") -> dict[str, Field]:
    """The fields of a ballot by their own names."""
    return {one.name.removeprefix(before): one for one in form_of(Ballot, filled, before)}


def choices(seen: Seen) -> list[tuple[str, str]]:
    """What can be voted here, each with why it can't be now, or an empty text."""
    has_lesson = seen.state.proposed is not None
    is_first = seen.state.stage is ORDER[0]
    why = {
        Choice.STOP: "" if has_lesson or not seen.sees_results else "nothing is proposed yet: stop needs a lesson",
        Choice.RECYCLE: "there is no earlier stage" if is_first else "",
    }
    return [(choice.value, why.get(choice, "")) for choice in Choice]


def earlier(seen: Seen) -> list[str]:
    return [stage.value for stage in ORDER if stage.position < seen.state.stage.position]


def fitting(values: Values, before: str = "ballot.") -> dict[str, tuple[str, ...]]:
    """`values` without what was written for another choice than the one that is made."""
    chosen = values.get(f"{before}choice", ("",))[-1]
    others = {f"{before}{name}" for name, choice in BELONGS.items() if choice.value != chosen}
    return {name: given for name, given in values.items() if name not in others}
