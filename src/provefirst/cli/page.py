"""A page in the terminal: everything shown passes through here, so that no text can do more than be read."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
MARGIN = 2


def visible(text: object) -> str:
    """`text` with every character that would act on a terminal, or can't be seen, written out: U+001B as \\x1b."""
    return "".join(map(_visible, str(text)))


def _visible(character: str) -> str:
    if character == "\n" or (character.isprintable() and character not in _BIDI) or character == " ":
        return character
    if character == "\t" or unicodedata.category(character) in ("Zl", "Zp", "Zs"):
        return " "
    return character.encode("unicode_escape").decode("ascii")


def words(name: str) -> str:
    """A name such as `not_feasible`, in words."""
    return name.replace("_", " ")


class Page:
    """What one command shows, put together line by line and written once."""

    def __init__(self, stream: TextIO | None = None) -> None:
        from rich.console import Console

        self._stream = stream or sys.stdout
        self._console: Console = Console(file=self._stream, markup=False, highlight=False, emoji=False)
        self._console.begin_capture()
        self.width = max(self._console.width, 40)

    @property
    def is_dumb(self) -> bool:
        """Whether the terminal can show plain text only."""
        return os.environ.get("TERM") == "dumb" or not self._encoding.lower().startswith("utf")

    @property
    def _encoding(self) -> str:
        return self._stream.encoding or "utf-8"

    def heading(self, text: str) -> None:
        """A line that names what follows, after a blank one."""
        self._print("")
        self._print(visible(text), "bold")

    def line(self, text: str = "", style: str = "", *, indent: int = 0) -> None:
        """A paragraph, wrapped to the width, its lines in line."""
        self._paragraph(text, style, " " * indent, " " * indent)

    def item(self, text: str, style: str = "", *, indent: int = MARGIN) -> None:
        """A paragraph of a list."""
        self._paragraph(text, style, " " * indent + "- ", " " * (indent + 2))

    def hanging(self, label: str, text: str) -> None:
        """A paragraph after a label, its later lines below its beginning."""
        self._paragraph(text, "", label, " " * len(label))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str | tuple[str, str]]], *, wide: int = -1) -> None:
        """Rows under column names. The column `wide` takes what room is left; a cell may be text with a style."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
        last = range(len(columns))[wide]
        for number, name in enumerate(columns):
            table.add_column(name, ratio=1 if number == last else None, overflow="fold", no_wrap=number != last)
        for row in rows:
            cells = ((cell, "") if isinstance(cell, str) else cell for cell in row)
            table.add_row(*(Text(visible(text).replace("\n", " "), style) for text, style in cells))
        self._console.print(table)

    def raw(self, text: str) -> None:
        """Text line by line as it is, long lines not wrapped, what can't be shown written out."""
        for line in text.split("\n"):
            self._print(visible(line))

    def write(self) -> None:
        """Show it all. A reader who went away ends it: BrokenPipeError."""
        text = self._console.end_capture()
        shown = "\n".join(line.rstrip(" ") for line in text.split("\n"))
        # What this encoding has no character for becomes a question mark, not an error.
        self._stream.write(shown.encode(self._encoding, "replace").decode(self._encoding))
        self._stream.flush()

    def _paragraph(self, text: str, style: str, first: str, later: str) -> None:
        for line in visible(text).split("\n"):
            lines = wrap(
                line,
                self.width,
                initial_indent=first,
                subsequent_indent=later,
                break_on_hyphens=False,
                break_long_words=False,  # a path that is cut in two can't be copied
            )
            for shown in lines or [""]:
                self._print(shown, style)
            first = later

    def _print(self, text: str, style: str = "") -> None:
        from rich.text import Text

        self._console.print(Text(text, style), soft_wrap=True)
