"""Every refusal of access is kept, and none of them fills the disk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from provefirst.accounts.invitations import invite, reset_password
from provefirst.accounts.tokens import tokens
from provefirst.lifecycle import organisation
from provefirst.lifecycle import refusals as kept
from provefirst.lifecycle.funding import Request, release
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.refusals import note, refusals
from provefirst.lifecycle.viewing import may_audit
from provefirst.money import Money
from provefirst.people import Person, Role
from provefirst.webhooks import hooks
from tests.world import World, proposal


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path)


def test_who_may_not_is_noted_by_every_verb(world: World) -> None:
    key = world.open()
    money = Money(amount=10, currency="EUR")
    release(world.workspace, key, Request(amount=money, purpose="For me"), by="dana")
    organisation.fund(world.workspace, money, by="olga")
    open_initiative(world.workspace, proposal(), by="rita")
    told = {(one.who, one.what, one.key, one.reason) for one in refusals(world.workspace)}
    assert told == {
        ("dana", "release", key, "dana is not board member"),
        ("olga", "fund", "ORG", "olga is not admin"),
        ("rita", "open", "", "rita is not product owner"),
    }


def test_who_would_let_others_in_and_may_not_is_noted_as_well(world: World) -> None:
    friend = Person(handle="nora", name="Nora New", roles=frozenset({Role.ADMIN}))
    assert not invite(world.workspace, friend, by="olga")
    assert not reset_password(world.workspace, "root", by="olga")
    assert not tokens(world.workspace, by="olga", of="root")
    assert not hooks.add(world.workspace, "https://example.org/hook", by="olga", allowed=("example.org",))
    assert {(one.who, one.what, one.count) for one in refusals(world.workspace)} == {
        ("olga", "add_person", 2),
        ("olga", "tokens", 1),
        ("olga", "webhooks", 1),
    }


def test_what_is_refused_for_the_state_of_things_is_no_refusal_of_access(world: World) -> None:
    key = world.open()
    request = Request(amount=Money(amount=10, currency="EUR"), purpose="Too early")
    assert not release(world.workspace, key, request, by="bea")
    assert refusals(world.workspace) == ()


def test_a_flood_is_counted_and_not_kept_line_by_line(world: World) -> None:
    for number in range(100):
        note(world.workspace, f"stranger{number}", "sign_in", "", "wrong", most=20)
    lines = refusals(world.workspace)
    assert len(lines) == 21
    assert sum(one.count for one in lines) == 100
    assert max(one.count for one in lines) == 80


def test_a_new_hour_is_a_new_line_and_old_ones_go(world: World) -> None:
    note(world.workspace, "eve", "sign_in", "", "wrong")
    world.clock.now += timedelta(hours=1)
    note(world.workspace, "eve", "sign_in", "", "wrong")
    assert len(refusals(world.workspace)) == 2
    world.clock.now += kept.KEPT + timedelta(hours=1)
    note(world.workspace, "eve", "sign_in", "", "wrong")
    assert len(refusals(world.workspace)) == 1


@pytest.mark.parametrize(("handle", "is_let"), [("anna", True), ("root", True), ("bea", False), ("dana", False)])
def test_what_was_refused_is_for_auditors_and_admins(world: World, handle: str, is_let: bool) -> None:
    assert (may_audit(world.workspace, by=handle) is None) is is_let
    assert [one.who for one in refusals(world.workspace)] == ([] if is_let else [handle])
