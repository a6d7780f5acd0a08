"""A person who leaves: what they wrote stays, what they had not decided yet they no longer do."""

from __future__ import annotations

from pathlib import Path

import pytest

from provefirst.evidence import Kind
from provefirst.gates import Closed, Open, decide
from provefirst.history import replay
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.reviewing import review
from provefirst.people import Person, Role
from provefirst.stages import Stage
from tests.world import NOON, PEOPLE, World, gate, peer_review


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path)


def account(handle: str, *, email: str | None = None, is_active: bool = True, roles: tuple[Role, ...] = ()) -> Person:
    return Person(
        handle=handle, name="Some Body", email=email, roles=frozenset(roles or PEOPLE[handle]), is_active=is_active
    )


def change(world: World, person: Person) -> None:
    assert organisation.add_person(world.workspace, person, by="root") is None


def test_an_open_vote_of_somebody_who_left_no_longer_counts_and_the_gate_says_so(world: World) -> None:
    key = world.bring_to(world.open(), Stage.REVIEW)
    world.approve(key, "rita")
    change(world, account("rita", is_active=False))
    initiative = world.initiative(key)
    policy = world.workspace.policies(initiative.policy).at(Stage.REVIEW)
    assert decide(policy, initiative, now=NOON) == Closed(
        ("0 of 2 approvals by a reviewer", "the vote of rita no longer counts: they left")
    )
    world.approve(key, "rolf")
    assert world.initiative(key).stage is Stage.REVIEW


def test_who_left_can_do_nothing_more(world: World) -> None:
    key = world.bring_to(world.open(), Stage.RESEARCH)
    change(world, account("rita", is_active=False))
    world.submit_stage(key)
    assert review(world.workspace, key, peer_review(), by="rita") == Refused(("rita is no longer active",))


def test_a_decision_already_taken_stands_and_every_entry_stays(world: World) -> None:
    key = world.bring_to(world.open(), Stage.REPLICATION)
    before = world.initiative(key)
    change(world, account("rita", is_active=False))
    assert world.initiative(key).openings == before.openings
    assert [vote.by for vote in world.initiative(key).votes] == ["ella", "rita"]


def test_who_comes_back_votes_anew_and_the_old_vote_stays_void(world: World) -> None:
    key = world.bring_to(world.open(), Stage.REVIEW)
    world.approve(key, "rita")
    change(world, account("rita", is_active=False))
    change(world, account("rita"))
    world.approve(key, "rolf")
    assert world.initiative(key).stage is Stage.REVIEW
    world.approve(key, "rita")
    assert world.initiative(key).stage is Stage.RELEASE


def test_the_gate_is_made_out_from_the_ledger_alone(world: World) -> None:
    key = world.bring_to(world.open(), Stage.REVIEW)
    world.approve(key, "rita")
    with world.workspace.store.reading() as work:
        voted = work.entries(key)
    change(world, account("rita", is_active=False))
    with world.workspace.store.reading() as work:
        after = work.entries(key)
    assert [entry.event for entry in after[len(voted) :]] == ["person.left"]
    lax = gate(Stage.REVIEW, [Kind.REVIEW, Kind.EFFORT_ESTIMATE], quorum=1)
    assert isinstance(decide(lax, replay(voted), now=NOON), Open)
    assert isinstance(decide(lax, replay(after), now=NOON), Closed)


def test_nobody_is_told_off_an_initiative_on_which_they_had_no_open_vote(world: World) -> None:
    key = world.bring_to(world.open(), Stage.REPLICATION)
    version = world.initiative(key).version
    change(world, account("rita", is_active=False))
    change(world, account("dana", is_active=False))
    assert world.initiative(key).version == version


def test_the_last_active_admin_cannot_be_let_go(world: World) -> None:
    refused = organisation.add_person(world.workspace, account("root", is_active=False), by="root")
    assert refused == Refused(("root is the last active admin, and without one nobody can let anybody in",))
    second = account("second", roles=(Role.ADMIN,))
    change(world, second)
    change(world, account("root", is_active=False))


def test_who_let_whom_do_what_is_in_the_ledger_without_a_name_or_an_address(world: World) -> None:
    change(world, account("nora", email="nora@example.org", roles=(Role.AUDITOR,)))
    change(world, account("nora", email="nora@example.com", roles=(Role.AUDITOR,)))
    with world.workspace.store.reading() as work:
        told = [entry for entry in work.entries("ORG") if entry.data.get("handle") == "nora"]
    assert [(entry.event, entry.actor, entry.data) for entry in told] == [
        ("person.changed", "root", {"handle": "nora", "roles": ["auditor"], "is_active": True})
    ]
