"""Somebody with an account, for the tests of accounts."""

from __future__ import annotations

from pathlib import Path

from provefirst.accounts import invitations
from provefirst.accounts.signing_in import SignedIn
from provefirst.people import Person, Role
from tests.world import World

GOOD = "a long enough pass phrase"
BETTER = "another long enough phrase"


def world_in(home: Path) -> World:
    """The small organisation, in which `rita` has a password."""
    world = World.make(home)
    link = invitations.reset_password(world.workspace, "rita", by="root")
    assert isinstance(link, str)
    signed_in(invitations.accept(world.workspace, link, GOOD))
    return world


def person(handle: str, *roles: Role, **facts: object) -> Person:
    fields = {"handle": handle, "name": "Some Body", "roles": frozenset(roles or (Role.AUDITOR,))}
    return Person.model_validate(fields | facts)


def signed_in(answer: object) -> SignedIn:
    """`answer`, which must be a session that began."""
    assert isinstance(answer, SignedIn), answer
    return answer
