"""Rates: how many requests one caller gets, as a bucket that fills again over time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

KEPT = 50_000
"""Callers remembered at once: one who was forgotten starts with a full bucket, as a new one does."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` requests at once, and `per_second` from then on."""

    per_second: float
    burst: int


@dataclass
class Buckets:
    """A bucket a caller. Time comes from `clock`, so that tests need not wait."""

    rate: Rate
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, who: str) -> float:
        """Take one from `who`'s bucket: 0, or the seconds until there is one again."""
        now = self.clock()
        with self._lock:
            left, at = self._left.get(who, (float(self.rate.burst), now))
            left = min(float(self.rate.burst), left + (now - at) * self.rate.per_second)
            wait = 0.0 if left >= 1 else (1 - left) / self.rate.per_second
            self._left[who] = (left - 1 if not wait else left, now)
            self._left.move_to_end(who)
            while len(self._left) > KEPT:
                self._left.popitem(last=False)
        return wait
