"""Tries: every model attempt on the ledger. Logging more adds to them; nothing takes one back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from provefirst.evidence import Kind, Tries, Try
from provefirst.initiative import Initiative


@dataclass(frozen=True, slots=True)
class Logged:
    """A try, the entry that logged it, and what it is bound to: a work set (by its digest) and a preregistration."""

    attempt: Try
    by: str
    at: datetime
    version: int
    work: str | None
    preregistration: str | None

    @property
    def is_counted_only(self) -> bool:
        """Whether nothing is known of it but that it was: no predictions by which choosing could be corrected for."""
        return self.attempt.predictions is None


def logged(initiative: Initiative) -> tuple[Logged, ...]:
    """Every try of every attempt at data analysis, in the order logged; one logged again counts once."""
    found: dict[tuple[str, str | None], Logged] = {}
    for submission in initiative.submissions:
        if submission.kind is not Kind.TRIES:
            continue
        bound = submission.derived.get("work"), submission.derived.get("preregistration")
        for attempt in Tries.model_validate(submission.content).tries:
            one = Logged(attempt, submission.by, submission.at, submission.version, *bound)
            found.setdefault(identity(attempt), one)
    return tuple(found.values())


def identity(attempt: Try) -> tuple[str, str | None]:
    """What makes two tries one: their name and their predictions."""
    return attempt.name, attempt.predictions
