"""Following the chain over rows as they are stored, without making values of their JSON: a million in seconds.

`ledger.verify` says the same of entries already read; here the digest is taken of the stored text itself. The text
that is hashed is `[initiative,version,event,actor,at,data,previous]`, and only one row can have made it: every column
before `data` is a JSON string, and what comes after it is the digest of the entry before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, TypeAlias

from provefirst.ledger import GENESIS

COLUMNS = ("initiative", "version", "event", "actor", "at", "data", "previous", "digest")

Row: TypeAlias = Sequence[Any]
"""An entry's columns, in the order of COLUMNS, as a driver gives them: whoever tampers may have stored anything."""


@dataclass(frozen=True, slots=True, order=True)
class Bad:
    """The first entry of a stream that is not as it was written, and what is wrong with it."""

    stream: str
    version: int
    problem: str

    def __str__(self) -> str:
        return (
            f"{self.stream}: entry {self.version}: {self.problem}" if self.version else f"{self.stream}: {self.problem}"
        )


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """The newest entry of a stream."""

    stream: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Signed:
    """That a checkpoint says which digest an entry has, and what to call that checkpoint."""

    digest: str
    checkpoint: str


Expected: TypeAlias = Mapping[str, Mapping[int, Signed]]
"""What checkpoints say, by stream and version."""


@dataclass(slots=True)
class Chain:
    """Follows rows that come ordered by stream and version; gathers each stream's head, or its first bad entry."""

    expected: Expected = field(default_factory=dict)
    entries: int = 0
    streams: int = 0
    heads: list[Head] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    _stream: object = None
    _quoted: str = ""
    _version: int = 0
    _digest: str = GENESIS
    _at: str = ""
    _is_sound: bool = True
    _signed: Mapping[int, Signed] = field(default_factory=dict)
    _unseen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._unseen = set(self.expected)

    def feed(self, rows: Iterable[Row]) -> None:
        """Follow more rows."""
        for row in rows:
            self.entries += 1
            if row[0] != self._stream or not self.streams:
                self._end()
                self._begin(row[0])
            if self._is_sound and (problem := self._follow(row)):
                self._is_sound = False
                self.bad.append(Bad(str(row[0]), self._place(row), problem))

    def close(self) -> None:
        """The last row was fed: what checkpoints say of streams that were not there is told as well."""
        self._end()
        for stream in sorted(self._unseen):
            newest = max(self.expected[stream])
            signed = self.expected[stream][newest]
            self.bad.append(Bad(stream, 1, f"missing with its whole stream: {signed.checkpoint} has {newest} entries"))

    def _begin(self, stream: object) -> None:
        self.streams += 1
        self._stream, self._version, self._digest, self._at, self._is_sound = stream, 0, GENESIS, "", True
        self._quoted = encode_basestring(stream) if isinstance(stream, str) else ""
        self._signed = self.expected.get(str(stream), {})
        self._unseen.discard(str(stream))

    def _end(self) -> None:
        if not self.streams or not self._is_sound:
            return
        stream = str(self._stream)
        self.heads.append(Head(stream, self._version, self._digest))
        if self._signed and (newest := max(self._signed)) > self._version:
            told = f"missing: {self._signed[newest].checkpoint} has {newest} entries here"
            self.bad.append(Bad(stream, self._version + 1, told))

    def _follow(self, row: Row) -> str:
        """What is wrong with `row` as the next of its stream; nothing where it follows."""
        _, version, event, actor, at, data, previous, digest = row
        self._version += 1
        if version != self._version:
            return _misplaced(version, self._version)
        if previous != self._digest:
            return "does not follow from the entry before it"
        signed = self._signed.get(version) if self._signed else None
        try:
            sealed = f"[{self._quoted},{version},{_quote(event)},{_quote(actor)},{encode_basestring(at)},"
            sealed += data + f',"{previous}"]'
            found, is_earlier = sha256(sealed.encode()).hexdigest(), at < self._at
        except (TypeError, UnicodeEncodeError):
            return "was changed: a field is not text"
        self._digest, self._at = digest, at
        if found != digest:
            return "was changed: its content does not match its digest"
        if is_earlier:
            return "is earlier than the entry before it"
        return _rewritten(signed) if signed is not None and signed.digest != digest else ""

    def _place(self, row: Row) -> int:
        """The version of the first bad entry: of one that stands where it has no place, its own."""
        version = row[1]
        return version if isinstance(version, int) and version < self._version else self._version


def text_of(row: Row) -> str:
    """What `row`'s digest is taken of: `ledger.canonical` of its fields, where its data is canonical."""
    stream, version, event, actor, at, data, previous, _ = row
    named = ",".join(encode_basestring(text) for text in (event, actor, at))
    return f'[{encode_basestring(stream)},{version},{named},{data},"{previous}"]'


def _misplaced(version: object, expected: int) -> str:
    if isinstance(version, int) and version < expected:
        return "stands there twice" if version >= 1 else "stands before the first entry"
    return f"missing: entry {version} stands in its place"


def _rewritten(signed: Signed) -> str:
    return f"is not the one that {signed.checkpoint} has: the stream was written anew"


@lru_cache(maxsize=4096)
def _quote(text: str) -> str:
    """`text` as JSON; events and actors are few, so most were quoted before."""
    return encode_basestring(text)
