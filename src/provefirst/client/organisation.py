"""What belongs to no single initiative: people and policies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provefirst.documents import policies
from provefirst.documents.given import Given, document
from provefirst.errors import UnknownError
from provefirst.gates import PolicySet
from provefirst.ledger import ORGANISATION
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.opening import policy_in_force
from provefirst.lifecycle.workspace import Workspace, policies_of
from provefirst.people import Person


class Whoever(Protocol):
    """Somebody who acts, or nobody (`person` is empty): then asking for the `actor` raises."""

    @property
    def person(self) -> str: ...

    @property
    def actor(self) -> str: ...


@dataclass(frozen=True)
class People:
    """Who is known here."""

    workspace: Workspace
    whoever: Whoever

    def list(self) -> tuple[Person, ...]:
        with self.workspace.store.reading() as work:
            return work.people()

    def save(self, given: Given) -> Refused | None:
        """Add a person, or change what is known of them. None: done."""
        return organisation.add_person(self.workspace, document(Person, given), by=self.whoever.actor)

    def deactivate(self, handle: str) -> Refused | None:
        """Let somebody act no more; what they did stays theirs."""
        person = self.workspace.person(handle)
        return self.save(person.model_copy(update={"is_active": False}))


@dataclass(frozen=True)
class Policies:
    """What gates ask for."""

    workspace: Workspace
    whoever: Whoever

    def in_force(self) -> tuple[str, PolicySet]:
        """The policy set adopted last, and its digest."""
        return in_force(self.workspace)

    def adopted(self) -> tuple[tuple[str, PolicySet], ...]:
        """Every policy set ever adopted, oldest first."""
        with self.workspace.store.reading() as work:
            digests = [entry.data["digest"] for entry in work.entries(ORGANISATION) if entry.event == "policy.adopted"]
            return tuple((digest, policies_of(work, digest)) for digest in dict.fromkeys(digests))

    def find(self, begins: str) -> tuple[str, PolicySet]:
        """The adopted policy set whose digest begins so; UnknownError where none or several do."""
        found = [pair for pair in self.adopted() if pair[0].startswith(begins)]
        if len(found) != 1:
            known = ", ".join(digest[:12] for digest, _ in self.adopted())
            raise UnknownError("digest", begins, f"what one adopted policy begins with: {known}")
        return found[0]

    def adopt(self, given: PolicySet | Path) -> Refused | None:
        """Adopt a policy set, or what a folder of policy files holds. None: done."""
        known = given if isinstance(given, PolicySet) else policies.load(given, known_checks())
        return organisation.adopt(self.workspace, known, by=self.whoever.actor)


def known_checks() -> policies.Known:
    """The checks that a policy may ask for, with their parameters."""
    from provefirst.checks.registry import known  # late: looking for checks reads what is installed

    return known()


def in_force(workspace: Workspace) -> tuple[str, PolicySet]:
    """The policy set adopted last, and its digest."""
    with workspace.store.reading() as work:
        return policy_in_force(work)
