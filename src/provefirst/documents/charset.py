"""The character set of a form: UTF-8 and nothing else, for others can spell what no text may hold."""

from __future__ import annotations

import codecs

from python_multipart.multipart import parse_options_header

from provefirst.errors import InvalidInputError


def require_utf8(content_type: str) -> None:
    """InvalidInputError where a form's type, as its header says it, names another character set."""
    named = parse_options_header(content_type)[1].get(b"charset", b"utf-8").decode("latin-1")
    try:
        is_utf8 = codecs.lookup(named).name == "utf-8"
    except (LookupError, ValueError):
        is_utf8 = False
    if not is_utf8:
        raise InvalidInputError("charset", named, "utf-8")
