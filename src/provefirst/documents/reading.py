"""One walk over a document's nodes beside the shapes its model asks for: plain values, and every problem on the way."""

from __future__ import annotations

import re
from math import isfinite
from types import NoneType
from typing import Any

from pydantic import ValidationError

from provefirst.documents.nodes import Listing, Node, Path, Table, Text
from provefirst.documents.scalars import is_nothing, meant, resolve
from provefirst.documents.shapes import ANYTHING, Shape, is_open, slots
from provefirst.errors import InvalidInputError, nearest, shorten
from provefirst.money import Money

MOST = 50
"""No more problems than this are told at once."""


class Nothing:
    """Stands in a refusal for a value that isn't there."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


class FullError(Exception):
    """There are as many problems as are told at once."""


class Reading:
    """What one document says, where each part of it stands, and what is wrong with it."""

    def __init__(self, where: str) -> None:
        self.where = where
        self._problems: list[tuple[tuple[int, int], InvalidInputError]] = []
        self._told: set[Path] = set()
        self._positions: dict[Path, tuple[int, int]] = {}
        self._keys: dict[Path, tuple[int, int]] = {}
        self._shapes: dict[Path, Shape] = {}
        self._misspelt: set[Path] = set()

    @property
    def problems(self) -> tuple[InvalidInputError, ...]:
        """Every problem, in the order of the text."""
        return tuple(problem for _, problem in sorted(self._problems, key=lambda found: found[0]))

    @property
    def is_full(self) -> bool:
        """Whether there are as many problems as are told at once."""
        return len(self._problems) >= MOST

    @property
    def places(self) -> dict[Path, str]:
        """`where:line:column` of every value, by its path."""
        return {path: f"{self.where}:{line}:{column}" for path, (line, column) in self._positions.items()}

    def value(self, node: Node, shape: Shape, path: Path) -> object:
        """`node` as plain values, as far as `shape` can say what they are; the rest is for pydantic to judge."""
        is_short = isinstance(node, Text) or path not in self._keys
        self._positions[path] = (node.line, node.column) if is_short else self._keys[path]
        self._shapes[path] = shape
        match node:
            case Text():
                return self._scalar(node, shape, path)
            case Listing():
                inner = shape.item or ANYTHING
                return [self.value(item, inner, (*path, number)) for number, item in enumerate(node.items)]
            case Table():
                return self._table(node, shape, path)

    def _table(self, node: Table, shape: Shape, path: Path) -> dict[str, object]:
        known = slots(shape.model) if shape.model else {}
        values: dict[str, object] = {}
        for key, child in node.rows:
            name, here = key.text, (*path, key.text)
            if here in self._keys:
                allowed = f"a key once; it stands in line {self._keys[here][0]} already"
                self._refuse(here, name, allowed, at=(key.line, key.column), is_final=False)
                continue
            self._keys[here] = (key.line, key.column)
            if name in known:
                values[name] = self.value(child, known[name].shape, here)
            elif shape.model is None or is_open(shape.model):
                values[name] = self.value(child, shape.value or ANYTHING, here)
            else:
                alike = nearest(name, known)
                self._misspelt.add((*path, alike or ""))
                self._refuse(here, name, f"known here: {', '.join(known)}", alike=alike, at=self._keys[here])
        return values

    def _scalar(self, node: Text, shape: Shape, path: Path) -> object:
        """What `node` stands for. What is refused becomes NOTHING, so that pydantic doesn't make something of it."""
        if shape.is_money and not is_nothing(node):
            try:
                return Money.parse(node.text)
            except InvalidInputError as error:
                return self._refuse(path, node.text, error.allowed, alike=error.nearest)
        value = resolve(node, shape)
        if value is None:
            if shape.scalars and NoneType not in shape.scalars:
                return self._refuse(path, NOTHING, shape.words)
        elif isinstance(value, float) and not isfinite(value):
            return self._refuse(path, node.text, f"{shape.words}; finite")
        elif shape.scalars and type(value) not in shape.scalars:
            bare = "" if node.is_plain else ", without quotes"
            return self._refuse(path, value, f"{shape.words}{bare}", alike=meant(node, shape))
        return value

    def translate(self, error: ValidationError) -> None:
        """Take over what pydantic found, at the place of the text that it is about."""
        for found in error.errors(include_url=False):
            loc = found["loc"]
            path = self._known(loc)
            if loc and loc[-1] == "[key]":
                self._of_key(path, str(found["input"]))
            elif found["type"] == "missing":
                self._of_missing(path, str(loc[-1]))
            elif not self._is_told(path, found):
                self._of_value(path, found)

    def _is_told(self, path: Path, found: Any) -> bool:
        """Whether the problem is one that was told already, or only follows from such a one."""
        has_lost = found["type"] == "too_short" and found["ctx"]["actual_length"] < len(found["input"])
        return has_lost or any(path[: len(told)] == told for told in self._told)

    def _known(self, loc: tuple[int | str, ...]) -> Path:
        """`loc` without the names that pydantic puts in for the members of a union."""
        path: Path = ()
        for step in loc:
            if (*path, step) in self._shapes:
                path = (*path, step)
        return path

    def _of_key(self, path: Path, key: str) -> None:
        shape = self._shapes[path[:-1]].key or ANYTHING
        self._refuse(path, key, f"a key here is {shape.words}", alike=_alike(key, shape), at=self._keys[path])

    def _of_missing(self, path: Path, name: str) -> None:
        if (*path, name) in self._misspelt:
            return
        model = self._shapes[path].model
        words = slots(model)[name].shape.words if model else "a value"
        self._refuse((*path, name), NOTHING, f"it is required: {words}", at=self._positions[path])

    def _of_value(self, path: Path, found: Any) -> None:
        shape, value = self._shapes[path], found["input"]
        reason = found.get("ctx", {}).get("error")
        allowed, alike = shape.words or found["msg"], _alike(value, shape)
        if isinstance(reason, InvalidInputError):
            allowed, alike = reason.allowed, reason.nearest
        elif reason is not None:
            allowed = str(reason)
        self._refuse(path, NOTHING if value is None else value, allowed, alike=alike)

    def _refuse(
        self,
        path: Path,
        value: object,
        allowed: str,
        *,
        alike: str | None = None,
        at: tuple[int, int] | None = None,
        is_final: bool = True,
    ) -> Nothing:
        """Note a problem; a final one leaves nothing more to be said about `path`."""
        if path in self._told:
            return NOTHING
        line, column = position = at or self._positions[path]
        place = f"{self.where}:{line}:{column}"
        problem = InvalidInputError(field(path), value, allowed, nearest=alike, where=place)
        self._problems.append((position, problem))
        if is_final:
            self._told.add(path)
        if self.is_full:
            raise FullError
        return NOTHING


def field(path: Path) -> str:
    """`path` as people write it: `sources[0].rows`."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            name = step if re.fullmatch(r"[\w.-]{1,60}", step) else shorten(repr(step), 60)
            shown += f".{name}" if shown else name
    return shown or "document"


def _alike(value: object, shape: Shape) -> str | None:
    return nearest(value, shape.choices) if isinstance(value, str) and shape.choices else None
