"""Money and time: release, spend, deadline, and the pools that money comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provefirst.cli import completion, reading
from provefirst.cli.answers import answered, changed
from provefirst.cli.family import family
from provefirst.cli.page import Page
from provefirst.cli.session import Expected, Facts, Key, Session, Told, command

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


@command(app, "statement")
def statement(
    session: Session,
    key: Annotated[str, typer.Argument(show_default=False, autocompletion=completion.keys, help="Of which.")] = "",
    name: PoolName = None,
    since: Annotated[str | None, typer.Option("--since", show_default=False, help="First day.")] = None,
    until: Annotated[str | None, typer.Option("--until", show_default=False, help="Last day.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="The lines as CSV, for a spreadsheet.")] = False,
    save: Annotated[Path | None, typer.Option("--save", help="Write it to a new .xlsx file.")] = None,
) -> Told:
    """Show every move of money on an initiative, or on a pool, and what that comes to."""
    days = {field: reading.day(field, day) for field, day in (("since", since), ("until", until)) if day}
    found = session.client().statement(key, pool=name or "", **days)
    if save is not None:
        _save(found, save)

    def show(page: Page) -> None:
        if csv:
            from provefirst.documents.moves import as_csv

            page.raw(as_csv(found["lines"], found["currency"]).rstrip("\n"))
            return
        page.heading(f"Statement of {found['of']}, {found['currency']}")
        rows = [
            (line["at"][:10], _moved(line), _amount(line["amount"], found), line["what"]) for line in found["lines"]
        ]
        page.table(("DAY", "MOVED", "AMOUNT", "FOR"), rows)
        page.heading("Balances")
        sums = [(one["account"], *(_amount(one[part], found) for part in _PARTS)) for one in found["balances"]]
        page.table(("ACCOUNT", "BEFORE", "CAME", "WENT", "AFTER"), sums)
        page.line(f"all of them together: {_amount(found['total'], found)}", indent=2)

    return Told(dict(found), show)


def _save(found: Facts, place: Path) -> None:
    from provefirst.documents.moves import as_workbook
    from provefirst.errors import InvalidInputError

    if place.suffix != ".xlsx" or place.exists():
        raise InvalidInputError("save", str(place), "a new file that ends in .xlsx: nothing is overwritten")
    place.write_bytes(as_workbook(found))


_PARTS = ("before", "came", "went", "after")


def _moved(line: Facts) -> str:
    return f"{line['source']} to {line['target']}"


def _amount(amount: int, found: Facts) -> str:
    return _in_major(amount, found["currency"])


def _in_major(amount: int, currency: str) -> str:
    from provefirst.money import in_major

    return in_major(amount, currency)


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
    found = session.client().pools.show()

    def show(page: Page) -> None:
        rows = [
            (one["pool"], f"{_in_major(one['amount'], one['currency'])} {one['currency']}", _terms(one))
            for one in found
        ]
        page.table(("POOL", "HOLDS", "FOR"), rows)

    return Told({"pools": list(found)}, show)


def _terms(pool: Facts) -> str:
    days = [f"{word} {pool[word]}" for word in ("since", "until") if pool[word]]
    return ", ".join([*([pool["cost_centre"]] if pool["cost_centre"] else []), *days])
