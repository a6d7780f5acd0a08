"""Money of the organisation: pools with their terms, rates of exchange, and what finance has spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from provefirst.client.organisation import Whoever
from provefirst.documents import loading as documents
from provefirst.documents.given import Given, document
from provefirst.lifecycle import accounting, importing, organisation
from provefirst.lifecycle import pools as treasury
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Money
from provefirst.pools import PoolTerms, Rate, Transfer


@dataclass(frozen=True)
class Pools:
    """Where money comes from and goes back to."""

    workspace: Workspace
    whoever: Whoever

    def list(self) -> dict[str, Money]:
        """What each pool holds."""
        return {row["pool"]: Money(amount=row["amount"], currency=row["currency"]) for row in self.show()}

    def show(self) -> tuple[Facts, ...]:
        """What each pool holds in minor units, for which cost centre and days it is."""
        return treasury.pools(self.workspace)

    @property
    def usual(self) -> str:
        """The pool that money comes from where none is named."""
        return self.workspace.pool

    def fund(self, amount: Money | str, *, pool: str | None = None) -> Refused | None:
        """Put money into a pool. None: done."""
        money = amount if isinstance(amount, Money) else Money.parse(amount)
        return organisation.fund(self.workspace, money, by=self.whoever.actor, pool=pool)

    def describe(
        self, pool: str, *, cost_centre: str | None = None, since: date | None = None, until: date | None = None
    ) -> Refused | None:
        """Say for which cost centre and days a pool is. None: done."""
        given = {"pool": pool, "cost_centre": cost_centre, "since": since, "until": until}
        return treasury.describe(self.workspace, document(PoolTerms, given), by=self.whoever.actor)

    def transfer(self, given: Given) -> Refused | None:
        """Move money between pools; between currencies by the newest recorded rate. None: done."""
        return treasury.transfer(self.workspace, document(Transfer, given), by=self.whoever.actor)

    def rates(self) -> tuple[Facts, ...]:
        """Every recorded rate of exchange, the newest day first."""
        return treasury.rates(self.workspace)

    def record_rate(self, given: Given) -> Refused | None:
        """Record a rate of exchange. None: done."""
        return treasury.record_rate(self.workspace, document(Rate, given), by=self.whoever.actor)


@dataclass(frozen=True)
class Books:
    """What was spent, and whether the books balance."""

    workspace: Workspace
    whoever: Whoever

    def import_(self, file: bytes | Path, *, book: bool = False) -> importing.Imported:
        """Look through a CSV file of spending row by row; with `book`, book it if no row is wrong."""
        content = spending(file)
        return importing.import_spending(self.workspace, content, by=self.whoever.actor, is_dry=not book)

    def reconcile(self) -> tuple[str, ...]:
        """Accounts that hold anything else than their moves make, in words; empty where the books balance."""
        return accounting.imbalances(self.workspace)


def spending(file: bytes | Path) -> bytes:
    """What a file of spending holds."""
    return file if isinstance(file, bytes) else documents.content(file, size=importing.MOST_BYTES)
