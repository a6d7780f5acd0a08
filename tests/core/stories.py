"""Ledgers told by hand: entries sealed one after the other, without a database or a verb in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from provefirst.evidence import Kind
from provefirst.findings import Finding, Level
from provefirst.history import replay
from provefirst.initiative import Initiative
from provefirst.ledger import GENESIS, Entry, Event, digest_of, instant, seal
from provefirst.people import ENGINE, Role
from provefirst.reviews import Ballot
from provefirst.stages import Choice, Stage
from tests import world

DOCUMENTS = {
    Kind.PROPOSAL: world.proposal(),
    Kind.ETHICS_SCREEN: world.screen(),
    Kind.RESEARCH_DOSSIER: world.dossier(),
    Kind.REPLICATION_REPORT: world.replication(),
    Kind.ANALYSIS_REPORT: world.analysis(),
    Kind.EFFORT_ESTIMATE: world.estimate(),
    Kind.REVIEW: world.peer_review(),
    Kind.PRODUCTION_REPORT: world.production(),
    Kind.LESSON: world.lesson(),
}


class Story:
    """A stream of entries in the making."""

    def __init__(self, key: str = "PF-1") -> None:
        self.key = key
        self.entries: list[Entry] = []

    @property
    def initiative(self) -> Initiative:
        return replay(self.entries)

    def add(self, name: str, actor: str = ENGINE, **data: Any) -> Story:
        """The story with one more entry, a minute after the last."""
        last = self.entries[-1] if self.entries else None
        at = instant(world.NOON + timedelta(minutes=len(self.entries)))
        previous = last.digest if last else GENESIS
        event = Event(name, actor, data)
        version = len(self.entries) + 1
        self.entries.append(seal(event, initiative=self.key, version=version, at=at, previous=previous))
        return self

    def opened(self, by: str = "olga", policy: str = "p" * 64) -> Story:
        subject = {"title": "Tell benign from malignant", "domain": "health", "policy": policy}
        self.add("initiative.opened", by, **subject, currency="EUR", pool="main", part="product_owner")
        return self.entered(Stage.PROPOSAL)

    def entered(self, stage: Stage, attempt: int = 1) -> Story:
        return self.add("stage.entered", stage=stage.value, attempt=attempt)

    def submitted(self, kind: Kind, by: str = "dana", *, document: Any = None, files: Any = None) -> Story:
        state, content = self.initiative, (document or DOCUMENTS[kind]).model_dump(mode="json")
        place = {"stage": state.stage.value, "attempt": state.attempt}
        what = {"kind": kind.value, "digest": digest_of(content), "content": content}
        return self.add("evidence.submitted", by, **place, **what, attachments=files or {}, derived={})

    def measured(self, *findings: Finding, on: str | None = None) -> Story:
        state = self.initiative
        place = {"stage": state.stage.value, "attempt": state.attempt}
        found = [finding.model_dump(mode="json") for finding in findings]
        digest = on or state.evidence_digest(state.stage)
        return self.add("findings.recorded", **place, measured_on=digest, policy=state.policy, findings=found)

    def voted(self, by: str, ballot: Ballot | None = None, *, role: Role = Role.REVIEWER, dossier: str = "") -> Story:
        state = self.initiative
        place = {"stage": state.stage.value, "attempt": state.attempt, "dossier": dossier or state.dossier}
        said = (ballot or world.ballot()).model_dump(mode="json")
        return self.add("vote.cast", by, **place, ballot=said, part=role.value)

    def decided(self, choice: Choice, *by: str, **more: Any) -> Story:
        state = self.initiative
        place = {"stage": state.stage.value, "attempt": state.attempt, "dossier": state.dossier}
        return self.add("decision.made", **place, choice=choice.value, by=list(by), reasons=[], **more)

    def passed(self, *, exploration_cap: int = 0, deadline: bool = False, **more: Any) -> Story:
        """The story past the current gate, by a decision."""
        state = self.initiative
        self.decided(Choice.CONDITIONAL_GO if more else Choice.GO, "rita", **more)
        place = {"stage": state.stage.value, "attempt": state.attempt}
        self.add("gate.opened", **place, exploration_cap=exploration_cap, deadline=deadline)
        later = state.stage.next or state.stage
        return self.entered(later, state.attempts.get(later, 0) + 1)

    def at(self, stage: Stage) -> Story:
        """The story brought to `stage` with nothing but decisions."""
        while self.initiative.stage is not stage:
            self.passed()
        return self


def at_research() -> Story:
    """Opened by olga and past the first gate; no research yet."""
    return Story().opened().submitted(Kind.PROPOSAL, "olga").submitted(Kind.ETHICS_SCREEN, "olga").passed()


def researched() -> Story:
    """With a dossier by dana, ready to be approved at the research gate."""
    return at_research().submitted(Kind.RESEARCH_DOSSIER)


def finding(level: Level, code: str = "PF301", message: str = "", **measured: Any) -> Finding:
    return Finding(code=code, level=level, message=message, measured=measured)
