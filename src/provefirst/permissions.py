"""Who may do what: one table of verb × role × relation to the initiative × stage, and the objections that follow.

What no line of the table grants is forbidden. The verbs ask here, whichever surface they are called from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from provefirst.people import PARTS, Person, Role, Verb
from provefirst.stages import Stage


class Relation(StrEnum):
    """What a person is to one initiative. It follows from the part they have on it."""

    NONE = "none"
    OWNER = "owner"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    VOTER = "voter"
    STEWARD = "steward"


class When(StrEnum):
    """What must have happened before a line of the table holds."""

    ALWAYS = ""
    DECLARED = "at a gate that peers decide: once they declared that they have no conflict of interest"
    METHOD_IN = "at a blind gate: once their method review is in"
    REVIEW_IN = "at a gate that peers decide: once their own review is in"


@dataclass(frozen=True, slots=True)
class Grant:
    """A line of the table: `role` may use `verb` in these relations to an initiative and at these stages."""

    verb: Verb
    role: Role
    relations: frozenset[Relation]
    stages: frozenset[Stage] = frozenset(Stage)
    when: When = When.ALWAYS


@dataclass(frozen=True, slots=True)
class Standing:
    """How people stand to one initiative: who owns it, who has which part, and the other accounts of the person."""

    key: str
    owner: str = ""
    parts: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType({}))
    accounts: frozenset[str] = frozenset()

    def relation(self, handle: str) -> Relation:
        """What `handle` is to the initiative."""
        part = self.parts.get(handle)
        if part is Role.PRODUCT_OWNER and handle == self.owner:
            return Relation.OWNER
        return _RELATIONS[part] if part is not None else Relation.NONE


_V, _R, _S, _W = Verb, Role, Stage, When
_RELATIONS: Mapping[Role, Relation] = MappingProxyType(
    {
        _R.PRODUCT_OWNER: Relation.AUTHOR,
        _R.DATA_SCIENTIST: Relation.AUTHOR,
        _R.DATA_OWNER: Relation.AUTHOR,
        _R.REVIEWER: Relation.REVIEWER,
        _R.BOARD_MEMBER: Relation.VOTER,
        _R.ETHICS_REVIEWER: Relation.VOTER,
        _R.ADMIN: Relation.STEWARD,
        _R.AUDITOR: Relation.NONE,
    }
)

ANY = frozenset(Relation)
NEW = frozenset({Relation.NONE})
OWNER = frozenset({Relation.OWNER})
WRITING = frozenset({Relation.NONE, Relation.AUTHOR})
REVIEWING = frozenset({Relation.NONE, Relation.REVIEWER})
VOTING = frozenset({Relation.NONE, Relation.VOTER})
TENDING = frozenset({Relation.NONE, Relation.STEWARD})

NOWHERE = frozenset[Stage]()
"""For what belongs to no initiative."""

REVIEWED = frozenset(set(_S) - {_S.PROPOSAL})
ANALYSED = frozenset({_S.DATA_ANALYSIS})


def _each(verb: Verb, roles: frozenset[Role], relations: frozenset[Relation] = ANY) -> tuple[Grant, ...]:
    return tuple(Grant(verb, role, relations) for role in Role if role in roles)


_EVERYBODY = frozenset(_R)
_NOT_REVIEWERS = _EVERYBODY - {_R.REVIEWER}

TABLE: tuple[Grant, ...] = (
    # Asking, and doing the work.
    Grant(_V.OPEN, _R.PRODUCT_OWNER, NEW, NOWHERE),
    Grant(_V.SUBMIT, _R.PRODUCT_OWNER, OWNER, frozenset({_S.PROPOSAL})),
    Grant(_V.SUBMIT, _R.DATA_SCIENTIST, WRITING, REVIEWED - {_S.RELEASE}),
    Grant(_V.SUBMIT, _R.DATA_OWNER, WRITING, ANALYSED),
    Grant(_V.LOOK, _R.DATA_SCIENTIST, WRITING, ANALYSED),
    Grant(_V.CONCLUDE, _R.PRODUCT_OWNER, OWNER),
    Grant(_V.CONCLUDE, _R.DATA_SCIENTIST, WRITING),
    # Judging it. Which of these a gate asks for, its policy says.
    Grant(_V.DECLARE, _R.REVIEWER, REVIEWING),
    Grant(_V.DECLARE, _R.BOARD_MEMBER, VOTING),
    Grant(_V.DECLARE, _R.ETHICS_REVIEWER, VOTING),
    Grant(_V.METHOD_REVIEW, _R.REVIEWER, REVIEWING, REVIEWED),
    Grant(_V.REVIEW, _R.REVIEWER, REVIEWING, REVIEWED),
    Grant(_V.VOTE, _R.BOARD_MEMBER, VOTING),
    Grant(_V.VOTE, _R.ETHICS_REVIEWER, VOTING),
    Grant(_V.RESUME, _R.REVIEWER, REVIEWING),
    Grant(_V.RESUME, _R.BOARD_MEMBER, VOTING),
    Grant(_V.RESUME, _R.ETHICS_REVIEWER, VOTING),
    Grant(_V.CLEAR, _R.REVIEWER, REVIEWING),
    Grant(_V.CLEAR, _R.BOARD_MEMBER, VOTING),
    Grant(_V.CLEAR, _R.ETHICS_REVIEWER, VOTING),
    *_each(_V.DECIDE, _EVERYBODY - {_R.AUDITOR}),  # takes a decision that votes have carried, and no other
    # Money and time. What is freed, the gates say.
    Grant(_V.RELEASE, _R.BOARD_MEMBER, VOTING),
    Grant(_V.SPEND, _R.PRODUCT_OWNER, OWNER),
    Grant(_V.SPEND, _R.ADMIN, TENDING),
    Grant(_V.SET_DEADLINE, _R.PRODUCT_OWNER, OWNER, frozenset({_S.WATCH})),
    Grant(_V.SET_DEADLINE, _R.BOARD_MEMBER, VOTING, frozenset({_S.WATCH})),
    # Keeping the house.
    Grant(_V.MIGRATE, _R.ADMIN, TENDING),
    Grant(_V.BREAK_GLASS, _R.ADMIN, TENDING),
    Grant(_V.FUND, _R.ADMIN, NEW, NOWHERE),
    Grant(_V.ADOPT, _R.ADMIN, NEW, NOWHERE),
    Grant(_V.ADD_PERSON, _R.ADMIN, NEW, NOWHERE),
    # Reading. Whoever may still be a reviewer reads as one, whatever other roles they have.
    *_each(_V.LIST, _EVERYBODY),
    *_each(_V.SHOW, _EVERYBODY),
    *_each(_V.READ_METHOD, _NOT_REVIEWERS),
    Grant(_V.READ_METHOD, _R.REVIEWER, REVIEWING, when=_W.DECLARED),
    *_each(_V.READ_RESULTS, _NOT_REVIEWERS),
    Grant(_V.READ_RESULTS, _R.REVIEWER, REVIEWING, when=_W.METHOD_IN),
    *_each(_V.READ_REVIEWS, _NOT_REVIEWERS),
    Grant(_V.READ_REVIEWS, _R.REVIEWER, REVIEWING, when=_W.REVIEW_IN),
    *_each(_V.AUDIT, frozenset({_R.AUDITOR, _R.ADMIN})),
)

READING = frozenset({_V.LIST, _V.SHOW, _V.READ_METHOD, _V.READ_RESULTS, _V.READ_REVIEWS, _V.AUDIT})
"""Verbs that change nothing: allowed after the end as well."""

MAY: Mapping[Verb, frozenset[Role]] = MappingProxyType(
    {verb: frozenset(grant.role for grant in TABLE if grant.verb is verb) for verb in Verb}
)
"""Which roles may use a verb at all."""


def grant(verb: Verb, role: Role) -> Grant | None:
    """The line of the table for `role` using `verb`; None where there is none."""
    return _LINES.get((verb, role))


def is_granted(verb: Verb, role: Role, relation: Relation, stage: Stage | None = None) -> bool:
    """Whether the table lets `role` use `verb` in that relation, at `stage` (None: on no initiative)."""
    line = grant(verb, role)
    if line is None or relation not in line.relations:
        return False
    return stage in line.stages if stage is not None else True


def objections(person: Person, verb: Verb, role: Role, standing: Standing) -> tuple[str, ...]:
    """Every reason why `person` may not use `verb` in `role`, as people stand to the initiative; empty: they may."""
    return (*_on_the_person(person, verb, role), *_on_the_part(person, verb, role, standing))


def stage_objections(verb: Verb, role: Role, stage: Stage, key: str, *, is_open: bool) -> tuple[str, ...]:
    """Why the table lets nobody in `role` use `verb` there now: the last word, after the verb's own reasons."""
    line = grant(verb, role)
    if not is_open and verb not in READING:
        return (f"{key} is concluded",)
    if line is None or stage not in line.stages:
        return (f"{verb.label} by {role.with_article} is not for {stage.label}",)
    return ()


