"""Locks: what no entry and no row may say, by whichever route it comes, while the gate that frees it is closed.

A value that is missing or of another kind locks as well: every rule names what it lets through, and refuses the rest.
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
    timing: str = "BEFORE"


@dataclass(frozen=True)
class Json:
    """How a dialect reads a field of a row's JSON: as text, as a whole number, and the moves of money in it."""

    text: str
    number: str
    is_number: str
    true: str
    each_move: str
    side: str
    same_move: str
    quorum: str
    twice: str

    def of(self, row: str, field: str) -> str:
        return self.text.format(row=row, field=field)

    def amount(self, row: str, field: str) -> str:
        return self.number.format(row=row, field=field)


JSON = {
    "sqlite": Json(
        text="json_extract({row}.data, '$.{field}')",
        number="CAST(json_extract({row}.data, '$.{field}') AS INTEGER)",
        is_number="COALESCE(json_type(NEW.data, '$.amount'), '') = 'integer'",
        true="1",
        each_move="json_each(NEW.data, '$.moves') m",
        side="json_extract(m.value, '$[{place}]')",
        same_move=(
            "COALESCE(json_extract(NEW.data, '$.moves'), '') = "
            "json_array(json_array({source}, 'released', json_extract(NEW.data, '$.amount')))"
        ),
        quorum="json_extract(p.content, '$.gates.' || {stage} || '.approvals.quorum')",
        twice="EXISTS (SELECT 1 FROM json_each(NEW.data) k GROUP BY k.key HAVING COUNT(*) > 1)",
    ),
    "postgresql": Json(
        text="({row}.data::jsonb->>'{field}')",
        number="({row}.data::jsonb->>'{field}')::bigint",
        is_number="COALESCE(jsonb_typeof(NEW.data::jsonb->'amount'), '') = 'number'",
        true="'true'",
        each_move="jsonb_array_elements(NEW.data::jsonb->'moves') m",
        side="(m.value->>{place})",
        same_move=(
            "COALESCE(NEW.data::jsonb->'moves', '[]') = "
            "jsonb_build_array(jsonb_build_array({source}, 'released', NEW.data::jsonb->'amount'))"
        ),
        quorum="(p.content::jsonb#>>ARRAY['gates', {stage}, 'approvals', 'quorum'])::bigint",
        twice="FALSE",
    ),
}
"""`twice` says whether a key stands twice: PostgreSQL takes the last, as Python does, but SQLite takes the first."""

MOVES = (
    "budget.requested:pool:requested",
    "budget.approved:requested:approved",
    "tranche.released:approved:released",
    "tranche.released:requested:released",
    "money.spent:released:spent",
    "money.returned:requested:pool",
    "money.returned:approved:pool",
    "money.returned:released:pool",
)
"""Between which accounts an event moves money."""

GATED = ("decision.made", "gate.opened", "gate.closed", "deadline.set", *sorted({m.split(":")[0] for m in MOVES}))
"""Events that lock or free something."""


def locks(json: Json) -> Iterator[Rule]:
    """Every rule about decisions, gates, money and deadlines."""
    yield _entry("entry_is_clear", f"NEW.event IN ({_list(GATED)}) AND {json.twice}", "a key stands twice in the entry")
    yield from _decided(json)
    yield from _money(json)
    yield from _released(json)
    yield from _promised(json)
    yield from _projected(json)


def _decided(json: Json) -> Iterator[Rule]:
    """A decision to go on stands on the votes that the policy asks for, and a gate on the decision just before it."""
    stage, attempt = json.of("NEW", "stage"), json.of("NEW", "attempt")
    voted = (
        "SELECT COUNT(DISTINCT v.actor) FROM entry v WHERE v.initiative = NEW.initiative AND v.event = 'vote.cast' "
        f"AND {json.of('v', 'stage')} = {stage} AND {json.of('v', 'attempt')} = {attempt} "
        f"AND {json.of('v', 'dossier')} = {json.of('NEW', 'dossier')}"
    )
    policy = (
        f"SELECT COALESCE({json.of('o', 'to')}, {json.of('o', 'policy')}) FROM entry o "
        "WHERE o.initiative = NEW.initiative AND o.event IN ('initiative.opened', 'policy.migrated') "
        "ORDER BY o.version DESC LIMIT 1"
    )
    quorum = f"SELECT {json.quorum.format(stage=stage)} FROM policy p WHERE p.digest = ({policy})"
    is_go = f"COALESCE({json.of('NEW', 'choice')}, '') NOT IN ('recycle', 'hold', 'stop')"
    yield _entry(
        "entry_decision_was_voted",
        f"NEW.event = 'decision.made' AND {is_go} AND ({voted}) < COALESCE(({quorum}), 1)",
        "a decision needs the votes that carry it",
    )
    decided = (
        "SELECT 1 FROM entry d WHERE d.initiative = NEW.initiative AND d.version = NEW.version - 1 "
        f"AND d.event = 'decision.made' AND {json.of('d', 'choice')} IN ('go', 'conditional_go') "
        f"AND {json.of('d', 'stage')} = {stage} AND {json.of('d', 'attempt')} = {attempt}"
    )
    yield _entry(
        "entry_gate_was_decided",
        f"NEW.event = 'gate.opened' AND NOT EXISTS ({decided})",
        "a gate opens only by the decision just before",
    )


