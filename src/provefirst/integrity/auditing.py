"""Audit: whether the ledger is what was written, and signing what it is now.

One pass over all rows follows the chain and compares with every checkpoint. Then blobs, policies and projections are
held against what sound entries say. Nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from provefirst.chain import Bad, Chain, Expected, Head, Row
from provefirst.checkpoints import Checkpoint, expectations, head_objections, state
from provefirst.errors import BrokenLedgerError
from provefirst.integrity import shelf
from provefirst.integrity.signing import Keys, Ring, signature_objections
from provefirst.ledger import GENESIS, ORGANISATION, instant
from provefirst.lifecycle.workspace import Workspace
from provefirst.named import NAMING, blobs_of, names_none
from provefirst.store.comparing import projection_problems
from provefirst.store.scan import UnreadableTextError, batches, snapshot
from provefirst.store.tables import PolicyRow, table
from provefirst.store.work import Work

POLICY_NAMED = {"initiative.opened": "policy", "policy.adopted": "digest", "policy.migrated": "to"}
"""Events that name a policy set, and by which field."""

Progress = Callable[[int], None]
"""Is told how many entries were read so far."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at, and each stream's first bad entry; the first of them is the ledger's."""

    streams: int
    entries: int
    blobs: int
    checkpoints: int
    bad: tuple[Bad, ...]

    def __bool__(self) -> bool:
        return not self.bad

    @property
    def first(self) -> Bad | None:
        return self.bad[0] if self.bad else None


@dataclass(slots=True)
class Mentions:
    """Blobs and policies that entries name, each with the first entry that does."""

    blobs: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    policies: dict[str, tuple[str, int]] = field(default_factory=dict)

    def feed(self, rows: Iterable[Row]) -> None:
        for stream, version, event, _, _, data, _, _ in rows:
            if event in POLICY_NAMED or (event in NAMING and isinstance(data, str) and not names_none(event, data)):
                try:
                    self._note(stream, version, event, json.loads(data))
                except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                    continue  # an entry that was tampered with: the chain says so, or the replay does

    def _note(self, stream: str, version: int, event: str, data: dict[str, Any]) -> None:
        if event in POLICY_NAMED:
            self.policies.setdefault(data[POLICY_NAMED[event]], (stream, version))
            return
        for blob in blobs_of(event, data):
            self.blobs.setdefault(blob.digest, (stream, version, blob.name))


def verify(
    workspace: Workspace, *, checkpoints: Sequence[str] = (), key: str | None = None, progress: Progress | None = None
) -> Audit:
    """Check everything against everything. `checkpoints` are files, folders or URLs beside the usual shelf.

    With `key`, the id of a key that was written down elsewhere, checkpoints must have been signed under it.
    """
    found = trusted(workspace, checkpoints, key)
    with snapshot(workspace.store.engine) as work:
        return examine(workspace, work, *found, progress=progress)


def examine(
    workspace: Workspace,
    work: Work,
    signed: Sequence[Checkpoint],
    untrusted: Sequence[Bad] = (),
    *,
    progress: Progress | None = None,
) -> Audit:
    """As `verify`, within a transaction and against `signed`, checkpoints that were found good."""
    expected, torn = expectations(signed)
    chain, mentions = follow(work, expected, progress)
    bad = [
        *chain.bad,
        *untrusted,
        *torn,
        *_other_ledger(signed, chain, work),
        *_blob_problems(workspace, mentions),
        *_policy_problems(work, mentions),
        *projection_problems(
            work, (head.stream for head in chain.heads), unsound={found.stream for found in chain.bad}
        ),
    ]
    return Audit(chain.streams, chain.entries, len(mentions.blobs), len(signed), tuple(dict.fromkeys(bad)))


