"""The ledger verified, lists made anew, the whole of it backed up and brought back."""

import sqlite3
import tarfile
from contextlib import closing

from tests import world


def change(terminal, statement: str) -> None:
    """Do to the database what nobody may, its triggers taken off first."""
    with closing(sqlite3.connect(terminal.home / "provefirst.db")) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
        database.commit()


def with_files(terminal) -> str:
    """An initiative with a file attached."""
    key = terminal.screened()
    (terminal.folder / "notes.txt").write_text("as found")
    dossier = terminal.file("d.yaml", world.dossier())
    terminal.does("submit", key, "research_dossier", dossier, "--file", "notes=notes.txt", as_="dana")
    return key


def test_a_ledger_that_is_whole_is_said_to_be(terminal):
    terminal.opened()
    answer = terminal.json("audit", "verify")
    assert (answer["ok"], answer["streams"], answer["problems"]) == (True, 2, [])


def test_the_first_bad_entry_is_named(terminal):
    key = terminal.opened()
    change(terminal, f"UPDATE entry SET data = replace(data, 'EUR', 'USD') WHERE initiative = '{key}' AND version >= 1")
    result = terminal.run("audit", "verify")
    told = f"{key}: entry 1: was changed: its content does not match its digest\n"
    assert (result.exit_code, result.stderr.startswith(told)) == (1, True)


def test_an_entry_that_was_taken_out_is_named(terminal):
    key = terminal.opened()
    change(terminal, f"DELETE FROM entry WHERE initiative = '{key}' AND version = 2")
    answer = terminal.json("audit", "verify")
    assert answer["problems"] == [{"initiative": key, "version": 2, "problem": "missing: entry 3 stands in its place"}]


def test_lists_are_made_anew(terminal):
    key = terminal.opened()
    rows = terminal.json("list")
    change(terminal, "UPDATE initiative SET title = 'Spoilt'")
    assert terminal.json("list")["initiatives"][0]["title"] == "Spoilt"
    assert terminal.json("rebuild") == {"done": True, "entries": terminal.json("audit", "verify")["entries"]}
    assert (terminal.json("list"), rows["initiatives"][0]["key"]) == (rows, key)


def test_a_backup_brings_everything_back(terminal):
    key = with_files(terminal)
    kept = terminal.json("backup", "kept.tar")
    assert (kept["done"], kept["file"], kept["files"]) == (True, "kept.tar", 1)
    new = str(terminal.folder / "new")
    assert terminal.json("restore", "kept.tar", "--home", new) == {"done": True, "home": new, "files": 1}
    assert terminal.json("show", key, "--home", new) == terminal.json("show", key)
    terminal.does("evidence", key, "research_dossier", "--save", "out", "--home", new, as_="olga")
    assert (terminal.folder / "out" / "notes").read_text() == "as found"
    terminal.does("audit", "verify", "--home", new)


def test_a_backup_overwrites_nothing(terminal):
    (terminal.folder / "kept.tar").write_text("mine")
    result = terminal.run("backup", "kept.tar")
    assert (result.exit_code, (terminal.folder / "kept.tar").read_text()) == (3, "mine")


def test_a_backup_into_a_folder_that_is_missing_is_told_and_leaves_nothing(terminal):
    result = terminal.run("backup", "none/kept.tar")
    assert (result.exit_code, "No such file or directory" in result.stderr) == (1, True)


def test_a_restore_overwrites_nothing(terminal):
    terminal.does("backup", "kept.tar")
    result = terminal.run("restore", "kept.tar")
    assert (result.exit_code, "a restore overwrites nothing" in " ".join(result.stderr.split())) == (3, True)


def test_a_backup_that_is_none_is_told(terminal):
    result = terminal.run("restore", terminal.file("p.yaml", world.proposal()), "--home", "new")
    assert (result.exit_code, "a backup that `provefirst backup` wrote" in result.stderr) == (2, True)


def test_a_backup_whose_file_was_changed_is_not_restored(terminal):
    with_files(terminal)
    terminal.does("backup", "kept.tar")
    whole = (terminal.folder / "kept.tar").read_bytes()
    (terminal.folder / "kept.tar").write_bytes(whole.replace(b"as found", b"as liked"))
    result = terminal.run("restore", "kept.tar", "--home", "new")
    assert (result.exit_code, "was changed or does not belong here" in result.stderr) == (2, True)
    assert terminal.run("list", "--home", "new").exit_code == 2


def test_a_backup_that_would_write_elsewhere_is_not_restored(terminal):
    terminal.does("backup", "kept.tar")
    (terminal.folder / "evil").write_text("evil")
    with tarfile.open(terminal.folder / "kept.tar", "a") as archive:
        archive.add(terminal.folder / "evil", "../../evil2")
    result = terminal.run("restore", "kept.tar", "--home", "new")
    assert (result.exit_code, list(terminal.folder.parent.glob("**/evil2"))) == (2, [])


def test_a_workspace_on_postgresql_is_sent_to_pg_dump(terminal, postgres_server):
    url = postgres_server.create()
    environment = {"PROVEFIRST_DATABASE_URL": url}
    terminal.run("init", "--admin", "root", **environment)
    result = terminal.run("backup", "kept.tar", **environment)
    assert (result.exit_code, "pg_dump" in result.stderr) == (3, True)
