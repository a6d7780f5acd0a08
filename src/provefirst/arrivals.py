"""Arrivals: data that somebody asked the engine to read, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from provefirst.stages import Stage


@dataclass(frozen=True, slots=True)
class Arrival:
    """Data that `by` asked for in entry `version`; `about` is the registration, `place` the URL. Then it was read, or
    refused for `reasons`."""

    version: int
    by: str
    stage: Stage
    attempt: int
    place: str
    about: Mapping[str, object]
    status: Literal["waiting", "read", "refused"] = "waiting"
    reasons: tuple[str, ...] = ()

    @property
    def is_waiting(self) -> bool:
        return self.status == "waiting"
