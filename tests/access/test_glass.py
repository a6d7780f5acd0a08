"""Break-glass: two admins and a reason, for three things and no more, for ever on the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from provefirst.glass import BREAKABLE
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Answer, Refused
from provefirst.lifecycle.breaking_glass import Emergency, break_glass, request_glass
from provefirst.lifecycle.funding import Request, release
from provefirst.lifecycle.reviewing import review
from provefirst.money import Money
from provefirst.people import Person, Role, Verb
from provefirst.stages import Choice, Stage
from tests.world import PEOPLE, World, done, peer_review

WHY = "The only reviewer is in hospital."


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.make(tmp_path)
    add(world, "rosa", Role.ADMIN)
    return world


def add(world: World, handle: str, *roles: Role, **facts: object) -> None:
    fields = {"handle": handle, "name": "Some Body", "roles": frozenset(roles or PEOPLE[handle])}
    assert organisation.add_person(world.workspace, Person.model_validate(fields | facts), by="root") is None


def held(world: World) -> str:
    key = world.bring_to(world.open(), Stage.RESEARCH)
    world.submit_stage(key)
    until = world.clock.now.date().replace(year=2027)
    done(review(world.workspace, key, peer_review(Choice.HOLD, condition="More data", until=until), by="rita"))
    return key


def ask(world: World, key: str, verb: Verb = Verb.RESUME, *, by: str = "root", **more: object) -> Answer:
    return request_glass(world.workspace, key, Emergency.model_validate({"verb": verb, "reason": WHY} | more), by=by)


def tranche(world: World, key: str, amount: int = 1000) -> Answer:
    money = Money(amount=amount, currency="EUR")
    return release(world.workspace, key, Request(amount=money, purpose="To go on"), by="bea")


def test_two_admins_lift_a_hold_and_it_stays_told(world: World) -> None:
    key = held(world)
    done(ask(world, key))
    assert world.initiative(key).hold is not None
    done(break_glass(world.workspace, key, 1, by="rosa"))
    initiative = world.initiative(key)
    assert initiative.hold is None
    (glass,) = initiative.glass
    assert (glass.reason, glass.asked_by, glass.confirmed_by, glass.is_used) == (WHY, "root", "rosa", True)


def test_one_admin_is_not_enough_not_even_with_two_accounts(world: World) -> None:
    add(world, "root", Role.ADMIN, email="root@example.org")
    add(world, "root2", Role.ADMIN, email="root+2@example.org")
    key = held(world)
    done(ask(world, key))
    told = Refused(("root asked for it: a second admin, another person, confirms it",))
    assert break_glass(world.workspace, key, 1, by="root") == told
    refused = break_glass(world.workspace, key, 1, by="root2")
    assert isinstance(refused, Refused)
    assert refused.is_forbidden


def test_a_request_lapses_after_a_day(world: World) -> None:
    key = held(world)
    done(ask(world, key))
    world.clock.pass_days(1.1)
    assert break_glass(world.workspace, key, 1, by="rosa") == Refused(
        (f"no request 1 to break glass on {key} waits; each waits for 24 hours",)
    )


@pytest.mark.parametrize("verb", sorted(set(Verb) - set(BREAKABLE)))
def test_glass_is_broken_for_nothing_else(world: World, verb: Verb) -> None:
    key = held(world)
    refused = ask(world, key, verb)
    assert refused == Refused((f"glass can't be broken for {verb.value}, only for: resume, clear, release",))


def test_a_condition_is_cleared(world: World) -> None:
    key = world.bring_to(world.open(), Stage.RESEARCH)
    world.submit_stage(key)
    done(review(world.workspace, key, peer_review(Choice.CONDITIONAL_GO, conditions=("Ask the clinic",)), by="rita"))
    assert ask(world, key, Verb.CLEAR, condition=7) == Refused((f"condition 7 does not wait to be cleared on {key}",))
    done(ask(world, key, Verb.CLEAR, condition=1))
    done(break_glass(world.workspace, key, 1, by="rosa"))
    assert world.initiative(key).open_conditions == ()


def test_a_tranche_need_not_wait_for_the_watch_gate_once_and_only_out_of_what_is_approved(world: World) -> None:
    key = world.bring_to(world.open(), Stage.WATCH)
    done(tranche(world, key))
    assert not tranche(world, key)
    done(ask(world, key, Verb.RELEASE))
    done(break_glass(world.workspace, key, 1, by="rosa"))
    beyond = tranche(world, key, 100_000_00)
    assert beyond == Refused(("100,000.00 EUR is more than the 99,990.00 EUR approved and not yet released",))
    done(tranche(world, key))
    assert world.initiative(key).tranches[-1].waits_for == "glass 1"
    assert not tranche(world, key)


def test_broken_glass_not_used_within_a_week_is_whole_again(world: World) -> None:
    key = world.bring_to(world.open(), Stage.WATCH)
    done(tranche(world, key))
    done(ask(world, key, Verb.RELEASE))
    done(break_glass(world.workspace, key, 1, by="rosa"))
    world.clock.pass_days(7.1)
    assert not tranche(world, key)


def test_money_stays_locked_before_the_release_gate_whatever_glass_is_broken(world: World) -> None:
    key = held(world)
    done(ask(world, key, Verb.RELEASE))
    done(break_glass(world.workspace, key, 1, by="rosa"))
    refused = tranche(world, key)
    assert isinstance(refused, Refused)
    assert "money is locked: the release gate is closed, and PF-1 is at research" in refused.reasons


def test_nobody_breaks_glass_for_their_own_gain(world: World) -> None:
    add(world, "olga", Role.PRODUCT_OWNER, Role.ADMIN)
    add(world, "adam", Role.ADMIN)
    key = held(world)
    refused = ask(world, key, by="olga")
    assert isinstance(refused, Refused)
    assert refused.is_forbidden
    add(world, "adam", Role.ADMIN, manager="olga")
    assert ask(world, key, by="adam") == Refused(("adam reports to olga",))


def test_an_admin_who_broke_glass_can_judge_nothing_there(world: World) -> None:
    add(world, "rosa", Role.ADMIN, Role.REVIEWER)
    key = held(world)
    done(ask(world, key))
    done(break_glass(world.workspace, key, 1, by="rosa"))
    refused = review(world.workspace, key, peer_review(), by="rosa")
    assert refused == Refused(("rosa is admin on PF-1, and nobody has two parts on one initiative",))
