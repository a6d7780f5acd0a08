"""Bringing a database to the schema that this version needs."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from provefirst.errors import StorageError
from provefirst.store.database import dialect, transaction

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Run every migration that has not run yet. Two processes at once are kept apart by the database."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with transaction(engine, writes=True) as connection:
        if dialect(connection) == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7033031)"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as problem:
            told = f"the database was prepared by a newer version of provefirst: install that one ({problem})"
            raise StorageError(told) from problem


def is_prepared(engine: Engine) -> bool:
    """Whether the ledger's tables are there at all."""
    with transaction(engine, writes=False) as connection:
        return inspect(connection).has_table("entry")
