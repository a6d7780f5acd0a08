"""What an attacker with the database's password can do to a ledger, and which entry an audit must name for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, text

from provefirst.chain import COLUMNS
from provefirst.ledger import Event, canonical, seal
from provefirst.store.blobs import Blobs

TEXTS = ("event", "actor", "at", "data", "previous", "digest")
_INSERT = text(f"INSERT INTO entry ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})")


@dataclass(frozen=True)
class Ledger:
    """A ledger as it was before: its rows, what its checkpoints signed, and which entry first names each blob."""

    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    signed: Mapping[str, tuple[int, ...]]
    blobs: Mapping[str, tuple[str, int]]
    policies: Mapping[str, tuple[str, int]]

    def stream(self, random: Random, least: int = 1) -> str:
        return random.choice(sorted(name for name, rows in self.rows.items() if len(rows) >= least))


@dataclass(frozen=True)
class Tampered:
    """What was done, the entry that is the first bad one of it, and how to undo what no transaction undoes."""

    what: str
    stream: str
    version: int
    undo: Callable[[], object] = lambda: None


def tamper(random: Random, ledger: Ledger, connection: Connection, blobs: Blobs) -> Tampered:
    """Do one thing, at random."""
    return random.choice(_DEEDS)(random, ledger, connection, blobs)


def flip(random: Random, ledger: Ledger, connection: Connection, blobs: Blobs) -> Tampered:
    stream, column = ledger.stream(random), random.choice(TEXTS)
    row = random.choice(ledger.rows[stream])
    _set(connection, row, **{column: _flipped(random, row[column])})
    return Tampered(f"flipped a character of {column}", stream, row["version"])


def move(random: Random, ledger: Ledger, connection: Connection, blobs: Blobs) -> Tampered:
    stream = ledger.stream(random)
    row = random.choice(ledger.rows[stream])
    _set(connection, row, initiative=f"{stream}9")
    return Tampered("moved an entry to another stream", stream, row["version"])


def remove(random: Random, ledger: Ledger, connection: Connection, blobs: Blobs) -> Tampered:
    stream = ledger.stream(random)
    row = random.choice(ledger.rows[stream])
    _delete(connection, stream, row["version"], row["version"])
    return Tampered("deleted an entry", stream, row["version"])


def truncate(random: Random, ledger: Ledger, connection: Connection, blobs: Blobs) -> Tampered:
    stream = ledger.stream(random)
    length = len(ledger.rows[stream])
    kept = random.randrange(length)
    _delete(connection, stream, kept + 1, length)
    return Tampered(f"cut a stream off after {kept}", stream, kept + 1)


def reorder(random: Random, ledger: Ledger, connection: Connection, blobs: Blobs) -> Tampered:
    stream = ledger.stream(random, least=2)
    first, second = sorted(random.sample(range(1, len(ledger.rows[stream]) + 1), 2))
    for old, new in ((first, -1), (second, first), (-1, second)):
        _renumber(connection, stream, old, new)
    return Tampered(f"swapped it with {second}", stream, first)


def insert(random: Random, ledger: Ledger, connection: Connection, blobs: Blobs) -> Tampered:
    """An entry put between two others. Rightly sealed, the next one doesn't follow, or a checkpoint knows."""
    stream = ledger.stream(random)
    rows = ledger.rows[stream]
    after = random.choice(rows)
    version, is_sealed = after["version"] + 1, after["version"] < len(rows) and random.random() < 0.5
    for old in range(len(rows), after["version"], -1):
        _renumber(connection, stream, old, old + 1)
    forged = seal(
        Event(after["event"], after["actor"], json.loads(after["data"])),
        initiative=stream,
        version=version,
        at=after["at"],
        previous=after["digest"],
    )
    digest = forged.digest if is_sealed else f"{random.getrandbits(256):064x}"
    connection.execute(_INSERT, {**after, "version": version, "previous": after["digest"], "digest": digest})
    is_unseen = is_sealed and version not in ledger.signed[stream]
    return Tampered(f"inserted an entry, sealed: {is_sealed}", stream, version + 1 if is_unseen else version)


def rewrite(random: Random, ledger: Ledger, connection: Connection, blobs: Blobs) -> Tampered:
    """An entry changed and everything after it sealed anew: only a checkpoint knows."""
    stream = ledger.stream(random)
    rows = ledger.rows[stream]
    start = random.randrange(len(rows))
    previous = rows[start]["previous"]
    for row in rows[start:]:
        data = json.loads(row["data"]) | ({"forged": random.random()} if row is rows[start] else {})
        entry = seal(
            Event(row["event"], row["actor"], data),
            initiative=stream,
            version=row["version"],
            at=row["at"],
            previous=previous,
        )
        _set(connection, row, data=canonical(data), previous=previous, digest=entry.digest)
        previous = entry.digest
    first = min(version for version in ledger.signed[stream] if version > start)
    return Tampered(f"sealed everything anew from {start + 1}", stream, first)


def spoil(random: Random, ledger: Ledger, connection: Connection, blobs: Blobs) -> Tampered:
    """A blob changed, cut off, added to or taken away."""
    digest = random.choice(sorted(ledger.blobs))
    path = Path(blobs.place) / digest[:2] / digest[2:]
    content = path.read_bytes()
    at = random.randrange(len(content))
    how, spoilt = random.choice(
        (
            ("flipped a bit of", content[:at] + bytes([content[at] ^ 1 << random.randrange(8)]) + content[at + 1 :]),
            ("cut off", content[:at]),
            ("added to", content + b"x"),
            ("deleted", None),
        )
    )
    if spoilt is None:
        path.unlink()
    else:
        path.write_bytes(spoilt)
    return Tampered(f"{how} a blob", *ledger.blobs[digest], partial(path.write_bytes, content))


def bend(random: Random, ledger: Ledger, connection: Connection, blobs: Blobs) -> Tampered:
    """A policy set made easier after the fact."""
    digest = random.choice(sorted(ledger.policies))
    content = connection.execute(text("SELECT content FROM policy WHERE digest = :digest"), {"digest": digest})
    changed = _flipped(random, content.scalar_one())
    connection.execute(
        text("UPDATE policy SET content = :new WHERE digest = :digest"), {"new": changed, "digest": digest}
    )
    return Tampered("flipped a character of a policy", *ledger.policies[digest])


_DEEDS = (flip, flip, flip, move, remove, truncate, reorder, insert, rewrite, spoil, bend)


def _set(connection: Connection, row: Mapping[str, Any], **values: object) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in values)
    where = {"of_initiative": row["initiative"], "of_version": row["version"]}
    statement = f"UPDATE entry SET {changes} WHERE initiative = :of_initiative AND version = :of_version"
    assert connection.execute(text(statement), {**values, **where}).rowcount == 1


def _renumber(connection: Connection, stream: str, old: int, new: int) -> None:
    _set(connection, {"initiative": stream, "version": old}, version=new)


def _delete(connection: Connection, stream: str, first: int, last: int) -> None:
    statement = text("DELETE FROM entry WHERE initiative = :stream AND version BETWEEN :first AND :last")
    found = connection.execute(statement, {"stream": stream, "first": first, "last": last})
    assert found.rowcount == last - first + 1


def _flipped(random: Random, content: str) -> str:
    at = random.randrange(len(content))
    other = chr(ord(content[at]) ^ 1 << random.randrange(5))
    if not other.isprintable():
        other = "~" if content[at] != "~" else "!"
    return content[:at] + other + content[at + 1 :]
