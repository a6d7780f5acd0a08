"""Signing in: passwords, throttling, sessions."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from provefirst.accounts import signing_in
from provefirst.accounts.passwords import hashed, is_right, password_objections
from provefirst.accounts.signing_in import WRONG, Wait, change_password, session, sign_in, sign_out
from provefirst.accounts.throttling import BRAKES
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.refusals import calling_from, refusals
from provefirst.people import Role
from tests.access.people import BETTER, GOOD, person, signed_in, world_in
from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return world_in(tmp_path)


def everything_kept(world: World) -> str:
    """All that the database holds, as text."""
    with world.workspace.store.reading() as work:
        tables = work.connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        return repr([work.connection.execute(text(f'SELECT * FROM "{name}"')).all() for name in tables])


def test_the_wrong_password_and_an_unknown_name_are_told_alike(world: World) -> None:
    assert sign_in(world.workspace, "rita", "a long and wrong phrase") == Refused((WRONG,))
    assert sign_in(world.workspace, "nobody", GOOD) == Refused((WRONG,))
    assert sign_in(world.workspace, "rolf", GOOD) == Refused((WRONG,))


def test_who_signs_in_is_known_by_their_session_and_by_nothing_else(world: World) -> None:
    begun = signed_in(sign_in(world.workspace, "rita", GOOD))
    caller = session(world.workspace, begun.secret)
    assert caller is not None
    assert (caller.person.handle, caller.how, caller.scopes) == ("rita", "password", None)
    assert session(world.workspace, begun.secret[:-1]) is None
    assert session(world.workspace, "") is None


def test_an_address_serves_as_a_name_where_one_person_has_it(world: World) -> None:
    rita = person("rita", Role.REVIEWER, email="Rita@example.org")
    assert organisation.add_person(world.workspace, rita, by="root") is None
    assert signed_in(sign_in(world.workspace, "rita@EXAMPLE.org", GOOD)).person.handle == "rita"
    other = person("rita2", Role.AUDITOR, email="rita+2@example.org")
    assert organisation.add_person(world.workspace, other, by="root") is None
    assert sign_in(world.workspace, "rita@example.org", GOOD) == Refused((WRONG,))


def test_no_secret_is_kept_as_it_is_nor_shown_in_a_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        begun = signed_in(sign_in(world.workspace, "rita", GOOD))
        sign_in(world.workspace, "rita", "wrong but secret too")
    for secret in (GOOD, begun.secret, "wrong but secret too"):
        assert secret not in everything_kept(world)
        assert secret not in caplog.text
        assert secret not in repr(begun)


def test_a_session_ends_when_it_is_idle_and_when_it_has_lasted_long_enough(world: World) -> None:
    begun = signed_in(sign_in(world.workspace, "rita", GOOD))
    for _ in range(6):
        world.clock.pass_days(1.9 / 24)
        assert session(world.workspace, begun.secret) is not None
    world.clock.pass_days(1 / 24)
    assert session(world.workspace, begun.secret) is None
    idle = signed_in(sign_in(world.workspace, "rita", GOOD))
    world.clock.now += signing_in.IDLE
    assert session(world.workspace, idle.secret) is None


def test_signing_in_again_ends_the_session_that_was(world: World) -> None:
    first = signed_in(sign_in(world.workspace, "rita", GOOD))
    second = signed_in(sign_in(world.workspace, "rita", GOOD, replaces=first.secret))
    assert first.secret != second.secret
    assert session(world.workspace, first.secret) is None
    sign_out(world.workspace, second.secret)
    assert session(world.workspace, second.secret) is None


def test_a_new_password_ends_every_session(world: World) -> None:
    old = [signed_in(sign_in(world.workspace, "rita", GOOD)).secret for _ in range(2)]
    new = signed_in(change_password(world.workspace, GOOD, BETTER, by="rita"))
    assert [session(world.workspace, secret) for secret in old] == [None, None]
    assert session(world.workspace, new.secret) is not None
    assert sign_in(world.workspace, "rita", GOOD) == Refused((WRONG,))


def test_nobody_changes_a_password_without_knowing_it(world: World) -> None:
    assert change_password(world.workspace, "not the old one", BETTER, by="rita") == Refused((WRONG,))


def test_who_left_has_no_session_and_gets_none(world: World) -> None:
    begun = signed_in(sign_in(world.workspace, "rita", GOOD))
    gone = person("rita", Role.REVIEWER, is_active=False)
    assert organisation.add_person(world.workspace, gone, by="root") is None
    assert session(world.workspace, begun.secret) is None
    assert sign_in(world.workspace, "rita", GOOD) == Refused((WRONG,))


def test_after_five_failures_each_makes_the_next_wait_longer(world: World) -> None:
    told = [sign_in(world.workspace, "rita", f"wrong phrase {number}") for number in range(6)]
    assert told == [Refused((WRONG,))] * 5 + [Wait(1)]
    assert sign_in(world.workspace, "rita", GOOD) == Wait(1)
    waits = []
    for number in range(12):
        world.clock.now += timedelta(hours=0, seconds=waits[-1].seconds if waits else 1)
        sign_in(world.workspace, "rita", f"still wrong {number}")
        answer = sign_in(world.workspace, "rita", GOOD)
        assert isinstance(answer, Wait)
        waits.append(answer)
    assert [wait.seconds for wait in waits] == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_nobody_is_locked_out_for_good_by_somebody_elsewhere(world: World) -> None:
    for number in range(60):
        token = calling_from.set(f"198.51.100.{number}")
        sign_in(world.workspace, "rita", "a guess from afar")
        calling_from.reset(token)
        world.clock.now += BRAKES["account"].longest
    signed_in(sign_in(world.workspace, "rita", GOOD))


def test_one_address_cannot_try_one_password_on_everybody(world: World) -> None:
    told = [sign_in(world.workspace, f"somebody{number}", GOOD) for number in range(32)]
    assert told[:30] == [Refused((WRONG,))] * 30
    assert [type(answer) for answer in told[30:]] == [Wait, Wait]


def test_tries_at_once_are_braked_like_tries_in_a_row(world: World) -> None:
    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(lambda number: sign_in(world.workspace, "rita", f"guess {number}"), range(12)))
    assert sum(isinstance(answer, Refused) for answer in told) == 5


def test_the_auditor_sees_each_kind_of_refusal_once_with_its_count(world: World) -> None:
    for _ in range(3):
        sign_in(world.workspace, "rita", "a wrong pass phrase")
    kept = refusals(world.workspace)
    assert [(one.who, one.what, one.count, one.reason) for one in kept] == [("rita", "sign_in", 3, WRONG)]


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", ("password: at least 12 characters",)),
        ("x" * 300, ("password: at most 256 characters", "password: one that is guessed first")),
        ("passwordpassword", ("password: one that is guessed first",)),
        ("PasswordPassword", ("password: one that is guessed first",)),
        ("magdalena-1234", ("password: little more than your own name",)),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str, told: tuple[str, ...]) -> None:
    assert password_objections(password, person("magdalena")) == told


def test_a_password_may_hold_any_signs_and_is_the_same_in_both_unicode_forms() -> None:
    assert password_objections("zwölf Öre für Åse", person("rita")) == ()
    assert is_right("zwo\u0308lf O\u0308re fu\u0308r A\u030ase", hashed("zwölf Öre für Åse"))


def test_a_password_is_kept_by_argon2id() -> None:
    assert hashed(GOOD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hashed(GOOD) != hashed(GOOD)
