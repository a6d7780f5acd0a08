"""Recall: what all initiatives are about, kept in memory, so that a new question is held against them at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from provefirst.ledger import instant
from provefirst.lifecycle.meanings import Meanings
from provefirst.likeness import Index, Match, Subject
from provefirst.store.remembered import subjects
from provefirst.store.work import Work

OVERLAP = timedelta(minutes=1)
"""What was proposed so shortly before the newest is read again: it may have been committed after it."""


@dataclass
class Recall:
    """An index of subjects that reads only what was proposed since it last looked."""

    index: Index | Meanings = field(default_factory=Index)
    seen: str = ""
    known: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def alike(self, work: Work, subject: Subject, *, limit: int, least: float) -> list[Match]:
        """The initiatives most like `subject`, as the database stands now."""
        with self.lock:
            after = instant(datetime.fromisoformat(self.seen) - OVERLAP) if self.seen else ""
            for row in subjects(work, after=after):
                at, key, version = row.pop("at"), row.pop("initiative"), row.pop("version")
                self.seen = max(self.seen, at)
                if self.known.get(key, 0) < version:
                    self.known[key] = version
                    self.index.put(Subject(key=key, **row))
            return self.index.alike(subject, limit=limit, least=least, apart_from=subject.key)
