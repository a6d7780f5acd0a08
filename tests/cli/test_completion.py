"""Completion: keys and handles from the local database, and silence whatever goes wrong."""

import pytest
from typer.testing import CliRunner

from provefirst.cli.app import app


def completed(terminal, line: str, **environment: str) -> list[str]:
    """What bash is offered for `line`."""
    words = {
        "_PROVEFIRST_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
        "PROVEFIRST_HOME": str(terminal.home),
    }
    result = CliRunner().invoke(app, [], prog_name="provefirst", env=words | environment)
    return result.stdout.split()


def test_commands_are_offered(bare):
    assert completed(bare, "provefirst sh") == ["show"]


def test_keys_are_offered_newest_first(terminal):
    keys = [terminal.opened() for _ in range(2)]
    assert completed(terminal, "provefirst show PF") == keys[::-1]


def test_handles_are_offered_that_are_active_and_begin_so(terminal):
    terminal.does("people", "deactivate", "rolf", as_="root")
    assert completed(terminal, "provefirst list --owner r") == ["rita", "root"]


def test_the_folder_named_on_the_line_is_looked_in(terminal):
    key, home = terminal.opened(), str(terminal.home)
    assert completed(terminal, f"provefirst show --home {home} P", PROVEFIRST_HOME="/nowhere") == [key]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("provefirst submit PF-1 rese", ["research_dossier"]),
        ("provefirst list --stage re", ["research", "replication", "review", "release"]),
        ("provefirst vote PF-1 s", ["stop"]),
        ("provefirst lessons search --outcome w", ["withdrawn"]),
        ("provefirst people add x --role e", ["ethics_reviewer"]),
        ("provefirst pool fund x --pool m", ["main"]),
    ],
)
def test_fixed_words_and_pools_are_offered(terminal, line, offered):
    assert completed(terminal, line) == offered


def test_where_nothing_was_made_nothing_is_offered_and_nothing_is_made(bare):
    assert (completed(bare, "provefirst show P"), bare.home.exists()) == ([], False)


def test_a_file_that_is_no_database_offers_nothing(bare):
    bare.home.mkdir()
    (bare.home / "provefirst.db").write_text("not a database at all")
    assert completed(bare, "provefirst show P") == []


def test_on_postgresql_nothing_is_offered(terminal):
    terminal.opened()
    assert completed(terminal, "provefirst show P", PROVEFIRST_DATABASE_URL="postgresql://h/x") == []


def test_a_wildcard_is_a_character_like_any_other(terminal):
    terminal.opened()
    assert completed(terminal, "provefirst show %") == []
