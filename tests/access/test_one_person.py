"""Two accounts with one mailbox are one person: what one may not do there, the other may not either."""

from __future__ import annotations

from pathlib import Path

import pytest

from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.reviewing import review, vote
from provefirst.people import Person, Role, identity
from provefirst.stages import Stage
from tests.world import PEOPLE, World, ballot, peer_review


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.make(tmp_path)
    give(world, "olga", "Olga@example.org")
    return world


def give(world: World, handle: str, email: str, *roles: Role) -> None:
    person = Person(handle=handle, name="Some Body", email=email, roles=frozenset(roles or PEOPLE[handle]))
    assert organisation.add_person(world.workspace, person, by="root") is None


@pytest.mark.parametrize(
    "email",
    [
        "olga@example.org",
        "OLGA@EXAMPLE.ORG",
        "olga+board@example.org",
        "ｏｌｇａ@example.org",
        "ol\u200bga@example.org",
    ],
)
def test_a_product_owner_cannot_approve_their_own_initiative_through_a_second_account(world: World, email: str) -> None:
    key = world.bring_to(world.open(), Stage.RELEASE)
    give(world, "otherolga", email, Role.BOARD_MEMBER)
    refused = vote(world.workspace, key, ballot(), by="otherolga")
    assert refused == Refused(("otherolga and olga are one person, and olga is product owner on PF-1",))
    assert isinstance(refused, Refused)
    assert refused.is_forbidden


def test_a_reviewer_cannot_make_a_quorum_of_two_alone(world: World) -> None:
    give(world, "rita", "rita@example.org")
    give(world, "rita2", "rita+2@example.org", Role.REVIEWER)
    key = world.bring_to(world.open(), Stage.REVIEW)
    world.approve(key, "rita")
    assert review(world.workspace, key, peer_review(), by="rita2") == Refused(
        ("rita2 and rita are one person, and rita is reviewer on PF-1",)
    )


def test_votes_of_accounts_that_turn_out_to_be_one_person_count_once(world: World) -> None:
    key = world.bring_to(world.open(), Stage.REVIEW)
    give(world, "rex", "rex@example.org", Role.REVIEWER)
    world.approve(key, "rex")
    give(world, "rex", "olga@example.org", Role.REVIEWER)
    assert [vote.by for vote in world.initiative(key).standing_votes] == []
    world.approve(key, "rolf")
    assert world.initiative(key).stage is Stage.REVIEW


def test_without_an_address_nobody_is_taken_for_somebody_else(world: World) -> None:
    give(world, "rita", "rita@example.org")
    assert identity("") == ""
    world.bring_to(world.open(), Stage.RELEASE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a@münchen.example", "a@xn--mnchen-3ya.example"),
        ('"a"@example.org', "a@example.org."),
        ("Straße@example.org", "strasse@example.org"),
    ],
)
def test_spellings_of_one_mailbox_are_one_identity(one: str, other: str) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    "other", ["b@example.org", "a@example.com", "a@sub.example.org", "+a@example.org", "a.b@example.org"]
)
def test_other_mailboxes_are_other_people(other: str) -> None:
    assert identity("a@example.org") != identity(other)
