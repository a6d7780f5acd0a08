"""What text, numbers and names from outside must look like before anything here holds them."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from provefirst.errors import InvalidInputError

_UNSEEN = ("Cc", "Cs", "Cn")
_BLANK = ("Cc", "Cf", "Zs", "Zl", "Zp")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    """`text` in composed form; control, bidi and unassigned characters are refused, tabs and line ends kept."""
    for position, character in enumerate(text):
        if _is_unseen(character):
            raise ValueError(f"character U+{ord(character):04X} at position {position + 1} can't be shown: take it out")
    if text and all(unicodedata.category(character) in _BLANK for character in text):
        raise ValueError("there is nothing to be seen in it")
    return unicodedata.normalize("NFC", text)


def visible(text: str) -> str:
    """`text` with a mark in place of what `plain` refuses: for words made here out of somebody's data."""
    return "".join("\ufffd" if _is_unseen(character) else character for character in text)


_SPELT = frozenset({"f1", "f1_macro", "mae", "mse", "r2", "rmse"})
"""Names that are read letter by letter, the first of which begins with a vowel: an F, an M, an R."""


def with_article(noun: str) -> str:
    """`noun` with the article that goes before it in English: a log_loss, an accuracy, an rmse."""
    first = noun.partition(" ")[0].lower()
    is_vowel = first in _SPELT or (first[:1] in "aeiou" and not first.startswith(("uni", "use", "eu")))
    return f"{'an' if first and is_vowel else 'a'} {noun}"


def as_cell(text: str) -> str:
    """`text` as a cell of a CSV file: what a spreadsheet would take for a formula gets a quotation mark before it."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def one_line(text: str) -> str:
    """`text` where it is plain and has no line end in it."""
    if not set(text).isdisjoint("\n\r\u2028\u2029"):
        raise ValueError("one line only")
    return plain(text)


def _is_unseen(character: str) -> bool:
    is_layout = character in "\n\t\r"
    return character in _BIDI or (unicodedata.category(character) in _UNSEEN and not is_layout)


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200), AfterValidator(one_line)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=10_000), AfterValidator(plain)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(one_line)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Count = Annotated[int, Field(ge=1, le=10**12)]
Probability = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]

KEY = re.compile(r"[A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,8}")
_HANDLE = re.compile(r"[a-z][a-z0-9._-]{0,38}[a-z0-9]")


def key(text: str) -> str:
    """`text` where it is an initiative's key, such as PF-12."""
    if not KEY.fullmatch(text):
        raise InvalidInputError("initiative", text, "a key such as PF-12")
    return text


def handle(text: str) -> str:
    """`text` where it is a person's handle: lower-case letters, digits, dot, dash; 2 to 40 characters."""
    if not _HANDLE.fullmatch(text):
        raise InvalidInputError("person", text, "a handle of 2 to 40 lower-case letters, digits, dots or dashes")
    return text


class Document(BaseModel):
    """A value that came from outside: checked when made, never changed, no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
