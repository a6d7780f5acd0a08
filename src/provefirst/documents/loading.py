"""The one way by which YAML or JSON from outside becomes a model of the core.

Every problem is told at once, each with file, line, column, field, the value, what is accepted and the nearest known
thing: whoever fills in a form should need one look. Nothing that any bytes can say ends in a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from provefirst.documents import nodes
from provefirst.documents.forms import Help, explain, template
from provefirst.documents.nodes import SIZE, FlawError
from provefirst.documents.reading import NOTHING, FullError, Reading, field
from provefirst.documents.shapes import shape_of
from provefirst.errors import InvalidInputError, nearest

__all__ = [
    "NOTHING", "SIZE", "Help", "InvalidDocumentError", "Placed", "content", "explain", "parse", "placed", "read",
    "template",
]  # fmt: skip

D = TypeVar("D", bound=BaseModel)


class InvalidDocumentError(InvalidInputError):
    """A document with problems, all of them: `str` tells one a line, the fields are those of the first.

    `is_cut` says that there were too many to go on looking.
    """

    def __init__(self, problems: Iterable[InvalidInputError], *, is_cut: bool = False) -> None:
        self.is_cut = is_cut
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.field, first.value, first.allowed, nearest=first.nearest, where=first.where)
        told = [str(problem) for problem in self.problems]
        self.args = ("\n".join([*told, "… and more"] if is_cut else told),)


@dataclass(frozen=True, slots=True)
class Placed(Generic[D]):
    """A document, and where each value in it stands: `file:line:column` by its path."""

    document: D
    places: Mapping[nodes.Path, str]

    def at(self, *path: str | int) -> str:
        """Where `path` stands; where it was left out, where what would hold it does."""
        return self.places[path] if path in self.places else self.at(*path[:-1])


def parse(text: str | bytes, model: type[D], *, where: str, size: int = SIZE) -> D:
    """The `model` that `text` holds; InvalidDocumentError with every problem, naming `text` as `where`."""
    return placed(text, model, where=where, size=size).document


def read(path: Path, model: type[D], *, size: int = SIZE) -> D:
    """The `model` that the file at `path` holds."""
    return parse(content(path, size=size), model, where=str(path), size=size)


def placed(text: str | bytes, model: type[D], *, where: str, size: int = SIZE) -> Placed[D]:
    """As `parse`, with the place of every value for whoever has more to check."""
    reading = Reading(where)
    try:
        table = nodes.compose(text, size=size)
        document = model.model_validate(reading.value(table, shape_of(model), ()))
    except FlawError as flaw:
        place = f"{where}:{flaw.line}:{flaw.column}"
        raise InvalidDocumentError(
            [InvalidInputError(field(flaw.path), flaw.value, flaw.allowed, where=place)]
        ) from None
    except ValidationError as error:
        _translated(reading, error)
    except FullError:
        pass
    else:
        if not reading.problems:
            return Placed(document, reading.places)
    raise InvalidDocumentError(reading.problems, is_cut=reading.is_full)


def content(path: Path, *, size: int = SIZE) -> bytes:
    """What the file at `path` holds, cut off one byte after `size`; InvalidInputError where it can't be read."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                return file.read(size + 1)
        is_folder = path.is_dir()
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such path"
        raise InvalidInputError("file", str(path), f"a file that can be read ({reason})") from None
    if is_folder:
        raise InvalidInputError("file", str(path), "a file, not a folder")
    raise InvalidInputError("file", str(path), "no such file", nearest=nearest(path.name, beside))


def _translated(reading: Reading, error: ValidationError) -> None:
    try:
        reading.translate(error)
    except FullError:
        return
