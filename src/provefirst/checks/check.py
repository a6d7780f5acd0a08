"""What a check is: a question with a code, why it matters, how it is measured, and where its limit lies."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from provefirst.checks.case import Case
from provefirst.errors import InvalidInputError, nearest
from provefirst.evidence import Kind
from provefirst.findings import Finding, Level, Measure
from provefirst.stages import Stage
from provefirst.texts import plain

Value = bool | int | float | str
SPLITS = {
    "time": "split by time",
    "group": "split by group",
    "stratified": "stratified split",
    "random": "random split",
}
_NOTHING, _LEAST_P = 1e-7, 1e-4

_NEEDED: Mapping[Stage, tuple[Kind, ...]] = {
    Stage.DATA_ANALYSIS: (Kind.PREREGISTRATION, Kind.DATA_REGISTRATION),
    Stage.REPLICATION: (Kind.REPLICATION_REPORT,),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a policy may set: a number from `low` to `high` (both included), or one of `choices`."""

    name: str
    default: Value
    about: str
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()

    def accept(self, code: str, value: object) -> Value:
        """`value` where it is allowed; InvalidInputError naming the parameter where it isn't."""
        field_ = f"{code}.{self.name}"
        if self.choices:
            if not isinstance(value, str) or value not in self.choices:
                raise InvalidInputError(
                    field_, value, f"one of {', '.join(self.choices)}", nearest=nearest(str(value), self.choices)
                )
            return value
        if isinstance(self.default, bool):
            if not isinstance(value, bool):
                raise InvalidInputError(field_, value, "true or false")
            return value
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not self.low <= float(value) <= self.high:  # type: ignore[arg-type]
            raise InvalidInputError(field_, value, f"a number {self.range}")
        if isinstance(self.default, int):
            if not float(value).is_integer():  # type: ignore[arg-type]
                raise InvalidInputError(field_, value, f"a whole number {self.range}")
            return int(value)  # type: ignore[call-overload, no-any-return]
        return float(value)  # type: ignore[arg-type]

    @property
    def range(self) -> str:
        """The allowed values, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if isinstance(self.default, bool):
            return "true or false"
        if math.isinf(self.high):
            return "any" if math.isinf(self.low) else f"from {self.low:g}"
        return f"from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Check:
    """One check. `measure(case, **parameters)` answers; `render` makes words of the numbers it found.

    `binding` says that a gate may stand on it alone; others warn. `seconds` is how long it may take;
    `needs` names the evidence without which it is skipped (default: what its stage's checks need), so that no library
    is loaded in vain.
    """

    code: str
    title: str
    why: str
    how: str
    limit: str
    stage: Stage
    binding: bool
    measure: Callable[..., Finding] = field(repr=False)
    render: Callable[[Finding], str] = field(repr=False)
    parameters: tuple[Parameter, ...] = ()
    seconds: float = 120.0
    needs: tuple[Kind, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("why", "how", "limit"):
            object.__setattr__(self, name, " ".join(str(getattr(self, name)).split()))

    def run(self, case: Case, given: Mapping[str, object]) -> Finding:
        """Measure with `given` parameters (defaults for the rest) and put the words to the numbers."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                allowed = f"a parameter of {self.code}: {', '.join(known) or 'it has none'}"
                raise InvalidInputError(self.code, name, allowed, nearest=nearest(name, known))
        values = {name: p.accept(self.code, given.get(name, p.default)) for name, p in known.items()}
        if case.given is None:
            for kind in _NEEDED.get(self.stage, ()) if self.needs is None else self.needs:
                case.submission(kind)
        found = self.measure(case, **values)
        return found.model_copy(update={"code": self.code, "message": _shown(self.render(found))})


def finding(level: Level, measured: Mapping[str, Any], limit: Mapping[str, Any] | None = None, **plots: str) -> Finding:
    """A finding that its check has still to be put on; numbers of NumPy become plain ones, NaN and infinity None."""
    return Finding(code="XX000", level=level, measured=_plain(measured), limit=_plain(limit or {}), plots=plots)


class Unknown:
    """Stands in a message for a number that there isn't."""

    def __format__(self, form: str) -> str:
        return "unknown"

    def __str__(self) -> str:
        return "unknown"

    def __bool__(self) -> bool:
        return False


UNKNOWN = Unknown()


def told(values: Mapping[str, Measure]) -> Mapping[str, Any]:
    """The numbers of a finding for its message; one that there isn't reads "unknown", whatever its format, and what is
    nothing but rounding reads 0."""
    return {name: UNKNOWN if value is None else _round(value) for name, value in values.items()}


def _round(value: Measure) -> Measure:
    return 0.0 if isinstance(value, float) and abs(value) < _NOTHING else value


def chance(p: Any) -> str:
    """A p-value for a message: none is 0."""
    return "p < 0.0001" if isinstance(p, float) and p < _LEAST_P else f"p = {p:.2g}"


def exploratory(measured: Mapping[str, Any]) -> str:
    """What a message ends with where the figure confirms nothing that was preregistered; else nothing."""
    reason = measured.get("exploratory")
    return f"; exploratory, no evidence for a gate: {reason}; new rows can confirm it" if reason else ""


def _plain(values: Mapping[str, Any]) -> dict[str, Measure]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Measure:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return shown(value)
    return value  # type: ignore[no-any-return]


def shown(text: str, length: int = 120) -> str:
    """`text` from somebody's data as a word that can be shown: one line, no control characters, cut to `length`."""
    safe = (_safe(character) for character in text[: length * 2])
    kept = "".join(safe).strip() or "(blank)"
    return kept if len(kept) <= length else kept[: length - 1] + "…"


def _safe(character: str) -> str:
    if character.isspace():
        return " "
    try:
        plain(f"a{character}a")  # between letters, since ends are judged more strictly
    except ValueError:
        return "�"
    return character


def _shown(message: str) -> str:
    return message if len(message) <= 2000 else message[:1999] + "…"
