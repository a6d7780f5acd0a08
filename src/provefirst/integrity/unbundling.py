"""Checking a bundle by itself: no database, nothing extracted, and nothing in it trusted before it was looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, TypeVar
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import ValidationError

from provefirst.chain import COLUMNS, Bad, Chain, Head, Row
from provefirst.checkpoints import Checkpoint, Inclusion, leaf_of
from provefirst.errors import InvalidInputError, shorten
from provefirst.history import replay
from provefirst.integrity.bundling import CHECKPOINT, CONTENTS, ENTRIES, PROOF, Contents, Parts
from provefirst.integrity.signing import Ring, key_id, signature_objections
from provefirst.ledger import GENESIS, Entry, canonical
from provefirst.merkle import is_included
from provefirst.texts import Document

MOST_MEMBERS, MOST_BYTES = 65_000, 16 * 2**30
DOCUMENT_BYTES, LINE_BYTES, DIRECTORY_BYTES = 64 * 2**20, 64 * 2**20, 16 * 2**20
_END = 22
"""Bytes of a zip's last record, where it carries no comment."""
_NAMES = re.compile(
    rf"{re.escape(CONTENTS)}|{re.escape(CHECKPOINT)}|{re.escape(PROOF)}|{re.escape(ENTRIES)}"
    r"|blobs/[0-9a-f]{64}|policies/[0-9a-f]{64}\.json"
)
Model = TypeVar("Model", bound=Document)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a bundle was found to be: whose, how long, when and by which key it was signed, and what is bad in it."""

    initiative: str
    entries: int
    blobs: int
    withheld: Mapping[str, str]
    at: str
    keys: tuple[str, ...]
    bad: tuple[Bad, ...]

    def __bool__(self) -> bool:
        return not self.bad


def check(file: Path, *, ring: Ring = (), key: str | None = None) -> Checked:
    """Check the bundle in `file`. InvalidInputError where it isn't one, or is made to do harm.

    `ring` or `key`, got from elsewhere, say whose signature it must bear: a bundle can't vouch for its own keys.
    """
    try:
        with file.open("rb") as opened:
            _refuse_harm(opened, str(file))
            with ZipFile(opened) as bundle:
                return _Reader(bundle, str(file)).check(ring, key)
    except OSError as problem:
        raise InvalidInputError("bundle", str(file), f"a file that can be read: {problem.strerror}") from problem
    except (BadZipFile, NotImplementedError, UnicodeDecodeError, RuntimeError, EOFError) as problem:
        raise InvalidInputError("bundle", str(file), f"a bundle as it was exported: {problem}") from problem


def _refuse_harm(file: IO[bytes], where: str) -> None:
    """Look at the zip's last record before anything reads its directory, which may claim to be endless."""
    size = file.seek(0, 2)
    if not _END <= size <= MOST_BYTES:
        raise InvalidInputError("bundle", f"{size} bytes", f"a file of at most {MOST_BYTES} bytes", where=where)
    file.seek(max(0, size - _END - 20))
    tail = file.read()
    end = tail[-_END:]
    members, length, start = (
        int.from_bytes(end[first:last], "little") for first, last in ((10, 12), (12, 16), (16, 20))
    )
    is_plain = end[:4] == b"PK\x05\x06" and end[4:8] == b"\0\0\0\0" and tail[:-_END][-20:-16] != b"PK\x06\x07"
    if not is_plain or start + length + _END != size:
        raise InvalidInputError("bundle", where, "a bundle as it was exported: a plain zip, with nothing after it")
    if members > MOST_MEMBERS or length > DIRECTORY_BYTES:
        raise InvalidInputError("bundle", f"{members} files", f"at most {MOST_MEMBERS}", where=where)


