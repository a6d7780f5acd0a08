"""Shell completion from the local database: quick (no library is loaded), and silent whatever goes wrong."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import typer

MOST = 50


def keys(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Initiatives whose key begins so, newest change first, with their titles."""
    return _rows(
        "SELECT key, title FROM initiative WHERE key LIKE ? ESCAPE '!' ORDER BY changed_at DESC LIMIT ?",
        context,
        incomplete,
    )


def handles(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """People whose handle begins so, with their roles."""
    return _rows(
        "SELECT handle, roles FROM person WHERE is_active AND handle LIKE ? ESCAPE '!' ORDER BY handle LIMIT ?",
        context,
        incomplete,
    )


def pools(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Pools whose name begins so."""
    return _rows(
        "SELECT substr(account, 6), currency FROM balance WHERE account LIKE 'pool:' || ? ESCAPE '!' LIMIT ?",
        context,
        incomplete,
    )


def kinds(incomplete: str) -> list[str]:
    """Kinds of evidence that begin so."""
    from provefirst.evidence import Kind

    return [kind.value for kind in Kind if kind.value.startswith(incomplete)]


def stages(incomplete: str) -> list[str]:
    """Stages that begin so."""
    from provefirst.stages import Stage

    return [stage.value for stage in Stage if stage.value.startswith(incomplete)]


def choices(incomplete: str) -> list[str]:
    """Choices of a vote that begin so."""
    from provefirst.stages import Choice

    return [choice.value for choice in Choice if choice.value.startswith(incomplete)]


def outcomes(incomplete: str) -> list[str]:
    """Outcomes that begin so."""
    from provefirst.stages import Outcome

    return [outcome.value for outcome in Outcome if outcome.value.startswith(incomplete)]


def roles(incomplete: str) -> list[str]:
    """Roles that begin so."""
    from provefirst.people import Role

    return [role.value for role in Role if role.value.startswith(incomplete)]


def _rows(query: str, context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    try:
        begins = re.sub(r"([%_!])", r"!\1", incomplete) + "%"
        with closing(sqlite3.connect(f"{_database(context).as_uri()}?mode=ro", uri=True, timeout=0.2)) as database:
            return [(str(value), _shown(about)) for value, about in database.execute(query, (begins, MOST))]
    except Exception:  # a shell that asks for completions must never be shown an error
        return []


def _database(context: typer.Context) -> Path:
    """The SQLite file in the data folder; on PostgreSQL there is none, and nothing is completed."""
    if os.environ.get("PROVEFIRST_DATABASE_URL"):
        raise LookupError("not local")
    home = context.params.get("home") or os.environ.get("PROVEFIRST_HOME") or ".provefirst"
    return Path(home).expanduser().absolute() / "provefirst.db"


def _shown(about: object) -> str:
    return "".join(character for character in str(about) if character.isprintable())[:60]
