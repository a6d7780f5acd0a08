"""What a document takes, for people: each field explained, and a skeleton to fill in."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from provefirst.documents.shapes import Shape, Slot, slots

_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Help:
    """One field: where it stands (`sources[].rows`), what it takes and what it is for."""

    path: str
    words: str
    is_required: bool
    default: object
    description: str

    def __str__(self) -> str:
        need = "required" if self.is_required else f"optional, else {_shown(self.default)}"
        about = f": {self.description}" if self.description else ""
        return f"{self.path} ({need}; {self.words}){about}"


def explain(model: type[BaseModel]) -> tuple[Help, ...]:
    """Every field of `model`, those of nested models right after the field that holds them."""
    return tuple(_explained(model, ""))


def template(model: type[BaseModel]) -> str:
    """A YAML skeleton with every field of `model`: required ones blank, optional ones commented out."""
    about = [f"# {line}" for line in wrap(_summary(model), _WIDTH)]
    note = "# A line that begins with '#' and a name is optional: take the '#' away to use it."
    return "\n".join([*about, note, "", *_skeleton(model)]) + "\n"


def _explained(model: type[BaseModel], before: str) -> Iterator[Help]:
    for slot in slots(model).values():
        path = f"{before}{slot.name}"
        yield Help(path, slot.shape.words, slot.is_required, slot.default, slot.description)
        inner, step = _nested(slot.shape)
        if inner is not None:
            yield from _explained(inner, f"{path}{step}.")


def _nested(shape: Shape) -> tuple[type[BaseModel] | None, str]:
    """The model inside `shape`, and how a path says so."""
    if shape.is_money:
        return None, ""
    if shape.item is not None and shape.item.model is not None:
        return shape.item.model, "[]"
    if shape.value is not None and shape.value.model is not None:
        return shape.value.model, ".*"
    return shape.model, ""


def _skeleton(model: type[BaseModel]) -> list[str]:
    lines: list[str] = []
    for slot in slots(model).values():
        need = "" if slot.is_required else " (optional)"
        words = "" if slot.shape.model and not slot.shape.is_money else slot.shape.words
        about = "; ".join(part for part in (slot.description, words) if part)
        lines += [f"# {line}" for line in wrap(f"{about}{need}".strip(), _WIDTH)]
        lines += _filled(slot) if slot.is_required else [f"#{line}" for line in _offered(slot)]
    return lines


def _filled(slot: Slot) -> list[str]:
    """A required field, to be filled in."""
    inner, step = _nested(slot.shape)
    if inner is None or step == ".*":
        return [f"{slot.name}:"]
    if step == "[]":
        return [f"{slot.name}:", "  -", *(f"    {line}" for line in _skeleton(inner))]
    return [f"{slot.name}:", *(f"  {line}" for line in _skeleton(inner))]


def _offered(slot: Slot) -> list[str]:
    """An optional field with what holds where it is left out."""
    inner, step = _nested(slot.shape)
    if inner is not None and not step:
        return [f"{slot.name}:", *(f"  {line.removeprefix('#')}" for line in _skeleton(inner) if line[:2] != "# ")]
    return [f"{slot.name}: {_shown(slot.default)}"]


def _shown(default: object) -> str:
    """`default` as YAML, on one line."""
    return json.dumps(to_jsonable_python(default), ensure_ascii=False)


def _summary(model: type[BaseModel]) -> str:
    return " ".join((inspect.getdoc(model) or model.__name__).split())
