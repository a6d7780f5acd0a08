"""Bundles: one initiative in a file of its own, that anybody can check without the database.

A bundle is a zip whose members are stored, not compressed: what is read is never more than the file's own size.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from pydantic import Field

from provefirst.chain import COLUMNS, Row
from provefirst.checkpoints import Checkpoint, Count, Stream, inclusion
from provefirst.errors import StorageError, UnknownError
from provefirst.integrity.auditing import POLICY_NAMED, checkpoint, heads_of
from provefirst.ledger import canonical
from provefirst.lifecycle.workspace import Workspace
from provefirst.named import Named, blobs_of
from provefirst.store.work import row_of
from provefirst.texts import Digest, Document

ENTRIES, CHECKPOINT, PROOF, CONTENTS = "entries.jsonl", "checkpoint.json", "proof.json", "bundle.json"
SEALED = "sealed: labels and the hashes of rows are given to nobody"


class Contents(Document):
    """What a bundle holds, and what was kept back and why."""

    format: Literal["provefirst.bundle/1"] = "provefirst.bundle/1"
    initiative: Stream
    entries: Count
    blobs: tuple[Digest, ...] = Field(max_length=100_000)
    policies: tuple[Digest, ...] = Field(max_length=100_000)
    withheld: dict[Digest, str] = Field(default_factory=dict, max_length=100_000)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was written."""

    file: Path
    contents: Contents
    checkpoint: Checkpoint


@dataclass(slots=True)
class Parts:
    """The blobs and policies that entries name."""

    blobs: dict[str, Named] = field(default_factory=dict)
    policies: dict[str, None] = field(default_factory=dict)

    def note(self, event: str, text: str) -> None:
        data = json.loads(text)
        if event in POLICY_NAMED:
            self.policies[data[POLICY_NAMED[event]]] = None
        for blob in blobs_of(event, data):
            known = self.blobs.get(blob.digest)
            # What is sealed under one name is sealed under every name.
            self.blobs[blob.digest] = blob if known is None or blob.is_sealed else known

    @property
    def open(self) -> list[str]:
        return sorted(digest for digest, blob in self.blobs.items() if not blob.is_sealed)

    @property
    def withheld(self) -> dict[str, str]:
        return {digest: SEALED for digest, blob in sorted(self.blobs.items()) if blob.is_sealed}


def export(workspace: Workspace, key: str, file: Path) -> Bundle:
    """Write the bundle of `key` to `file`, under a fresh checkpoint of the whole ledger, which is signed for it."""
    workspace.initiative(key)  # UnknownError where there is none
    signed = checkpoint(workspace)
    proof = inclusion(heads_of(signed), key)
    rows, policies, parts = _read(workspace, key, proof.head[1])
    contents = Contents(
        initiative=key,
        entries=len(rows),
        blobs=tuple(parts.open),
        policies=tuple(sorted(policies)),
        withheld=parts.withheld,
    )
    bare = signed.model_copy(update={"heads": None})  # the names of other initiatives are nobody's business
    members: list[tuple[str, bytes]] = [
        (CONTENTS, _bytes(contents)),
        (CHECKPOINT, _bytes(bare)),
        (PROOF, _bytes(proof)),
        (ENTRIES, "".join(f"{canonical(list(row))}\n" for row in rows).encode()),
        *((f"policies/{digest}.json", content.encode()) for digest, content in sorted(policies.items())),
    ]
    _write(file, members, ((f"blobs/{digest}", workspace.blobs.get(digest)) for digest in parts.open))
    return Bundle(file, contents, bare)


def _read(workspace: Workspace, key: str, version: int) -> tuple[list[Row], dict[str, str], Parts]:
    parts = Parts()
    rows: list[Row] = []
    with workspace.store.reading() as work:
        for entry in work.entries(key)[:version]:
            stored = row_of(entry)
            row = tuple(stored[name] for name in COLUMNS)
            rows.append(row)
            parts.note(entry.event, str(stored["data"]))
        policies = {digest: work.policy(digest) for digest in parts.policies}
    if missing := [digest for digest, content in policies.items() if content is None]:
        raise UnknownError("policy", missing[0], "a policy set that is stored: run `provefirst audit verify`")
    return rows, {digest: content or "" for digest, content in policies.items()}, parts


def _write(file: Path, members: Iterable[tuple[str, bytes]], blobs: Iterator[tuple[str, bytes]]) -> None:
    if file.exists():
        raise StorageError(f"{file} is there already: nothing is written over")
    partial = file.with_name(f".{file.name}.part")
    try:
        with ZipFile(partial, "w", ZIP_STORED) as bundle:
            for group in (members, blobs):
                for name, content in group:
                    bundle.writestr(ZipInfo(name), content)  # dated 1980: the same content is the same file
        partial.replace(file)
    except OSError as problem:
        raise StorageError(f"{file} can't be written: {problem.strerror or problem}") from problem
    finally:
        partial.unlink(missing_ok=True)


def _bytes(document: Document) -> bytes:
    return (canonical(document.model_dump(mode="json")) + "\n").encode()
