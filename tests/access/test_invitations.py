"""Coming in: the first admin by a setup link, everybody else by an invitation. Nobody by a default."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provefirst.accounts.invitations import GONE, accept, first_links, first_start, invite, reset_password, set_up
from provefirst.accounts.signing_in import SignedIn, session, sign_in
from provefirst.documents import policies
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.opening import policy_in_force
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Person, Role
from provefirst.places import config_dir
from tests.access.people import BETTER, GOOD, person, signed_in, world_in
from tests.world import Clock, World


@pytest.fixture
def fresh(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path, clock=Clock()).prepare()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return world_in(tmp_path)


def link(answer: str | Refused | None) -> str:
    assert isinstance(answer, str), answer
    return answer


def test_nobody_signs_in_before_anybody_was_let_in(fresh: Workspace) -> None:
    for name in ("admin", "root", "provefirst"):
        for password in ("", "admin", "password", "provefirst"):
            assert not sign_in(fresh, name, password)


def test_the_setup_link_makes_one_admin_and_no_other(fresh: Workspace) -> None:
    secret = link(first_start(fresh))
    ada = signed_in(set_up(fresh, secret, person("ada", Role.AUDITOR), GOOD)).person
    assert ada.roles == {Role.ADMIN, Role.AUDITOR}
    assert set_up(fresh, secret, person("eve"), GOOD) == Refused((GONE,))
    assert first_start(fresh) is None


def test_the_first_admin_finds_the_shipped_policies_in_force(fresh: Workspace) -> None:
    signed_in(set_up(fresh, link(first_start(fresh)), person("ada"), GOOD))
    with fresh.store.reading() as work:
        assert policy_in_force(work)[1] == policies.load(config_dir() / "gates")


def test_until_somebody_can_sign_in_each_start_has_a_link_for_each_admin(fresh: Workspace) -> None:
    [(_, setup)] = first_links(fresh).items()
    assert setup.startswith("setup/")
    ada = Person(handle="ada", name="Ada Name", roles=frozenset({Role.ADMIN}))
    organisation.add_person(fresh, ada, by="ada")
    organisation.add_person(fresh, ada.model_copy(update={"handle": "bob", "roles": {Role.REVIEWER}}), by="ada")
    [(first, _)], [(handle, join)] = first_links(fresh).items(), first_links(fresh).items()
    assert (first, handle) == ("ada", "ada")
    assert signed_in(accept(fresh, join.removeprefix("join/"), GOOD)).person.handle == "ada"
    assert first_links(fresh) == {}


def test_a_setup_link_asked_for_again_makes_the_first_one_useless(fresh: Workspace) -> None:
    first, second = link(first_start(fresh)), link(first_start(fresh))
    assert set_up(fresh, first, person("eve"), GOOD) == Refused((GONE,))
    signed_in(set_up(fresh, second, person("ada"), GOOD))


def test_a_setup_link_is_old_after_a_day(tmp_path: Path) -> None:
    clock = Clock()
    fresh = Workspace.open(tmp_path, clock=clock).prepare()
    secret = link(first_start(fresh))
    clock.pass_days(1)
    assert set_up(fresh, secret, person("ada"), GOOD) == Refused((GONE,))


def test_of_many_who_use_a_link_at_once_one_comes_in(fresh: Workspace) -> None:
    secret = link(first_start(fresh))
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda n: set_up(fresh, secret, person(f"ada{n}"), GOOD), range(4)))
    assert sum(isinstance(answer, SignedIn) for answer in told) == 1


def test_who_is_invited_is_here_once_they_chose_a_password(world: World) -> None:
    secret = link(invite(world.workspace, person("nora", Role.REVIEWER), by="root"))
    with world.workspace.store.reading() as work:
        assert "nora" not in [known.handle for known in work.people()]
    assert accept(world.workspace, secret, "short") == Refused(("password: at least 12 characters",))
    nora = signed_in(accept(world.workspace, secret, GOOD))
    assert nora.person.roles == {Role.REVIEWER}
    assert session(world.workspace, nora.secret) is not None
    assert accept(world.workspace, secret, GOOD) == Refused((GONE,))


def test_only_an_admin_invites_and_only_while_they_are_one(world: World) -> None:
    assert isinstance(invite(world.workspace, person("nora"), by="rita"), Refused)
    assert organisation.add_person(world.workspace, person("adam", Role.ADMIN), by="root") is None
    secret = link(invite(world.workspace, person("nora", Role.ADMIN), by="adam"))
    assert organisation.add_person(world.workspace, person("adam", Role.AUDITOR), by="root") is None
    assert accept(world.workspace, secret, GOOD) == Refused((GONE,))


def test_an_invitation_is_old_after_a_week(world: World) -> None:
    secret = link(invite(world.workspace, person("nora"), by="root"))
    world.clock.pass_days(7)
    assert accept(world.workspace, secret, GOOD) == Refused((GONE,))


def test_nobody_is_invited_over_somebody_who_is_here(world: World) -> None:
    assert invite(world.workspace, person("rita", Role.ADMIN), by="root") == Refused(("rita is somebody here already",))


def test_a_reset_link_ends_what_was_before(world: World) -> None:
    before = signed_in(sign_in(world.workspace, "rita", GOOD))
    secret = link(reset_password(world.workspace, "rita", by="root"))
    signed_in(accept(world.workspace, secret, BETTER))
    assert session(world.workspace, before.secret) is None
    assert not sign_in(world.workspace, "rita", GOOD)
    assert isinstance(reset_password(world.workspace, "rita", by="rolf"), Refused)
