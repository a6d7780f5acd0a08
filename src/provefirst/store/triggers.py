"""Triggers: what the database itself refuses, whoever writes to it and by whichever route.

The first migration made these; a change here needs a migration of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from provefirst.ledger import GENESIS
from provefirst.store.database import dialect as dialect_of
from provefirst.store.locks import JSON, Rule, locks


def statements(dialect: str) -> Iterator[str]:
    """The SQL that makes every trigger on `dialect` (sqlite or postgresql)."""
    numbered = _numbered() if dialect == "sqlite" else ()
    for rule in (*_append_only(dialect), *numbered, *_chained(), *locks(JSON[dialect])):
        yield from locking(rule, dialect)


LESSONS_STAY = Rule("lesson_no_delete", "lesson", "DELETE", "", "lessons are kept for good")
"""Only `provefirst rebuild`, which writes each lesson again in the same transaction, lifts it meanwhile."""


def locking(rule: Rule, dialect: str) -> Iterator[str]:
    """The SQL that makes one trigger."""
    yield from _postgresql(rule) if dialect == "postgresql" else _sqlite(rule)


@contextmanager
def lifted(connection: Connection, rule: Rule) -> Iterator[None]:
    """Let what `rule` refuses be done meanwhile, in this transaction and no other."""
    if dialect_of(connection) == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {rule.table} DISABLE TRIGGER {rule.name}")
        yield
        connection.exec_driver_sql(f"ALTER TABLE {rule.table} ENABLE TRIGGER {rule.name}")
        return
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {rule.name}")
    yield
    for statement in _sqlite(rule):
        connection.exec_driver_sql(statement)


def _append_only(dialect: str) -> Iterator[Rule]:
    for table in ("entry", "policy"):
        for action in ("UPDATE", "DELETE"):
            yield Rule(f"{table}_no_{action.lower()}", table, action, "", f"{table} is append-only")
        if dialect == "postgresql":
            yield Rule(f"{table}_no_truncate", table, "TRUNCATE", "", f"{table} is append-only")
        taken = f"EXISTS (SELECT 1 FROM {table} t WHERE t.digest = NEW.digest)"
        yield Rule(f"{table}_digest_is_new", table, "INSERT", taken, f"{table} is append-only: that digest is taken")
    for table in ("tranche", "deadline", "posting", "lesson"):
        yield Rule(f"{table}_no_update", table, "UPDATE", "", f"{table} is made from the ledger")


def _numbered() -> Iterator[Rule]:
    """SQLite numbers rows by itself; whoever names a number could replace the row that has it.

    Before a row is written its number is -1 unless somebody named one, so -1 itself is caught only afterwards.
    """
    for table in ("entry", "policy"):
        message = f"{table} is append-only: its rows are numbered by the database"
        yield Rule(f"{table}_no_row_number", table, "INSERT", "NEW.rowid <> -1", message)
        yield Rule(f"{table}_no_such_row_number", table, "INSERT", "NEW.rowid < 1", message, timing="AFTER")


def _chained() -> Iterator[Rule]:
    same = "SELECT 1 FROM entry e WHERE e.initiative = NEW.initiative"
    yield Rule(
        "entry_no_replace",
        "entry",
        "INSERT",
        f"EXISTS ({same} AND e.version = NEW.version)",
        "entry is append-only: that version is taken",
    )
    yield Rule(
        "entry_follows",
        "entry",
        "INSERT",
        f"NEW.version < 1 OR (NEW.version = 1 AND NEW.previous <> '{GENESIS}') OR (NEW.version > 1 AND NOT EXISTS "
        f"({same} AND e.version = NEW.version - 1 AND e.digest = NEW.previous))",
        "entry does not follow from the one before it",
    )


def _sqlite(rule: Rule) -> Iterator[str]:
    when = f"WHEN {rule.condition}" if rule.condition else ""
    yield (
        f"CREATE TRIGGER {rule.name} {rule.timing} {rule.action} ON {rule.table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{_quoted(rule.message)}'); END"
    )


def _postgresql(rule: Rule) -> Iterator[str]:
    refuse = f"RAISE EXCEPTION '{_quoted(rule.message)}' USING ERRCODE = 'integrity_constraint_violation';"
    body = f"IF {rule.condition} THEN {refuse} END IF;" if rule.condition else refuse
    row = "OLD" if rule.action == "DELETE" else "NEW"
    level = "STATEMENT" if rule.action == "TRUNCATE" else "ROW"
    yield (
        f"CREATE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} "
        f"RETURN {'NULL' if level == 'STATEMENT' else row}; END $$"
    )
    yield (
        f"CREATE TRIGGER {rule.name} {rule.timing} {rule.action} ON {rule.table} "
        f"FOR EACH {level} EXECUTE FUNCTION {rule.name}()"
    )


def _quoted(message: str) -> str:
    return message.replace("'", "''")
