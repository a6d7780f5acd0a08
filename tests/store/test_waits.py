"""What an initiative waits for stands in rows: the same that the ledger says, whatever happened and however made."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from provefirst.integrity.auditing import verify
from provefirst.ledger import instant
from provefirst.lifecycle.keeping import rebuild
from provefirst.stages import Stage
from provefirst.store import overview
from provefirst.store.tables import WaitingRow, table
from provefirst.waiting import waiting_for
from tests.world import World, done


def rows(world: World) -> list[dict[str, Any]]:
    with world.workspace.store.reading() as work:
        found = select(table(WaitingRow)).order_by(table(WaitingRow).c.initiative, table(WaitingRow).c.line)
        return [dict(row) for row in work.connection.execute(found).mappings()]


def told(world: World, key: str) -> list[tuple[str, str, str]]:
    state = world.initiative(key)
    found = waiting_for(world.workspace.policies(state.policy), state, now=world.clock())
    return [(one.role.value if one.role else "", one.what, instant(one.since)) for one in found]


def test_rows_say_at_every_stage_what_the_ledger_says(any_world: World) -> None:
    world, key = any_world, any_world.open()
    for stage in (Stage.PROPOSAL, Stage.RESEARCH, Stage.REPLICATION, Stage.DATA_ANALYSIS, Stage.REVIEW, Stage.WATCH):
        world.bring_to(key, stage)
        assert [(row["role"], row["what"], row["since"]) for row in rows(world)] == told(world, key), stage
        world.clock.pass_days(1)


def test_a_rebuild_makes_the_same_rows_and_an_audit_compares_them(any_world: World) -> None:
    world = any_world
    world.bring_to(world.open(), Stage.RELEASE)
    done(world.approve("PF-1", "bea"))
    before = rows(world)
    rebuild(world.workspace)
    assert rows(world) == before
    assert verify(world.workspace).bad == ()
    with world.workspace.store.writing() as work:
        work.connection.execute(table(WaitingRow).update().values(what="nothing at all"))
    assert [bad.stream for bad in verify(world.workspace).bad] == ["PF-1"]


def test_a_vote_waits_for_everybody_of_the_role_but_those_who_cast_theirs(any_world: World) -> None:
    world = any_world
    key = world.bring_to(world.open(), Stage.RELEASE)

    def asked(handle: str, role: str) -> list[str]:
        with world.workspace.store.reading() as work:
            return [row["key"] for row in overview.waiting_on(work, handle, [role], limit=10)]

    assert (asked("bea", "board_member"), asked("rita", "board_member")) == ([key], [])
    done(world.approve(key, "bea"))
    assert (asked("bea", "board_member"), asked("ben", "board_member")) == ([], [key])
    assert json.loads(rows(world)[0]["not_of"]) == ["bea"]


def test_evidence_waits_for_whoever_began_to_write_it_and_for_nobody_else(any_world: World) -> None:
    world = any_world
    key = world.bring_to(world.open(), Stage.REPLICATION)
    with world.workspace.store.reading() as work:
        mine = overview.waiting_on(work, "dana", ["data_scientist"], limit=10)
        others = overview.waiting_on(work, "dirk", ["data_scientist", "reviewer"], limit=10)
        owner = overview.waited_for(work, "olga", limit=10)
    assert [row["what"] for row in mine] == ["replication_report to be submitted"]
    assert others == ()
    assert [(row["key"], row["role"]) for row in owner] == [(key, "data_scientist")]
