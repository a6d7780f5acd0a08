"""Storage that fails: a full disk, a lock, no tables, a file that was changed. Nothing is half-written."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import String, TypeDecorator, event, inspect, text

from provefirst.errors import DigestMismatchError, InvalidInputError, StorageError, UnknownError
from provefirst.evidence import Kind
from provefirst.lifecycle.submitting import attach, submit
from provefirst.lifecycle.workspace import Workspace
from provefirst.stages import Stage
from provefirst.store import accounts as _accounts  # noqa: F401  # holds tables of its own
from provefirst.store import database
from provefirst.store import requests as _requests  # noqa: F401  # likewise
from provefirst.store.blobs import Blobs
from provefirst.store.database import connect, transaction
from provefirst.store.schema import MIGRATIONS, migrate
from provefirst.store.tables import metadata
from tests import world as w
from tests.databases import Database
from tests.world import World, done

NOT_PREPARED = "the database is empty or older than this version: run `provefirst init` to prepare it"
LONG = w.dossier().model_copy(update={"conclusion": "Said in a good many words. " * 350})
PUT = """
import resource, sys
from io import BytesIO
from provefirst.errors import StorageError
from provefirst.store.blobs import Blobs
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
content, blobs = b"x" * 10_000, Blobs(sys.argv[1])
try:
    blobs.put(content) if sys.argv[2] == "whole" else blobs.put_file(BytesIO(content), sys.argv[3])
except StorageError as problem:
    print(problem)
"""


@contextmanager
def full(world: World) -> Iterator[None]:
    """A disk on which the database can't grow by a page."""
    engine = world.workspace.store.engine

    def limit(connection: sqlite3.Connection, record: object) -> None:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(engine, "connect", limit)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


