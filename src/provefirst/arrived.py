"""What entries about data that the engine reads make of an initiative: requested, received, refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from provefirst.arrivals import Arrival
from provefirst.initiative import Initiative
from provefirst.ledger import Entry


def _requested(initiative: Initiative, entry: Entry) -> Initiative:
    arrival = Arrival(
        version=entry.version,
        by=entry.actor,
        stage=initiative.stage,
        attempt=initiative.attempt,
        place=entry.data["place"],
        about=MappingProxyType(dict(entry.data["about"])),
    )
    return replace(initiative, arrivals=(*initiative.arrivals, arrival))


def _received(initiative: Initiative, entry: Entry) -> Initiative:
    return _settled(initiative, entry, "read")


def _refused(initiative: Initiative, entry: Entry) -> Initiative:
    return _settled(initiative, entry, "refused", tuple(entry.data["reasons"]))


def _settled(
    initiative: Initiative, entry: Entry, status: Literal["read", "refused"], reasons: tuple[str, ...] = ()
) -> Initiative:
    arrivals = tuple(
        replace(one, status=status, reasons=reasons) if one.version == entry.data["request"] else one
        for one in initiative.arrivals
    )
    return replace(initiative, arrivals=arrivals)


ARRIVED: Mapping[str, Callable[[Initiative, Entry], Initiative]] = MappingProxyType(
    {"data.requested": _requested, "data.received": _received, "data.refused": _refused}
)
"""Each such event, and the step that it is."""
