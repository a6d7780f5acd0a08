"""Fields: a form made from a document's model, filled with what was written and with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import NoneType
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from provefirst.documents.shapes import Shape, Slot, slots
from provefirst.errors import InvalidInputError
from provefirst.money import Money
from provefirst.web.helping import HELP, LABELS
from provefirst.web.keeping import Values
from provefirst.web.words import label, title

LONG = 200
"""Text that may be longer than this gets a box instead of a line."""


@dataclass(frozen=True)
class Field:
    """A field of a form. `kind` says which part draws it; `items` are the groups of a repeated one."""

    name: str
    kind: str
    label: str
    hint: str = ""
    is_required: bool = False
    values: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    wrong: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    items: tuple[tuple[Field, ...], ...] = ()

    @property
    def value(self) -> str:
        return self.values[-1] if self.values else ""

    @property
    def id(self) -> str:
        return "f-" + re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


@dataclass(frozen=True)
class Filled:
    """What was written into a form, and what is wrong with it by the field's name."""

    values: Values
    wrong: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_new: bool = True


def form_of(model: type[BaseModel], filled: Filled, before: str = "", *, without: Iterable[str] = ()) -> list[Field]:
    """The fields of `model`, those named in `without` left out."""
    left_out = set(without)
    return [_field(slot, filled, before) for name, slot in slots(model).items() if name not in left_out]


def problems_by_field(problems: Iterable[InvalidInputError]) -> dict[str, tuple[str, ...]]:
    """What is wrong, by the name of the field that it stands beside."""
    found: dict[str, tuple[str, ...]] = {}
    for problem in problems:
        hint = f"; did you mean {problem.nearest}?" if problem.nearest else ""
        found[problem.field] = (*found.get(problem.field, ()), f"{problem.allowed}{hint}")
    return found


def left_over(wrong: Mapping[str, tuple[str, ...]], fields: Iterable[Field]) -> list[str]:
    """What is wrong and stands beside no field, to be told on top."""
    names = set(_names(fields))
    return [f"{label(name)}: {text}" for name, texts in wrong.items() if name not in names for text in texts]


def _names(fields: Iterable[Field]) -> Iterator[str]:
    for one in fields:
        if one.wrong or not (one.fields or one.items):
            yield one.name
        yield from _names(one.fields)
        for group in one.items:
            yield from _names(group)


def _field(slot: Slot, filled: Filled, before: str) -> Field:
    name = f"{before}{slot.name}"
    kind, shape = kind_of(slot.shape), slot.shape
    values = filled.values.get(name) or (_said(slot) if filled.is_new else ())
    own = Field(
        name,
        kind,
        LABELS.get(slot.name, title(slot.name)),
        HELP.get(slot.name) or _hint(slot, kind),
        slot.is_required,
        values,
        _choices(shape, kind),
        _wrong(name, kind, filled),
    )
    if kind == "group" and shape.model is not None:
        return replace(own, fields=tuple(form_of(shape.model, filled, f"{name}.")))
    if kind == "groups" and shape.item is not None and shape.item.model is not None:
        model, count = shape.item.model, count_of(name, filled.values, at_least=slot.is_required)
        return replace(own, items=tuple(tuple(form_of(model, filled, f"{name}[{place}].")) for place in range(count)))
    return own


def kind_of(shape: Shape) -> str:
    """Which part draws a value of this shape."""
    if shape.is_money:
        return "money"
    if shape.value is not None:
        return "pairs"
    if shape.item is not None:
        return "groups" if shape.item.model is not None else "many" if shape.item.choices else "lines"
    return "group" if shape.model is not None else _scalar_kind(shape)


def _scalar_kind(shape: Shape) -> str:
    scalars = shape.scalars - {NoneType}
    if shape.choices or scalars == {bool}:
        return "affirm" if shape.choices == ("false",) else "choice"
    if scalars and scalars <= {int, float}:
        return "number"
    return "day" if scalars == {date} else _text_kind(shape)


def count_of(name: str, values: Values, *, at_least: bool = False) -> int:
    """How many groups of a repeated field were written."""
    pattern = re.compile(rf"{re.escape(name)}\[(\d{{1,3}})\]")
    places = [int(match[1]) + 1 for known in values if (match := pattern.match(known))]
    return max([*places, int(at_least)])


def _text_kind(shape: Shape) -> str:
    if "0-9a-f" in shape.words:
        return "file"
    longest = re.search(r"(?:to|most) ([\d,]+) characters", shape.words)
    return "prose" if longest and int(longest[1].replace(",", "")) > LONG else "line"


def _choices(shape: Shape, kind: str) -> tuple[tuple[str, str], ...]:
    if kind == "many" and shape.item is not None:
        return tuple((one, label(one)) for one in shape.item.choices)
    if kind != "choice":
        return ()
    if not shape.choices:
        return (("true", "yes"), ("false", "no"))
    return tuple((one, label(one)) for one in shape.choices)


def _said(slot: Slot) -> tuple[str, ...]:
    """What holds where nothing is written, as it would be written."""
    default: Any = to_jsonable_python(slot.default, fallback=str)
    if slot.is_required or default is None or isinstance(default, dict):
        return ()
    if isinstance(default, list):
        return tuple(map(str, default))
    return (str(default).lower() if isinstance(default, bool) else str(default),)


def _hint(slot: Slot, kind: str) -> str:
    parts = [slot.description]
    if kind in ("number", "money"):
        parts.append(slot.shape.words)
    if kind == "lines":
        parts.append("one a line")
    if kind == "pairs":
        parts.append("one a line, such as name: value")
    told = "; ".join(part for part in parts if part)
    return told[:1].upper() + told[1:] + ("." if told else "")


def _wrong(name: str, kind: str, filled: Filled) -> tuple[str, ...]:
    """What is wrong with a field; with a line of a list: which one."""
    own = filled.wrong.get(name, ())
    if kind not in ("lines", "many", "pairs", "money"):
        return own
    inner = [
        f"line {int(match[1]) + 1}: {text}" if (match := re.search(r"\[(\d+)\]$", known)) else text
        for known, texts in filled.wrong.items()
        if known.startswith((f"{name}[", f"{name}."))
        for text in texts
    ]
    return (*own, *inner)


def written(content: Mapping[str, Any], before: str = "") -> dict[str, tuple[str, ...]]:
    """A document's content as it would be written into its form."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in content.items():
        found |= _written(f"{before}{name}", value)
    return found


def _written(name: str, value: Any) -> dict[str, tuple[str, ...]]:
    if value is None:
        return {}
    if isinstance(value, Mapping):
        if set(value) == {"amount", "currency"}:
            return {name: (str(Money.model_validate(dict(value))),)}
        return written(value, f"{name}.")
    if isinstance(value, list | tuple):
        if any(isinstance(one, Mapping) for one in value):
            groups = [written(one, f"{name}[{place}].") for place, one in enumerate(value)]
            return {key: said for group in groups for key, said in group.items()}
        return {name: ("\n".join(map(str, value)),)} if value else {}
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return {name: (said.removesuffix(".0") if isinstance(value, float) else said,)}