def rows(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database."""
    with world.workspace.store.reading() as work:
        names = inspect(work.connection).get_table_names()
        return {
            name: sorted(map(tuple, work.connection.execute(text(f'SELECT * FROM "{name}"'))), key=repr)
            for name in names
        }


def test_a_full_disk_takes_nothing_and_what_was_tried_is_done_once_there_is_room(world: World) -> None:
    key = world.bring_to(world.open(), Stage.RESEARCH)
    before, version = rows(world), world.initiative(key).version
    with full(world), pytest.raises(StorageError) as caught:
        submit(world.workspace, key, Kind.RESEARCH_DOSSIER, LONG, by="dana")
    assert str(caught.value) == "the disk refused the write (database or disk is full): nothing was written"
    assert rows(world) == before
    answer = done(submit(world.workspace, key, Kind.RESEARCH_DOSSIER, LONG, by="dana"))
    assert answer.initiative.version == version + 1


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on a file's size there")
@pytest.mark.parametrize("way", ["whole", "streamed"])
def test_a_file_that_finds_no_room_leaves_no_part_of_itself(tmp_path: Path, way: str) -> None:
    digest = sha256(b"x" * 10_000).hexdigest()
    words = [sys.executable, "-c", PUT, str(tmp_path), way, digest]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    told = "the file could not be stored (File too large)\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, told, "")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not Blobs(str(tmp_path)).has(digest)


def test_a_file_that_can_not_be_stored_is_named_by_no_entry(world: World, tmp_path: Path) -> None:
    key = world.bring_to(world.open(), Stage.RESEARCH)
    (tmp_path / "in the way").write_text("a file, where a folder is wanted")
    workspace = Workspace(
        world.workspace.home,
        world.workspace.store,
        Blobs(str(tmp_path / "in the way")),
        world.workspace.settings,
        world.clock,
    )
    before = rows(world)
    with pytest.raises(StorageError, match="the file could not be stored"):
        submit(workspace, key, Kind.RESEARCH_DOSSIER, w.dossier(), by="dana", files={"notes.txt": b"notes"})
    assert rows(world) == before


def test_a_database_that_another_program_holds_is_waited_for_and_then_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, home = world.open(), world.workspace.home
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    workspace = Workspace.open(home, str(world.workspace.store.engine.url), clock=world.clock)
    before = rows(world)
    with closing(sqlite3.connect(home / "provefirst.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError) as caught:
            w.vote(workspace, key, w.ballot(), by="ella")
        assert workspace.initiative(key).stage is Stage.PROPOSAL  # whoever only reads is not held up
        other.execute("ROLLBACK")
    assert str(caught.value) == "the database was busy for 0.1 seconds: nothing was written, try again"
    assert rows(world) == before
    done(w.vote(workspace, key, w.ballot(), by="ella"))
    workspace.store.engine.dispose()


def test_a_database_without_tables_says_how_to_make_them(empty_database: Database) -> None:
    with empty_database.world() as world:
        assert not world.workspace.is_prepared()
        with pytest.raises(StorageError) as caught:
            world.initiative("PF-1")
    assert str(caught.value) == NOT_PREPARED


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_database_that_the_server_does_not_have_is_told_without_the_password(empty_database: Database) -> None:
    url = connect(empty_database.url).url.set(database="nowhere", password="secret")
    with pytest.raises(StorageError) as caught, transaction(connect(_shown(url)), writes=False):
        pass
    assert str(caught.value) == 'the database can\'t be reached: database "nowhere" does not exist'


@pytest.mark.parametrize(
    "url",
    ["postgresql://me:secret@host:port/name", "mysql://me:secret@host/name", "me:secret", ""],
)
def test_a_url_that_is_refused_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        connect(url)
    assert "secret" not in str(caught.value)


def test_an_engine_shows_itself_without_its_password() -> None:
    assert repr(connect("postgresql://me:secret@host/name")) == "Engine(postgresql+pg8000://me:***@host/name)"


def _shown(url: object) -> str:
    return url.render_as_string(hide_password=False)  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("spoilt", [b"", b"noteS", b"notes and more"])
def test_a_file_that_was_changed_is_not_given_out(tmp_path: Path, spoilt: bytes) -> None:
    blobs = Blobs(str(tmp_path))
    digest = blobs.put(b"notes")
    (tmp_path / digest[:2] / digest[2:]).write_bytes(spoilt)
    with pytest.raises(DigestMismatchError) as caught:
        blobs.get(digest)
    assert (caught.value.expected, caught.value.found) == (digest, sha256(spoilt).hexdigest())
    assert blobs.problem(digest) == "was changed: its content does not match its digest"


def test_a_file_that_is_gone_is_unknown(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path))
    digest = blobs.put(b"notes")
    (tmp_path / digest[:2] / digest[2:]).unlink()
    with pytest.raises(UnknownError):
        blobs.get(digest)
    assert blobs.problem(digest) == "is missing"


@pytest.mark.parametrize("digest", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 62 + "/.", "é" * 64])
def test_what_is_no_digest_names_no_file(tmp_path: Path, digest: str) -> None:
    with pytest.raises(UnknownError):
        Blobs(str(tmp_path)).get(digest)


def test_no_evidence_is_taken_with_a_file_that_was_changed(world: World) -> None:
    key = world.bring_to(world.open(), Stage.RESEARCH)
    digest = world.workspace.blobs.put(b"notes")
    (Path(world.workspace.blobs.place) / digest[:2] / digest[2:]).write_bytes(b"noteS")
    before = rows(world)
    with pytest.raises(DigestMismatchError):
        attach(world.workspace, key, Kind.RESEARCH_DOSSIER, w.dossier(), by="dana", attachments={"notes.txt": digest})
    assert rows(world) == before


def test_migrations_run_again_change_nothing(any_world: World) -> None:
    any_world.bring_to(any_world.open(), Stage.REPLICATION)
    before = rows(any_world)
    for _ in range(2):
        migrate(any_world.workspace.store.engine)
    assert rows(any_world) == before


def test_a_database_from_before_moves_had_a_moment_is_brought_up_to_date(any_world: World) -> None:
    any_world.bring_to(any_world.open(), Stage.REPLICATION)
    before = rows(any_world)
    assert all(row[-1] for row in before["posting"])
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with transaction(any_world.workspace.store.engine, writes=True) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0010")
        assert "at" not in {column["name"] for column in inspect(connection).get_columns("posting")}
    migrate(any_world.workspace.store.engine)
    assert rows(any_world) == before


def test_migrations_make_the_tables_that_the_code_describes(empty_database: Database) -> None:
    engine = connect(empty_database.url)
    migrate(engine)
    with transaction(engine, writes=False) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": is_another_type, "include_name": is_described}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def is_described(name: str | None, kind: str, parents: object) -> bool:
    """All but the full-text index, which each database has in its own form."""
    return kind != "table" or not str(name).startswith("lesson_words")


def is_another_type(context: object, found: object, said: object, found_type: object, said_type: object) -> bool | None:
    """As Alembic compares types, but for text of any length: TEXT and VARCHAR without a length are the same."""
    plain = said_type.impl_instance if isinstance(said_type, TypeDecorator) else said_type  # SQLModel's AutoString
    is_text = isinstance(found_type, String) and isinstance(plain, String)
    return found_type.length != plain.length if is_text else None  # type: ignore[attr-defined]
