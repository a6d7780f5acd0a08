"""Disks that are full, databases that are locked, readers who go away: told in a sentence, nothing half-written."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import Engine, event

from provefirst.store import database
from tests import world


@contextmanager
def every_connection(statement: str):
    """Let SQLite run `statement` whenever a connection is made."""

    def prepare(connection, record):
        connection.execute(statement)

    event.listen(Engine, "connect", prepare)
    try:
        yield
    finally:
        event.remove(Engine, "connect", prepare)


def test_a_full_disk_fails_and_leaves_nothing_half_written(terminal):
    key = terminal.opened()
    with closing(sqlite3.connect(terminal.home / "provefirst.db")) as opened:
        [pages] = opened.execute("PRAGMA page_count").fetchone()
    long = world.dossier().model_copy(update={"conclusion": "Said in a good many words. " * 350})
    terminal.does("vote", key, "go", "--reason", "No harm.", as_="ella")
    with every_connection(f"PRAGMA max_page_count={pages}"):
        result = terminal.run("submit", key, "research_dossier", terminal.file("d.yaml", long), as_="dana")
    told = "provefirst: the disk refused the write (database or disk is full): nothing was written\n"
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", told)
    assert terminal.json("show", key)["version"] == 9
    terminal.does("audit", "verify")


def test_a_database_that_only_can_be_read_fails_and_can_still_be_read(terminal):
    key = terminal.opened()
    with every_connection("PRAGMA query_only=ON"):
        result = terminal.run("vote", key, "go", "--reason", "No harm.", as_="ella")
        assert terminal.json("show", key)["version"] == 5
    assert (result.exit_code, result.stderr.startswith("provefirst: the disk refused the write (")) == (1, True)


def test_a_locked_database_is_waited_for_and_then_told(terminal, monkeypatch):
    key = terminal.opened()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(terminal.home / "provefirst.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = terminal.run("vote", key, "go", "--reason", "No harm.", as_="ella")
        assert terminal.json("show", key)["version"] == 5
    told = "provefirst: the database was busy for 0.1 seconds: nothing was written, try again\n"
    assert (result.exit_code, result.stderr) == (1, told)


def test_a_file_that_is_no_database_is_told(bare):
    bare.home.mkdir()
    (bare.home / "provefirst.db").write_text("not a database at all")
    result = bare.run("list")
    told = "provefirst: the file is no SQLite database, or it is damaged (file is not a database)\n"
    assert (result.exit_code, result.stderr) == (1, told)


def test_a_folder_that_can_not_be_made_is_told(bare):
    (bare.folder / "file").write_text("in the way")
    result = bare.run("init", "--admin", "root", "--home", str(bare.folder / "file" / "home"))
    assert (result.exit_code, "can't be made: Not a directory" in result.stderr) == (1, True)


def test_a_clock_that_went_back_does_not_take_the_ledger_with_it(terminal):
    from datetime import UTC, datetime

    from provefirst.client import Client
    from provefirst.lifecycle.workspace import Workspace

    later = Workspace.open(terminal.home, clock=lambda: datetime(2100, 1, 1, tzinfo=UTC))
    with Client(later, "olga") as client:
        client.open(world.proposal(), screen=world.screen())
    terminal.does("vote", "PF-1", "go", "--reason", "No harm.", as_="ella")
    times = [entry["at"] for entry in terminal.json("history", "PF-1")["entries"]]
    assert set(times) == {"2100-01-01T00:00:00.000000Z"}
    terminal.does("audit", "verify")


def program(*words: str) -> list[str]:
    return [sys.executable, "-c", "from provefirst.cli import main; main()", *words]


def test_a_reader_who_goes_away_ends_it_quietly(terminal):
    terminal.opened()
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        program("history", "PF-1", "--home", str(terminal.home)), stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (141, b"")


def hear_interrupts() -> None:
    """A program started in the background may have been told to ignore them, and would pass that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize("wait", [0.1, 1.5], ids=["while it starts", "while it reads"])
def test_ctrl_c_ends_it_with_130_and_without_a_traceback(terminal, wait):
    begun = "import sys; sys.stdout.write('begun'); sys.stdout.flush(); "
    words = program("open", "-", "--home", str(terminal.home), "--as", "olga")
    words[2] = begun + words[2]
    pipe = subprocess.PIPE
    running = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, preexec_fn=hear_interrupts)  # noqa: PLW1509  # no thread runs here
    assert running.stdout is not None
    assert running.stdout.read(5) == b"begun"
    time.sleep(wait)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert (running.returncode, told) == (130, b"\nprovefirst: interrupted; what was not finished is not written\n")
