"""Blobs: files by the digest of their content, in a folder or any place that fsspec knows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any
from uuid import uuid4

from provefirst.errors import DigestMismatchError, StorageError, UnknownError

_PIECE = 2**20


@dataclass(frozen=True)
class Blobs:
    """A store of blobs under `place`: a local folder, or a URL such as s3://bucket/prefix.

    A blob is written whole before any entry names it, and read back only if it still has its digest.
    """

    place: str

    def put(self, content: bytes) -> str:
        """Store `content` and return its digest. Storing it again is harmless, and heals a file that was damaged."""
        digest = sha256(content).hexdigest()
        try:
            if "://" in self.place:
                self._put_remote(digest, content)
            else:
                self._put_local(digest, content)
        except OSError as problem:
            raise StorageError(f"the file could not be stored ({problem.strerror or problem})") from problem
        return digest

    def put_file(self, file: IO[bytes], digest: str) -> None:
        """Store what is left to be read of `file`, piece by piece; whoever wrote it knows that `digest` is its own."""
        if self.has(digest):
            return
        path = self._path(digest)
        try:
            if "://" in self.place:
                partial = f"{path}.{uuid4().hex}.new"
                with self._remote().open(partial, "wb") as target:
                    shutil.copyfileobj(file, target, _PIECE)
                self._remote().mv(partial, path)
                return
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            with _finished(Path(path)) as target:
                shutil.copyfileobj(file, target, _PIECE)
        except OSError as problem:
            raise StorageError(f"the file could not be stored ({problem.strerror or problem})") from problem

    def get(self, digest: str) -> bytes:
        """The content with `digest`; DigestMismatchError where it was changed, UnknownError where there is none."""
        try:
            content = self._read(digest)
        except FileNotFoundError:
            raise UnknownError("digest", digest, "the digest of a stored file") from None
        except OSError as problem:
            raise StorageError(f"the file could not be read ({problem.strerror or problem})") from problem
        if (found := sha256(content).hexdigest()) != digest:
            raise DigestMismatchError(digest, found)
        return content

    def has(self, digest: str) -> bool:
        """Whether a blob with `digest` is stored; its content is not read."""
        if "://" in self.place:
            return bool(self._remote().exists(self._path(digest)))
        return Path(self._path(digest)).is_file()

    def problem(self, digest: str) -> str:
        """What is wrong with the blob with `digest`; nothing where it is whole. It is read piece by piece."""
        try:
            found = sha256()
            with self._opened(digest) as file:
                while piece := file.read(_PIECE):
                    found.update(piece)
        except FileNotFoundError:
            return "is missing"
        except (OSError, UnknownError) as problem:
            return f"can't be read: {problem}"
        return "" if found.hexdigest() == digest else "was changed: its content does not match its digest"

    def _opened(self, digest: str) -> Any:
        path = self._path(digest)
        return self._remote().open(path, "rb") if "://" in self.place else Path(path).open("rb")

    def _path(self, digest: str) -> str:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise UnknownError("digest", digest, "64 lower-case hex digits")
        return f"{self.place}/{digest[:2]}/{digest[2:]}"

    def _read(self, digest: str) -> bytes:
        if "://" in self.place:
            return bytes(self._remote().cat_file(self._path(digest)))
        return Path(self._path(digest)).read_bytes()

    def _put_local(self, digest: str, content: bytes) -> None:
        path = Path(self._path(digest))
        if path.is_file() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with _finished(path) as file:
            file.write(content)

    def _put_remote(self, digest: str, content: bytes) -> None:
        place, path = self._remote(), self._path(digest)
        if not place.exists(path):
            partial = f"{path}.{uuid4().hex}.new"
            place.pipe_file(partial, content)
            place.mv(partial, path)

    def _remote(self) -> Any:
        from fsspec.core import url_to_fs

        return url_to_fs(self.place)[0]


@contextmanager
def _finished(path: Path) -> Iterator[IO[bytes]]:
    """A file beside `path`, which becomes it once it is written whole and on the disk."""
    with NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
