"""Conflicts of interest: who is too close to those whose work is judged. Nothing here looks anything up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from provefirst.people import Person

SHARED_WITHIN = timedelta(days=365)
"""For how long after working together people don't judge each other's work."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What is known of how people belong together.

    `managers`: whom everybody reports to. `shared`: (somebody, initiative), where the person in question worked on the
    initiative together with somebody whose work is judged. `declared`: what the person said themself.
    """

    managers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    shared: tuple[tuple[str, str], ...] = ()
    declared: str = ""


def conflicts(person: Person, judged: Iterable[Person], ties: Ties, *, by_cost_centre: bool = False) -> tuple[str, ...]:
    """Every reason why `person` is too close to those whose work is `judged`; empty where there is none."""
    others = [other for other in judged if other.handle != person.handle]
    return (
        *([f"{person.handle} declared a conflict of interest: {ties.declared}"] if ties.declared else []),
        *(f"{person.handle} worked on {initiative} together with {other}" for other, initiative in ties.shared),
        *_reporting(person, others, ties.managers),
        *(_cost_centres(person, others) if by_cost_centre else ()),
    )


def _reporting(person: Person, others: Iterable[Person], managers: Mapping[str, str]) -> Iterator[str]:
    above = _chain(person.handle, managers)
    for other in others:
        if other.handle in above:
            yield f"{person.handle} reports to {other.handle}"
        elif person.handle in _chain(other.handle, managers):
            yield f"{other.handle} reports to {person.handle}"


def _chain(handle: str, managers: Mapping[str, str]) -> tuple[str, ...]:
    """Everybody above `handle`, next first. A circle, which a slip of the keyboard makes, ends where it began."""
    above: list[str] = []
    while (handle := managers.get(handle, "")) and handle not in above:
        above.append(handle)
    return tuple(above)


def _cost_centres(person: Person, others: Iterable[Person]) -> Iterator[str]:
    for other in others:
        if person.cost_centre and person.cost_centre == other.cost_centre:
            yield f"{person.handle} and {other.handle} are of the same cost centre, {person.cost_centre}"
