"""What the command line reads: documents and files named on it, amounts and days typed on it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from provefirst.errors import InvalidInputError

if TYPE_CHECKING:
    from provefirst.cli.page import Page
    from provefirst.cli.session import Told
    from provefirst.texts import Document

D = TypeVar("D", bound="Document")
T = TypeVar("T")
STANDARD_INPUT = "-"


def read(model: type[D], file: str | None) -> D:
    """The document in `file`, or on standard input where that is `-`."""
    from provefirst.documents import loading as documents

    if file is None:
        allowed = "a YAML or JSON file, or - for standard input; --template prints one to fill in"
        raise InvalidInputError("file", documents.NOTHING, allowed)
    if file != STANDARD_INPUT:
        return documents.read(Path(file), model)
    if sys.stdin.isatty():
        sys.stderr.write("reading from the terminal; end with Ctrl-D\n")
    return documents.parse(sys.stdin.buffer.read(documents.SIZE + 1), model, where="standard input")


def template(model: type[Document]) -> Told:
    """A skeleton of `model` to fill in."""
    from provefirst.cli.session import Told
    from provefirst.documents import loading as documents

    text = documents.template(model)

    def show(page: Page) -> None:
        page.raw(text.rstrip("\n"))

    return Told({"template": text}, show)


def files(given: Sequence[str]) -> Mapping[str, Path]:
    """Files to attach, by name, from such words as `predictions=preds.csv`."""
    found: dict[str, Path] = {}
    for word in given:
        name, sign, path = word.partition("=")
        if not (name and sign and path):
            raise InvalidInputError("file", word, "NAME=PATH, such as predictions=preds.csv")
        if name in found:
            raise InvalidInputError("file", word, f"each name once; {name} is {found[name]} already")
        found[name] = Path(path)
    return found


def needed(field: str, value: T | None) -> T:
    """`value`, which may be left out only where a template is asked for."""
    if value is None:
        from provefirst.documents.loading import NOTHING

        raise InvalidInputError(field, NOTHING, "it is needed here; see --help")
    return value


def day(field: str, text: str) -> date:
    """The day that `text` names."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(field, text, "a day such as 2027-03-31") from None
