"""Money and time: release, spend, deadline, and the pools that money comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from provefirst.cli import completion, reading
from provefirst.cli.answers import answered, changed
from provefirst.cli.family import family
from provefirst.cli.page import Page
from provefirst.cli.session import Expected, Key, Session, Told, command

app = typer.Typer(rich_markup_mode=None)
pool = family(app, "pool", "Fund the pools that money comes from.")

Amount = Annotated[
    str, typer.Argument(metavar="AMOUNT", show_default=False, help='Amount and currency: "250000 EUR" or "12.50 EUR".')
]
PoolName = Annotated[
    str | None, typer.Option("--pool", autocompletion=completion.pools, show_default=False, help="The pool's name.")
]


@command(app, "release")
def release(
    session: Session,
    key: Key,
    amount: Amount,
    purpose: Annotated[str, typer.Option("--purpose", show_default=False, help="What it is for.")],
    exploration: Annotated[
        bool, typer.Option("--exploration", help="Within the cap that passed gates free, before the release gate.")
    ] = False,
    expected: Expected = None,
) -> Told:
    """Release the next tranche of money. Refused while its gate is closed."""
    kind = "exploration" if exploration else "budget"
    return answered(session.initiative(key).release(amount, purpose, kind=kind, expected=expected))


@command(app, "spend")
def spend(
    session: Session,
    key: Key,
    amount: Amount,
    what: Annotated[str, typer.Option("--what", show_default=False, help="What it was spent on.")],
    on: Annotated[
        str | None, typer.Option("--on", show_default=False, help="Day of the invoice. Default: today.")
    ] = None,
    expected: Expected = None,
) -> Told:
    """Record money spent out of what was released."""
    handle = session.initiative(key)
    day = session.client().today() if on is None else reading.day("on", on)
    return answered(handle.spend(amount, what, on=day, expected=expected))


@command(app, "deadline")
def deadline(
    session: Session,
    key: Key,
    day: Annotated[str, typer.Argument(metavar="DAY", show_default=False, help="The day, such as 2027-03-31.")],
    override: Annotated[
        str | None, typer.Option("--override", show_default=False, help="Why it may be before the estimate's P80.")
    ] = None,
    expected: Expected = None,
) -> Told:
    """Set the deadline. Refused before its gate is open and the effort is estimated."""
    wish = reading.day("day", day)
    return answered(session.initiative(key).set_deadline(wish, override=override, expected=expected))


@command(pool, "fund")
def fund(session: Session, amount: Amount, name: PoolName = None) -> Told:
    """Put money into a pool, as an admin."""
    client = session.client()
    refusal = client.pools.fund(amount, pool=name)
    known = name or client.pools.usual
    return changed(refusal, {"pool": known}, f"pool {known} holds {client.pools.list().get(known)} now")


@command(pool, "list")
def list_(session: Session) -> Told:
    """List pools, and what each holds that nobody asked for yet."""
    held = session.client().pools.list()
    facts = [{"pool": name, "amount": money.amount, "currency": money.currency} for name, money in held.items()]

    def show(page: Page) -> None:
        page.table(("POOL", "HOLDS"), [(name, str(money)) for name, money in held.items()])

    return Told({"pools": facts}, show)
