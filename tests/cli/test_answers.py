"""What a command exits with, and what it answers in JSON: stable, whatever happens."""

import json

import pytest

from provefirst.cli.root import told_of
from provefirst.cli.session import FAILED, tell
from provefirst.stages import Choice, Outcome
from tests import world
from tests.cli.terminal import Terminal


def test_a_refusal_exits_with_3_and_prints_every_reason(terminal):
    key = terminal.opened()
    result = terminal.run("vote", key, "go", "--reason", "I like it.", as_="olga")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == (
        "Refused. Nothing was changed:\n"
        "  - olga is not ethics reviewer\n"
        f"  - olga is product owner on {key}, and nobody has two parts on one initiative\n"
    )


def test_a_refusal_in_json_holds_every_reason(terminal):
    key = terminal.opened()
    assert terminal.json("vote", key, "go", "--reason", "I like it.", as_="olga") == {
        "refused": [
            "olga is not ethics reviewer",
            f"olga is product owner on {key}, and nobody has two parts on one initiative",
        ]
    }


def test_bad_input_exits_with_2_and_names_the_nearest_thing(terminal):
    result = terminal.run("list", "--stage", "replicaton")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "provefirst: stage: 'replicaton' is not accepted: one of proposal, research, replication, data_analysis, "
        "review, release, watch; did you mean 'replication'?\n"
    )


def test_bad_input_in_json_says_the_same_by_its_parts(terminal):
    allowed = "one of proposal, research, replication, data_analysis, review, release, watch"
    assert terminal.json("list", "--stage", "replicaton") == {
        "error": {
            "field": "stage",
            "value": "replicaton",
            "allowed": allowed,
            "nearest": "replication",
            "where": None,
            "message": f"stage: 'replicaton' is not accepted: {allowed}; did you mean 'replication'?",
        }
    }


def test_a_command_nearly_right_is_told_the_right_one(bare):
    result = bare.run("shwo", "PF-1")
    assert (result.exit_code, result.stderr) == (
        2,
        "provefirst: No such command 'shwo'. Did you mean 'show'? (see: provefirst --help)\n",
    )


def test_a_command_nearly_right_is_told_the_right_one_in_json(bare):
    error = bare.json("policy", "explian")["error"]
    assert (error["nearest"], error["where"]) == ("explain", "provefirst policy")


def test_an_option_nearly_right_is_told_the_right_one(bare):
    result = bare.run("list", "--stauts", "open")
    assert (result.exit_code, "--status" in result.stderr) == (2, True)


def test_a_missing_option_is_named(terminal):
    error = terminal.json("spend", "PF-1", "5 EUR", as_="olga")["error"]
    assert (error["field"], error["message"]) == ("what", "Missing option '--what'.")


def test_a_number_that_is_none_is_named(terminal):
    result = terminal.run("clear", "PF-1", "two", "--how", "It is done.", as_="rita")
    assert (result.exit_code, "Invalid value for 'number'" in result.stderr) == (2, True)


def test_whoever_acts_has_to_be_named(terminal):
    result = terminal.run("vote", terminal.opened(), "go", "--reason", "Fine with me.")
    told = "provefirst: nobody said who acts: name yourself with --as NAME, or set PROVEFIRST_AS\n"
    assert (result.exit_code, result.stderr) == (2, told)


def test_where_nothing_was_made_yet_the_folder_and_the_command_are_named(bare):
    result = bare.run("list")
    assert result.exit_code == 2
    assert result.stderr == (
        f"provefirst: there is no provefirst data in {bare.home} (database: sqlite:///{bare.home}/provefirst.db). "
        f"Make it with: provefirst init --home {bare.home} --admin NAME\n"
    )
    assert not bare.home.exists()


def test_a_negative_verdict_is_a_result_and_exits_with_0(terminal):
    key = terminal.screened()
    terminal.does("conclude", key, terminal.file("lesson.yaml", world.lesson()), as_="dana")
    stop = terminal.file("stop.yaml", world.peer_review(Choice.STOP))
    peers = terminal.does("review", key, stop, as_="rita") + terminal.does("review", key, stop, as_="rolf")
    assert peers.endswith(f"{key} has its result: not feasible.\n")


def test_what_a_verb_did_has_stable_keys(terminal):
    answer = terminal.json("open", terminal.file("proposal.yaml", world.proposal()), as_="olga")
    assert sorted(answer) == ["conclusion", "done", "entries", "gate", "initiative"]
    assert sorted(answer["initiative"]) == [
        "attempt", "dossier", "key", "owner", "stage", "status", "title", "version",
    ]  # fmt: skip
    assert answer["gate"] == {
        "open": False,
        "reasons": ["ethics_screen: not submitted", "0 of 1 approvals by an ethics reviewer"],
    }


def test_json_is_plain_ascii_whatever_it_holds(terminal):
    proposal = terminal.file("proposal.yaml", world.proposal(title="Größe — 尺寸"))
    terminal.does("open", proposal, as_="olga")
    listed = terminal.run("list", "--json").stdout
    assert (listed.isascii(), json.loads(listed)["initiatives"][0]["title"]) == (True, "Größe — 尺寸")


def test_what_should_not_happen_is_one_plain_line_without_a_traceback(capsys):
    problem = RuntimeError("spoilt \x1b[31m by \u202e somebody\nTraceback (most recent call last):")
    assert tell(told_of(problem), is_json=False) == FAILED
    told = capsys.readouterr()
    assert (told.out, told.err) == (
        "",
        "provefirst: this should not have happened (RuntimeError: spoilt \\x1b[31m by \\u202e somebody Traceback "
        "(most recent call last):). Set PROVEFIRST_DEBUG=1 and try again to see the details\n",
    )


def test_the_details_are_shown_where_they_are_asked_for(capsys, monkeypatch):
    monkeypatch.setenv("PROVEFIRST_DEBUG", "1")
    tell(told_of(RuntimeError("spoilt")), is_json=False)
    assert capsys.readouterr().err.startswith("RuntimeError: spoilt\n")


def test_an_error_of_the_system_names_the_file(capsys):
    tell(told_of(OSError(28, "No space left on device", "out/work.parquet")), is_json=False)
    assert capsys.readouterr().err == "provefirst: out/work.parquet: No space left on device\n"


@pytest.mark.parametrize("words", [(), ("--help",), ("policy",), ("policy", "--help"), ("show", "-h")])
def test_help_is_no_error(bare, words):
    result = bare.run(*words)
    assert (result.exit_code, result.stdout.startswith("Usage: ")) == (0, True)


def test_help_names_every_command_under_its_section(bare):
    from provefirst.cli.app import app
    from provefirst.cli.root import SECTIONS
    from tests.cli.terminal import commands

    named = [name for names in SECTIONS.values() for name in names]
    assert sorted(named) == sorted({path.split()[0] for path in commands(app)})


def test_an_outcome_reached_by_withdrawal_is_told_as_a_result(terminal: Terminal):
    key = terminal.screened()
    lesson = terminal.file("lesson.yaml", world.lesson(Outcome.WITHDRAWN))
    answer = terminal.json("conclude", key, lesson, as_="olga")
    assert (answer["done"], answer["conclusion"]["outcome"]) == (True, "withdrawn")
