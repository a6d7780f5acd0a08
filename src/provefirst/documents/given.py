"""What Python code hands over, checked as strictly as what comes from a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic_core import to_jsonable_python

from provefirst.documents.loading import InvalidDocumentError, parse
from provefirst.errors import InvalidInputError, UnknownError, nearest, shorten
from provefirst.evidence import Kind
from provefirst.money import Money
from provefirst.texts import Document

D = TypeVar("D", bound=Document)
Given = Document | Mapping[str, Any]
"""A document as Python code hands it over: the core's model, or a mapping that is checked against it."""


def document(model: type[D], given: Given) -> D:
    """`given` as `model`; InvalidDocumentError with every problem."""
    if isinstance(given, model):
        return given
    if not isinstance(given, Mapping):
        raise InvalidInputError(model.__name__, shorten(type(given).__name__), f"a {model.__name__} or a mapping")
    try:
        return parse(json.dumps(values_of(given)), model, where=model.__name__)
    except InvalidDocumentError as error:
        # Line and column are those of the text made here, which nobody has seen.
        problems = [_without_place(problem, model) for problem in error.problems]
        raise InvalidDocumentError(problems, is_cut=error.is_cut) from None


def kind_of(kind: Kind | str) -> Kind:
    """The kind of evidence called `kind`; UnknownError with the nearest."""
    return Kind(choice("kind", kind, [known.value for known in Kind]))


def choice(field: str, value: str, known: Iterable[str]) -> str:
    """`value` where it is one of `known`; UnknownError with the nearest."""
    names = list(known)
    if value not in names:
        raise UnknownError(field, value, f"one of {', '.join(names)}", nearest=nearest(value, names))
    return value


def values_of(value: object) -> object:
    """`value` as JSON can say it; money as people write it, since a document takes it so."""
    match value:
        case Money():
            return str(value)
        case Mapping():
            return {str(name): values_of(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [values_of(inner) for inner in value]
        case Document():
            return {name: values_of(getattr(value, name)) for name in type(value).model_fields}
    return to_jsonable_python(value, fallback=repr)


def _without_place(problem: InvalidInputError, model: type[Document]) -> InvalidInputError:
    field = model.__name__.lower() if problem.field == "document" else problem.field
    return InvalidInputError(field, problem.value, problem.allowed, nearest=problem.nearest)
