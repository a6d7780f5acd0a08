"""The append-only ledger: entries that each seal the one before by its digest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeAlias

from provefirst.errors import BrokenLedgerError, InvalidInputError

GENESIS = "0" * 64
"""What the first entry of a stream names as the digest before it."""

ORGANISATION = "ORG"
"""The stream of what belongs to no single initiative: policies adopted, pools funded."""

Data: TypeAlias = Mapping[str, Any]


def canonical(value: object) -> str:
    """`value` as JSON that has one form only: keys sorted, no blanks, no NaN or infinity."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(value: object) -> str:
    """SHA-256 of `value`'s canonical JSON, as 64 hex digits."""
    return sha256(canonical(value).encode()).hexdigest()


def instant(at: datetime) -> str:
    """`at` as the ledger writes it: UTC, to the microsecond. Naive times are refused."""
    if (offset := at.utcoffset()) is None:
        raise InvalidInputError("at", at.isoformat(), "a time with its zone", nearest=at.isoformat() + "+00:00")
    return (at.replace(tzinfo=None) - offset).isoformat(timespec="microseconds") + "Z"


@dataclass(frozen=True, slots=True)
class Event:
    """Something about to be written: what happened (`subject.past_tense`), who did it, and its particulars."""

    name: str
    actor: str
    data: Data


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger. `digest` covers every other field, `previous` the digest of the entry before."""

    initiative: str
    version: int
    event: str
    actor: str
    at: str
    data: Data
    previous: str
    digest: str

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.at)


def seal(event: Event, *, initiative: str, version: int, at: str, previous: str) -> Entry:
    """`event` as the entry that follows the one with digest `previous`."""
    digest = _digest(initiative, version, event.name, event.actor, at, event.data, previous)
    return Entry(initiative, version, event.name, event.actor, at, event.data, previous, digest)


def follow(at: datetime, after: str) -> str:
    """`at` as the ledger writes it, never before `after`: a clock that went back does not take the ledger with it."""
    return max(instant(at), after)


def verify(entries: Iterable[Entry]) -> None:
    """Raise BrokenLedgerError at the first entry that does not follow from the one before it."""
    previous, at, stream = GENESIS, "", ""
    for version, entry in enumerate(entries, start=1):
        if entry.initiative != (stream := stream or entry.initiative):
            raise BrokenLedgerError(entry.initiative, version, "belongs to another stream")
        if entry.version != version:
            raise BrokenLedgerError(entry.initiative, version, f"missing: entry {entry.version} stands in its place")
        if entry.previous != previous:
            raise BrokenLedgerError(entry.initiative, version, "does not follow from the entry before it")
        if entry.at < at:
            raise BrokenLedgerError(entry.initiative, version, "is earlier than the entry before it")
        found = _digest(entry.initiative, entry.version, entry.event, entry.actor, entry.at, entry.data, entry.previous)
        if found != entry.digest:
            raise BrokenLedgerError(entry.initiative, version, "was changed: its content does not match its digest")
        previous, at = entry.digest, entry.at


def _digest(initiative: str, version: int, event: str, actor: str, at: str, data: Data, previous: str) -> str:
    return digest_of([initiative, version, event, actor, at, data, previous])
