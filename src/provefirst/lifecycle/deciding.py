"""Decide, resume, clear: taking the decision that lies there, lifting a hold, clearing a condition."""

from __future__ import annotations

from provefirst.gates import Closed, PolicySet, agreed
from provefirst.initiative import Initiative
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Person, Role, Verb
from provefirst.texts import Document, Prose


class Said(Document):
    """A reason given in words."""

    reason: Prose


def decide_now(workspace: Workspace, key: str, *, by: str, expected: int | None = None) -> Answer:
    """Take the decision that votes, evidence and findings carry; refused with every reason where they carry none."""

    def write(draft: Draft) -> Refused | None:
        if isinstance(gate := draft.gate, Closed) and not agreed(draft.policies, draft.initiative):
            return Refused(gate.reasons)
        return None  # settling, which follows every verb, takes it

    return act(workspace, key, write, by=by, verb=Verb.DECIDE, expected=expected)


def resume(workspace: Workspace, key: str, said: Said, *, by: str, expected: int | None = None) -> Answer:
    """Lift a hold. The date to look again lifts nothing by itself: time never approves."""

    def write(draft: Draft) -> Refused | None:
        if draft.initiative.hold is None:
            return Refused((f"{key} is not on hold",))
        if reasons := _role_objections(draft):
            return Refused(reasons)
        draft.write("hold.lifted", reason=said.reason)
        return None

    def keeper(initiative: Initiative, policies: PolicySet, person: Person) -> Role | None:
        return _if_theirs(policies.at(initiative.stage).approvals.role, person)

    return act(workspace, key, write, by=by, verb=Verb.RESUME, role=keeper, expected=expected)


def clear(workspace: Workspace, key: str, number: int, said: Said, *, by: str, expected: int | None = None) -> Answer:
    """Clear condition `number` of a conditional go, saying how it was met."""

    def write(draft: Draft) -> Refused | None:
        waiting = [condition.number for condition in draft.initiative.open_conditions]
        if number not in waiting:
            told = ", ".join(map(str, waiting)) or "none"
            return Refused((f"condition {number} does not wait to be cleared on {key}; waiting: {told}",))
        if draft.actor in draft.initiative.authors or draft.actor == draft.initiative.owner:
            return Refused((f"{draft.actor} has to meet the condition, and nobody clears their own",))
        condition = draft.initiative.conditions[number - 1]
        if (needed := draft.policies.at(condition.stage).approvals.role) is not draft.role:
            return Refused(
                (f"the {condition.stage.label} gate set condition {number}: {needed.with_article} clears it",)
            )
        draft.write("condition.cleared", number=number, how=said.reason)
        return None

    def keeper(initiative: Initiative, policies: PolicySet, person: Person) -> Role | None:
        asked = [condition.stage for condition in initiative.conditions if condition.number == number]
        return _if_theirs(policies.at(asked[0]).approvals.role, person) if asked else None

    return act(workspace, key, write, by=by, verb=Verb.CLEAR, role=keeper, expected=expected)


def _if_theirs(needed: Role, person: Person) -> Role | None:
    """The role that is needed, where `person` has it; else they act in another, and are told which it takes."""
    return needed if needed in person.roles else None


def _role_objections(draft: Draft) -> tuple[str, ...]:
    needed = draft.policies.at(draft.initiative.stage).approvals.role
    if draft.role is not needed:
        return (f"the {draft.initiative.stage.label} gate is kept by {needed.with_article}",)
    return ()