def fitting(person: Person, verb: Verb, standing: Standing) -> Role:
    """The role in which `person` uses `verb`: their part where it may, else the first that nothing speaks against."""
    allowed = MAY[verb]
    if (part := standing.parts.get(person.handle)) is not None and part in allowed & person.roles:
        return part
    own = [role for role in Role if role in allowed and role in person.roles]
    free = [role for role in own if not objections(person, verb, role, standing)]
    return next(iter([*free, *own]), None) or min(allowed)


_LINES: Mapping[tuple[Verb, Role], Grant] = MappingProxyType({(line.verb, line.role): line for line in TABLE})


def _on_the_person(person: Person, verb: Verb, role: Role) -> Iterator[str]:
    if not person.is_active:
        yield f"{person.handle} is no longer active"
    if role not in MAY[verb]:
        yield f"{verb.value} is for: {', '.join(sorted(allowed.label for allowed in MAY[verb]))}"
    elif role not in person.roles:
        yield f"{person.handle} is not {role.label}"


def _on_the_part(person: Person, verb: Verb, role: Role, standing: Standing) -> Iterator[str]:
    handle, part = person.handle, standing.parts.get(person.handle)
    if role in PARTS and part is not None and part is not role and verb not in READING:
        yield f"{handle} is {part.label} on {standing.key}, and nobody has two parts on one initiative"
    elif (line := grant(verb, role)) is not None and standing.relation(handle) not in line.relations:
        wanted = " or ".join(relation.value for relation in Relation if relation in line.relations)
        yield f"{verb.label} by {role.with_article} is for: {wanted} on {standing.key}, and {handle} is not"
    if verb not in READING:
        for other in sorted(standing.accounts & standing.parts.keys()):
            yield f"{handle} and {other} are one person, and {other} is {standing.parts[other].label} on {standing.key}"


