"""People, their roles, which verbs a role may use, and the one part a person has on an initiative."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

from provefirst.texts import Document, Line, Word, handle

ENGINE = "engine"
"""The actor of what the engine itself writes: findings it measured, gates it opened, reminders."""


class Role(StrEnum):
    """What a person may be called on to do."""

    PRODUCT_OWNER = "product_owner"
    DATA_SCIENTIST = "data_scientist"
    DATA_OWNER = "data_owner"
    REVIEWER = "reviewer"
    BOARD_MEMBER = "board_member"
    ETHICS_REVIEWER = "ethics_reviewer"
    AUDITOR = "auditor"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


class Person(Document):
    """Somebody known here. Entries name the handle only; name and address stay in the people's table."""

    handle: Annotated[str, AfterValidator(handle)]
    name: Line
    email: Word | None = None
    roles: frozenset[Role] = Field(min_length=1)
    is_active: bool = True


class Verb(StrEnum):
    """Everything that changes something, by the name the surfaces use."""

    OPEN = "open"
    SUBMIT = "submit"
    LOOK = "look"
    REVIEW = "review"
    VOTE = "vote"
    DECIDE = "decide"
    RESUME = "resume"
    CLEAR = "clear"
    RELEASE = "release"
    SPEND = "spend"
    SET_DEADLINE = "set_deadline"
    CONCLUDE = "conclude"
    MIGRATE = "migrate"
    FUND = "fund"
    ADOPT = "adopt"
    ADD_PERSON = "add_person"


_R = Role
MAY: Mapping[Verb, frozenset[Role]] = MappingProxyType(
    {
        Verb.OPEN: frozenset({_R.PRODUCT_OWNER}),
        Verb.SUBMIT: frozenset({_R.PRODUCT_OWNER, _R.DATA_SCIENTIST, _R.DATA_OWNER, _R.ETHICS_REVIEWER}),
        Verb.LOOK: frozenset({_R.DATA_SCIENTIST}),
        Verb.REVIEW: frozenset({_R.REVIEWER}),
        Verb.VOTE: frozenset({_R.BOARD_MEMBER, _R.ETHICS_REVIEWER}),
        Verb.DECIDE: frozenset(set(_R) - {_R.AUDITOR}),
        Verb.RESUME: frozenset({_R.REVIEWER, _R.BOARD_MEMBER, _R.ETHICS_REVIEWER}),
        Verb.CLEAR: frozenset({_R.REVIEWER, _R.BOARD_MEMBER, _R.ETHICS_REVIEWER}),
        Verb.RELEASE: frozenset({_R.BOARD_MEMBER}),
        Verb.SPEND: frozenset({_R.PRODUCT_OWNER}),
        Verb.SET_DEADLINE: frozenset({_R.PRODUCT_OWNER, _R.BOARD_MEMBER}),
        Verb.CONCLUDE: frozenset({_R.PRODUCT_OWNER, _R.DATA_SCIENTIST}),
        Verb.MIGRATE: frozenset({_R.ADMIN}),
        Verb.FUND: frozenset({_R.ADMIN}),
        Verb.ADOPT: frozenset({_R.ADMIN}),
        Verb.ADD_PERSON: frozenset({_R.ADMIN}),
    }
)
"""Which roles may use a verb. What is not named here is forbidden."""

PARTS: tuple[Role, ...] = (
    _R.PRODUCT_OWNER,
    _R.DATA_SCIENTIST,
    _R.DATA_OWNER,
    _R.ETHICS_REVIEWER,
    _R.REVIEWER,
    _R.BOARD_MEMBER,
)
"""The roles that are a part on an initiative: a person has one of them on it, for good."""


def objections(person: Person, verb: Verb, role: Role, parts: Mapping[str, Role], key: str) -> tuple[str, ...]:
    """Why `person` may not use `verb` in `role` on `key`, where people have `parts`; empty: they may."""
    if not person.is_active:
        return (f"{person.handle} is no longer active",)
    if role not in MAY[verb]:
        allowed = ", ".join(sorted(r.label for r in MAY[verb]))
        return (f"{verb.value} is for: {allowed}",)
    if role not in person.roles:
        return (f"{person.handle} is not {role.label}",)
    part = parts.get(person.handle)
    if role in PARTS and part is not None and part is not role:
        return (f"{person.handle} is {part.label} on {key}, and nobody has two parts on one initiative",)
    return ()
