"""The root command: whatever goes wrong below it ends here, as a sentence and an exit code, never as a traceback."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from provefirst.cli import INTERRUPTED
from provefirst.cli.answers import refused
from provefirst.cli.page import Page
from provefirst.cli.session import DONE, FAILED, MISUSED, Facts, Told, error, error_of, tell
from provefirst.errors import ForbiddenError, InvalidInputError, ProvefirstError, StaleVersionError, shorten

SECTIONS: dict[str, tuple[str, ...]] = {
    "Initiatives": ("open", "list", "show", "evidence", "history", "lessons", "scorecard", "portfolio", "forecasts"),
    "Proving": (
        "assess",
        "data",
        "submit",
        "try",
        "look",
        "declare",
        "method",
        "reviewers",
        "review",
        "vote",
        "decide",
        "resume",
        "clear",
        "conclude",
    ),
    "Money and time": ("release", "spend", "deadline", "statement", "pool", "books", "watch"),
    "Organisation": (
        "init",
        "people",
        "token",
        "policy",
        "checks",
        "audit",
        "checkpoint",
        "webhooks",
        "rebuild",
        "backup",
        "restore",
    ),
    "Running": ("demo", "up", "login", "logout", "whoami"),
}
"""Where each command stands in the help, in the order in which one reads them."""


class Root(TyperGroup):
    """Every command hangs on this one."""

    def main(self, args: Sequence[str] | None = None, *ignored: Any, **extra: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        kept = {name: value for name, value in extra.items() if name not in ("prog_name", "standalone_mode")}
        sys.exit(self._guarded(given, is_json="--json" in given, **kept))

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for names in SECTIONS.values() for name in names if name in self.commands]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for title, names in SECTIONS.items():
            with formatter.section(title):
                shown = [(name, self.commands[name]) for name in names if name in self.commands]
                formatter.write_dl([(name.ljust(10), found.get_short_help_str(64)) for name, found in shown])

    def _guarded(self, given: list[str], *, is_json: bool, **extra: Any) -> int:
        try:
            return _ended(super().main(given, prog_name="provefirst", standalone_mode=False, **extra))
        except Exception as problem:
            return tell(_safely_told_of(problem), is_json=is_json)


def told_of(problem: Exception) -> Told:
    """What is told of something that went wrong."""
    if isinstance(problem, StaleVersionError | ForbiddenError):
        return refused(getattr(problem, "reasons", (str(problem),)))
    if isinstance(problem, InvalidInputError):
        return _wrong(str(problem), error_of(problem), MISUSED)
    if isinstance(problem, ProvefirstError):
        return _wrong(str(problem), error(message=str(problem)), FAILED)
    if isinstance(problem, typer.TyperException):
        return _misused(problem)
    if isinstance(problem, typer.Abort):
        return _wrong("stopped", error(message="stopped"), FAILED)
    return _unexpected(problem)


def _safely_told_of(problem: Exception) -> Told:
    try:
        return told_of(problem)
    except Exception as worse:  # whatever an error holds, telling it must not fail
        return _unexpected(worse)


def _ended(code: object) -> int:
    if code == INTERRUPTED:  # what Typer makes of Ctrl-C
        raise KeyboardInterrupt
    return code if isinstance(code, int) else DONE


def _wrong(message: str, facts: Facts, code: int) -> Told:
    def show(page: Page) -> None:
        lines = message.split("\n")
        if len(lines) == 1:
            page.raw(f"provefirst: {message}")
        else:
            page.raw("\n".join(["provefirst: this can't be done:", *(f"  - {line}" for line in lines)]))

    return Told({"error": facts}, show, code)


def _misused(problem: typer.TyperException) -> Told:
    message = problem.format_message().strip()
    option = getattr(problem, "option_name", None)
    if isinstance(option, str) and re.match(r"-\.?\d", option):
        message = f"{option}…: no amount or number here is negative"
    context = getattr(problem, "ctx", None)
    path = context.command_path if context else "provefirst"
    possible = getattr(problem, "possibilities", None) or re.findall(r"Did you mean '?([\w-]+)", message)
    parameter = getattr(problem, "param", None)
    field = option or getattr(parameter, "name", None)
    facts = error(message=message, field=field, nearest=possible[0] if possible else None, where=path)
    return _wrong(f"{message} (see: {path} --help)", facts, MISUSED)


def _unexpected(problem: Exception) -> Told:
    if os.environ.get("PROVEFIRST_DEBUG") == "1":
        sys.stderr.write("".join(traceback.format_exception(problem)))
    told = shorten(" ".join(str(problem).split()), 300)
    if isinstance(problem, OSError):
        message = f"{problem.filename or 'the system'}: {problem.strerror or told}"
    else:
        message = (
            f"this should not have happened ({type(problem).__name__}: {told}). "
            "Set PROVEFIRST_DEBUG=1 and try again to see the details"
        )
    return _wrong(message, error(message=message), FAILED)
