"""The shelf: where checkpoints are written to and found again, in a folder or any place that fsspec knows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from provefirst.checkpoints import Checkpoint
from provefirst.errors import InvalidInputError, StorageError, shorten
from provefirst.ledger import canonical

VARIABLE = "PROVEFIRST_CHECKPOINTS_URL"
LARGEST = 2**30
"""Bytes that a checkpoint may have: one of ten million streams is smaller."""


def shelf_of(home: Path, environment: Mapping[str, str] | None = None) -> str:
    """Where checkpoints go unless something else is said: PROVEFIRST_CHECKPOINTS_URL, or a folder beside the ledger."""
    known = os.environ if environment is None else environment
    return known.get(VARIABLE) or str(home / "checkpoints")


def put(checkpoint: Checkpoint, place: str) -> str:
    """Write `checkpoint` to `place` (a folder, or a file's name that ends in .json), and return where it is.

    One that is there already is never written over.
    """
    content = (canonical(checkpoint.model_dump(mode="json")) + "\n").encode()
    moment = checkpoint.statement.at.translate({ord("-"): None, ord(":"): None})
    try:
        files, path = _opened(place)
        if not place.endswith(".json"):
            files.makedirs(path, exist_ok=True)
            path = f"{path.rstrip('/')}/{moment}-{checkpoint.statement.root[:12]}.json"
        elif parent := path.rpartition("/")[0]:
            files.makedirs(parent, exist_ok=True)
        if files.exists(path):
            raise StorageError(f"{path} is there already: checkpoints are never written over")
        files.pipe_file(path, content)
    except (OSError, ValueError, ImportError) as problem:
        raise StorageError(f"the checkpoint can't be written to {place}: {problem}") from problem
    return str(files.unstrip_protocol(path)) if "://" in place else str(path)


def found(place: str) -> Iterator[tuple[str, Checkpoint | InvalidInputError]]:
    """Every checkpoint at `place`, a file or a folder, by name; what can't be read comes as what is wrong with it."""
    try:
        files, path = _opened(place)
        names = [path] if files.isfile(path) else sorted(files.glob(f"{path.rstrip('/')}/*.json"))
    except (OSError, ValueError, ImportError) as problem:
        raise StorageError(f"{place} can't be read: {problem}") from problem
    for name in names:
        yield str(name), read(files, str(name))


def read(files: Any, path: str) -> Checkpoint | InvalidInputError:
    """The checkpoint in a file, or what is wrong with it."""
    try:
        if (size := files.size(path)) > LARGEST:
            return InvalidInputError("checkpoint", size, f"at most {LARGEST} bytes", where=path)
        return Checkpoint.model_validate_json(files.cat_file(path))
    except (OSError, ValidationError) as problem:
        first = problem.errors()[0]["msg"] if isinstance(problem, ValidationError) else str(problem)
        return InvalidInputError("checkpoint", shorten(first), "a checkpoint in JSON", where=path)


def _opened(place: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    files, path = url_to_fs(place if "://" in place else str(Path(place).absolute()))
    return files, path
