"""A whole life of an initiative on the command line, and its picture on the way."""

import csv
import random
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from provefirst.cli.app import app
from tests import world
from tests.cli.terminal import Terminal

LAST_DAY = datetime.now(UTC).date() + timedelta(days=3650)


@pytest.fixture
def proved(terminal) -> tuple[Terminal, str]:
    """An initiative that stands at release: proved, reviewed, nothing decided by the board."""
    key = terminal.screened()
    terminal.does("submit", key, "research_dossier", terminal.file("d.yaml", world.dossier()), as_="dana")
    go = terminal.file("go.yaml", world.peer_review())
    terminal.does("review", key, go, as_="rita")
    (terminal.folder / "preds.csv").write_text("id,prediction\n1,1\n")
    report = terminal.file("r.yaml", world.replication())
    terminal.does("submit", key, "replication_report", report, "--file", "predictions=preds.csv", as_="dana")
    terminal.does("review", key, go, as_="rita")
    terminal.does("submit", key, "analysis_report", terminal.file("a.yaml", world.analysis()), as_="dana")
    terminal.does("submit", key, "effort_estimate", terminal.file("e.yaml", world.estimate()), as_="dana")
    terminal.does("review", key, go, as_="rita")
    terminal.does("review", key, go, as_="rita")
    terminal.does("review", key, go, as_="rolf")
    return terminal, key


def test_money_and_a_deadline_wait_for_the_board_and_then_move(proved):
    terminal, key = proved
    pilot = ("release", key, "40000 EUR", "--purpose", "A pilot in one ward")
    early = terminal.json(*pilot, as_="bea")
    assert early == {"refused": [f"money is locked: the release gate is closed, and {key} is at release"]}
    for handle in ("bea", "ben"):
        terminal.does("vote", key, "go", "--reason", "Worth its money.", as_=handle)
    assert terminal.does(*pilot, as_="bea").startswith("bea released tranche 1 (budget) of 40,000.00 EUR: A pilot in")
    assert terminal.does("spend", key, "1200 EUR", "--what", "A nurse", as_="olga").startswith(
        "olga spent 1,200.00 EUR"
    )
    assert terminal.does("deadline", key, LAST_DAY.isoformat(), as_="olga").startswith(
        f"olga set the deadline to {LAST_DAY}"
    )
    money = terminal.json("show", key)["money"]
    assert {name: money[name] for name in ("locked", "approved", "released", "spent", "returned")} == {
        "locked": 0, "approved": 60_000_00, "released": 38_800_00, "spent": 1_200_00, "returned": 0,
    }  # fmt: skip
    shown = terminal.does("show", key)
    assert "  ▓ released  38,800.00 EUR  released, not yet spent\n" in shown
    assert f"\nDeadline: {LAST_DAY}\n" in shown


def test_the_picture_names_the_track_what_is_missing_and_who_must_act(terminal):
    key = terminal.screened()
    day = terminal.json("show", key)["opened_at"][:10]
    assert f"""
Track
  [x] 1 proposal      passed      attempt 1, gate open since {day}
  [>] 2 research      HERE        attempt 1
  [ ] 3 replication   locked
  [ ] 4 data analysis locked
  [ ] 5 review        locked
  [ ] 6 release       locked
  [ ] 7 watch         locked

The research gate is closed
  - research_dossier: not submitted
  - 0 of 1 approvals by a reviewer

Who must act
  - data scientist: research_dossier to be submitted
""" in terminal.does("show", key, as_="olga")


def test_the_picture_says_why_money_and_deadline_are_locked(terminal):
    assert """
Money (EUR, pool main)
  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
  ░ locked    100,000.00 EUR  requested, locked until the release gate opens
  ▒ approved        0.00 EUR  approved by the board, not yet released
  ▓ released        0.00 EUR  released, not yet spent
  █ spent           0.00 EUR  spent
  · returned        0.00 EUR  back in the pool

Deadline: locked
  - no gate that frees a deadline is open
  - there is no effort_estimate
""" in terminal.does("show", terminal.opened())


def test_a_terminal_that_shows_text_only_gets_text_only(terminal):
    shown = terminal.run("show", terminal.opened(), TERM="dumb").stdout
    assert (set("░▒▓█·") & set(shown), "  locked    100,000.00 EUR  requested, locked" in shown) == (set(), True)