def _money(json: Json) -> Iterator[Rule]:
    """Money goes the way from the pool to what is spent step by step, each step by the event that is for it."""
    source, target = json.side.format(place=0), json.side.format(place=1)
    way = f"COALESCE(NEW.event || ':' || {source} || ':' || {target}, '') NOT IN ({_list(MOVES)})"
    moves = _list(tuple(sorted({move.partition(":")[0] for move in MOVES})))
    yield _entry(
        "entry_money_goes_its_way",
        f"NEW.event IN ({moves}) AND EXISTS (SELECT 1 FROM {json.each_move} WHERE {way})",
        "money is locked: it can't be moved like that",
    )
    opened = (
        "SELECT 1 FROM entry g WHERE g.initiative = NEW.initiative AND g.version = NEW.version - 1 "
        f"AND g.event = 'gate.opened' AND {json.of('g', 'stage')} = 'release'"
    )
    yield _entry(
        "entry_budget_was_approved",
        f"NEW.event = 'budget.approved' AND NOT EXISTS ({opened})",
        "money is locked: a budget is approved only as the release gate opens",
    )


def _released(json: Json) -> Iterator[Rule]:
    """No tranche while no gate that frees it stands open."""
    released, kind = "NEW.event = 'tranche.released'", f"COALESCE({json.of('NEW', 'kind')}, '')"
    amount = json.amount("NEW", "amount")
    source = f"CASE WHEN {kind} = 'exploration' THEN 'requested' ELSE 'approved' END"
    is_whole = f"{json.is_number} AND COALESCE({amount}, 0) > 0 AND {json.same_move.format(source=source)}"
    yield _entry(
        "entry_tranche_is_what_it_moves",
        f"{released} AND NOT ({is_whole})",
        "money is locked: a tranche is what it moves",
    )
    yield _entry(
        "entry_budget_is_gated",
        f"{released} AND {kind} <> 'exploration' AND NOT EXISTS ({_open_gate(json, _stage_is(json, 'release'))})",
        "money is locked: the release gate is closed",
    )
    cap = _open_gate(json, "1 = 1", f"COALESCE(MAX({json.amount('g', 'exploration_cap')}), 0)")
    explored = (
        f"SELECT COALESCE(SUM({json.amount('t', 'amount')}), 0) FROM entry t WHERE t.initiative = NEW.initiative "
        f"AND t.event = 'tranche.released' AND {json.of('t', 'kind')} = 'exploration'"
    )
    yield _entry(
        "entry_exploration_is_capped",
        f"{released} AND {kind} = 'exploration' AND ({explored}) + {amount} > ({cap})",
        "money is locked: more than the exploration cap",
    )


def _promised(json: Json) -> Iterator[Rule]:
    """No deadline while no gate that frees one stands open, nor before the effort is estimated."""
    frees_deadline = f"{json.of('g', 'deadline')} = {json.true}"
    estimated = (
        "SELECT 1 FROM entry s WHERE s.initiative = NEW.initiative AND s.event = 'evidence.submitted' "
        f"AND {json.of('s', 'kind')} = 'effort_estimate'"
    )
    yield _entry(
        "entry_deadline_is_gated",
        f"NEW.event = 'deadline.set' AND NOT (EXISTS ({_open_gate(json, frees_deadline)}) AND EXISTS ({estimated}))",
        "a deadline is locked: no open gate frees it, or there is no estimate",
    )


def _projected(json: Json) -> Iterator[Rule]:
    """A tranche or deadline stands for an entry that says the same, and that no later one took back."""
    entry = "SELECT 1 FROM entry e WHERE e.initiative = NEW.initiative AND e.version = NEW.version AND e.event ="
    yield Rule(
        "tranche_was_released",
        "tranche",
        "INSERT",
        f"NOT EXISTS ({entry} 'tranche.released' AND {json.amount('e', 'amount')} = NEW.amount "
        f"AND {json.amount('e', 'number')} = NEW.number AND {json.of('e', 'kind')} = NEW.kind)",
        "a tranche needs the ledger entry that released it",
    )
    later = (
        "SELECT 1 FROM entry l WHERE l.initiative = NEW.initiative AND l.version > NEW.version "
        "AND l.event IN ('deadline.set', 'deadline.withdrawn')"
    )
    yield Rule(
        "deadline_was_set",
        "deadline",
        "INSERT",
        f"NOT EXISTS ({entry} 'deadline.set' AND {json.of('e', 'day')} = NEW.day) OR EXISTS ({later})",
        "a deadline needs the ledger entry that set it",
    )


def _open_gate(json: Json, which: str, what: str = "1") -> str:
    """Openings of a gate on NEW's initiative that no later entry closed again."""
    return (
        f"SELECT {what} FROM entry g WHERE g.initiative = NEW.initiative AND g.event = 'gate.opened' AND {which} "
        "AND NOT EXISTS (SELECT 1 FROM entry c WHERE c.initiative = g.initiative AND c.event = 'gate.closed' "
        f"AND c.version > g.version AND {json.of('c', 'stage')} = {json.of('g', 'stage')})"
    )


def _stage_is(json: Json, stage: str) -> str:
    return f"{json.of('g', 'stage')} = '{stage}'"


def _entry(name: str, condition: str, message: str) -> Rule:
    return Rule(name, "entry", "INSERT", condition, message)


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
