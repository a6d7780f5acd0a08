"""Break glass: two admins, with a reason, open what is closed; what that can be, `provefirst.glass` says."""

from __future__ import annotations

from pydantic import Field

from provefirst.glass import BREAKABLE, CONFIRM_WITHIN
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.conflicts import own_conflicts
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role, Verb
from provefirst.texts import Document, Prose


class Emergency(Document):
    """Why something must be opened that is closed, and for which verb."""

    verb: Verb
    reason: Prose
    condition: int | None = Field(default=None, ge=1, description="clear: the number of the condition")


def request_glass(workspace: Workspace, key: str, emergency: Emergency, *, by: str) -> Answer:
    """Ask, as an admin, for glass to be broken. Nothing is open yet: a second admin has to confirm it."""

    def write(draft: Draft) -> Refused | None:
        if reasons := (*_on_the_verb(draft, emergency.verb, emergency.condition), *own_conflicts(draft)):
            return Refused(reasons)
        verb, condition = emergency.verb.value, emergency.condition
        draft.write("glass.requested", verb=verb, reason=emergency.reason, condition=condition)
        return None

    return act(workspace, key, write, by=by, verb=Verb.BREAK_GLASS, role=Role.ADMIN)


def break_glass(workspace: Workspace, key: str, number: int, *, by: str) -> Answer:
    """Confirm, as another admin, glass that was asked for; what it opens is opened now, and stays told for ever."""

    def write(draft: Draft) -> Refused | None:
        found = next((one for one in draft.initiative.glass if one.number == number), None)
        if found is None or not found.waits(draft.now):
            hours = int(CONFIRM_WITHIN.total_seconds() // 3600)
            return Refused((f"no request {number} to break glass on {key} waits; each waits for {hours} hours",))
        same = {found.asked_by, *draft.work.accounts_of(draft.work.person(found.asked_by))}
        if draft.actor in same:
            return Refused((f"{found.asked_by} asked for it: a second admin, another person, confirms it",))
        if not draft.work.person(found.asked_by).is_active:
            return Refused((f"{found.asked_by}, who asked for it, is no longer active",))
        if reasons := (*_on_the_verb(draft, found.verb, found.condition), *own_conflicts(draft)):
            return Refused(reasons)
        draft.write("glass.broken", number=number, verb=found.verb.value, opens=BREAKABLE[found.verb])
        _carry_out(draft, found.verb, found.condition, number)
        return None

    return act(workspace, key, write, by=by, verb=Verb.BREAK_GLASS, role=Role.ADMIN)


def _on_the_verb(draft: Draft, verb: Verb, condition: int | None) -> tuple[str, ...]:
    """Why glass can't be broken for this now."""
    if verb not in BREAKABLE:
        allowed = ", ".join(one.value for one in BREAKABLE)
        return (f"glass can't be broken for {verb.value}, only for: {allowed}",)
    initiative = draft.initiative
    if initiative.conclusion is not None:
        return (f"{initiative.key} is concluded: {initiative.conclusion.outcome.value}",)
    if verb is Verb.RESUME and initiative.hold is None:
        return (f"{initiative.key} is not on hold",)
    if verb is Verb.CLEAR and condition not in [one.number for one in initiative.open_conditions]:
        return (f"condition {condition} does not wait to be cleared on {initiative.key}",)
    return ()


def _carry_out(draft: Draft, verb: Verb, condition: int | None, number: int) -> None:
    reason = draft.initiative.glass[number - 1].reason
    if verb is Verb.RESUME:
        draft.write("hold.lifted", reason=reason, glass=number)
    elif verb is Verb.CLEAR:
        draft.write("condition.cleared", number=condition, how=reason, glass=number)
    if verb is not Verb.RELEASE:
        draft.write("glass.used", number=number)
