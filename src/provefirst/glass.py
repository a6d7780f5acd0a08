"""Break-glass: what two admins can open together in an emergency, and that it never goes further than this.

It can (1) lift a hold, (2) clear a condition in place of those whom the gate asks, (3) let one tranche go that waits
for production evidence. It opens no gate, casts no vote, changes no evidence, shows no result, and releases no money:
the tranche is still released by a board member, out of what the open release gate approved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from provefirst.people import Verb

CONFIRM_WITHIN = timedelta(days=1)
"""For how long the first admin's request waits for a second one."""

USE_WITHIN = timedelta(days=7)
"""For how long a broken glass lets the verb through, which is once."""

BREAKABLE: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.RESUME: "a hold is lifted, at once",
        Verb.CLEAR: "a condition of an earlier gate is cleared, at once",
        Verb.RELEASE: "the next tranche need not wait for the watch gate, once; a board member still releases it",
    }
)
"""The verbs for which glass can be broken, and what happens then. It can't be broken for any other."""


@dataclass(frozen=True, slots=True)
class Glass:
    """Glass broken, or to be broken once a second admin confirms it (`confirmed_by` is empty until then)."""

    number: int
    verb: Verb
    reason: str
    asked_by: str
    asked_at: datetime
    condition: int | None = None
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    is_used: bool = False

    def waits(self, now: datetime) -> bool:
        """Whether a second admin can still confirm it."""
        return not self.confirmed_by and now <= self.asked_at + CONFIRM_WITHIN

    def lets(self, verb: Verb, now: datetime) -> bool:
        """Whether it lets `verb` through now."""
        is_fresh = self.confirmed_at is not None and now <= self.confirmed_at + USE_WITHIN
        return self.verb is verb and is_fresh and not self.is_used
