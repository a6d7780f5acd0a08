"""Families of commands, such as `policy check` and `policy adopt`."""

from __future__ import annotations

import typer


def family(app: typer.Typer, name: str, about: str) -> typer.Typer:
    """A family of commands called `name`; without a command, it says which there are."""
    found = typer.Typer(rich_markup_mode=None, invoke_without_command=True)

    def overview(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    found.callback()(overview)
    app.add_typer(found, name=name, help=about)
    return found
