"""The second factor: without a code no session, and no code twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from provefirst.accounts.keys import KEY_FILE
from provefirst.accounts.second_factor import (
    Seed,
    begin_second_factor,
    confirm_second_factor,
    drop_second_factor,
)
from provefirst.accounts.signing_in import WRONG, CodeNeeded, Wait, sign_in
from provefirst.errors import StorageError
from provefirst.lifecycle.act import Refused
from tests.access.people import GOOD, signed_in, world_in
from tests.access.test_signing_in import everything_kept
from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return world_in(tmp_path)


def code(world: World, seed: Seed) -> str:
    return pyotp.TOTP(seed.secret).at(world.clock.now)


def confirmed(world: World) -> tuple[Seed, tuple[str, ...]]:
    seed = begin_second_factor(world.workspace, by="rita")
    assert isinstance(seed, Seed)
    codes = confirm_second_factor(world.workspace, code(world, seed), by="rita")
    assert not isinstance(codes, Refused)
    world.clock.now += timedelta(minutes=1)
    return seed, codes


def test_a_seed_that_was_not_confirmed_is_not_asked_for(world: World) -> None:
    begin_second_factor(world.workspace, by="rita")
    signed_in(sign_in(world.workspace, "rita", GOOD))
    assert isinstance(confirm_second_factor(world.workspace, "000000", by="rita"), Refused)


def test_the_password_alone_begins_no_session(world: World) -> None:
    seed, _ = confirmed(world)
    assert sign_in(world.workspace, "rita", GOOD) == CodeNeeded()
    assert sign_in(world.workspace, "rita", GOOD, code="123456") == Refused((WRONG,))
    signed_in(sign_in(world.workspace, "rita", GOOD, code=code(world, seed)))


def test_a_code_is_good_once(world: World) -> None:
    seed, _ = confirmed(world)
    seen = code(world, seed)
    signed_in(sign_in(world.workspace, "rita", GOOD, code=seen))
    assert sign_in(world.workspace, "rita", GOOD, code=seen) == Refused((WRONG,))


def test_a_code_is_good_for_half_a_minute_on_either_side(world: World) -> None:
    seed, _ = confirmed(world)
    for seconds, is_good in ((-60, False), (60, False), (-30, True)):
        told = pyotp.TOTP(seed.secret).at(world.clock.now + timedelta(seconds=seconds))
        assert bool(sign_in(world.workspace, "rita", GOOD, code=told)) is is_good


def test_each_recovery_code_stands_in_once(world: World) -> None:
    _, codes = confirmed(world)
    assert len(set(codes)) == 10
    signed_in(sign_in(world.workspace, "rita", GOOD, code=codes[3].upper()))
    assert sign_in(world.workspace, "rita", GOOD, code=codes[3]) == Refused((WRONG,))
    signed_in(sign_in(world.workspace, "rita", GOOD, code=codes[4].replace("-", "")))


def test_asking_for_the_code_makes_no_guess_at_it_free(world: World) -> None:
    confirmed(world)
    told = []
    for number in range(6):
        told.append(sign_in(world.workspace, "rita", GOOD, code=f"00000{number}"))
        sign_in(world.workspace, "rita", GOOD)
    assert isinstance(told[5], Wait)


def test_it_is_dropped_by_a_code_only(world: World) -> None:
    seed, _ = confirmed(world)
    assert drop_second_factor(world.workspace, "123456", by="rita") == Refused(("the code is wrong",))
    assert drop_second_factor(world.workspace, code(world, seed), by="rita") is None
    signed_in(sign_in(world.workspace, "rita", GOOD))


def test_neither_seed_nor_codes_can_be_read_from_the_database(world: World) -> None:
    seed, codes = confirmed(world)
    kept = everything_kept(world)
    for secret in (seed.secret, *codes, *(one.replace("-", "") for one in codes)):
        assert secret not in kept
    assert seed.secret not in repr(seed)


def test_the_key_is_readable_by_its_owner_only_and_a_database_without_it_is_of_no_use(world: World) -> None:
    seed, _ = confirmed(world)
    file = world.workspace.home / KEY_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    with pytest.raises(StorageError, match=r"is not the key that this was encrypted with"):
        sign_in(world.workspace, "rita", GOOD, code=code(world, seed))
