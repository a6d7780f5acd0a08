"""Pieces: a large file that is sent piece by piece, so that what is broken off goes on where it was.

Pieces lie in the data folder until the form that they belong to is done, or for a day. A file is known by who sends it
and by its name, size and last change: whoever chooses it again goes on, even after signing in anew.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import UploadFile

from provefirst.errors import InvalidInputError, UnknownError
from provefirst.lifecycle.holding import DATA_LIMIT

PIECE = 2 * 2**20
"""Bytes of one piece. Files up to this go with their form."""
KEPT = 24 * 3600.0
MOST = 5
"""Seconds that pieces are kept, and files that one person may have begun."""
ID = r"[0-9a-f]{32}"


class ElsewhereError(Exception):
    """A piece that does not follow what is there already; says how much is."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(f"{offset} bytes are here")


@dataclass(frozen=True)
class Pieces:
    """A file on its way."""

    folder: Path
    id: str
    name: str
    size: int

    @property
    def file(self) -> Path:
        return self.folder / f"{self.id}.part"

    @property
    def offset(self) -> int:
        """How much of it is here."""
        try:
            return self.file.stat().st_size
        except FileNotFoundError:
            return 0

    def add(self, piece: bytes, at: int) -> int:
        """Put a piece behind what is here; returns how much that is then."""
        here = self.offset
        if at != here:
            raise ElsewhereError(here)
        if here + len(piece) > self.size:
            raise InvalidInputError(
                "piece", f"{len(piece)} bytes", f"no more than the {self.size - here} that are left"
            )
        with self.file.open("ab") as file:
            file.write(piece)
        return here + len(piece)

    def drop(self) -> None:
        """Let go of it."""
        for ending in ("part", "json"):
            (self.folder / f"{self.id}.{ending}").unlink(missing_ok=True)

    def upload(self) -> UploadFile:
        """The whole file, as a form would have brought it."""
        return UploadFile(self.file.open("rb"), size=self.size, filename=self.name)


def begin(home: Path, handle: str, name: str, size: int, changed: str) -> Pieces:
    """A file that somebody is about to send, or goes on to send."""
    if not 0 < size <= DATA_LIMIT:
        raise InvalidInputError("size", size, f"from 1 to {DATA_LIMIT} bytes")
    if not name or len(name) > 255 or not name.isprintable():
        raise InvalidInputError("name", name, "the file's own name, of up to 255 characters")
    folder = _folder(home, handle)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(folder)
    found = Pieces(folder, sha256(f"{name}\0{size}\0{changed}".encode()).hexdigest()[:32], name, size)
    about = folder / f"{found.id}.json"
    if not about.exists():
        for old in _oldest(folder)[: -(MOST - 1) or None]:
            old.drop()
        about.write_text(json.dumps({"name": name, "size": size}))
    return found


def find(home: Path, handle: str, known: str) -> Pieces:
    """A file that somebody has begun to send; UnknownError where they have not."""
    if not re.fullmatch(ID, known):
        raise UnknownError("upload", known, "one that you began")
    return _read(_folder(home, handle), known)


def _read(folder: Path, known: str) -> Pieces:
    try:
        about = json.loads((folder / f"{known}.json").read_text())
    except (OSError, ValueError):
        raise UnknownError("upload", known, "one that you began, within a day") from None
    return Pieces(folder, known, about["name"], about["size"])


def _folder(home: Path, handle: str) -> Path:
    """Each person's own: nobody finds what somebody else began."""
    return home / "uploads" / sha256(handle.encode()).hexdigest()[:32]


def _oldest(folder: Path) -> list[Pieces]:
    """What was begun and not dropped, the longest untouched first."""
    return [_read(folder, about.stem) for about in sorted(folder.glob("*.json"), key=_touched)]


def _sweep(folder: Path) -> None:
    for one in _oldest(folder):
        if time.time() - max(map(_touched, _files(one))) > KEPT:
            one.drop()


def _files(one: Pieces) -> Iterator[Path]:
    yield one.folder / f"{one.id}.json"
    if one.file.exists():
        yield one.file


def _touched(file: Path) -> float:
    return file.stat().st_mtime
