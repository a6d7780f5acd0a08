"""YAML or JSON text as plain nodes that know their line and column. No object is ever made by what a file says.

Whoever writes a document may be careless or hostile: size, depth and length are bounded, and what makes YAML
surprising (aliases, tags, merge keys, directives) is refused outright instead of being interpreted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

SIZE = 256 * 1024
"""No document is larger than this many bytes; data is attached as a file, not written into one."""

DEPTH = 30
"""Collections may stand in one another this deep."""

LENGTH = 20_000
"""No single value is longer than this many characters; a field's own limit is usually lower."""

KEY_LENGTH = 200
"""No key is longer than this many characters."""

_FIELDS = "fields with their values, such as 'title: …', at the top"

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as written; only a plain one (not quoted) may stand for a number, true, false or nothing."""

    text: str
    is_plain: bool
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """Keys with their values, in the order written; a key may still be there twice."""

    rows: tuple[tuple[Text, Node], ...]
    line: int
    column: int


Node: TypeAlias = Text | Listing | Table


class FlawError(Exception):
    """Text that is no document: where, what, and what would be accepted."""

    def __init__(self, line: int, column: int, value: object, allowed: str, *, path: Path = ()) -> None:
        super().__init__(allowed)
        self.line, self.column, self.value, self.allowed, self.path = line, column, value, allowed, path


@dataclass(slots=True)
class _Frame:
    """A collection that is being read."""

    line: int
    column: int
    is_table: bool
    children: list[Node] = field(default_factory=list)

    @property
    def step(self) -> str | int:
        """The key or number of the child that comes next or is being read."""
        if not self.is_table:
            return len(self.children)
        key = self.children[-1] if len(self.children) % 2 else None
        return key.text if isinstance(key, Text) else "key"

    @property
    def is_at_key(self) -> bool:
        return self.is_table and len(self.children) % 2 == 0

    def closed(self) -> Node:
        if not self.is_table:
            return Listing(tuple(self.children), self.line, self.column)
        keys = [key for key in self.children[::2] if isinstance(key, Text)]
        return Table(tuple(zip(keys, self.children[1::2], strict=True)), self.line, self.column)


def compose(text: str | bytes, *, size: int = SIZE) -> Table:
    """The one mapping that `text` holds; FlawError where it is anything else."""
    decoded = _decoded(text, size)
    frames = [_Frame(1, 1, is_table=False)]
    for event in _events(decoded):
        _take(event, frames)
    match frames[0].children:
        case [Table() as table]:
            return table
        case [Text(text="", is_plain=True)] | []:
            raise FlawError(1, 1, "", "a document that is not empty")
        case [Text() as scalar]:
            raise FlawError(scalar.line, scalar.column, scalar.text, _FIELDS)
        case _:
            raise FlawError(1, 1, "", "one document")


def _decoded(text: str | bytes, size: int) -> str:
    encoded = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if len(encoded) > size:
        shown = f"more than {size} bytes"
        raise FlawError(1, 1, shown, f"a document of at most {size} bytes; data is attached as a file")
    decoded = _from_utf8(text) if isinstance(text, bytes) else text
    decoded = decoded.removeprefix("\ufeff")
    return _TOKEN.sub(_untabbed, decoded) if _is_json(decoded) else decoded


def _from_utf8(encoded: bytes) -> str:
    try:
        return encoded.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _position(encoded[: error.start].decode("utf-8"))
        raise FlawError(line, column, encoded[error.start : error.start + 4], "text in UTF-8") from None


def _position(before: str) -> tuple[int, int]:
    """Line and column of what comes right after `before`."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\t')


def _untabbed(token: re.Match[str]) -> str:
    return " " if token[0] == "\t" else token[0]


