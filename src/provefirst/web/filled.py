"""Filled: what was written into a form, as the values that a document is made of. The document itself judges them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from provefirst.documents.given import document
from provefirst.documents.loading import InvalidDocumentError
from provefirst.documents.shapes import Shape, slots
from provefirst.texts import Document
from provefirst.web.fields import Filled, count_of, kind_of, problems_by_field
from provefirst.web.keeping import Values

D = TypeVar("D", bound=Document)
_NUMBER = re.compile(r"[-+]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,3})?")
_WHOLE = re.compile(r"[-+]?\d{1,30}")


def document_of(model: type[D], values: Values, before: str = "") -> D | Filled:
    """The `model` that was written; or the form again, with all that is wrong. Names begin with `before`."""
    try:
        return document(model, mapping_of(model, values, before))
    except InvalidDocumentError as error:
        wrong = problems_by_field(error.problems)
        return Filled(values, {f"{before}{name}": texts for name, texts in wrong.items()}, is_new=False)


def mapping_of(model: type[Document], values: Values, before: str = "") -> dict[str, Any]:
    """What was written, by field. What was left blank is left out."""
    found: dict[str, Any] = {}
    for name, slot in slots(model).items():
        value = _value(slot.shape, values, f"{before}{name}")
        if value is not None:
            found[name] = value
    return found


def _value(shape: Shape, values: Values, name: str) -> Any:
    kind = kind_of(shape)
    if kind == "group" and shape.model is not None:
        return _mapping(shape.model, values, name)
    if kind == "groups" and shape.item is not None and shape.item.model is not None:
        model, count = shape.item.model, count_of(name, values)
        groups = [_mapping(model, values, f"{name}[{place}]") for place in range(count)]
        return [group for group in groups if group] or None
    given = values.get(name, ())
    if kind == "many":
        return list(given) or None
    text = given[-1].strip() if given else ""
    if kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if kind == "pairs":
        return _pairs(text, shape) or None
    return scalar(text, shape, kind) if text else None


def _mapping(model: Any, values: Values, name: str) -> dict[str, Any] | None:
    found: dict[str, Any] = mapping_of(model, values, f"{name}.")
    is_written = any(any(given) for known, given in values.items() if known.startswith(f"{name}."))
    return found if is_written else None


def scalar(text: str, shape: Shape, kind: str) -> Any:
    """A number or truth value where one may stand; else the text as it is, for the document to refuse."""
    if kind == "affirm" or (kind == "choice" and bool in shape.scalars):
        return {"true": True, "false": False}.get(text, text)
    if shape.scalars & {int, float} and shape.scalars.isdisjoint({str}):
        return number(text)
    return text


def number(text: str) -> Any:
    """A number where `text` is one; else the text as it is."""
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _pairs(text: str, shape: Shape) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if name.strip():
            said = value.strip() if colon else ""
            is_free = shape.value is not None and not shape.value.choices
            found[name.strip()] = {"true": True, "false": False}.get(said, number(said)) if is_free else said
    return found
