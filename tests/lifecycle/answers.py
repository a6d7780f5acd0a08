"""What verbs answered, and short ways to have people act."""

from __future__ import annotations

from datetime import date, timedelta

from provefirst.lifecycle.act import Answer, Refused
from provefirst.lifecycle.deciding import Said, clear, resume
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.reviewing import review, vote
from provefirst.lifecycle.scheduling import Wish, set_deadline
from provefirst.money import Money
from provefirst.people import Role
from provefirst.stages import Choice
from tests import world as w
from tests.world import NOON, World

SAID = Said(reason=w.WORDS)
TODAY = NOON.date()
SOON = TODAY + timedelta(days=10)
LATE = TODAY + timedelta(days=300)


def refused(answer: Answer | Refused | None) -> tuple[str, ...]:
    """The reasons of `answer`, which must have been refused."""
    assert isinstance(answer, Refused), answer
    return answer.reasons


def euros(amount: float) -> Money:
    return Money(amount=round(amount * 100), currency="EUR")


def votes(world: World, key: str, choice: Choice, *handles: str, **fields: object) -> Answer:
    """Let `handles` vote alike, by review or ballot as the gate asks; stop asks peers from research on."""
    answer: Answer | None = None
    for handle in handles:
        state = world.initiative(key)
        rule = world.workspace.policies(state.policy)
        asked = rule.approvals_to_stop(state.stage) if choice is Choice.STOP else rule.at(state.stage).approvals
        if asked.role is Role.REVIEWER:
            answer = review(world.workspace, key, w.peer_review(choice, **fields), by=handle)
        else:
            answer = vote(world.workspace, key, w.ballot(choice, **fields), by=handle)
    assert answer is not None
    return answer


def releases(world: World, key: str, amount: float, *, kind: str = "budget", by: str = "bea") -> Answer:
    request = Request.model_validate({"amount": euros(amount), "purpose": "Pilot", "kind": kind})
    return release(world.workspace, key, request, by=by)


def spends(world: World, key: str, amount: float, *, by: str = "olga", on: date = TODAY) -> Answer:
    return spend(world.workspace, key, Expense(amount=euros(amount), what="Machines", on=on), by=by)


def promises(world: World, key: str, day: date = LATE, *, by: str = "olga", override: str | None = None) -> Answer:
    return set_deadline(world.workspace, key, Wish(day=day, override=override), by=by)


def resumes(world: World, key: str, by: str) -> Answer:
    return resume(world.workspace, key, SAID, by=by)


def clears(world: World, key: str, number: int, by: str) -> Answer:
    return clear(world.workspace, key, number, SAID, by=by)


def events(world: World, key: str, after: int = 0) -> list[str]:
    """The names of what happened after a version."""
    with world.workspace.store.reading() as work:
        return [entry.event for entry in work.entries(key, after=after)]


def pool(world: World) -> int:
    """Minor units in the main pool."""
    with world.workspace.store.reading() as work:
        balance = work.balance("pool:main")
    assert balance is not None
    return balance[0]