class _Reader:
    """Reads the members of one bundle, each within its limit."""

    def __init__(self, bundle: ZipFile, where: str) -> None:
        self._bundle, self._where = bundle, where
        self._members = self._accepted(bundle.infolist())

    def check(self, ring: Ring, key: str | None) -> Checked:
        contents = self._document(CONTENTS, Contents)
        checkpoint, proof = self._document(CHECKPOINT, Checkpoint), self._document(PROOF, Inclusion)
        chain, parts, bad = self._entries(contents)
        head = Head(*proof.head)
        bad += [Bad("checkpoint", 0, reason) for reason in signature_objections(checkpoint, ring=ring, pinned=key)]
        if not bad and chain.heads != [head]:
            bad.append(Bad(contents.initiative, 0, f"its newest entry is not the one under the checkpoint ({head})"))
        if not is_included(
            leaf_of(head), proof.index, checkpoint.statement.streams, proof.path, checkpoint.statement.root
        ):
            bad.append(
                Bad(contents.initiative, head.version, "its head is not among those under the checkpoint's root")
            )
        bad += self._parts(contents, parts)
        keys = tuple(key_id(introduction.claim.public) for introduction in checkpoint.keys)
        counted = (chain.entries, len(contents.blobs))
        return Checked(contents.initiative, *counted, contents.withheld, checkpoint.statement.at, keys, tuple(bad))

    def _accepted(self, members: list[ZipInfo]) -> dict[str, ZipInfo]:
        found: dict[str, ZipInfo] = {}
        for member in members:
            name = member.orig_filename
            if not _NAMES.fullmatch(name):
                raise self._refused(name, "only the names that an export writes")
            if name in found:
                raise self._refused(name, "each name once")
            if member.compress_type != ZIP_STORED or member.flag_bits & 1 or member.file_size != member.compress_size:
                raise self._refused(name, "stored as it is, neither compressed nor encrypted")
            found[name] = member
        if sum(member.file_size for member in members) > Path(self._where).stat().st_size:
            raise self._refused("its files", "together no larger than the bundle itself")
        if missing := [name for name in (CONTENTS, CHECKPOINT, PROOF, ENTRIES) if name not in found]:
            raise self._refused(", ".join(missing), "a bundle has these")
        return found

    def _document(self, name: str, model: type[Model]) -> Model:
        try:
            return model.model_validate_json(self._read(name))
        except ValidationError as problem:
            raise self._refused(name, shorten(problem.errors()[0]["msg"])) from None

    def _read(self, name: str) -> bytes:
        if (size := self._members[name].file_size) > DOCUMENT_BYTES:
            raise self._refused(name, f"at most {DOCUMENT_BYTES} bytes, not {size}")
        return self._bundle.read(self._members[name])

    def _entries(self, contents: Contents) -> tuple[Chain, Parts, list[Bad]]:
        chain, parts, entries = Chain(), Parts(), []
        for row in self._rows():
            chain.feed((row,))
            if row[0] != contents.initiative:
                raise self._refused(ENTRIES, f"entries of {contents.initiative} only")
            if not chain.bad:
                try:
                    parts.note(row[2], row[5])
                    entries.append(_entry(row))
                except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                    return chain, parts, [Bad(contents.initiative, chain.entries, "can't be read as an entry")]
        chain.close()
        bad = list(chain.bad)
        if not bad and chain.entries != contents.entries:
            bad.append(
                Bad(contents.initiative, chain.entries + 1, f"missing: there should be {contents.entries} entries")
            )
        return chain, parts, bad or _history(contents.initiative, entries)

    def _rows(self) -> Iterator[Row]:
        with self._bundle.open(self._members[ENTRIES]) as lines:
            number = 0
            while line := lines.readline(LINE_BYTES):
                number += 1
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError):
                    raise self._refused(f"{ENTRIES}:{number}", "an entry in JSON") from None
                kinds = [str, int, *([str] * (len(COLUMNS) - 2))]
                if not isinstance(row, list) or [type(value) for value in row] != kinds:
                    raise self._refused(f"{ENTRIES}:{number}", f"a list of {', '.join(COLUMNS)}")
                yield row

    def _parts(self, contents: Contents, parts: Parts) -> Iterator[Bad]:
        key = contents.initiative
        if (set(parts.open), set(parts.policies)) != (set(contents.blobs), set(contents.policies)):
            yield Bad(key, 0, "its contents are not the blobs and policies that its entries name")
        if contents.withheld != parts.withheld:
            yield Bad(key, 0, "what it withholds is not what its entries call sealed")
        wanted = {f"blobs/{digest}": digest for digest in parts.open}
        wanted |= {f"policies/{digest}.json": digest for digest in parts.policies}
        for name in sorted(self._members.keys() - wanted.keys() - {CONTENTS, CHECKPOINT, PROOF, ENTRIES}):
            yield Bad(key, 0, f"{name} is named by no entry")
        for name, digest in wanted.items():
            if name not in self._members:
                yield Bad(key, 0, f"{name} is missing")
            elif self._digest(name) != digest:
                yield Bad(key, 0, f"{name} was changed: its content does not match its digest")

    def _digest(self, name: str) -> str:
        found = sha256()
        with self._bundle.open(self._members[name]) as content:
            while piece := content.read(2**20):
                found.update(piece)
        return found.hexdigest()

    def _refused(self, name: str, allowed: str) -> InvalidInputError:
        return InvalidInputError("bundle", shorten(name), allowed, where=self._where)


def _entry(row: Row) -> Entry:
    stream, version, event, actor, at, text, previous, digest = row
    data = json.loads(text)
    if canonical(data) != text:
        raise ValueError("not canonical")
    return Entry(stream, version, event, actor, at, data, previous, digest)


def _history(key: str, entries: list[Entry]) -> list[Bad]:
    """Whether the entries tell a history at all, once their chain is known to be sound."""
    if not entries or entries[0].previous != GENESIS:
        return [Bad(key, 1, "missing")]
    try:
        replay(entries)
    except Exception as problem:  # sealed by somebody who made it up: it may hold anything
        return [Bad(key, 0, f"its entries tell no history: {type(problem).__name__}: {shorten(str(problem))}")]
    return []
