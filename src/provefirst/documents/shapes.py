"""What may stand at each place of a document, read from the pydantic model: in words, and as scalars that fit.

Refusals, the help of the command line and the templates all speak from here, so that they can't disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from provefirst.money import Money

_NAMES = MappingProxyType(
    {str: "text", int: "a whole number", float: "a number", bool: "true or false", date: "a date such as 2027-03-31"}
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What is accepted at a place: `words` say it. Without `scalars` any scalar goes on to pydantic."""

    words: str
    scalars: frozenset[type] = frozenset()
    choices: tuple[str, ...] = ()
    model: type[BaseModel] | None = None
    item: Shape | None = None
    key: Shape | None = None
    value: Shape | None = None
    is_money: bool = False

    @property
    def is_text(self) -> bool:
        """Whether a plain scalar is taken as written: `no`, `1.10` and `007` are text where only text may stand."""
        return bool(self.scalars) and self.scalars <= {str, NoneType}


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a model."""

    name: str
    shape: Shape
    is_required: bool
    default: object = None
    description: str = ""


ANYTHING = Shape("a number, text, true or false")


@cache
def slots(model: type[BaseModel]) -> Mapping[str, Slot]:
    """The fields of `model` by the name they have in a document."""
    found = {}
    for name, info in model.model_fields.items():
        default = None if info.is_required() else info.get_default(call_default_factory=True, validated_data={})
        shape = shape_of(info.annotation, info.metadata)
        found[info.alias or name] = Slot(name, shape, info.is_required(), default, info.description or "")
    return MappingProxyType(found)


@cache
def is_open(model: type[BaseModel]) -> bool:
    """Whether `model` sorts unknown keys itself before it is checked, as a finding's rule does with parameters."""
    validators = model.__pydantic_decorators__.model_validators.values()
    return any(validator.info.mode == "before" for validator in validators)


def shape_of(annotation: Any, metadata: Iterable[Any] = ()) -> Shape:
    """The shape that a type annotation, with pydantic's constraints on it, stands for."""
    metadata = tuple(metadata)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shape_of(args[0], (*args[1:], *metadata))
    if origin in (Union, UnionType):
        return _union(tuple(shape_of(member, metadata) for member in args))
    limits = _limits(metadata)
    if origin is Literal:
        return _choice(args)
    if origin in (tuple, list, set, frozenset):
        item = shape_of(args[0])
        return Shape(f"a list{_counted(limits)}; each: {item.words}", item=item)
    if origin is dict:
        key, value = shape_of(args[0]), shape_of(args[1])
        return Shape(f"keys ({key.words}) with values ({value.words})", key=key, value=value)
    return _plain(annotation, limits) if isinstance(annotation, type) else ANYTHING


def _plain(kind: type, limits: Mapping[str, Any]) -> Shape:
    if issubclass(kind, Enum):
        return _choice(tuple(kind))
    if kind is Money:
        return Shape("money such as 25000 EUR", frozenset({str}), model=Money, is_money=True)
    if issubclass(kind, BaseModel):
        return Shape(f"fields: {', '.join(kind.model_fields)}", model=kind)
    if kind is NoneType:
        return Shape("nothing", frozenset({NoneType}))
    if kind not in _NAMES:
        return ANYTHING
    range_ = _sized(limits) if kind is str else _ranged(limits)
    return Shape(f"{_NAMES[kind]}{range_}", frozenset({int, float} if kind is float else {kind}))


def _choice(members: Iterable[Any]) -> Shape:
    values = [member.value if isinstance(member, Enum) else member for member in members]
    shown = tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
    words = f"one of {', '.join(shown)}" if len(shown) > 1 else f"only {shown[0]}"
    return Shape(words, frozenset(type(value) for value in values), choices=shown)


def _union(members: tuple[Shape, ...]) -> Shape:
    """One shape out of several: a document's unions differ in their scalars, or are 'this or nothing'."""
    merged = members[0]
    for other in members[1:]:
        merged = replace(
            merged,
            words=f"{merged.words}, or {other.words}",
            scalars=merged.scalars | other.scalars,
            choices=(*merged.choices, *other.choices),
            model=merged.model or other.model,
            item=merged.item or other.item,
            key=merged.key or other.key,
            value=merged.value or other.value,
            is_money=merged.is_money or other.is_money,
        )
    return merged


def _limits(metadata: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in metadata:
        if isinstance(item, FieldInfo):
            found |= _limits(item.metadata)
        for name in ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern"):
            if (limit := getattr(item, name, None)) is not None:
                found[name] = limit
    return found


def _sized(limits: Mapping[str, Any]) -> str:
    low, high = limits.get("min_length"), limits.get("max_length")
    if pattern := limits.get("pattern"):
        return f" that matches {getattr(pattern, 'pattern', pattern)}"
    if low is not None and high is not None:
        return f" of {low:,} to {high:,} characters"
    return f" of at most {high:,} characters" if high is not None else f" of at least {low} characters" if low else ""


def _counted(limits: Mapping[str, Any]) -> str:
    low, high = limits.get("min_length"), limits.get("max_length")
    if low is not None and low == high:
        return f" of exactly {low}"
    if low is not None and high is not None:
        return f" of {low:,} to {high:,}"
    return f" of at most {high:,}" if high is not None else f" of at least {low}" if low else ""


def _ranged(limits: Mapping[str, Any]) -> str:
    if "ge" in limits and "le" in limits:
        return f" from {limits['ge']:,} to {limits['le']:,}"
    words = (("gt", "above"), ("ge", "from"), ("lt", "below"), ("le", "up to"))
    said = [f"{word} {limits[name]:,}" for name, word in words if name in limits]
    return f" {' and '.join(said)}" if said else ""
