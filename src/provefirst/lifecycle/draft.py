"""A draft: entries about to be written, and the initiative as they make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from provefirst.gates import Gate, PolicySet, decide
from provefirst.history import apply
from provefirst.initiative import Initiative
from provefirst.ledger import Entry, Event, follow, instant, seal
from provefirst.people import Role
from provefirst.store.work import Work


@dataclass
class Draft:
    """What a verb writes on. `role` is the part that `actor` acts in; the engine has none."""

    work: Work
    initiative: Initiative
    policies: PolicySet
    actor: str
    role: Role | None
    now: datetime
    entries: list[Entry] = field(default_factory=list)

    def write(self, name: str, *, actor: str | None = None, **data: Any) -> None:
        """Add an event to the draft and move the initiative on by it."""
        before = self.initiative
        if actor is None and self.role is not None:
            data["part"] = self.role.value
        entry = seal(
            Event(name, actor or self.actor, data),
            initiative=before.key,
            version=before.version + 1,
            at=follow(self.now, instant(before.changed_at)),
            previous=before.head,
        )
        self.initiative = apply(before, entry)
        self.entries.append(entry)

    @property
    def gate(self) -> Gate:
        """Whether the gate of the current stage is open, as things stand on the draft."""
        return decide(self.policies.at(self.initiative.stage), self.initiative, now=self.now)
