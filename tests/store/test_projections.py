"""A rebuild makes of the ledger the very rows that the verbs wrote as things happened, table by table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

import pytest
from sqlalchemy import delete, select, text

from provefirst.errors import BrokenLedgerError
from provefirst.evidence import Kind
from provefirst.integrity.auditing import verify
from provefirst.ledger import Event, seal
from provefirst.lifecycle import organisation
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.deciding import Said, clear, resume
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.keeping import rebuild
from provefirst.lifecycle.pools import describe, record_rate
from provefirst.lifecycle.reviewing import review, vote
from provefirst.lifecycle.scheduling import Wish, set_deadline
from provefirst.lifecycle.submitting import submit
from provefirst.money import Money
from provefirst.people import Role
from provefirst.pools import PoolTerms, Rate
from provefirst.stages import Choice, Outcome, Stage
from provefirst.store.projections import PROJECTIONS
from provefirst.store.tables import table
from provefirst.store.triggers import LESSONS_STAY, lifted
from tests import world as w
from tests.world import NOON, World, done

TABLES = tuple(sorted(str(table(model).name) for model in PROJECTIONS))
SAID = Said(reason=w.WORDS)
DAY = (NOON + timedelta(days=400)).date()
Rows = dict[str, list[dict[str, Any]]]


def rows(world: World) -> Rows:
    """All rows of every projection, in the order of their keys."""
    with world.workspace.store.reading() as work:
        return {
            str(table(model).name): [
                dict(row)
                for row in work.connection.execute(
                    select(table(model)).order_by(*table(model).primary_key.columns)
                ).mappings()
            ]
            for model in PROJECTIONS
        }


def releases(world: World, key: str, amount: int, kind: Literal["budget", "exploration"] = "budget") -> None:
    request = Request(amount=Money(amount=amount, currency="EUR"), purpose="Pilot", kind=kind)
    done(release(world.workspace, key, request, by="bea"))


def spends(world: World, key: str, amount: int) -> None:
    money = Money(amount=amount, currency="EUR")
    done(spend(world.workspace, key, Expense(amount=money, what="Machines", on=NOON.date()), by="olga"))


def decides(world: World, key: str, choice: Choice, handles: Sequence[str], **fields: object) -> None:
    """Let `handles` choose the same, by review or by vote as the gate asks."""
    state = world.initiative(key)
    is_review = world.workspace.policies(state.policy).at(state.stage).approvals.role is Role.REVIEWER
    for handle in handles:
        if is_review:
            done(review(world.workspace, key, w.peer_review(choice, **fields), by=handle))
        else:
            done(vote(world.workspace, key, w.ballot(choice, **fields), by=handle))


def funded_and_watched(world: World) -> str:
    """Exploration, two tranches with an expense each, a deadline moved, and once round the watch gate."""
    key = world.bring_to(world.open(), Stage.REPLICATION)
    releases(world, key, 2_000_00, "exploration")
    spends(world, key, 500_00)
    world.bring_to(key, Stage.WATCH)
    releases(world, key, 10_000_00)
    done(set_deadline(world.workspace, key, Wish(day=DAY), by="olga"))
    done(set_deadline(world.workspace, key, Wish(day=DAY + timedelta(days=9)), by="olga"))
    world.submit_stage(key)
    done(world.approve(key))
    releases(world, key, 3_00)
    spends(world, key, 1_000_01)
    return key


def recycled_and_back(world: World) -> str:
    """Recycled from watch to replication, its deadline withdrawn, then through every gate again to a new one."""
    key = world.bring_to(world.open(), Stage.WATCH)
    releases(world, key, 7_000_00)
    done(set_deadline(world.workspace, key, Wish(day=DAY), by="olga"))
    decides(world, key, Choice.RECYCLE, ["rita"], back_to=Stage.REPLICATION)
    done(submit(world.workspace, key, Kind.REPLICATION_REPORT, w.replication(method="Done again."), by="dana"))
    done(world.approve(key))
    done(submit(world.workspace, key, Kind.EFFORT_ESTIMATE, w.estimate(likely=41), by="dana"))
    world.bring_to(key, Stage.WATCH)
    done(set_deadline(world.workspace, key, Wish(day=DAY + timedelta(days=30)), by="olga"))
    return key


def recycled_and_waiting(world: World) -> str:
    """Recycled from watch with money out and a deadline: both are locked again."""
    key = world.bring_to(world.open(), Stage.WATCH)
    releases(world, key, 7_000_00)
    done(set_deadline(world.workspace, key, Wish(day=DAY), by="olga"))
    decides(world, key, Choice.RECYCLE, ["rita"], back_to=Stage.REVIEW)
    return key


def held(world: World) -> str:
    key = world.bring_to(world.open(), Stage.RELEASE)
    until = (world.clock() + timedelta(days=90)).date()
    decides(world, key, Choice.HOLD, ["bea", "ben"], condition="More rows", until=until)
    return key


def conditional(world: World) -> str:
    """Held and resumed, let through on two conditions of which one is cleared."""
    key = world.bring_to(world.open(), Stage.RESEARCH)
    world.submit_stage(key)
    until = (world.clock() + timedelta(days=9)).date()
    decides(world, key, Choice.HOLD, ["rita"], condition="More sources", until=until)
    done(resume(world.workspace, key, SAID, by="rolf"))
    decides(world, key, Choice.CONDITIONAL_GO, ["rita"], conditions=("Ask the nurses", "Ask the doctors"))
    done(clear(world.workspace, key, 2, SAID, by="rolf"))
    return key


def stopped(world: World) -> str:
    """Concluded by its peers as not feasible, with exploration money out."""
    key = world.bring_to(world.open(domain="physics"), Stage.DATA_ANALYSIS)
    releases(world, key, 1_00, "exploration")
    done(conclude(world.workspace, key, w.lesson(revisit_rows=5000, revisit_data="orders"), by="dana"))
    decides(world, key, Choice.STOP, ["rita", "rolf"])
    return key


def withdrawn(world: World, budget: int = 100_000_00) -> str:
    """Withdrawn by its owner with a deadline set and part of the money spent."""
    key = world.bring_to(world.open(budget=budget), Stage.WATCH)
    releases(world, key, 4_000_00)
    spends(world, key, 1)
    done(set_deadline(world.workspace, key, Wish(day=DAY), by="olga"))
    done(conclude(world.workspace, key, w.lesson(Outcome.WITHDRAWN), by="olga"))
    return key


STORIES = (
    funded_and_watched,
    recycled_and_back,
    recycled_and_waiting,
    held,
    conditional,
    stopped,
    withdrawn,
)


@pytest.fixture
def storied(any_world: World) -> World:
    """A world in which every story was lived through, and a last initiative that only was opened."""
    capped = w.policies(research=w.gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], exploration_cap=5_000_00))
    assert organisation.adopt(any_world.workspace, capped, by="root") is None
    rate = Rate(base="EUR", quote="USD", rate="1.0845", on=NOON.date(), source="European Central Bank")
    assert record_rate(any_world.workspace, rate, by="root") is None
    assert describe(any_world.workspace, PoolTerms(pool="main", until=DAY + timedelta(days=900)), by="root") is None
    for story in STORIES:
        story(any_world)
        any_world.clock.pass_days(1)
    any_world.open()
    return any_world


def test_a_rebuild_makes_every_row_of_every_projection_anew(storied: World) -> None:
    before = rows(storied)
    assert [name for name in TABLES if not before[name]] == []
    rebuild(storied.workspace)
    assert rows(storied) == before


def test_a_rebuild_needs_nothing_but_the_ledger(storied: World) -> None:
    before = rows(storied)
    with storied.workspace.store.writing() as work, lifted(work.connection, LESSONS_STAY):
        for model in PROJECTIONS:
            work.connection.execute(delete(table(model)))
    assert rows(storied) == {name: [] for name in before}
    rebuild(storied.workspace)
    assert rows(storied) == before


def test_a_rebuild_takes_away_what_the_ledger_does_not_make(storied: World) -> None:
    before = rows(storied)
    with storied.workspace.store.writing() as work, lifted(work.connection, LESSONS_STAY):
        for forged in (
            "UPDATE initiative SET released = released + 1, stage = 'watch'",
            "UPDATE balance SET amount = amount + 77",
            "INSERT INTO balance (account, amount, currency) VALUES ('PF-99:approved', 5, 'EUR')",
            "DELETE FROM lesson",
            "DELETE FROM posting WHERE line = 1",
        ):
            work.connection.execute(text(forged))
    assert rows(storied) != before
    rebuild(storied.workspace)
    assert rows(storied) == before


def test_an_audit_finds_the_projections_to_be_what_the_ledger_makes(storied: World) -> None:
    assert verify(storied.workspace).bad == ()


def test_verbs_go_on_after_a_rebuild_as_if_there_had_been_none(storied: World) -> None:
    rebuild(storied.workspace)
    funded_and_watched(storied)
    before = rows(storied)
    rebuild(storied.workspace)
    assert rows(storied) == before


def test_a_pool_that_was_emptied_and_filled_again_is_never_overdrawn_by_a_rebuild(any_world: World) -> None:
    """Read stream by stream, each of three budgets of nine tenths of the pool would be one too many."""
    for _ in range(2):
        withdrawn(any_world, budget=900_000_00)
    any_world.open(budget=900_000_00)
    before = rows(any_world)
    rebuild(any_world.workspace)
    assert rows(any_world) == before
    pool = next(row for row in before["balance"] if row["account"] == "pool:main")
    assert pool == {"account": "pool:main", "amount": 100_000_00 - 2, "currency": "EUR"}


def test_a_rebuild_that_breaks_off_leaves_every_row_as_it_was(storied: World) -> None:
    """It is one transaction: an entry that nobody understands, met last, takes nothing from the lists."""
    before = rows(storied)
    with storied.workspace.store.writing() as work:
        last = work.last(key := work.streams()[-1])
        assert last is not None
        unknown = Event("money.invented", "engine", {})
        forged = seal(unknown, initiative=key, version=last.version + 1, at=last.at, previous=last.digest)
        work.append([forged])
    with pytest.raises(BrokenLedgerError, match=r"unknown event 'money\.invented'"):
        rebuild(storied.workspace)
    assert rows(storied) == before
