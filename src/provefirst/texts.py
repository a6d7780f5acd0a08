"""What text, numbers and names from outside must look like before anything here holds them."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from provefirst.errors import InvalidInputError

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    """`text` in composed form; control, bidi and unassigned characters are refused, tabs and line ends kept."""
    for position, character in enumerate(text):
        is_unseen = unicodedata.category(character) in ("Cc", "Cs", "Cn") and character not in "\n\t\r"
        if is_unseen or character in _BIDI:
            raise ValueError(f"character U+{ord(character):04X} at position {position + 1} can't be shown: take it out")
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """`text` where it is plain and has no line end in it."""
    if "\n" in text or "\r" in text:
        raise ValueError("one line only")
    return plain(text)


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200), AfterValidator(one_line)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=10_000), AfterValidator(plain)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(one_line)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Probability = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]

_KEY = re.compile(r"[A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,8}")
_HANDLE = re.compile(r"[a-z][a-z0-9._-]{0,38}[a-z0-9]")


def key(text: str) -> str:
    """`text` where it is an initiative's key, such as PF-12."""
    if not _KEY.fullmatch(text):
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
