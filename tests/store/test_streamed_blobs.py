"""A file streamed in is stored as one that was handed over whole."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from provefirst.errors import StorageError
from provefirst.store.blobs import Blobs

CONTENT = bytes(range(256)) * 20_000
DIGEST = sha256(CONTENT).hexdigest()


def test_what_was_streamed_in_is_read_back_whole(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path))
    blobs.put_file(BytesIO(CONTENT), DIGEST)
    blobs.put_file(BytesIO(CONTENT), DIGEST)
    assert blobs.get(DIGEST) == CONTENT
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [DIGEST[2:]]


def test_it_can_be_streamed_to_wherever_fsspec_knows() -> None:
    blobs = Blobs("memory://streamed")
    blobs.put_file(BytesIO(CONTENT), DIGEST)
    assert blobs.get(DIGEST) == CONTENT


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("gone")

    with pytest.raises(StorageError):
        Blobs(str(tmp_path)).put_file(Broken(), DIGEST)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
