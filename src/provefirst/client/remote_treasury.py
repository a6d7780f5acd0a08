"""Money of the organisation over HTTP: pools with their terms, rates of exchange, and what finance has spent."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from provefirst.client.server import BINARY, Server, refusal
from provefirst.client.treasury import spending
from provefirst.documents.given import Given, document, values_of
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.importing import Imported, Problem
from provefirst.money import Money
from provefirst.pools import Rate, Terms, Transfer

_LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class RemotePools:
    """Where money comes from and goes back to."""

    server: Server

    def list(self) -> dict[str, Money]:
        """What each pool holds."""
        return {row["pool"]: Money(amount=row["amount"], currency=row["currency"]) for row in self.show()}

    def show(self) -> tuple[Facts, ...]:
        """What each pool holds in minor units, for which cost centre and days it is."""
        return tuple(self.server.get("pools")["rows"])

    @property
    def usual(self) -> str:
        """The pool that money comes from where none is named."""
        return str(self.server.get("pools")["usual"])

    def fund(self, amount: Money | str, *, pool: str | None = None) -> Refused | None:
        """Put money into a pool. None: done."""
        money = amount if isinstance(amount, Money) else Money.parse(amount)
        return refusal(self.server.write(f"pools/{pool or self.usual}/funding", {"amount": str(money)}))

    def describe(
        self, pool: str, *, cost_centre: str | None = None, since: date | None = None, until: date | None = None
    ) -> Refused | None:
        """Say for which cost centre and days a pool is. None: done."""
        terms = document(Terms, {"cost_centre": cost_centre, "since": since, "until": until})
        return refusal(self.server.write(f"pools/{pool}/terms", values_of(terms)))

    def transfer(self, given: Given) -> Refused | None:
        """Move money between pools; between currencies by the newest recorded rate. None: done."""
        return refusal(self.server.write("transfers", values_of(document(Transfer, given))))

    def rates(self) -> tuple[Facts, ...]:
        """Every recorded rate of exchange, the newest day first."""
        return tuple(self.server.get("rates")["rows"])

    def record_rate(self, given: Given) -> Refused | None:
        """Record a rate of exchange. None: done."""
        return refusal(self.server.write("rates", values_of(document(Rate, given))))


@dataclass(frozen=True)
class RemoteBooks:
    """What was spent, and whether the books balance."""

    server: Server

    def import_(self, file: bytes | Path, *, book: bool = False) -> Imported:
        """Look through a CSV file of spending row by row; with `book`, book it if no row is wrong."""
        content = spending(file)
        looked = self.server.write("imports", content=content, headers=BINARY)
        if isinstance(looked, Refused):
            return Imported(0, {}, _problems(looked), is_booked=False)
        problems = tuple(Problem(one["line"], one["problem"]) for one in looked["problems"])
        found = Imported(looked["rows"], looked["totals"], problems, is_booked=False)
        if not book or problems:
            return found
        booked = self.server.write("imports?book=true", content=content, headers=BINARY)
        if isinstance(booked, Refused):  # somebody else was quicker since it was looked through
            return replace(found, problems=_problems(booked))
        return replace(found, is_booked=True)

    def reconcile(self) -> tuple[str, ...]:
        """Accounts that hold anything else than their moves make, in words; empty where the books balance."""
        return tuple(self.server.get("books/imbalances")["imbalances"])


def _problems(refused: Refused) -> tuple[Problem, ...]:
    """The problems of a file, as the server's reasons tell them; line 0 where one is of no line."""
    found = [(_LINE.fullmatch(reason), reason) for reason in refused.reasons]
    return tuple(Problem(int(match[1]), match[2]) if match else Problem(0, reason) for match, reason in found)
