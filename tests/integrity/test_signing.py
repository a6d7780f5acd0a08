"""Keys and checkpoints: what was signed stays checkable, and nobody else can sign."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from provefirst.checkpoints import Checkpoint, head_objections
from provefirst.errors import BrokenLedgerError, InvalidInputError, StorageError
from provefirst.evidence import Kind
from provefirst.integrity import auditing, shelf
from provefirst.integrity.signing import KeyFileError, Keys, key_id, signature_objections
from provefirst.stages import Stage
from tests.world import NOON, World, gate, policies

DAY = timedelta(days=1)


def changed(checkpoint: Checkpoint, **values: object) -> Checkpoint:
    return checkpoint.model_copy(update={"statement": checkpoint.statement.model_copy(update=values)})


def test_the_key_is_made_at_first_use_for_its_owner_alone(world: World) -> None:
    signed = auditing.checkpoint(world.workspace)

    keys = Keys.at(world.workspace.home)
    assert stat.S_IMODE(keys.signing.stat().st_mode) == 0o600
    assert signature_objections(signed, ring=keys.ring()) == ()
    assert signed.statement.key == keys.current(now=NOON)


def test_another_place_can_be_named_for_the_key(tmp_path: Path) -> None:
    keys = Keys.at(tmp_path / "data", {"PROVEFIRST_SIGNING_KEY": str(tmp_path / "elsewhere" / "key.pem")})

    keys.current(now=NOON)

    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == ["key.pem"]
    assert sorted(path.name for path in (tmp_path / "data" / "keys").iterdir()) == ["ring.json"]


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    keys = Keys.at(tmp_path, {})
    keys.current(now=NOON)
    keys.signing.chmod(0o640)

    with pytest.raises(KeyFileError, match="others can read the signing key"):
        keys.current(now=NOON)


def test_a_key_that_is_gone_is_not_quietly_made_anew(tmp_path: Path) -> None:
    keys = Keys.at(tmp_path, {})
    keys.current(now=NOON)
    keys.signing.unlink()

    with pytest.raises(KeyFileError, match="is gone: restore it from a backup"):
        keys.current(now=NOON)


def test_old_checkpoints_still_verify_after_a_rotation(world: World) -> None:
    keys = Keys.at(world.workspace.home)
    old = auditing.checkpoint(world.workspace)
    world.clock.pass_days(1)
    keys.rotate(now=world.clock.now)
    world.open()
    new = auditing.checkpoint(world.workspace)

    assert old.statement.key != new.statement.key
    assert [signature_objections(found, ring=keys.ring()) for found in (old, new)] == [(), ()]
    assert signature_objections(new, pinned=old.statement.key) == ()


def test_a_replaced_key_signs_nothing_any_more(world: World) -> None:
    keys = Keys.at(world.workspace.home)
    auditing.checkpoint(world.workspace)
    stolen, ring = keys.signing.read_bytes(), keys.public.read_bytes()
    world.clock.pass_days(1)
    keys.rotate(now=world.clock.now)
    new_ring = keys.ring()
    keys.signing.write_bytes(stolen)
    keys.public.write_bytes(ring)
    world.clock.pass_days(1)
    late = auditing.checkpoint(world.workspace)

    reason = f"it was signed with {late.statement.key} after that key was replaced"
    assert signature_objections(late, ring=new_ring) == (reason,)


def test_a_rotation_that_was_cut_off_is_finished_at_the_next_use(tmp_path: Path) -> None:
    keys = Keys.at(tmp_path, {})
    keys.current(now=NOON)
    old = keys.signing.read_bytes()
    new = keys.rotate(now=NOON + DAY)
    coming = keys.signing.with_name("signing.pem.next")
    keys.signing.replace(coming)  # as it lay just before the last step
    keys.signing.write_bytes(old)
    keys.signing.chmod(0o600)

    assert keys.current(now=NOON + DAY) == new
    assert not coming.exists()


@pytest.mark.parametrize("field", ["streams", "entries", "at", "root", "ledger"])
def test_a_statement_changed_after_signing_is_refused(world: World, field: str) -> None:
    signed = auditing.checkpoint(world.workspace)
    others = {"streams": 9, "entries": 9, "at": "2030" + signed.statement.at[4:], "root": "0" * 64, "ledger": "1" * 64}

    found = signature_objections(changed(signed, **{field: others[field]}))

    assert found == ("its signature is wrong: it was changed after signing",)


def test_heads_changed_beside_a_statement_are_refused(world: World) -> None:
    world.open()
    signed = auditing.checkpoint(world.workspace)
    heads = signed.heads or ()

    for other in (heads[:-1], (*heads[:-1], (heads[-1][0], 1, heads[-1][2])), ()):
        assert head_objections(signed.model_copy(update={"heads": other})) == (
            "its heads are not those that were signed",
        )
    assert head_objections(signed.model_copy(update={"heads": heads[::-1]})) == ("its heads are not in order",)


def test_somebody_elses_key_is_told_apart_by_ring_and_by_pin(world: World, tmp_path: Path) -> None:
    mine = auditing.checkpoint(world.workspace)
    other = Keys.at(tmp_path / "other", {})
    statement = mine.statement.model_copy(update={"key": other.current(now=NOON)})
    forged = other.sign(statement, mine.heads, now=NOON)

    ring = Keys.at(world.workspace.home).ring()
    first = key_id(ring[0].claim.public)
    assert signature_objections(forged) == ()  # by itself it can only say that it is whole
    assert signature_objections(forged, ring=ring) == (
        f"it was signed under other keys than this organisation's ({first})",
    )
    assert len(signature_objections(forged, pinned=first)) == 1


def test_a_key_that_introduces_itself_second_is_refused(world: World, tmp_path: Path) -> None:
    mine = auditing.checkpoint(world.workspace)
    other = Keys.at(tmp_path / "other", {})
    statement = mine.statement.model_copy(update={"key": other.current(now=NOON)})
    forged = other.sign(statement, mine.heads, now=NOON)
    smuggled = forged.model_copy(update={"keys": (*mine.keys, *forged.keys)})

    reason = f"the key {statement.key} was not introduced by the one before it"
    assert signature_objections(smuggled, ring=mine.keys) == (reason,)


def test_a_ledger_that_was_tampered_with_is_not_signed(world: World) -> None:
    key = world.open()
    shelf.put(auditing.checkpoint(world.workspace), shelf.shelf_of(world.workspace.home))
    with world.workspace.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER entry_no_update")
        connection.exec_driver_sql("UPDATE entry SET actor = 'rita' WHERE initiative = 'PF-1' AND version = 2")

    with pytest.raises(BrokenLedgerError) as refused:
        auditing.checkpoint(world.workspace)

    assert (refused.value.initiative, refused.value.version) == (key, 2)


def test_a_checkpoint_goes_to_a_folder_a_file_or_a_url_and_comes_back(world: World, tmp_path: Path) -> None:
    signed = auditing.checkpoint(world.workspace)

    for place in (str(tmp_path / "folder"), str(tmp_path / "deep" / "one.json"), f"file://{tmp_path}/by-url"):
        shelf.put(signed, place)

        assert [found for _, found in shelf.found(place)] == [signed]


def test_a_checkpoint_is_never_written_over(world: World, tmp_path: Path) -> None:
    signed = auditing.checkpoint(world.workspace)
    shelf.put(signed, str(tmp_path / "one.json"))

    with pytest.raises(StorageError, match="never written over"):
        shelf.put(signed, str(tmp_path / "one.json"))


def test_what_is_no_checkpoint_is_named_and_the_rest_still_used(world: World) -> None:
    place = Path(shelf.shelf_of(world.workspace.home, {}))
    shelf.put(auditing.checkpoint(world.workspace), str(place))
    (place / "broken.json").write_text('{"statement": 1}')

    audit = auditing.verify(world.workspace)

    assert audit.checkpoints == 1
    assert [bad.stream for bad in audit.bad] == ["checkpoint broken.json"]
    found = dict(shelf.found(str(place / "broken.json")))
    assert isinstance(found[str(place / "broken.json")], InvalidInputError)


def test_a_checkpoint_of_another_ledger_is_told_apart(world: World, tmp_path: Path) -> None:
    stricter = policies(watch=gate(Stage.WATCH, [Kind.PRODUCTION_REPORT], quorum=2))
    other = World.make(tmp_path / "other", policy_set=stricter)
    other.open()
    other.workspace.store.engine.dispose()
    signed = auditing.checkpoint(world.workspace)
    shelf.put(signed, shelf.shelf_of(other.workspace.home, {}))

    bad = auditing.verify(other.workspace).bad

    assert (
        bad[0].problem
        == f"is not the one that the checkpoint of {signed.statement.at} has: the stream was written anew"
    )
    other.workspace.store.engine.dispose()
