"""Books: importing what was spent and reconciling; what pools are for, and moving money between them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provefirst.cli import completion, reading
from provefirst.cli.answers import changed
from provefirst.cli.family import family
from provefirst.cli.money import pool
from provefirst.cli.page import Page
from provefirst.cli.session import FAILED, REFUSED, Session, Told, command

app = typer.Typer(rich_markup_mode=None)
books = family(app, "books", "Import what was spent, and check that the books balance.")
Name = Annotated[str, typer.Argument(autocompletion=completion.pools, show_default=False, help="The pool's name.")]


@command(books, "import")
def import_(
    session: Session,
    file: Annotated[Path, typer.Argument(help="CSV: initiative, amount, what, on, reference.")],
    book: Annotated[bool, typer.Option("--book", help="Book it, if no row is wrong. Without: only look.")] = False,
) -> Told:
    """Look through a file of spending row by row, and book it with --book: all of it or nothing."""
    from provefirst.lifecycle.importing import told_of

    found = session.client().books.import_(file, book=book)

    def show(page: Page) -> None:
        for one in found.problems:
            page.item(f"line {one.line}: {one.problem}")
        state = "booked" if found.is_booked else "nothing is booked"
        page.line(f"{found.rows} rows, {len(found.problems)} problems: {state}", "bold")

    return Told(told_of(found), show, REFUSED if found.problems else 0)


@command(books, "reconcile")
def reconcile(session: Session) -> Told:
    """Check that every account holds what its entries say; exits 1 and names what does not."""
    wrong = session.client().books.reconcile()

    def show(page: Page) -> None:
        for one in wrong:
            page.item(one)
        if not wrong:
            page.line("every account holds what its moves make")

    return Told({"imbalances": list(wrong)}, show, FAILED if wrong else 0)


@command(pool, "terms")
def terms(
    session: Session,
    name: Name,
    cost_centre: Annotated[str | None, typer.Option("--cost-centre", help="Whose money it is.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="First day to request from it.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day to request from it.")] = None,
) -> Told:
    """Say, as an admin, for which cost centre and days a pool is."""
    days = {field: reading.day(field, day) for field, day in (("since", since), ("until", until)) if day}
    refusal = session.client().pools.describe(name, cost_centre=cost_centre, **days)
    return changed(refusal, {"pool": name, "cost_centre": cost_centre, "since": since, "until": until},
                   f"pool {name}: said")  # fmt: skip


@command(pool, "rate")
def rate(
    session: Session,
    base: Annotated[str, typer.Argument(help="Such as EUR.")],
    quote: Annotated[str, typer.Argument(help="Such as USD.")],
    value: Annotated[str, typer.Argument(metavar="RATE", help="What one unit of BASE is worth in QUOTE: 1.0845.")],
    on: Annotated[str, typer.Option("--on", show_default=False, help="The day.")],
    source: Annotated[str, typer.Option("--source", show_default=False, help="Who published it.")],
) -> Told:
    """Record a rate of exchange, as an admin."""
    given = {"base": base, "quote": quote, "rate": value, "on": on, "source": source}
    return changed(session.client().pools.record_rate(given), given, f"recorded: 1 {base} = {value} {quote}")


@command(pool, "rates")
def rates(session: Session) -> Told:
    """List the recorded rates of exchange, the newest day first."""
    found = session.client().pools.rates()

    def show(page: Page) -> None:
        rows = [(one["on"], f"1 {one['base']} = {one['rate']} {one['quote']}", one["source"]) for one in found]
        page.table(("DAY", "RATE", "SOURCE"), rows)

    return Told({"rates": list(found)}, show)


@command(pool, "transfer")
def transfer(
    session: Session,
    source: Name,
    target: Name,
    amount: Annotated[str, typer.Argument(help='In the currency of the first pool: "5000 EUR".')],
    reason: Annotated[str, typer.Option("--reason", "-r", show_default=False, help="Why.")],
) -> Told:
    """Move money between pools, as an admin; between currencies by the newest recorded rate."""
    given = {"source": source, "target": target, "amount": amount, "reason": reason}
    told = f"moved {amount} from pool {source} to pool {target}"
    return changed(session.client().pools.transfer(given), given, told)