class Scope(StrEnum):
    """What a token is good for, of that which its owner may do."""

    READ = "read"
    WRITE = "write"
    JUDGE = "judge"
    MONEY = "money"
    ADMIN = "admin"


SCOPES: Mapping[Scope, frozenset[Verb]] = MappingProxyType(
    {
        Scope.READ: READING,
        Scope.WRITE: frozenset({_V.OPEN, _V.SUBMIT, _V.LOOK, _V.CONCLUDE, _V.DECIDE}),
        Scope.JUDGE: frozenset({_V.DECLARE, _V.METHOD_REVIEW, _V.REVIEW, _V.VOTE, _V.RESUME, _V.CLEAR}),
        Scope.MONEY: frozenset({_V.RELEASE, _V.SPEND, _V.SET_DEADLINE}),
        Scope.ADMIN: frozenset({_V.MIGRATE, _V.BREAK_GLASS, _V.FUND, _V.ADOPT, _V.ADD_PERSON}),
    }
)
"""The verbs of each scope. Each verb has one."""


def scope_objections(scopes: frozenset[Scope] | None, verb: Verb) -> tuple[str, ...]:
    """Why a token with these scopes is not good for `verb`; None stands for somebody who signed in themself."""
    (needed,) = [scope for scope, verbs in SCOPES.items() if verb in verbs]
    return () if scopes is None or needed in scopes else (f"{verb.value} needs a token with the scope {needed.value}",)
