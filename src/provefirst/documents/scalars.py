"""What a plain scalar stands for: the core rules of YAML 1.2, so that `no` is text and `12:30` is no number."""

from __future__ import annotations

import re
from datetime import date

from provefirst.documents.nodes import Text
from provefirst.documents.shapes import Shape

Value = str | int | float | bool | None

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_BASES = {"0o": 8, "0x": 16}
_DIGITS = 40
_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def resolve(scalar: Text, shape: Shape) -> Value | date:
    """What `scalar` stands for where `shape` is asked for."""
    text = scalar.text
    if shape.is_text and not is_nothing(scalar):
        return text
    value = _resolved(text) if scalar.is_plain else text
    if date in shape.scalars and isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def is_nothing(scalar: Text) -> bool:
    """Whether `scalar` says that there is no value."""
    return scalar.is_plain and scalar.text in _WORDS and _WORDS[scalar.text] is None


def meant(scalar: Text, shape: Shape) -> str | None:
    """The number that was probably meant where a number has separators or quotes that none may have."""
    bare = scalar.text.replace("_", "").replace(",", "").strip()
    if shape.scalars & {int, float} and bare != scalar.text and _NUMBER.fullmatch(bare):
        return bare
    return None


def _resolved(text: str) -> Value:
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text) and len(text) <= _DIGITS:
        return int(text[2:], _BASES[text[:2]]) if text[:2] in _BASES else int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
