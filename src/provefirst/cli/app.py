"""The app: every command under one root."""

from __future__ import annotations

from typing import Annotated

import typer

from provefirst import __version__
from provefirst.cli import (
    access,
    assess,
    audit,
    books,
    initiatives,
    keeping,
    lessons,
    login,
    money,
    organisation,
    policies,
    proving,
    running,
    scorecard,
    tries,
    watch,
    webhooks,
)
from provefirst.cli.root import Root

app = typer.Typer(
    name="provefirst",
    cls=Root,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for commands in (
    assess,
    initiatives,
    lessons,
    proving,
    tries,
    scorecard,
    money,
    books,
    watch,
    organisation,
    access,
    policies,
    audit,
    keeping,
    webhooks,
    login,
    running,
):
    app.add_typer(commands.app)


def _version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"provefirst {__version__}")
        raise typer.Exit


@app.callback()
def provefirst(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")] = False,
) -> None:
    """Prove first, fund after: no money and no deadline before there is evidence.

    Exit codes: 0 done (a negative verdict is a result), 1 failure, 2 bad input, 3 refused.
    Every command takes --home, --as and --json; see: provefirst COMMAND --help
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
