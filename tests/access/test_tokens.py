"""Tokens for programs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from provefirst.accounts.tokens import Made, NewToken, authenticate, create_token, revoke_token, tokens
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.people import Role, Verb
from provefirst.permissions import SCOPES, Scope, scope_objections
from tests.access.people import person
from tests.access.test_signing_in import everything_kept
from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path)


def made(world: World, by: str = "rita", *scopes: Scope, days: int = 90) -> Made:
    new = NewToken(name="for the nightly job", scopes=frozenset(scopes or (Scope.READ,)), days=days)
    answer = create_token(world.workspace, new, by=by)
    assert isinstance(answer, Made)
    return answer


def test_a_token_says_whose_it_is_and_what_it_is_good_for(world: World) -> None:
    token = made(world, "rita", Scope.READ, Scope.JUDGE)
    caller = authenticate(world.workspace, token.secret)
    assert caller is not None
    assert (caller.person.handle, caller.scopes) == ("rita", {Scope.READ, Scope.JUDGE})
    assert scope_objections(caller.scopes, Verb.REVIEW) == ()
    assert scope_objections(caller.scopes, Verb.RELEASE) == ("release needs a token with the scope money",)


def test_its_secret_is_told_once(world: World) -> None:
    token = made(world)
    assert token.secret.startswith("pf_")
    assert len(token.secret) >= 46
    assert token.secret not in everything_kept(world)
    assert token.secret not in repr(token)


def test_what_is_no_token_is_nobodys(world: World) -> None:
    token = made(world)
    for other in ("", "pf_", token.secret[:-1], token.secret + "x", token.secret.removeprefix("pf_"), token.token.id):
        assert authenticate(world.workspace, other) is None


def test_it_is_good_for_its_days_and_no_longer(world: World) -> None:
    token = made(world, days=1)
    world.clock.now += timedelta(hours=23, minutes=59)
    assert authenticate(world.workspace, token.secret) is not None
    world.clock.now += timedelta(minutes=1)
    assert authenticate(world.workspace, token.secret) is None


def test_it_can_be_revoked_by_its_owner_and_by_an_admin_and_by_nobody_else(world: World) -> None:
    for by in ("rita", "root"):
        token = made(world)
        assert revoke_token(world.workspace, token.token.id, by="rolf") == Refused(
            (f"you have no token {token.token.id}",)
        )
        assert authenticate(world.workspace, token.secret) is not None
        assert revoke_token(world.workspace, token.token.id, by=by) is None
        assert authenticate(world.workspace, token.secret) is None


def test_it_ends_with_its_owners_leaving_for_good(world: World) -> None:
    token = made(world)
    for is_active in (False, True):
        rita = person("rita", Role.REVIEWER, is_active=is_active)
        assert organisation.add_person(world.workspace, rita, by="root") is None
        assert authenticate(world.workspace, token.secret) is None


def test_the_list_says_when_each_was_last_used(world: World) -> None:
    token = made(world)
    world.clock.pass_days(1)
    authenticate(world.workspace, token.secret)
    (listed,) = tokens(world.workspace, by="rita")  # type: ignore[misc]
    assert listed.used_at == "2026-03-03T12:00:00.000000Z"
    assert tokens(world.workspace, by="rolf") == ()
    assert isinstance(tokens(world.workspace, by="rolf", of="rita"), Refused)
    assert tokens(world.workspace, by="root", of="rita") == (listed,)


def test_every_verb_has_one_scope() -> None:
    assert sorted(verb for verbs in SCOPES.values() for verb in verbs) == sorted(Verb)
