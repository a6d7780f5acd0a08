"""Checkpoints: what a signature says about the whole ledger at one time, kept where the ledger's keeper can't reach it.

A chain doesn't protect its newest entry: who can rewrite the table can cut it off. A checkpoint says how far each
stream had come. Its signed statement holds only the Merkle root over all heads, so that one stream can be shown to be
in it without telling the names of the others; the heads stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from provefirst.chain import Bad, Head, Signed
from provefirst.ledger import canonical
from provefirst.merkle import proof_of, root_of
from provefirst.texts import Digest, Document

Instant = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
KeyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Signature = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
Stream = Annotated[str, StringConstraints(pattern=r"^(ORG|[A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,8})$")]
Count = Annotated[int, Field(ge=0, strict=True)]
Position = tuple[Stream, Annotated[int, Field(ge=1, strict=True)], Digest]


class KeyClaim(Document):
    """That `public` is the key from `at` on. The key `by` says so: the one before it; the first says it of itself."""

    format: Literal["provefirst.key/1"] = "provefirst.key/1"
    public: Digest = Field(description="an Ed25519 public key: 32 bytes in hex")
    at: Instant
    by: KeyId


class Introduction(Document):
    """A key's claim, signed."""

    claim: KeyClaim
    signature: Signature


class Statement(Document):
    """What is signed: how many streams and entries the ledger had, and the root over all heads."""

    format: Literal["provefirst.checkpoint/1"] = "provefirst.checkpoint/1"
    ledger: Digest = Field(description="the digest of the organisation's first entry: which ledger this is about")
    at: Instant
    streams: Count
    entries: Count
    root: Digest
    key: KeyId


class Checkpoint(Document):
    """A signed statement, the keys up to the one that signed it, and (but in a bundle) the heads under its root."""

    statement: Statement
    signature: Signature
    keys: tuple[Introduction, ...] = Field(min_length=1, max_length=1000)
    heads: tuple[Position, ...] | None = Field(default=None, max_length=10_000_000)

    @property
    def name(self) -> str:
        """How people call it."""
        return f"the checkpoint of {self.statement.at}"


class Inclusion(Document):
    """Where a stream's head stands among all heads of a checkpoint, and the hashes that lead from it to the root."""

    head: Position
    index: Count
    path: tuple[Digest, ...] = Field(max_length=64)


def leaf_of(head: Head) -> bytes:
    """A head as a leaf of the tree."""
    return canonical([head.stream, head.version, head.digest]).encode()


def state(heads: Sequence[Head], *, ledger: str, at: str, key: str) -> Statement:
    """What there is to sign over `heads`, sorted by stream."""
    return Statement(
        ledger=ledger,
        at=at,
        streams=len(heads),
        entries=sum(head.version for head in heads),
        root=root_of([leaf_of(head) for head in heads]),
        key=key,
    )


def inclusion(heads: Sequence[Head], stream: str) -> Inclusion:
    """That `stream`'s head is among `heads`."""
    index = next(number for number, head in enumerate(heads) if head.stream == stream)
    head, path = heads[index], proof_of([leaf_of(head) for head in heads], index)
    return Inclusion(head=(head.stream, head.version, head.digest), index=index, path=path)


def head_objections(checkpoint: Checkpoint) -> tuple[str, ...]:
    """Where the heads beside a statement are not what it was made over."""
    if checkpoint.heads is None:
        return ("it names no heads: it can be checked with a bundle only",)
    heads = [Head(*position) for position in checkpoint.heads]
    if any(left.stream >= right.stream for left, right in pairwise(heads)):
        return ("its heads are not in order",)
    made = state(heads, ledger=checkpoint.statement.ledger, at=checkpoint.statement.at, key=checkpoint.statement.key)
    return () if made == checkpoint.statement else ("its heads are not those that were signed",)


def expectations(checkpoints: Iterable[Checkpoint]) -> tuple[Mapping[str, Mapping[int, Signed]], tuple[Bad, ...]]:
    """Which digests checkpoints say that entries have, and where two of them disagree."""
    expected: dict[str, dict[int, Signed]] = {}
    torn = []
    for checkpoint in sorted(checkpoints, key=lambda found: found.statement.at):
        for stream, version, digest in checkpoint.heads or ():
            known = expected.setdefault(stream, {}).setdefault(version, Signed(digest, checkpoint.name))
            if known.digest != digest:
                torn.append(Bad(stream, version, f"{known.checkpoint} and {checkpoint.name} have different ones"))
    return expected, tuple(torn)
