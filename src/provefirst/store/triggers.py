"""Triggers: what the database itself refuses, whoever writes to it and by whichever route.

The first migration made these; a change here needs a migration of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """On `table`, `action` is refused with `message` where `condition` holds (an empty one always does)."""

    name: str
    table: str
    action: str
    condition: str
    message: str


@dataclass(frozen=True)
class Json:
    """How a dialect reads a field of an entry's data."""

    text: str
    number: str
    true: str

    def of(self, row: str, field: str) -> str:
        return self.text.format(row=row, field=field)

    def amount(self, row: str, field: str) -> str:
        return self.number.format(row=row, field=field)


_JSON = {
    "sqlite": Json("json_extract({row}.data, '$.{field}')", "json_extract({row}.data, '$.{field}')", "1"),
    "postgresql": Json("({row}.data::jsonb->>'{field}')", "({row}.data::jsonb->>'{field}')::bigint", "'true'"),
}


def statements(dialect: str) -> Iterator[str]:
    """The SQL that makes every trigger on `dialect` (sqlite or postgresql)."""
    for rule in (*_append_only(dialect), *_chained(), *_gated(_JSON[dialect]), *_projected(_JSON[dialect])):
        yield from _postgresql(rule) if dialect == "postgresql" else _sqlite(rule)


def _append_only(dialect: str) -> Iterator[Rule]:
    for table in ("entry", "policy"):
        for action in ("UPDATE", "DELETE"):
            yield Rule(f"{table}_no_{action.lower()}", table, action, "", f"{table} is append-only")
        if dialect == "postgresql":
            yield Rule(f"{table}_no_truncate", table, "TRUNCATE", "", f"{table} is append-only")
    for table in ("tranche", "deadline", "posting", "lesson"):
        yield Rule(f"{table}_no_update", table, "UPDATE", "", f"{table} is made from the ledger")


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
        f"NEW.version < 1 OR (NEW.version > 1 AND NOT EXISTS "
        f"({same} AND e.version = NEW.version - 1 AND e.digest = NEW.previous))",
        "entry does not follow from the one before it",
    )


def _gated(json: Json) -> Iterator[Rule]:
    """No entry may say that money or a deadline was freed while no entry says that the gate was opened."""
    decided = (
        f"SELECT 1 FROM entry d WHERE d.initiative = NEW.initiative AND d.version = NEW.version - 1 "
        f"AND d.event = 'decision.made' AND {json.of('d', 'choice')} IN ('go', 'conditional_go') "
        f"AND {json.of('d', 'stage')} = {json.of('NEW', 'stage')}"
    )
    yield Rule(
        "entry_gate_was_decided",
        "entry",
        "INSERT",
        f"NEW.event = 'gate.opened' AND NOT EXISTS ({decided})",
        "a gate opens only by the decision just before",
    )
    released = f"NEW.event = 'tranche.released' AND {json.of('NEW', 'kind')}"
    is_release = f"{json.of('g', 'stage')} = 'release'"
    yield Rule(
        "entry_budget_is_gated",
        "entry",
        "INSERT",
        f"{released} <> 'exploration' AND NOT EXISTS ({_open_gate(json, is_release)})",
        "money is locked: the release gate is closed",
    )
    cap = _open_gate(json, "1 = 1", f"COALESCE(MAX({json.amount('g', 'exploration_cap')}), 0)")
    explored = (
        f"SELECT COALESCE(SUM({json.amount('t', 'amount')}), 0) FROM entry t WHERE t.initiative = NEW.initiative "
        f"AND t.event = 'tranche.released' AND {json.of('t', 'kind')} = 'exploration'"
    )
    yield Rule(
        "entry_exploration_is_capped",
        "entry",
        "INSERT",
        f"{released} = 'exploration' AND ({explored}) + {json.amount('NEW', 'amount')} > ({cap})",
        "money is locked: more than the exploration cap",
    )
    frees_deadline = f"{json.of('g', 'deadline')} = {json.true}"
    estimated = (
        "SELECT 1 FROM entry s WHERE s.initiative = NEW.initiative AND s.event = 'evidence.submitted' "
        f"AND {json.of('s', 'kind')} = 'effort_estimate'"
    )
    yield Rule(
        "entry_deadline_is_gated",
        "entry",
        "INSERT",
        f"NEW.event = 'deadline.set' AND NOT (EXISTS ({_open_gate(json, frees_deadline)}) AND EXISTS ({estimated}))",
        "a deadline is locked: no open gate frees it, or there is no estimate",
    )


def _open_gate(json: Json, which: str, what: str = "1") -> str:
    """Openings of a gate on NEW's initiative that no later entry closed again."""
    return (
        f"SELECT {what} FROM entry g WHERE g.initiative = NEW.initiative AND g.event = 'gate.opened' AND {which} "
        "AND NOT EXISTS (SELECT 1 FROM entry c WHERE c.initiative = g.initiative AND c.event = 'gate.closed' "
        f"AND c.version > g.version AND {json.of('c', 'stage')} = {json.of('g', 'stage')})"
    )


def _projected(json: Json) -> Iterator[Rule]:
    """A tranche or deadline stands for an entry that says the same."""
    entry = "SELECT 1 FROM entry e WHERE e.initiative = NEW.initiative AND e.version = NEW.version AND e.event ="
    yield Rule(
        "tranche_was_released",
        "tranche",
        "INSERT",
        f"NOT EXISTS ({entry} 'tranche.released' AND {json.amount('e', 'amount')} = NEW.amount "
        f"AND {json.amount('e', 'number')} = NEW.number AND {json.of('e', 'kind')} = NEW.kind)",
        "a tranche needs the ledger entry that released it",
    )
    yield Rule(
        "deadline_was_set",
        "deadline",
        "INSERT",
        f"NOT EXISTS ({entry} 'deadline.set' AND {json.of('e', 'day')} = NEW.day)",
        "a deadline needs the ledger entry that set it",
    )


def _sqlite(rule: Rule) -> Iterator[str]:
    when = f"WHEN {rule.condition}" if rule.condition else ""
    yield (
        f"CREATE TRIGGER {rule.name} BEFORE {rule.action} ON {rule.table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{rule.message}'); END"
    )


def _postgresql(rule: Rule) -> Iterator[str]:
    refuse = f"RAISE EXCEPTION '{rule.message}' USING ERRCODE = 'integrity_constraint_violation';"
    body = f"IF {rule.condition} THEN {refuse} END IF;" if rule.condition else refuse
    row = "OLD" if rule.action == "DELETE" else "NEW"
    level = "STATEMENT" if rule.action == "TRUNCATE" else "ROW"
    yield (
        f"CREATE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} "
        f"RETURN {'NULL' if level == 'STATEMENT' else row}; END $$"
    )
    yield (
        f"CREATE TRIGGER {rule.name} BEFORE {rule.action} ON {rule.table} "
        f"FOR EACH {level} EXECUTE FUNCTION {rule.name}()"
    )
