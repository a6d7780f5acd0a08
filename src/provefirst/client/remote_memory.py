"""Memory over HTTP: what was learnt before, and who asked the like."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provefirst.client.remote_handle import answered
from provefirst.client.server import Server
from provefirst.documents.given import Given, document, values_of
from provefirst.evidence import Proposal
from provefirst.lifecycle import remembering
from provefirst.lifecycle.act import Answer, Refused
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.publishing import write_into


@dataclass(frozen=True)
class RemoteMemory:
    """Lessons of all that was concluded, and what they mean for what is asked now."""

    server: Server

    def search(self, text: str = "", *, limit: int = 20, skip: int = 0, **facets: str) -> remembering.Found:
        """Lessons that have every word of `text` and the facets named: outcome, reason, domain, data_kind, metric."""
        remembering.wanted(text, facets)  # a facet misspelt is told with the nearest
        found = self.server.get("memory", text=text, limit=limit, skip=skip, **facets)
        return remembering.Found(tuple(found["rows"]), found["total"], found["facets"])

    def show(self, key: str) -> Facts:
        """One lesson, when to look again, and who built on it."""
        found: Facts = self.server.get(f"memory/{key}")
        return found

    def similar(
        self, proposal: Given | None = None, *, text: str = "", key: str = "", limit: int = 5
    ) -> tuple[Facts, ...]:
        """The initiatives but for `key` that asked what `proposal` (or `text`) asks, with the words that show it."""
        body: dict[str, Any] = {"text": text, "key": key}
        if proposal is not None:
            body["proposal"] = values_of(document(Proposal, proposal))
        found = self.server.write(f"memory/similar?limit={limit}", body)
        return () if isinstance(found, Refused) else tuple(found["rows"])

    def answer(self, key: str, earlier: str, difference: str, *, expected: int | None = None) -> Answer:
        """Say what is different now from an earlier initiative that ended with a no."""
        said = document(remembering.Difference, {"earlier": earlier, "difference": difference})
        path = f"initiatives/{key}/answers"
        return answered(self.server, self.server.write(path, values_of(said), expected=expected))

    def export(self, folder: Path, *, name: str = "provefirst") -> tuple[Path, ...]:
        """Write every lesson into `folder` as pages, JSON and citations."""
        return write_into(folder, self.server.get("memory/publication", name=name)["files"])