def test_a_terminal_without_unicode_gets_what_it_can_show(terminal):
    terminal.does("open", terminal.file("p.yaml", world.proposal(title="Größe und Weite")), as_="olga")
    environment = {"PROVEFIRST_HOME": str(terminal.home)}
    result = CliRunner(charset="ascii").invoke(app, ["show", "PF-1"], env=environment)
    assert (result.exit_code, result.stdout.startswith("PF-1  Gr??e und Weite\n")) == (0, True)
    assert "\n  locked    100,000.00 EUR  requested, locked" in result.stdout


def test_an_approval_gone_void_is_said_to_be_void(terminal):
    key = terminal.opened()
    policy = terminal.json("policy", "show")["policies"]["gates"]["proposal"]
    assert policy["approvals"]["quorum"] == 1
    terminal.does("vote", key, "conditional_go", "--reason", "Fine, if asked.", "--condition", "Ask first", as_="ella")
    terminal.does("submit", key, "research_dossier", terminal.file("d.yaml", world.dossier()), as_="dana")
    terminal.does("review", key, terminal.file("go.yaml", world.peer_review()), as_="rita")
    changed = terminal.file("d2.yaml", world.dossier().model_copy(update={"conclusion": "Changed afterwards."}))
    terminal.does("submit", key, "research_dossier", changed, as_="dana")
    shown = terminal.does("show", key, as_="dana")
    assert "  - VOID, what was approved has changed since: go by rita (reviewer): Said in" in shown
    assert "  - 1. OPEN: Ask first (from proposal)\n" in shown


def test_a_condition_is_cleared_and_the_hold_resumed(terminal):
    key = terminal.opened()
    hold = ("--reason", "Data is late.", "--condition", "Data is here.", "--until", LAST_DAY.isoformat())
    terminal.does("vote", key, "hold", *hold, as_="ella")
    assert f"\nOn hold until {LAST_DAY}\n  Data is here. (by ella)." in terminal.does("show", key)
    terminal.does("resume", key, "--reason", "It came.", as_="ella")
    terminal.does("vote", key, "conditional_go", "--reason", "Fine, if asked.", "--condition", "Ask first", as_="ella")
    assert terminal.does("clear", key, "1", "--how", "They were asked.", as_="ella").startswith(
        "ella cleared condition 1"
    )


def test_a_negative_is_told_first_and_never_in_red(terminal):
    key = terminal.screened()
    terminal.does("conclude", key, terminal.file("l.yaml", world.lesson()), as_="dana")
    proposed = "\nProposed result: not feasible (goal missed), by dana\n  0 of 2 votes to stop"
    assert proposed in terminal.does("show", key, as_="dana")
    stop = terminal.file("stop.yaml", world.peer_review(world.Choice.STOP))
    for handle in ("rita", "rolf"):
        terminal.does("review", key, stop, as_=handle)
    shown = terminal.does("show", key)
    assert shown.index("\nResult: not feasible\n") < shown.index("\nTrack\n")
    coloured = terminal.run("show", key, FORCE_COLOR="1", TERM="xterm-256color").stdout
    assert ("\x1b[" in coloured, "\x1b[31m" in coloured, "\x1b[1;31m" in coloured) == (True, False, False)


def test_without_colour_no_escape_sequence_is_written(terminal):
    shown = terminal.run("show", terminal.opened(), NO_COLOR="1", FORCE_COLOR="1", TERM="xterm").stdout
    assert "\x1b[3" not in shown


def test_the_picture_keeps_within_80_columns(proved):
    terminal, key = proved
    assert max(map(len, terminal.does("show", key).splitlines())) <= 80


def test_to_somebody_who_does_not_say_who_they_are_nothing_is_shown_that_peers_have_to_judge(terminal):
    key = terminal.screened()
    dossier = terminal.file("d.yaml", world.dossier().model_copy(update={"conclusion": "As good as done."}))
    terminal.does("submit", key, "research_dossier", dossier, as_="dana")
    for as_, told in (("", "say who you are"), ("rita", "once you have declared")):
        shown = terminal.does("show", key, as_=as_)
        assert f"\nNot shown to you yet\n  - {told if as_ == '' else 'evidence is shown ' + told}" in shown
        assert "research_dossier," not in shown
        assert terminal.run("evidence", key, "research_dossier", as_=as_).exit_code == 2
        assert "As good as done" not in terminal.does("history", key, as_=as_)
        export = terminal.run("audit", "export", key, "out.zip", as_=as_)
        assert (export.exit_code, (terminal.folder / "out.zip").exists()) == (3, False)
    assert "conclusion: As good as done." in terminal.does("evidence", key, "research_dossier", as_="olga")


