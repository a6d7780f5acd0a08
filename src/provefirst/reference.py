"""Reference class: how long efforts took that the same people estimated, against what they said.

What was said is the P50 of the newest estimate before the release gate opened; what it took is the working days from
that day until the model was live, as the first production report says. The median of took / said corrects the next
estimate: the view from outside of Flyvbjerg 2006 (From Nobel Prize to Project Management, Project Management Journal
37(3)), with the median in the place of a wanted percentile, since an estimate here is a whole distribution already.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from provefirst.deadlines import working_days
from provefirst.ledger import Entry
from provefirst.stages import Stage

LEAST = 5
"""With fewer past efforts than this, nothing is corrected."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The factor by which past efforts went over (or under) their P50, and how many they are; 1 where too few."""

    factor: float
    n: int


def overrun(entries: Sequence[Entry], handles: Collection[str]) -> float | None:
    """Took / said on one initiative, by its entries in order; None where `handles` estimated nothing that was built."""
    said, opened = None, None
    for entry in entries:
        if entry.event == "gate.opened" and entry.data["stage"] == Stage.RELEASE.value:
            opened = opened or entry.time.date()
        elif entry.event == "evidence.submitted" and opened is None:
            is_theirs = entry.data["kind"] == "effort_estimate" and entry.actor in handles
            said = float(entry.data["derived"]["p50"]) if is_theirs else said
        elif entry.event == "evidence.submitted" and entry.data["kind"] == "production_report":
            live = date.fromisoformat(entry.data["content"]["since"])
            return working_days(opened, live) / said if opened and said else None
    return None


def reference(overruns: Iterable[float | None]) -> Reference:
    """What past overruns say about the next estimate."""
    known = [one for one in overruns if one is not None and one > 0]
    return Reference(median(known) if len(known) >= LEAST else 1.0, len(known))
