"""What somebody could do on an initiative now. Only a hint for a page: the verb decides when it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provefirst.evidence import Kind
from provefirst.gates import unanswered
from provefirst.kinds import BELONGS_TO, WRITTEN_BY
from provefirst.money import Account
from provefirst.people import Role, Verb
from provefirst.permissions import Standing, fitting, objections, stage_objections
from provefirst.stages import Stage
from provefirst.web.sight import Seen
from provefirst.web.will import in_force


@dataclass(frozen=True, slots=True)
class Door:
    """A page to act on, with the words on the button. `is_asked` where the initiative waits for it."""

    address: str
    words: str
    is_asked: bool = False


def doors(seen: Seen) -> tuple[Door, ...]:
    """What the visitor could do here, what is asked of them first."""
    return tuple(sorted(_doors(seen), key=lambda door: not door.is_asked)) if seen.state.is_open else ()


def may(seen: Seen, verb: Verb) -> bool:
    """Whether nothing speaks against the visitor using `verb` here now, as far as the table tells."""
    state = seen.state
    standing = Standing(state.key, state.owner, state.parts)
    role = fitting(seen.person, verb, standing)
    if objections(seen.person, verb, role, standing):
        return False
    return not stage_objections(verb, role, state.stage, state.key, is_open=state.is_open)


def kinds(seen: Seen) -> tuple[Kind, ...]:
    """Kinds of evidence that belong to this stage and that the visitor writes, missing ones first."""
    state = seen.state
    roles = {state.parts[seen.visitor.handle]} if seen.visitor.handle in state.parts else seen.person.roles
    own = [
        kind
        for kind in Kind
        if state.stage in BELONGS_TO[kind] and WRITTEN_BY[kind] in roles and kind not in (Kind.REVIEW, Kind.LESSON)
    ]
    return tuple(sorted(own, key=lambda kind: state.current(kind) is not None))


def _doors(seen: Seen) -> Iterator[Door]:
    state, home, gate = seen.state, seen.home, seen.gate.approvals.role
    wanted = {waiting.role for waiting in seen.view.waiting}
    yield from _answers(seen)
    if may(seen, Verb.SUBMIT) and (found := kinds(seen)):
        yield Door(f"{home}/submit", "Submit evidence", WRITTEN_BY[found[0]] in wanted)
    has_voted = any(vote.by == seen.visitor.handle for vote in state.standing_votes)
    if gate is Role.REVIEWER and may(seen, Verb.REVIEW):
        is_asked = not has_voted and (not seen.sees_results or Role.REVIEWER in wanted)
        yield Door(f"{home}/review", "Review it", is_asked)
    if gate is not Role.REVIEWER and gate in seen.person.roles and may(seen, Verb.VOTE):
        yield Door(f"{home}/memo", "Read the memo and vote", gate in wanted and not has_voted)
    if state.hold is not None and may(seen, Verb.RESUME):
        yield Door(f"{home}/resume", "Lift the hold")
    if state.observations and Kind.PRODUCTION_REPORT in kinds(seen) and may(seen, Verb.SUBMIT):
        is_asked = state.current(Kind.PRODUCTION_REPORT) is None and Role.DATA_SCIENTIST in wanted
        yield Door(f"{home}/report", "Report how it does", is_asked)
    yield from _money(seen)
    if may(seen, Verb.SET_DEADLINE):
        yield Door(f"{home}/deadline", "Set the deadline")
    if may(seen, Verb.MIGRATE) and in_force(seen)[0] != state.policy:
        yield Door(f"{home}/migrate", "Put it under the policy in force")
    if may(seen, Verb.CONCLUDE):
        yield Door(f"{home}/conclude", "Propose how it ends")


def _money(seen: Seen) -> Iterator[Door]:
    state, home = seen.state, seen.home
    if may(seen, Verb.RELEASE) and state.is_passed(Stage.RELEASE):
        yield Door(f"{home}/release", "Release a tranche")
        if state.freeze is not None:
            yield Door(f"{home}/thaw", "Let money move again")
    if state.books.on(Account.RELEASED) and may(seen, Verb.SPEND):
        yield Door(f"{home}/spend", "Record spending")


def _answers(seen: Seen) -> Iterator[Door]:
    """For the product owner: each earlier no of which it has to be said what differs."""
    if seen.part() is Role.PRODUCT_OWNER and may(seen, Verb.SUBMIT):
        for one in unanswered(seen.gate, seen.state):
            yield Door(f"{seen.home}/answer/{one.key}", f"Say what differs from {one.key}", is_asked=True)
