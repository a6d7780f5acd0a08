"""The client over HTTP: the same verbs, names and answers as in process, in the name of whoever's token it is."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from provefirst.client.remote_handle import RemoteHandle, answered
from provefirst.client.remote_memory import RemoteMemory
from provefirst.client.remote_treasury import RemoteBooks, RemotePools
from provefirst.client.server import Server, refusal
from provefirst.documents.given import Given, document, values_of
from provefirst.errors import ForbiddenError, UnknownError
from provefirst.evidence import EthicsScreen, Proposal
from provefirst.gates import PolicySet
from provefirst.lifecycle import listing
from provefirst.lifecycle.act import Answer, Refused
from provefirst.lifecycle.facts import Facts
from provefirst.people import Person


@dataclass(frozen=True)
class RemoteClient(AbstractContextManager["RemoteClient"]):
    """Everything that one person can do on a server. `with` closes its connections at the end."""

    server: Server

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.close()

    @property
    def actor(self) -> str:
        """Whose token it is."""
        return str(self.me()["handle"])

    def me(self) -> Facts:
        """Who one is there, and what the token is good for."""
        found: Facts = self.server.get("me")
        return found

    def today(self) -> date:
        return datetime.now(UTC).date()

    def open(self, proposal: Given, *, screen: Given | None = None, pool: str | None = None) -> Answer:
        """Open an initiative with its proposal, and the ethics screen where it is done already."""
        body: dict[str, Any] = {"proposal": values_of(document(Proposal, proposal))}
        if screen is not None:
            body["screen"] = values_of(document(EthicsScreen, screen))
        if pool is not None:
            body["pool"] = pool
        return answered(self.server, self.server.write("initiatives", body))

    def initiative(self, key: str) -> RemoteHandle:
        """A handle on the initiative with `key`; whether there is one is asked when it is used."""
        return RemoteHandle(self.server, key)

    def list(
        self, *, stage: str = "", status: str = "", owner: str = "", text: str = "", after: str = "", limit: int = 100
    ) -> listing.Page:
        """Initiatives, newest change first; `after` takes the cursor that the page before gave."""
        found = self.server.get(
            "initiatives", stage=stage, status=status, owner=owner, text=text, after=after, limit=limit
        )
        return listing.Page(tuple(found["rows"]), found["next"])

    def lessons(self, *, text: str = "", outcome: str = "", limit: int = 100) -> tuple[Facts, ...]:
        """What concluded initiatives taught: every word of `text` occurs, newest first."""
        return tuple(self.server.get("lessons", text=text, outcome=outcome, limit=limit)["rows"])

    def scorecard(self, person: str = "", *, team: str = "") -> Facts:
        """How `person`, or everybody of one cost centre, works: the rigor scorecard, which sees no outcome."""
        found: Facts = self.server.get("scorecard", person=person, team=team)
        return found

    def portfolio(self) -> Facts:
        """How soon answers came, what was not spent, and on what evidence money was released; in minor units."""
        found: Facts = self.server.get("portfolio")
        return found

    def forecasts(self) -> Facts:
        """How well each role foresaw what would prove feasible: Brier score and calibration."""
        found: Facts = self.server.get("forecasts")
        return found

    def pull(self) -> tuple[str, ...]:
        """Fetch what is due from the sources of production in the server's data folder; a line for each."""
        told = self.server.write("pulls")
        if isinstance(told, Refused):
            raise ForbiddenError(told.reasons)
        return tuple(told["pulled"])

    def statement(
        self, initiative: str = "", *, pool: str = "", since: date | None = None, until: date | None = None
    ) -> Facts:
        """Every move of money on an initiative or on a pool in a period, and the balances: they come to zero."""
        days = {"since": since and since.isoformat(), "until": until and until.isoformat()}
        found: Facts = self.server.get("statement", initiative=initiative, pool=pool, **days)
        return found

    @property
    def memory(self) -> RemoteMemory:
        return RemoteMemory(self.server)

    @property
    def people(self) -> RemotePeople:
        return RemotePeople(self.server)

    @property
    def pools(self) -> RemotePools:
        return RemotePools(self.server)

    @property
    def books(self) -> RemoteBooks:
        return RemoteBooks(self.server)

    @property
    def policies(self) -> RemotePolicies:
        return RemotePolicies(self.server)


@dataclass(frozen=True)
class RemotePeople:
    """Who is known there."""

    server: Server

    def list(self) -> tuple[Person, ...]:
        return tuple(Person.model_validate(row) for row in self.server.get("people")["rows"])

    def save(self, given: Given) -> Refused | None:
        """Add a person, or change what is known of them. None: done."""
        return refusal(self.server.write("people", values_of(document(Person, given))))

    def deactivate(self, handle: str) -> Refused | None:
        """Let somebody act no more; what they did stays theirs."""
        return refusal(self.server.write(f"people/{handle}/deactivation"))


@dataclass(frozen=True)
class RemotePolicies:
    """What gates ask for."""

    server: Server

    def in_force(self) -> tuple[str, PolicySet]:
        """The policy set adopted last, and its digest."""
        return _policies(self.server.get("policies/in-force"))

    def adopted(self) -> tuple[tuple[str, PolicySet], ...]:
        """Every policy set ever adopted, oldest first."""
        digests = dict.fromkeys(row["digest"] for row in self.server.get("policies")["rows"])
        return tuple(_policies(self.server.get(f"policies/{digest}")) for digest in digests)

    def find(self, begins: str) -> tuple[str, PolicySet]:
        """The adopted policy set whose digest begins so; UnknownError where none or several do."""
        found = [pair for pair in self.adopted() if pair[0].startswith(begins)]
        if len(found) != 1:
            known = ", ".join(digest[:12] for digest, _ in self.adopted())
            raise UnknownError("digest", begins, f"what one adopted policy begins with: {known}")
        return found[0]

    def adopt(self, given: Path) -> Refused | None:
        """Adopt what a folder of policy files holds. None: done."""
        files = {path.name: path.read_text("utf-8") for path in sorted(given.iterdir()) if path.suffix[:2] == ".y"}
        return refusal(self.server.write("policies", {"files": files}))


def _policies(told: Any) -> tuple[str, PolicySet]:
    return told["digest"], PolicySet.model_validate({"gates": told["gates"]})