def checkpoint(workspace: Workspace, *, progress: Progress | None = None) -> Checkpoint:
    """Sign what the ledger is now. BrokenLedgerError where its chain or an older checkpoint says it was tampered with.

    A signature must not make that good.
    """
    signed, untrusted = trusted(workspace, (), None)
    expected, torn = expectations(signed)
    keys, now = Keys.at(workspace.home), workspace.clock()
    with snapshot(workspace.store.engine) as work:
        chain, _ = follow(work, expected, progress)
        if found := next(iter((*chain.bad, *untrusted, *torn)), None):
            raise BrokenLedgerError(found.stream, found.version, found.problem)
        heads = sorted(chain.heads)
        statement = state(heads, ledger=ledger_of(work), at=instant(now), key=keys.current(now=now))
    return keys.sign(statement, tuple((head.stream, head.version, head.digest) for head in heads), now=now)


def follow(work: Work, expected: Expected, progress: Progress | None = None) -> tuple[Chain, Mentions]:
    """Follow the chain over every row; a second time, slower, where a column holds what is no text."""
    try:
        return _follow(work, expected, progress, is_lenient=False)
    except UnreadableTextError:
        return _follow(work, expected, progress, is_lenient=True)


def ledger_of(work: Work) -> str:
    """Which ledger this is: the digest of the organisation's first entry."""
    first = work.entries(ORGANISATION)[:1]
    return first[0].digest if first else GENESIS


def heads_of(checkpoint: Checkpoint) -> list[Head]:
    """The heads that a checkpoint was made over."""
    return [Head(*position) for position in checkpoint.heads or ()]


def trusted(workspace: Workspace, places: Iterable[str], key: str | None) -> tuple[list[Checkpoint], list[Bad]]:
    """The checkpoints on the shelf and at `places`, and what is wrong with those that can't be relied on."""
    ring = Keys.at(workspace.home).ring()
    good, bad = [], []
    for place in (shelf.shelf_of(workspace.home), *places):
        for name, found in shelf.found(place):
            if reasons := _objections(found, ring, key):
                bad.append(Bad(f"checkpoint {name.rpartition('/')[2]}", 0, "; ".join(reasons)))
            elif isinstance(found, Checkpoint):
                good.append(found)
    return good, bad


def _objections(found: Checkpoint | Exception, ring: Ring, key: str | None) -> tuple[str, ...]:
    if isinstance(found, Exception):
        return (str(found),)
    return head_objections(found) or signature_objections(found, ring=ring, pinned=key)


def _follow(work: Work, expected: Expected, progress: Progress | None, *, is_lenient: bool) -> tuple[Chain, Mentions]:
    chain, mentions = Chain(expected), Mentions()
    for rows in batches(work, is_lenient=is_lenient):
        chain.feed(rows)
        mentions.feed(rows)
        if progress is not None:
            progress(chain.entries)
    chain.close()
    return chain, mentions


def _other_ledger(signed: Sequence[Checkpoint], chain: Chain, work: Work) -> Iterator[Bad]:
    """Where a checkpoint is of another ledger: told only where the organisation's own stream is sound."""
    if any(found.stream == ORGANISATION for found in chain.bad):
        return
    ledger = ledger_of(work)
    for found in signed:
        if found.statement.ledger not in (ledger, GENESIS):
            yield Bad(ORGANISATION, 1, f"{found.name} is of another ledger, or this one was begun anew")


def _blob_problems(workspace: Workspace, mentions: Mentions) -> Iterator[Bad]:
    for digest, (stream, version, name) in mentions.blobs.items():
        if problem := workspace.blobs.problem(digest):
            yield Bad(stream, version, f"blob {digest[:12]}… ({name}) {problem}")


def _policy_problems(work: Work, mentions: Mentions) -> Iterator[Bad]:
    rows, known = table(PolicyRow), set()
    try:
        stored = work.connection.execute(select(rows).order_by(rows.c.digest)).all()
    except DBAPIError as problem:
        yield Bad("policy", 0, f"can't be read: {problem.orig}")
        return
    for row in stored:
        known.add(row.digest)
        if sha256(row.content.encode()).hexdigest() != row.digest:
            stream, version = mentions.policies.get(row.digest, ("policy", 0))
            yield Bad(stream, version, f"policy set {row.digest[:12]}… was changed")
    for digest, (stream, version) in mentions.policies.items():
        if digest not in known:
            yield Bad(stream, version, f"policy set {digest[:12]}… is missing")
