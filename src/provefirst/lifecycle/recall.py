"""Recall: what all initiatives are about, kept in memory, so that a new question is held against them at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from provefirst.likeness import Index, Match, Subject
from provefirst.store.remembered import subjects
from provefirst.store.work import Work


@dataclass
class Recall:
    """An index of subjects that reads only what was proposed since it last looked."""

    index: Index = field(default_factory=Index)
    seen: str = ""
    lock: Lock = field(default_factory=Lock)

    def alike(self, work: Work, subject: Subject, *, limit: int, least: float) -> list[Match]:
        """The initiatives most like `subject`, as the database stands now."""
        with self.lock:
            for row in subjects(work, after=self.seen):
                self.seen = max(self.seen, row.pop("at"))
                one = Subject(key=row.pop("initiative"), **row)
                self.index.add(one.key, one.terms)
            return self.index.alike(subject, limit=limit, least=least, apart_from=subject.key)
