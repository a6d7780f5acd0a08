"""A bundle says by itself whether it is whole, and one that is made to do harm is refused before it can."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from provefirst.chain import Bad
from provefirst.errors import InvalidInputError, StorageError, UnknownError
from provefirst.evidence import Kind
from provefirst.integrity import bundling, unbundling
from provefirst.integrity.bundling import CHECKPOINT, CONTENTS, ENTRIES, PROOF, Parts
from provefirst.integrity.signing import Keys, key_id
from provefirst.ledger import canonical
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Stage
from tests.world import World, analysis, done

Members = list[tuple[str, bytes]]
PLOT = b"<svg/>" * 20


@pytest.fixture
def bundle(any_world: World) -> Path:
    """A bundle of an initiative with a file, out of a ledger with others."""
    world = any_world
    for _ in range(4):
        world.open()
    world.bring_to("PF-2", Stage.DATA_ANALYSIS)
    done(submit(world.workspace, "PF-2", Kind.ANALYSIS_REPORT, analysis(), by="dana", files={"plot.svg": PLOT}))
    file = world.workspace.home / "PF-2.zip"
    bundling.export(world.workspace, "PF-2", file)
    return file


def members(file: Path) -> Members:
    with ZipFile(file) as opened:
        return [(info.filename, opened.read(info)) for info in opened.infolist()]


def written(file: Path, content: Members, compression: int = ZIP_STORED) -> Path:
    other = file.with_name("other.zip")
    with ZipFile(other, "w", compression) as opened:
        for name, data in content:
            opened.writestr(ZipInfo(name), data, compression)
    return other


def with_member(file: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    return written(file, [(each, change(data) if each == name else data) for each, data in members(file)])


def test_a_bundle_is_whole_and_names_nobody_else(bundle: Path) -> None:
    found = unbundling.check(bundle)

    assert found.bad == ()
    assert (found.initiative, found.entries, found.blobs) == ("PF-2", 22, 1)
    assert [name for name, data in members(bundle) if b"PF-1" in data or b"PF-3" in data] == []


def test_it_bears_the_signature_of_whom_it_should(bundle: Path, tmp_path: Path, any_world: World) -> None:
    ring = Keys.at(any_world.workspace.home).ring()

    assert unbundling.check(bundle, ring=ring).bad == ()
    assert unbundling.check(bundle, key=key_id(ring[0].claim.public)).bad == ()
    assert [bad.stream for bad in unbundling.check(bundle, key="0" * 16).bad] == ["checkpoint"]


def test_sealed_labels_and_hashes_stay_and_are_named_as_withheld() -> None:
    parts, data = Parts(), {
        "attachments": {"note": "1" * 64, "copy of the labels": "4" * 64},
        "kind": "data_registration",
        "content": {"work": "2" * 64, "sealed_features": "3" * 64},
        "derived": {"labels": "4" * 64, "sealed_hashes": "5" * 64, "positive": "yes"},
    }  # fmt: skip

    parts.note("evidence.submitted", canonical(data))

    assert parts.open == ["1" * 64, "2" * 64, "3" * 64]
    assert parts.withheld == {"4" * 64: bundling.SEALED, "5" * 64: bundling.SEALED}


def flipped(data: bytes) -> bytes:
    return data.replace(b"week", b"year", 1) if b"week" in data else data[:10] + bytes([data[10] ^ 1]) + data[11:]


def test_an_entry_that_was_changed_is_named(bundle: Path) -> None:
    bad = unbundling.check(with_member(bundle, ENTRIES, flipped)).bad

    assert bad[0] == Bad("PF-2", 3, "was changed: its content does not match its digest")


def test_entries_that_were_cut_off_are_missed(bundle: Path) -> None:
    bad = unbundling.check(with_member(bundle, ENTRIES, lambda data: b"".join(data.splitlines(keepends=True)[:-2]))).bad

    assert bad[0] == Bad("PF-2", 21, "missing: there should be 22 entries")


def test_entries_cut_off_with_the_contents_made_to_fit_are_missed_by_the_checkpoint(bundle: Path) -> None:
    shorter = with_member(bundle, ENTRIES, lambda data: b"".join(data.splitlines(keepends=True)[:-1]))
    contents = json.loads(dict(members(shorter))[CONTENTS]) | {"entries": 21}
    file = with_member(shorter, CONTENTS, lambda _: json.dumps(contents).encode())

    problems = [bad.problem for bad in unbundling.check(file).bad]

    assert problems[0].startswith("its newest entry is not the one under the checkpoint")


def test_a_blob_and_a_policy_that_were_changed_are_named(bundle: Path) -> None:
    for name, _ in members(bundle):
        if "/" in name:
            bad = unbundling.check(with_member(bundle, name, flipped)).bad

            assert bad == (Bad("PF-2", 0, f"{name} was changed: its content does not match its digest"),)


def test_a_blob_that_is_missing_and_one_that_is_named_by_nobody_are_named(bundle: Path) -> None:
    kept = [(name, data) for name, data in members(bundle) if not name.startswith("blobs/")]
    stray = f"blobs/{'0' * 64}"

    problems = [bad.problem for bad in unbundling.check(written(bundle, [*kept, (stray, b"x")])).bad]

    assert problems[0] == f"{stray} is named by no entry"
    assert problems[1].endswith(" is missing")


@pytest.mark.parametrize(("name", "field"), [(CHECKPOINT, "signature"), (PROOF, "index")])
def test_another_signature_and_another_place_in_the_tree_are_refused(bundle: Path, name: str, field: str) -> None:
    document = json.loads(dict(members(bundle))[name])
    document[field] = document[field] + 1 if field == "index" else "0" * 128

    assert len(unbundling.check(with_member(bundle, name, lambda _: json.dumps(document).encode())).bad) == 1


def _bomb(file: Path) -> Path:
    return written(file, [*members(file), (f"blobs/{'0' * 64}", bytes(10**7))], ZIP_DEFLATED)


def _ended(file: Path) -> Path:
    file.write_bytes(file.read_bytes().replace(b"policies/", b"policies\0"))
    return file


def _twice(file: Path) -> Path:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return written(file, [*members(file), (ENTRIES, b"")])


def _appended(file: Path) -> Path:
    file.write_bytes(file.read_bytes() + b"x")
    return file


def _counted(file: Path, count: int) -> Path:
    content = bytearray(file.read_bytes())
    content[-14:-10] = struct.pack("<HH", count, count)
    file.write_bytes(content)
    return file


def _zip64(file: Path) -> Path:
    """The record that would send a reader to another directory, put in front of the last one."""
    content = file.read_bytes()
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 0, 1)
    end = bytearray(content[-22:])
    (length,) = struct.unpack("<L", end[12:16])
    end[12:16] = struct.pack("<L", length + len(locator))
    file.write_bytes(content[:-22] + locator + end)
    return file


def _plain(file: Path) -> Path:
    file.write_bytes(b"PK" * 50)
    return file


HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a bomb": (_bomb, "stored as it is"),
    "a name that climbs": (lambda f: written(f, [*members(f), ("../../etc/passwd", b"x")]), "only the names"),
    "an absolute name": (lambda f: written(f, [*members(f), ("/etc/passwd", b"x")]), "only the names"),
    "a name with an end in it": (_ended, "only the names"),
    "a name twice": (_twice, "each name once"),
    "nothing in it": (lambda f: written(f, []), "a bundle has these"),
    "a wrong type": (lambda f: with_member(f, CONTENTS, lambda _: b'{"format": 1}'), "bundle"),
    "a number where a list belongs": (lambda f: with_member(f, ENTRIES, lambda _: b"7\n"), "a list of"),
    "a huge number": (lambda f: with_member(f, ENTRIES, lambda _: b"9" * 10_000 + b"\n"), "an entry in JSON"),
    "lists in lists": (lambda f: with_member(f, ENTRIES, lambda _: b"[" * 200_000 + b"\n"), "an entry in JSON"),
    "bytes that are no text": (lambda f: with_member(f, ENTRIES, lambda _: b"\xff\xfe\n"), "an entry in JSON"),
    "entries of another": (lambda f: with_member(f, ENTRIES, lambda d: d.replace(b"PF-2", b"PF-3", 1)), "entries of"),
    "something after it": (_appended, "with nothing after it"),
    "a directory said to be endless": (lambda f: _counted(f, 65_535), "files"),
    "a directory elsewhere": (_zip64, "a plain zip"),
    "no zip at all": (_plain, "a plain zip"),
}  # fmt: skip


@pytest.mark.parametrize("which", HOSTILE)
def test_a_bundle_made_to_do_harm_is_refused_in_plain_words(bundle: Path, which: str) -> None:
    make, said = HOSTILE[which]

    with pytest.raises(InvalidInputError) as refused:
        unbundling.check(make(bundle))

    assert said in str(refused.value)
    assert len(str(refused.value)) < 600


def test_any_byte_changed_is_found(bundle: Path) -> None:
    """Wherever it lies: in a name, a length, a document or the zip's own records. But for what says nothing."""
    whole, quiet = bundle.read_bytes(), []
    for at in range(0, len(whole), 37):
        bundle.write_bytes(whole[:at] + bytes([whole[at] ^ 0x01]) + whole[at + 1 :])
        try:
            if unbundling.check(bundle):
                quiet.append(at)
        except InvalidInputError:
            continue
    with ZipFile(written(bundle, [])) as nothing:
        assert nothing.infolist() == []
    bundle.write_bytes(whole)
    with ZipFile(bundle) as opened:
        content = [
            range(
                info.header_offset + 30 + len(info.filename),
                info.header_offset + 30 + len(info.filename) + info.file_size,
            )
            for info in opened.infolist()
        ]

    assert [at for at in quiet if any(at in each for each in content)] == []


def test_nothing_is_written_over_and_nothing_exported_that_is_not_there(world: World, tmp_path: Path) -> None:
    key = world.open()
    file = tmp_path / "bundle.zip"
    bundling.export(world.workspace, key, file)

    with pytest.raises(StorageError, match="nothing is written over"):
        bundling.export(world.workspace, key, file)
    with pytest.raises(UnknownError):
        bundling.export(world.workspace, "PF-77", tmp_path / "other.zip")
