"""A session: who acts, on which data folder, and how the answer is told. Every command is registered through here."""

from __future__ import annotations

import inspect
import json as json_
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provefirst.cli import completion
from provefirst.cli.page import Page
from provefirst.errors import InvalidInputError, shorten

if TYPE_CHECKING:
    from provefirst.client import Client, Handle, RemoteClient
    from provefirst.client.remote_handle import RemoteHandle

Home = Annotated[
    Path | None,
    typer.Option(
        "--home", envvar="PROVEFIRST_HOME", show_default=False, help="The data folder. Default: .provefirst, here."
    ),
]
As = Annotated[
    str,
    typer.Option(
        "--as", envvar="PROVEFIRST_AS", show_default=False, autocompletion=completion.handles, help="Who acts."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Key = Annotated[
    str,
    typer.Argument(
        metavar="KEY", autocompletion=completion.keys, show_default=False, help="The initiative, such as PF-12."
    ),
]
Expected = Annotated[
    int | None,
    typer.Option("--expected", show_default=False, help="Refuse if the initiative is not at this version any more."),
]

DONE, FAILED, MISUSED, REFUSED, UNREAD = 0, 1, 2, 3, 141
"""What a command exits with. A negative verdict is a result: it exits 0."""

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What a command has to tell: `facts` for `--json`, `show` for people, and what it exits with."""

    facts: Facts
    show: Callable[[Page], None]
    code: int = DONE


@dataclass(frozen=True)
class Session:
    """What was said on the command line besides the command's own options."""

    home: Path | None
    person: str
    is_json: bool
    closing: ExitStack = field(default_factory=ExitStack)

    def client(self) -> Client | RemoteClient:
        """A client on the server that one has signed in to; on a data folder where --home or --as name one.

        NoWorkspaceError where there is neither.
        """
        from provefirst.client import connect, kept
        from provefirst.lifecycle.refusals import calling_from

        sign_in = None if self.home or self.person else kept.current()
        if sign_in is not None:
            return self.closing.enter_context(connect(sign_in.server, token=sign_in.token))
        self.closing.callback(calling_from.reset, calling_from.set("command line"))
        return self.closing.enter_context(connect(self.home, as_=self.person))

    def local(self) -> Client:
        """A client on a data folder, for what is done on one only."""
        from provefirst.client import RemoteClient

        client = self.client()
        if isinstance(client, RemoteClient):
            allowed = "a data folder (name one with --home): this is not done over HTTP by a token"
            raise InvalidInputError("server", client.server.url, allowed)
        return client

    def initiative(self, key: str) -> Handle | RemoteHandle:
        return self.client().initiative(key)


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., Told]], Callable[..., None]]:
    """Register a function as a command. Its first argument is the session, whose options every command takes."""

    def register(function: Callable[..., Told]) -> Callable[..., None]:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        kind = inspect.Parameter.KEYWORD_ONLY
        shared = [
            inspect.Parameter("home", kind, default=None, annotation=Home),
            inspect.Parameter("as_", kind, default="", annotation=As),
            inspect.Parameter("json", kind, default=False, annotation=Json),
        ]

        def run(**given: Any) -> None:
            session = Session(given.pop("home"), given.pop("as_"), given.pop("json"))
            with session.closing:
                told = function(session, **given)
            raise typer.Exit(tell(told, is_json=session.is_json))

        run.__doc__, run.__name__ = function.__doc__, function.__name__
        run.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *shared)}
        app.command(name)(run)
        return run

    return register


def error_of(problem: InvalidInputError) -> Facts:
    problems = getattr(problem, "problems", ())
    told = {"problems": [error_of(each) for each in problems]} if len(problems) > 1 else {}
    return {
        **error(
            field=problem.field,
            value=problem.value,
            allowed=problem.allowed,
            nearest=problem.nearest,
            where=problem.where,
            message=str(problem),
        ),
        **told,
    }


def error(
    *, message: str, field: str | None = None, value: object = None, allowed: str | None = None,
    nearest: str | None = None, where: str | None = None,
) -> Facts:  # fmt: skip
    shown = value if value is None or isinstance(value, bool | int) else shorten(str(value), 200)
    return {
        "field": field,
        "value": shown,
        "allowed": allowed,
        "nearest": nearest,
        "where": where,
        "message": message,
    }


def tell(told: Told, *, is_json: bool) -> int:
    """Tell it on standard output (a refusal or an error, told to people, on standard error); the code to exit with."""
    try:
        if is_json:
            # Plain ASCII: no character in it can act on a terminal, and no encoding is too small for it.
            sys.stdout.write(json_.dumps(told.facts, indent=2, default=str) + "\n")
            sys.stdout.flush()
        else:
            page = Page(sys.stderr if told.code else sys.stdout)
            told.show(page)
            page.write()
    except BrokenPipeError:
        _stop_writing()
        return UNREAD
    return told.code


def _stop_writing() -> None:
    """Give Python somewhere to flush to when it ends: whoever read this has gone away."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):
            continue
