"""The ledger refuses every change, by whichever statement and from whichever program."""

import sqlite3

import pytest

from provefirst.ledger import ORGANISATION
from provefirst.stages import Stage
from tests.store.forging import INSERT, careless, entries_of, everything, forged, refusal, refusal_of, write
from tests.world import World


@pytest.fixture
def key(locked_world: World) -> str:
    """An initiative at its third stage; nothing here gets any further."""
    with locked_world.workspace.store.reading() as work:
        keys = [name for name in work.streams() if name != ORGANISATION]
    return keys[0] if keys else locked_world.bring_to(locked_world.open(), Stage.REPLICATION)


@pytest.mark.parametrize("table", ["entry", "policy"])
def test_nothing_is_deleted(locked_world, key, table):
    assert f"{table} is append-only" in refusal(locked_world, f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "change",
    ["data = '{}'", "actor = 'root'", "at = '2020'", "digest = 'x'", "previous = 'x'", "version = 99", "event = 'x.y'"],
)
def test_no_field_of_an_entry_is_changed(locked_world, key, change):
    said = refusal(locked_world, f"UPDATE entry SET {change} WHERE initiative = '{key}' AND version = 3")
    assert "entry is append-only" in said


def test_no_entry_is_moved_to_another_stream(locked_world, key):
    assert "entry is append-only" in refusal(
        locked_world, f"UPDATE entry SET initiative = 'PF-9' WHERE initiative = '{key}'"
    )


def test_no_policy_is_changed(locked_world):
    assert "policy is append-only" in refusal(locked_world, "UPDATE policy SET content = '{}'")


def test_no_posting_is_changed(locked_world, key):
    assert "posting is made from the ledger" in refusal(locked_world, "UPDATE posting SET amount = 1")


def test_a_version_that_is_taken_stays_taken(locked_world, key):
    first = entries_of(locked_world, key)[0].digest
    said = refusal_of(locked_world, key, "reminder.raised", {}, version=2, previous=first)
    assert said == "entry is append-only: that version is taken"


def test_a_digest_that_is_taken_stays_taken(locked_world, key):
    row = forged(locked_world, "PF-1", "initiative.opened", {}, version=1, previous="0" * 64) | {"initiative": "PF-9"}
    row["digest"] = entries_of(locked_world, key)[2].digest
    assert refusal(locked_world, INSERT, row) == "entry is append-only: that digest is taken"


@pytest.mark.parametrize("version", [0, -1])
def test_a_stream_begins_at_one(locked_world, key, version):
    said = refusal_of(locked_world, key, "reminder.raised", {}, version=version)
    assert said == "entry does not follow from the one before it"


def test_a_gap_in_a_stream_is_refused(locked_world, key):
    last = locked_world.initiative(key).version
    said = refusal_of(locked_world, key, "reminder.raised", {}, version=last + 2)
    assert said == "entry does not follow from the one before it"


def test_an_entry_that_is_not_chained_is_refused(locked_world, key):
    said = refusal_of(locked_world, key, "reminder.raised", {}, previous="a" * 64)
    assert said == "entry does not follow from the one before it"


def test_a_first_entry_with_something_before_it_is_refused(locked_world, key):
    row = forged(locked_world, key, "initiative.opened", {}, version=1, previous="a" * 64) | {"initiative": "PF-9"}
    assert refusal(locked_world, INSERT, row) == "entry does not follow from the one before it"


def test_an_entry_that_follows_is_taken(locked_world, key):
    version = locked_world.initiative(key).version
    write(locked_world, INSERT, forged(locked_world, key, "reminder.raised", {"to": "olga", "about": "it"}))
    assert locked_world.initiative(key).version == version + 1


