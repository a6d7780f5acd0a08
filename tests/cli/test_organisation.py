"""Making a data folder, the people in it, pools and policies."""

import shutil

import pytest

from provefirst.places import config_dir
from tests import world


def test_init_makes_everything_that_a_first_initiative_needs(bare):
    answer = bare.json("init", "--admin", "ada", "--name", "Ada Admin", "--pool", "500000 EUR")
    assert (answer["done"], answer["is_new"], answer["home"], answer["admin"]) == (True, True, str(bare.home), "ada")
    [pool] = bare.json("pool", "list")["pools"]
    assert (pool["pool"], pool["amount"], pool["currency"]) == ("main", 500_000_00, "EUR")
    [admin] = bare.json("people", "list")["people"]
    assert (admin["handle"], admin["name"], admin["roles"], admin["is_active"]) == ("ada", "Ada Admin", ["admin"], True)
    assert bare.json("policy", "show")["digest"] == answer["policy"]


def test_init_needs_an_admin(bare):
    result = bare.run("init")
    told = "Refused. Nothing was changed:\n  - a first admin is needed: name one with --admin HANDLE\n"
    assert (result.exit_code, result.stderr, bare.home.exists()) == (3, told, False)


def test_init_with_bad_money_makes_nothing(bare):
    result = bare.run("init", "--admin", "ada", "--pool", "5 EUX")
    assert (result.exit_code, bare.home.exists()) == (2, False)


def test_init_with_a_bad_handle_makes_nothing(bare):
    result = bare.run("init", "--admin", "Ada!")
    assert (result.exit_code, bare.home.exists()) == (2, False)


def test_init_again_changes_nothing(terminal):
    told = " ".join(terminal.does("init").split())
    assert told == f"{terminal.home} was made already; its database is up to date"


def test_init_again_does_not_fund_again(terminal):
    result = terminal.run("init", "--admin", "root", "--pool", "1000000 EUR")
    assert (result.exit_code, "people add" in result.stderr) == (3, True)
    assert terminal.json("pool", "list")["pools"][0]["amount"] == 1_000_000_00


def test_people_are_added_by_an_admin_only(terminal):
    result = terminal.run("people", "add", "eve", "--role", "admin", as_="dana")
    assert (result.exit_code, result.stderr.startswith("Refused.")) == (3, True)


def test_a_role_nearly_right_is_told_the_right_one(terminal):
    error = terminal.json("people", "add", "eve", "--role", "reviewr", as_="root")["error"]
    assert (error["field"], error["nearest"]) == ("role", "reviewer")


def test_who_left_acts_no_more(terminal):
    terminal.does("people", "deactivate", "ella", as_="root")
    result = terminal.run("vote", terminal.opened(), "go", "--reason", "No harm.", as_="ella")
    assert (result.exit_code, "  - ella is no longer active\n" in result.stderr) == (3, True)


def test_a_pool_keeps_its_currency(terminal):
    assert terminal.json("pool", "fund", "5 USD", as_="root") == {"refused": ["pool main is in EUR, not in USD"]}


def test_a_pool_of_another_name_is_funded_beside_the_first(terminal):
    assert terminal.does("pool", "fund", "7.50 USD", "--pool", "us", as_="root") == "pool us holds 7.50 USD now\n"


def test_the_shipped_policies_are_sound(bare):
    assert bare.json("policy", "check") == {"ok": True, "problems": []}


@pytest.fixture
def folder(bare):
    """A copy of the shipped policies."""
    return shutil.copytree(config_dir() / "gates", bare.folder / "gates")


def test_a_policy_with_a_slip_is_told_by_file_line_and_nearest_word(bare, folder):
    file = folder / "watch.yaml"
    file.write_text(file.read_text().replace("quorum:", "qourum:"))
    result = bare.run("policy", "check", "gates")
    assert (result.exit_code, "gates/watch.yaml:" in result.output, "did you mean 'quorum'?" in result.output) == (
        2, True, True,
    )  # fmt: skip
    assert bare.json("policy", "check", "gates")["problems"][0]["nearest"] == "quorum"


def test_hostile_policies_are_told_and_do_nothing_to_the_terminal(bare, folder):
    (folder / "watch.yaml").write_text("leaves: watch\n\x1b]0;owned\x07: [bold]x[/bold]\n")
    result = bare.run("policy", "check", "gates")
    assert (result.exit_code, "\x1b" in result.output, "\x07" in result.output) == (2, False, False)


def test_policies_are_explained_without_a_data_folder(bare, folder):
    assert bare.does("policy", "explain", "gates").splitlines()[1].startswith("  - To leave proposal: a proposal")


def test_adopted_policies_say_what_they_change_and_leave_open_initiatives_alone(terminal, monkeypatch):
    key = terminal.opened()
    before = terminal.json("show", key)["policy"]
    answer = terminal.json("policy", "adopt", as_="root")
    assert "The replication gate also asks for finding PF501 passed." in answer["changes"]
    assert (terminal.json("show", key)["policy"], answer["digest"] == before) == (before, False)


def test_an_initiative_is_put_under_another_policy_on_the_record(terminal):
    key = terminal.opened()
    digest = terminal.json("policy", "adopt", as_="root")["digest"]
    terminal.does("policy", "migrate", key, "--reason", "New rules for all.", as_="root")
    assert terminal.json("show", key)["policy"] == digest
    assert f"root moved it under policy {digest[:12]}: New rules for all." in " ".join(
        terminal.does("history", key).split()
    )


def test_a_policy_that_was_never_adopted_is_told(terminal):
    error = terminal.json("policy", "show", "--digest", "0000")["error"]
    assert (error["field"], error["value"]) == ("digest", "0000")


def test_checks_are_listed_with_what_they_ask(bare):
    known = {check["code"]: check for check in bare.json("checks", "list")["checks"]}
    assert (known["PF300"]["stage"], known["PF300"]["binding"]) == ("data_analysis", True)


def test_templates_are_read_back_once_filled_in(terminal):
    template = terminal.does("submit", "--template", "lesson")
    filled = template.replace("outcome:", "outcome: withdrawn", 1).replace("lesson:", "lesson: It was learnt.", 1)
    filled = filled.replace("would_change_if:", "would_change_if: Never, it seems.", 1)
    filled = filled.replace("reasons:", "reasons: [priorities_changed]", 1).replace("\n  -\n", "\n", 1)
    key = terminal.screened()
    result = terminal.run("conclude", key, "-", as_="olga", stdin=filled)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    "words", [("open",), ("review",), ("conclude",), ("data", "register"), ("submit", "PF-1", "look")]
)
def test_every_document_has_a_template(bare, words):
    assert bare.does(*words, "--template").startswith("# ")


def test_the_lists_of_people_and_pools_can_be_read(terminal):
    assert "bea     Bea     board member\n" in terminal.does("people", "list")
    assert terminal.does("pool", "list") == "POOL  HOLDS             FOR\nmain  1,000,000.00 EUR\n"
    terminal.does("pool", "terms", "main", "--cost-centre", "analytics", "--until", "2099-12-31", as_="root")
    assert "analytics, until 2099-12-31\n" in terminal.does("pool", "list")


def test_money_asked_for_is_gone_from_the_pool(terminal):
    terminal.does("open", terminal.file("p.yaml", world.proposal()), as_="olga")
    assert terminal.json("pool", "list")["pools"][0]["amount"] == 900_000_00
