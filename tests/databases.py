"""Databases for tests: a fresh one each, copied from a template with people, policies and a pool in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from provefirst.lifecycle.workspace import Workspace
from provefirst.store.database import sqlite_url
from tests import parts
from tests.world import Clock, World

DIALECTS = ("sqlite", "postgresql")
_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """A database of its own, and the folder that goes with it."""

    dialect: str
    url: str
    home: Path

    @contextmanager
    def world(self) -> Iterator[World]:
        """The template's world on this database, shut down at the end."""
        clock = Clock()
        workspace = Workspace.open(self.home, self.url, clock=clock)
        try:
            yield World(workspace, clock)
        finally:
            workspace.store.engine.dispose()


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server with a template database `template_world`."""

    running: Any

    def url(self, name: str) -> str:
        return make_url(self.running.get_uri()).set(database=name).render_as_string(hide_password=False)

    def create(self, template: str = "") -> str:
        """The URL of a new database."""
        name = f"test_{next(_numbers)}"
        self.running.psql(f"CREATE DATABASE {name}" + (f" TEMPLATE {template};" if template else ";"))
        return self.url(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for the whole session; what it writes need not outlive a power cut.

    Its folder is not one of pytest's, which nobody but their owner may enter: started by root, the server is run by
    another account.
    """
    running = parts.postgres().get_server(Path(tempfile.mkdtemp(prefix="pg-")), cleanup_mode="delete")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        running.psql(f"ALTER SYSTEM SET {setting} = off;")
    running.psql("SELECT pg_reload_conf();")
    try:
        yield Server(running)
    finally:
        running.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with the template's world."""
    postgres_server.running.psql("CREATE DATABASE template_world;")
    world = World.make(tmp_path_factory.mktemp("home"), postgres_server.url("template_world"))
    world.workspace.store.engine.dispose()
    return "template_world"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the template's world, migrated once: copying it costs a millisecond."""
    home = tmp_path_factory.mktemp("template")
    World.make(home).workspace.store.engine.dispose()
    assert sorted(path.name for path in home.iterdir()) == ["provefirst.db"]
    return home / "provefirst.db"


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn; what needs PostgreSQL is skipped where its wheel is missing."""
    if request.param == "postgresql":
        parts.postgres()
    return str(request.param)


@pytest.fixture
def database(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database of `dialect` with the template's world in it."""
    if dialect == "sqlite":
        return _copied(request.getfixturevalue("sqlite_template"), tmp_path)
    template = request.getfixturevalue("postgres_template")
    return Database(dialect, request.getfixturevalue("postgres_server").create(template), tmp_path)


@pytest.fixture
def empty_database(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database of `dialect` with nothing in it, not even a table."""
    if dialect == "sqlite":
        return Database(dialect, sqlite_url(tmp_path / "provefirst.db"), tmp_path)
    return Database(dialect, request.getfixturevalue("postgres_server").create(), tmp_path)


@pytest.fixture
def world(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A world on SQLite: what a test of logic needs."""
    with _copied(sqlite_template, tmp_path).world() as made:
        yield made


@pytest.fixture
def any_world(database: Database) -> Iterator[World]:
    """A world on each kind of database: what a test of storage needs."""
    with database.world() as made:
        yield made


@pytest.fixture(scope="module", params=DIALECTS)
def locked_world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world on each kind of database for a whole file of tests: for those in which everything is refused."""
    home = tmp_path_factory.mktemp("locked")
    if request.param == "sqlite":
        made = _copied(request.getfixturevalue("sqlite_template"), home)
    else:
        template = request.getfixturevalue("postgres_template")
        made = Database("postgresql", request.getfixturevalue("postgres_server").create(template), home)
    with made.world() as world:
        yield world


def _copied(template: Path, home: Path) -> Database:
    home.mkdir(exist_ok=True)
    shutil.copyfile(template, home / "provefirst.db")
    return Database("sqlite", sqlite_url(home / "provefirst.db"), home)