@pytest.mark.parametrize("locked_world", ["postgresql"], indirect=True)
class TestOnPostgresql:
    @pytest.mark.parametrize("words", ["entry", "entry CASCADE", "policy", "entry, policy RESTART IDENTITY CASCADE"])
    def test_nothing_is_truncated(self, locked_world, key, words):
        said = refusal(locked_world, f"TRUNCATE {words}")
        assert "is append-only" in said or "referenced in a foreign key" in said

    def test_an_upsert_changes_nothing(self, locked_world, key):
        upsert = f"{INSERT} ON CONFLICT (initiative, version) DO UPDATE SET data = excluded.data"
        first = entries_of(locked_world, key)[0].digest
        row = forged(locked_world, key, "reminder.raised", {"a": 1}, version=2, previous=first)
        assert refusal(locked_world, upsert, row) == "entry is append-only: that version is taken"

    def test_a_merge_changes_nothing(self, locked_world, key):
        merge = (
            "MERGE INTO entry e USING (SELECT 1) s ON e.initiative = :initiative AND e.version = 2 "
            "WHEN MATCHED THEN UPDATE SET data = '{}'"
        )
        assert "entry is append-only" in refusal(locked_world, merge, {"initiative": key})


class TestOnSqliteFromAProgramThatSetsNoPragma:
    """`REPLACE` deletes without a trigger there: what it would replace must be refused before."""

    @pytest.fixture
    def key(self, world: World) -> str:
        return world.bring_to(world.open(), Stage.REPLICATION)

    def refused(self, world: World, statement: str) -> str:
        before = everything(world)
        with careless(world) as execute, pytest.raises(sqlite3.IntegrityError) as caught:
            execute(statement)
        assert everything(world) == before
        return str(caught.value)

    @pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE", "INSERT OR FAIL"])
    def test_no_version_is_replaced(self, world, key, verb):
        names = "initiative, version, event, actor, at, '{}', previous, 'new'"
        statement = f"{verb} INTO entry SELECT {names} FROM entry WHERE initiative = '{key}' AND version = 2"
        assert self.refused(world, statement).startswith("entry is append-only: that version is taken")

    def test_no_entry_is_replaced_by_one_with_its_digest(self, world, key):
        names = f"'PF-9', 1, event, actor, at, '{{}}', '{'0' * 64}', digest"
        statement = f"REPLACE INTO entry SELECT {names} FROM entry WHERE initiative = '{key}' AND version = 2"
        assert self.refused(world, statement) == "entry is append-only: that digest is taken"

    @pytest.mark.parametrize("name", ["rowid", "_rowid_", "oid"])
    def test_no_entry_is_replaced_by_one_with_its_row_number(self, world, key, name):
        columns = f"{name}, initiative, version, event, actor, at, data, previous, digest"
        values = f"{name}, 'PF-9', 1, event, actor, at, '{{}}', '{'0' * 64}', 'new'"
        statement = f"REPLACE INTO entry ({columns}) SELECT {values} FROM entry WHERE version = 2 LIMIT 1"
        said = self.refused(world, statement)
        assert said == "entry is append-only: its rows are numbered by the database"

    @pytest.mark.parametrize("number", [-1, -7, 0, 10**6])
    def test_no_entry_brings_a_row_number(self, world, number):
        values = f"{number}, 'PF-9', 1, 'initiative.opened', 'olga', '2026', '{{}}', '{'0' * 64}', 'new'"
        columns = "rowid, initiative, version, event, actor, at, data, previous, digest"
        statement = f"INSERT INTO entry ({columns}) VALUES ({values})"
        said = self.refused(world, statement)
        assert said == "entry is append-only: its rows are numbered by the database"

    def test_no_policy_is_replaced(self, world):
        said = self.refused(world, "REPLACE INTO policy SELECT digest, '{}' FROM policy")
        assert said == "policy is append-only: that digest is taken"

    def test_no_policy_is_replaced_by_one_with_its_row_number(self, world):
        statement = "REPLACE INTO policy (rowid, digest, content) SELECT rowid, 'new', '{}' FROM policy"
        said = self.refused(world, statement)
        assert said == "policy is append-only: its rows are numbered by the database"

    def test_an_update_that_replaces_is_an_update(self, world, key):
        said = self.refused(world, "UPDATE OR REPLACE entry SET version = 1 WHERE version = 2")
        assert said == "entry is append-only"

    @pytest.mark.parametrize("table", ["entry", "policy"])
    def test_nothing_is_deleted(self, world, key, table):
        assert self.refused(world, f"DELETE FROM {table}") == f"{table} is append-only"
