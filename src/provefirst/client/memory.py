"""Memory: what was learnt before, and who asked the like."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provefirst.client.organisation import Whoever
from provefirst.documents.given import Given, document
from provefirst.evidence import Proposal
from provefirst.lifecycle import publishing, remembering
from provefirst.lifecycle.act import Answer, Done
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.viewing import as_seen
from provefirst.lifecycle.workspace import Workspace
from provefirst.likeness import Subject


@dataclass(frozen=True)
class Memory:
    """Lessons of all that was concluded, and what they mean for what is asked now."""

    workspace: Workspace
    whoever: Whoever

    def search(self, text: str = "", *, limit: int = 20, skip: int = 0, **facets: str) -> remembering.Found:
        """Lessons that have the words of `text` and the facets named: outcome, reason, domain, data_kind, metric."""
        return remembering.search(self.workspace, remembering.wanted(text, facets), limit=limit, skip=skip)

    def show(self, key: str) -> Facts:
        """One lesson, when to look again, and who built on it."""
        return remembering.lesson(self.workspace, key)

    def similar(
        self, proposal: Given | None = None, *, text: str = "", key: str = "", limit: int = 5
    ) -> tuple[Facts, ...]:
        """The initiatives but for `key` that asked what `proposal` (or `text`) asks, with the words that show it."""
        plain = Subject(key, text, "", "", "", "")
        subject = plain if proposal is None else remembering.subject_of(document(Proposal, proposal), key)
        return remembering.similar(self.workspace, subject, limit=limit, least=remembering.FAINT)

    def answer(self, key: str, earlier: str, difference: str, *, expected: int | None = None) -> Answer:
        """Say what is different now from an earlier initiative that ended with a no."""
        said = document(remembering.Difference, {"earlier": earlier, "difference": difference})
        by = self.whoever.actor
        answer = remembering.answer(self.workspace, key, said, by=by, expected=expected)
        return as_seen(self.workspace, answer, by=by) if isinstance(answer, Done) else answer

    def export(self, folder: Path, *, name: str = "provefirst") -> tuple[Path, ...]:
        """Write every lesson into `folder` as pages, JSON and citations."""
        return publishing.publish(self.workspace, folder, name=name)
