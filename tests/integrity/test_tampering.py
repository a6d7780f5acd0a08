"""A thousand things done to a ledger behind its back, on each kind of database: all found, and named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import pytest
from sqlalchemy import Connection, text

from provefirst.chain import Bad
from provefirst.checkpoints import Checkpoint
from provefirst.evidence import Kind
from provefirst.integrity import auditing, shelf
from provefirst.ledger import ORGANISATION
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Stage
from provefirst.store import comparing, scan
from provefirst.store.triggers import statements
from provefirst.store.work import Work, row_of
from tests.integrity.tampering import Ledger, tamper
from tests.world import World, analysis, done, dossier

MUTATIONS, CHUNKS = 500, 5
"""On each of two databases."""


@dataclass(frozen=True)
class Scene:
    """A world with checkpoints taken on the way, and its ledger as it should be."""

    world: World
    checkpoints: list[Checkpoint]
    ledger: Ledger

    @contextmanager
    def behind_its_back(self) -> Iterator[Connection]:
        """A transaction of somebody who owns the tables; at the end everything is as before."""
        with self.world.workspace.store.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute("PRAGMA foreign_keys=OFF")
                connection.execution_options(writes=True)
            with connection.begin() as transaction:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SET LOCAL session_replication_role = replica"))
                yield connection
                transaction.rollback()

    def audit(self, connection: Connection) -> auditing.Audit:
        return auditing.examine(self.world.workspace, Work(connection), self.checkpoints)


def scene_on(world: World) -> Scene:
    """Five initiatives at different stages, with files and three checkpoints, and no trigger left to guard them."""
    checkpoints = [auditing.checkpoint(world.workspace)]
    for stage in (Stage.PROPOSAL, Stage.RESEARCH, Stage.DATA_ANALYSIS, Stage.WATCH):
        world.bring_to(world.open(), stage)
        checkpoints.append(auditing.checkpoint(world.workspace))
    files = {"plot.svg": b"<svg/>" * 9, "table.csv": b"a,b\n1,2\n"}
    done(submit(world.workspace, "PF-3", Kind.ANALYSIS_REPORT, analysis(), by="dana", files=files))
    done(submit(world.workspace, "PF-2", Kind.RESEARCH_DOSSIER, dossier(), by="dana", files={"note": b"read it"}))
    checkpoints.append(auditing.checkpoint(world.workspace))
    _without_triggers(world)
    return Scene(world, checkpoints, _ledger(world, checkpoints))


def _without_triggers(world: World) -> None:
    engine = world.workspace.store.engine
    with engine.begin() as connection:
        for statement in statements(engine.dialect.name):
            words = statement.split()
            if words[:2] == ["CREATE", "TRIGGER"]:
                table = words[words.index("ON") + 1]
                of = f" ON {table}" if engine.dialect.name == "postgresql" else ""
                connection.execute(text(f"DROP TRIGGER {words[2]}{of}"))


def _ledger(world: World, checkpoints: list[Checkpoint]) -> Ledger:
    rows: dict[str, tuple[dict[str, object], ...]] = {}
    blobs: dict[str, tuple[str, int]] = {}
    policies: dict[str, tuple[str, int]] = {}
    with world.workspace.store.reading() as work:
        for stream in work.streams():
            rows[stream] = tuple(row_of(entry) for entry in work.entries(stream))
            for entry in work.entries(stream):
                for digest in entry.data.get("attachments", {}).values():
                    blobs.setdefault(digest, (stream, entry.version))
                if entry.event == "policy.adopted":
                    policies.setdefault(entry.data["digest"], (stream, entry.version))
    signed = {
        stream: tuple(head[1] for checkpoint in checkpoints for head in checkpoint.heads or () if head[0] == stream)
        for stream in rows
    }
    return Ledger(rows, signed, blobs, policies)


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = tmp_path_factory.mktemp("tampering")
    if request.param == "sqlite":
        url = None
    else:
        from tests import parts

        parts.postgres()
        url = request.getfixturevalue("postgres_server").create()
    world = World.make(home, url)
    yield scene_on(world)
    world.workspace.store.engine.dispose()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_whatever_is_done_is_found_and_the_first_bad_entry_named(scene: Scene, chunk: int) -> None:
    missed = []
    for seed in range(chunk, MUTATIONS, CHUNKS):
        with scene.behind_its_back() as connection:
            deed = tamper(Random(seed), scene.ledger, connection, scene.world.workspace.blobs)
            try:
                bad = scene.audit(connection).bad
            finally:
                deed.undo()
        named = next((found.version for found in bad if found.stream == deed.stream), None)
        if named != deed.version:
            missed.append((seed, deed.what, deed.stream, deed.version, bad))

    assert missed == []


def test_nothing_is_found_where_nothing_was_done(scene: Scene) -> None:
    with scene.behind_its_back() as connection:
        assert scene.audit(connection).bad == ()


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_where_a_batch_ends_makes_no_difference(scene: Scene, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(scan, "BATCH", size)
    monkeypatch.setattr(comparing, "_AT_A_TIME", size)
    with scene.behind_its_back() as connection:
        whole = scene.audit(connection)
        connection.execute(text("DELETE FROM posting WHERE initiative = 'PF-2'"))
        broken = scene.audit(connection)

    assert (whole.bad, whole.entries) == ((), sum(map(len, scene.ledger.rows.values())))
    assert broken.bad == (Bad("PF-2", 2, "projection posting lacks a row that the ledger makes"),)


def test_a_stream_that_vanished_is_named_even_without_a_checkpoint(scene: Scene) -> None:
    with scene.behind_its_back() as connection:
        connection.execute(text("DELETE FROM entry WHERE initiative = 'PF-1'"))
        found = auditing.examine(scene.world.workspace, Work(connection), [])

    assert {bad.stream for bad in found.bad} >= {"PF-1"}


def test_a_projection_changed_by_hand_is_named_with_what_it_says(scene: Scene) -> None:
    with scene.behind_its_back() as connection:
        connection.execute(text("UPDATE balance SET amount = amount + 1 WHERE account = 'pool:main'"))
        connection.execute(text("UPDATE initiative SET title = 'Better' WHERE key = 'PF-1'"))
        connection.execute(text("DELETE FROM posting WHERE initiative = 'PF-2'"))
        bad = scene.audit(connection).bad

    with scene.world.workspace.store.reading() as work:
        amount = work.balance("pool:main")
    assert amount is not None
    versions = {key: scene.world.initiative(key).version for key in ("PF-1", "PF-2")}
    assert set(bad) == {
        Bad("PF-1", versions["PF-1"], "projection initiative says title 'Better', and the ledger "
            "'Tell benign from malignant'"),
        Bad("PF-2", 2, "projection posting lacks a row that the ledger makes"),
        Bad("pool:main", 0, f"projection balance says amount '{amount[0] + 1}', and the ledger '{amount[0]}'"),
    }  # fmt: skip


def test_a_history_made_up_and_sealed_in_order_is_told_apart_from_one_that_happened(scene: Scene) -> None:
    with scene.behind_its_back() as connection:
        before = scene.ledger.rows[ORGANISATION][-1]
        forged = json.loads(before["data"]) | {"amount": 10**9}
        connection.execute(
            text("UPDATE entry SET data = :data WHERE initiative = 'ORG' AND version = :version"),
            {"data": json.dumps(forged), "version": before["version"]},
        )
        bad = scene.audit(connection).bad

    assert bad[0] == Bad(ORGANISATION, before["version"], "was changed: its content does not match its digest")


def test_bytes_that_are_no_text_are_named_where_they_stand(world: World) -> None:
    scene = scene_on(world)
    with scene.behind_its_back() as connection:
        connection.execute(
            text("UPDATE entry SET actor = CAST(x'ff' AS TEXT) WHERE initiative = 'PF-3' AND version = 4")
        )
        bad = scene.audit(connection).bad

    assert bad[0] == Bad("PF-3", 4, "was changed: a field is not text")


def test_a_policy_and_a_list_that_are_no_text_are_named_and_the_rest_is_still_read(world: World) -> None:
    scene = scene_on(world)
    with scene.behind_its_back() as connection:
        connection.execute(text("UPDATE policy SET content = CAST(x'ff' AS TEXT)"))
        connection.execute(text("UPDATE initiative SET title = CAST(x'ff' AS TEXT) WHERE key = 'PF-1'"))
        bad = scene.audit(connection).bad

    assert [found.stream for found in bad] == ["policy", "projection initiative"]


def test_the_shelf_is_looked_at_without_being_told(world: World) -> None:
    key = world.open()
    shelf.put(auditing.checkpoint(world.workspace), shelf.shelf_of(world.workspace.home))
    _without_triggers(world)
    with world.workspace.store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("DELETE FROM entry WHERE initiative = 'PF-1' AND version > 4")

    found = auditing.verify(world.workspace)

    assert not found
    assert found.first is not None
    assert (found.first.stream, found.first.version) == (key, 5)
    assert found.checkpoints == 1