def test_history_tells_everything_in_order(terminal):
    key = terminal.opened()
    told = [line[24:].split()[0:2] for line in terminal.does("history", key).splitlines() if line[:4].strip()]
    assert told == [["olga", "opened"], ["olga", "requested"], *[["olga", "submitted"]] * 2, ["olga", "entered"]]


def test_lessons_are_found_by_their_words(terminal):
    key = terminal.screened()
    terminal.does("conclude", key, terminal.file("l.yaml", world.lesson(world.Outcome.WITHDRAWN)), as_="olga")
    found = terminal.does("lessons", "search", "size").splitlines()
    assert (found[1], terminal.does("lessons", "search", "tumour")) == (
        f"{key}  Tell benign from malignant",
        "none found\n",
    )


def test_evidence_is_read_back_and_its_files_are_saved_once(proved):
    terminal, key = proved
    read = ("evidence", key, "replication_report", "--save", "out")
    assert "mode: public_data\n" in terminal.does(*read)
    assert (terminal.folder / "out" / "predictions").read_text() == "id,prediction\n1,1\n"
    again = terminal.run(*read)
    assert (again.exit_code, "nothing is overwritten" in again.stderr) == (2, True)


def test_lists_are_filtered_and_go_on_page_by_page(terminal):
    keys = [terminal.opened() for _ in range(3)]
    first = terminal.json("list", "--limit", "2")
    rest = terminal.json("list", "--limit", "2", "--after", first["after"])
    assert [row["key"] for row in (*first["initiatives"], *rest["initiatives"])] == keys[::-1]
    assert rest["after"] is None
    assert [row["key"] for row in terminal.json("list", "--stage", "watch")["initiatives"]] == []
    assert len(terminal.json("list", "--owner", "olga", "--text", "BENIGN")["initiatives"]) == 3


def test_data_is_registered_by_its_owner_and_looked_at_as_often_as_registered(proved):
    terminal, _ = proved
    key = terminal.screened()
    go = terminal.file("go.yaml", world.peer_review())
    for kind, document in (("research_dossier", world.dossier()), ("replication_report", world.replication())):
        terminal.does("submit", key, kind, terminal.file("x.yaml", document), as_="dana")
        terminal.does("review", key, go, as_="rita")
    terminal.does("submit", key, "preregistration", terminal.file("p.yaml", world.preregistration()), as_="dana")
    rows = [(number, random.Random(number).random()) for number in range(300)]
    table(terminal, "loans.csv", ("id", "x", "y"), [(number, x, int(x > 0.5)) for number, x in rows])
    (terminal.folder / "loans.yaml").write_text("name: Loans\ntarget: y\nidentifier: id\nshare: 0.5\n")
    refused = terminal.json("data", "register", key, "loans.csv", "loans.yaml", as_="dana")
    assert refused["refused"][0] == "dana is not data owner"
    answer = terminal.json("data", "register", key, "loans.csv", "loans.yaml", as_="hans")
    work = answer["entries"][0]["data"]["content"]
    assert (work["rows"], work["blindness"]) == (300, "sealed")
    terminal.does("evidence", key, "data_registration", "--save", "out", as_="dana")
    import pandas as pd

    sealed = pd.read_parquet(terminal.folder / "out" / "sealed_features.parquet")
    table(terminal, "preds.csv", ("id", "prediction"), [(row.id, int(row.x > 0.5)) for row in sealed.itertuples()])
    assert terminal.does("look", key, "preds.csv", as_="dana").startswith("Verdict: feasible\nestimate 1, ")
    again = terminal.run("look", key, "preds.csv", as_="dana")
    assert (again.exit_code, "1 of 1 looks are spent" in again.stderr) == (3, True)


def table(terminal: Terminal, name: str, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with (terminal.folder / name).open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
