"""The client: who acts, on which workspace."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import overload

from provefirst.client import kept
from provefirst.client.handle import Handle
from provefirst.client.memory import Memory
from provefirst.client.organisation import People, Policies
from provefirst.client.remote import RemoteClient
from provefirst.client.server import NotSignedInError, Server, checked
from provefirst.client.treasury import Books, Pools
from provefirst.documents import loading as documents
from provefirst.documents.given import Given, document
from provefirst.errors import InvalidInputError, UnknownError
from provefirst.evidence import EthicsScreen, Proposal
from provefirst.lifecycle import accounting, forecasting, listing, portfolio, pulling, scorecards
from provefirst.lifecycle.act import Answer, Done
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.viewing import as_seen
from provefirst.lifecycle.workspace import Workspace


class NoWorkspaceError(UnknownError):
    """There is nothing to work on where we looked."""

    def __init__(self, home: Path, database: str) -> None:
        self.home, self.database = home, database
        super().__init__("home", str(home), "a data folder that `provefirst init` made")
        self.args = (
            f"there is no provefirst data in {home} (database: {database}). "
            f"Make it with: provefirst init --home {home} --admin NAME",
        )


class NobodyError(InvalidInputError):
    """Something is to be done, and nobody said who does it."""

    def __init__(self) -> None:
        super().__init__("as", documents.NOTHING, "the handle of whoever acts")
        self.args = ("nobody said who acts: name yourself with --as NAME, or set PROVEFIRST_AS",)


@overload
def connect(home: str, *, token: str) -> RemoteClient: ...


@overload
def connect(home: Path | None = None, database_url: str | None = None, as_: str | None = None) -> Client: ...


@overload
def connect(
    home: str, database_url: str | None = None, as_: str | None = None, *, token: str = ""
) -> Client | RemoteClient: ...


def connect(
    home: Path | str | None = None, database_url: str | None = None, as_: str | None = None, *, token: str = ""
) -> Client | RemoteClient:
    """A client on the workspace in `home` (else PROVEFIRST_HOME), acting as `as_` (else PROVEFIRST_AS).

    NoWorkspaceError where there is none yet. Where `home` is a server's URL, whoever's `token` it is acts (else
    PROVEFIRST_TOKEN, else whoever did `provefirst login` there); NotSignedInError where there is none.
    """
    if token or "://" in str(home):
        url = checked(str(home))
        if not (known := token or kept.token_for(url)):
            raise NotSignedInError(url, "none was given")
        return RemoteClient(Server(url, known))
    workspace = Workspace.open(home, database_url)
    if not workspace.is_prepared():
        raise NoWorkspaceError(workspace.home, workspace.store.engine.url.render_as_string(hide_password=True))
    return Client(workspace, as_ or os.environ.get("PROVEFIRST_AS") or "")


@dataclass(frozen=True)
class Client(AbstractContextManager["Client"]):
    """Everything that one person can do on a workspace. `with` closes its database connections at the end."""

    workspace: Workspace
    person: str = ""

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.workspace.store.engine.dispose()

    @property
    def actor(self) -> str:
        """Whoever acts; NobodyError where nobody was named."""
        if not self.person:
            raise NobodyError
        return self.person

    def today(self) -> date:
        return self.workspace.clock().date()

    def open(self, proposal: Given, *, screen: Given | None = None, pool: str | None = None) -> Answer:
        """Open an initiative with its proposal, and the ethics screen where it is done already."""
        screened = None if screen is None else document(EthicsScreen, screen)
        given = document(Proposal, proposal)
        answer = open_initiative(self.workspace, given, by=self.actor, screen=screened, pool=pool)
        return as_seen(self.workspace, answer, by=self.actor) if isinstance(answer, Done) else answer

    def initiative(self, key: str) -> Handle:
        """A handle on the initiative with `key`; whether there is one is asked when it is used."""
        return Handle(self.workspace, self, key)

    def list(
        self, *, stage: str = "", status: str = "", owner: str = "", text: str = "", after: str = "", limit: int = 100
    ) -> listing.Page:
        """Initiatives, newest change first; `after` takes the cursor that the page before gave."""
        return listing.initiatives(
            self.workspace, stage=stage, status=status, owner=owner, text=text, after=after, limit=limit
        )

    def lessons(self, *, text: str = "", outcome: str = "", limit: int = 100) -> tuple[Facts, ...]:
        """What concluded initiatives taught: every word of `text` occurs, newest first."""
        return listing.lessons(self.workspace, text=text, outcome=outcome, limit=limit)

    def scorecard(self, person: str = "", *, team: str = "") -> Facts:
        """How `person`, or everybody of one cost centre, works: the rigor scorecard, which sees no outcome."""
        return scorecards.of_team(self.workspace, team) if team else scorecards.of_person(self.workspace, person)

    @property
    def memory(self) -> Memory:
        return Memory(self.workspace, self)

    def portfolio(self) -> Facts:
        """How soon answers came, what was not spent, and on what evidence money was released; in minor units."""
        return portfolio.figures(self.workspace)

    def forecasts(self) -> Facts:
        """How well each role foresaw what would prove feasible: Brier score and calibration."""
        return forecasting.calibration(self.workspace)

    def pull(self) -> tuple[str, ...]:
        """Fetch what is due from the sources of production in the data folder; a line for each."""
        return pulling.pull_due(self.workspace, now=self.workspace.clock())

    def statement(
        self, initiative: str = "", *, pool: str = "", since: date | None = None, until: date | None = None
    ) -> Facts:
        """Every move of money on an initiative or on a pool in a period, and the balances: they come to zero."""
        if initiative:
            found = accounting.of_initiative(self.workspace, initiative, since=since, until=until)
        else:
            found = accounting.of_pool(self.workspace, pool or self.workspace.pool, since=since, until=until)
        return accounting.told(found)

    @property
    def people(self) -> People:
        return People(self.workspace, self)

    @property
    def pools(self) -> Pools:
        return Pools(self.workspace, self)

    @property
    def books(self) -> Books:
        return Books(self.workspace, self)

    @property
    def policies(self) -> Policies:
        return Policies(self.workspace, self)