def _is_json(text: str) -> bool:
    """Whether `text` is JSON: there tabs may stand between values, where YAML allows none."""
    if not text.lstrip().startswith("{") or "\t" not in text:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _events(text: str) -> Iterator[Any]:
    """PyYAML's events, lazily: what comes after a flaw is never looked at."""
    try:
        loader: Any = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        line, column = _position(text[: error.position])
        shown = f"U+{ord(text[error.position]):04X}"
        raise FlawError(line, column, shown, "characters that can be shown") from None
    try:
        while loader.check_event():
            yield loader.get_event()
    except yaml.MarkedYAMLError as error:
        raise _malformed(error, text) from None
    except (ValueError, OverflowError):  # PyYAML makes a character of an escape such as "\UFFFFFFFF" unasked
        line, column = loader.line + 1, loader.column + 1
        raise FlawError(line, column, _row(text, line), "escapes that stand for a character") from None


def _malformed(error: yaml.MarkedYAMLError, text: str) -> FlawError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(error.problem or error.context or "can't be read")
    is_tab = "'\\t'" in problem
    allowed = "indent with spaces, not with tabs" if is_tab else f"well-formed YAML or JSON ({problem})"
    return FlawError(line, column, _row(text, line), allowed)


def _row(text: str, line: int) -> str:
    rows = text.splitlines()
    return rows[line - 1].strip() if line <= len(rows) else ""


def _take(event: Any, frames: list[_Frame]) -> None:
    """Put what `event` says into the collection that is open."""
    top = frames[-1]
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    path = tuple(frame.step for frame in frames[1:])
    match event:
        case yaml.DocumentStartEvent():
            _refuse_document(event, line, column, has_one=bool(top.children))
        case yaml.AliasEvent():
            raise FlawError(line, column, f"*{event.anchor}", "no aliases: write the value out", path=path)
        case yaml.ScalarEvent():
            _refuse_marks(event, line, column, path)
            top.children.append(_scalar(event, line, column, is_key=top.is_at_key, path=path))
        case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
            _refuse_marks(event, line, column, path)
            if top.is_at_key:
                raise FlawError(line, column, "a list or mapping", "keys are text", path=path[:-1])
            if len(frames) == 1 and isinstance(event, yaml.SequenceStartEvent):
                raise FlawError(line, column, "a list", _FIELDS)
            if len(frames) > DEPTH:
                allowed = f"lists and mappings at most {DEPTH} deep in one another"
                raise FlawError(line, column, f"depth {len(frames)}", allowed, path=path[:1])
            frames.append(_Frame(line, column, is_table=isinstance(event, yaml.MappingStartEvent)))
        case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
            frames.pop()
            frames[-1].children.append(top.closed())
        case _:
            pass


def _refuse_document(event: yaml.DocumentStartEvent, line: int, column: int, *, has_one: bool) -> None:
    if has_one:
        raise FlawError(line, column, "---", "one document in a file")
    if event.version or event.tags:
        raise FlawError(line, column, "%", "no directives (%YAML, %TAG)")


def _refuse_marks(event: Any, line: int, column: int, path: Path) -> None:
    if event.anchor is not None:
        raise FlawError(line, column, f"&{event.anchor}", "no anchors: write the value where it is needed", path=path)
    if event.tag is not None:
        raise FlawError(line, column, event.tag, "no tags: a value's kind follows from its field", path=path)


def _scalar(event: yaml.ScalarEvent, line: int, column: int, *, is_key: bool, path: Path) -> Text:
    text, is_plain = event.value, event.style is None
    longest = KEY_LENGTH if is_key else LENGTH
    if len(text) > longest:
        raise FlawError(line, column, text[:100], f"at most {longest} characters, not {len(text)}", path=path)
    if is_key and is_plain and text == "<<":
        raise FlawError(line, column, text, "no merge keys: write the fields out", path=path[:-1])
    try:
        # JSON writes a character beyond U+FFFF as two escapes, which PyYAML leaves apart.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise FlawError(line, column, text[:100], "no half of a surrogate pair", path=path) from None
    return Text(text, is_plain, line, column)
