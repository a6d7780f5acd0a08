"""Sight: an initiative as whoever looks may see it, as plain values for templates. Nothing else is handed to a page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Path, Request

from provefirst.evidence import Kind
from provefirst.gates import GatePolicy
from provefirst.initiative import Initiative, Submission
from provefirst.ledger import instant
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.facts import Facts, facts_of, gate_of
from provefirst.lifecycle.viewing import Sight, View, view
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Person, Role
from provefirst.stages import Stage
from provefirst.tries import Logged, logged
from provefirst.web.access import UnseenError, Visitor, require, workspace_of
from provefirst.web.pictures import Bar, Interval, interval_of, money_bar

Key = Annotated[str, Path(pattern=r"^[A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,8}$")]
VERDICT = "PF300"


@dataclass(frozen=True)
class Seen:
    """What one person sees of one initiative."""

    workspace: Workspace
    visitor: Visitor
    view: View

    @property
    def state(self) -> Initiative:
        return self.view.initiative

    @property
    def key(self) -> str:
        return self.state.key

    @property
    def person(self) -> Person:
        return self.visitor.person

    @property
    def home(self) -> str:
        return f"/initiatives/{self.key}"

    @property
    def sees_results(self) -> bool:
        return self.view.sight >= Sight.RESULTS

    @property
    def sees_method(self) -> bool:
        return self.view.sight >= Sight.METHOD

    @property
    def sees_all(self) -> bool:
        return self.view.sight is Sight.ALL

    @cached_property
    def gate(self) -> GatePolicy:
        return self.workspace.policies(self.state.policy).at(self.state.stage)

    @cached_property
    def facts(self) -> Facts:
        """All that is shown of it, under the names that every surface uses."""
        known = facts_of(self.state, self.workspace.policies(self.state.policy), now=self.workspace.clock())
        waiting = [
            {
                "role": one.role.value if one.role else None,
                "people": list(one.people),
                "what": one.what,
                "since": instant(one.since),
            }
            for one in self.view.waiting
        ]
        votes = [{**vote, "is_void": is_void} for vote, is_void in zip(known["votes"], self._voids(), strict=True)]
        own = {"dossier": self.view.dossier, "gate": gate_of(self.view.gate), "waiting": waiting, "votes": votes}
        return {**known, **own, "hidden": list(self.view.hidden)}

    @cached_property
    def verdict(self) -> Facts | None:
        """The finding that is the verdict on the sealed set."""
        return next((one for one in self.facts["findings"] if one["code"] == VERDICT), None)

    @property
    def interval(self) -> Interval | None:
        return interval_of(self.verdict) if self.verdict else None

    @property
    def money(self) -> Bar:
        return money_bar(self.facts["money"])

    def current(self, kind: str) -> Facts | None:
        """The content of the current evidence of a kind, where it may be seen."""
        found = self.state.current(Kind(kind))
        return dict(found.content) if found else None

    @cached_property
    def tries(self) -> tuple[Logged, ...]:
        """Every try that was logged, where it may be seen."""
        return logged(self.state)

    def part(self) -> Role | None:
        return self.state.parts.get(self.visitor.handle)

    def reviews(self, stage: Stage | None = None) -> list[Submission]:
        """Reviews that may be seen, of one stage's current attempt or of all that stand."""
        attempts = self.state.attempts
        return [
            one
            for one in self.state.submissions
            if one.kind is Kind.REVIEW and attempts.get(one.stage) == one.attempt and stage in (None, one.stage)
        ]

    def _voids(self) -> list[bool]:
        return [vote.dossier != self.view.dossier for vote in self.state.standing_votes]


def seen(key: Key, request: Request, visitor: Annotated[Visitor, Depends(require)]) -> Seen:
    """What the visitor sees of the initiative at this address."""
    return look(workspace_of(request), key, visitor)


def look(workspace: Workspace, key: str, visitor: Visitor) -> Seen:
    found = view(workspace, key, by=visitor.handle)
    if isinstance(found, Refused):
        raise UnseenError(found.reasons)
    return Seen(workspace, visitor, found)
