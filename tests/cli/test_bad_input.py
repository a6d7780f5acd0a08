"""What people type and attach by mistake, or to do harm: each is refused in a sentence, and nothing is written."""

import pytest

from provefirst.documents.loading import SIZE
from tests import world


def proposal(**changes: str) -> str:
    """A proposal in YAML with some lines put in otherwise."""
    lines = {
        "title": "Tell benign from malignant",
        "problem": "Every biopsy is read twice.",
        "affected": "Patients who wait.",
        "hypothesis": "Features tell them apart.",
        "goal": "{metric: accuracy, value: 0.93, why: The second reading is as good.}",
        "budget": "100000 EUR",
    } | changes
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


def refusal(terminal, text: str | bytes) -> str:
    """What is said of `text` as a proposal, which must be bad input and write nothing."""
    result = terminal.run("open", "-", as_="olga", stdin=text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert terminal.json("list")["initiatives"] == []
    return result.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: [1, 2", "standard input:1:"),
        ('{"title": "A thing"', "standard input:1:"),
        ("", "document: '' is not accepted: a document that is not empty"),
        ("- a list\n", "standard input:1:1: document: "),
        (b"\xff\xfe\x00title", "standard input:1:1: document: "),
        ("title: &x a\nproblem: *x\n", "standard input:1:"),
        ("title: !!python/object/apply:os.system [ls]\n", "standard input:1:"),
    ],
    ids=["yaml", "json", "nothing", "list", "bytes", "alias", "tag"],
)
def test_what_is_malformed_is_told_with_its_place(terminal, text, told):
    assert told in refusal(terminal, text)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"budget": "-5 EUR"}, "budget: '-5 EUR' is not accepted: an amount and a currency"),
        ({"budget": "5 EUX"}, "budget: '5 EUX' is not accepted: an ISO 4217 code such as EUR"),
        ({"budget": "5.001 EUR"}, "budget: '5.001 EUR' is not accepted: at most 2 decimals in EUR"),
        ({"budget": "9" * 30 + " EUR"}, "is not accepted: at most 1000000000000000 minor units"),
        (
            {"goal": "{metric: accuracy, value: .nan, why: It pays.}"},
            "goal.value: '.nan' is not accepted: a number; fin",
        ),
        ({"goal": "{metric: accuracy, value: -.inf, why: It pays.}"}, "goal.value: '-.inf' is not accepted"),
        ({"goal": "{metric: accuracy, value: 93, why: It pays.}"}, "accuracy lies between 0 and 1"),
        ({"goal": "{metric: acuracy, value: 0.9, why: It pays.}"}, "did you mean 'accuracy'?"),
        ({"wished_deadline": "2027-02-30"}, "wished_deadline: '2027-02-30' is not accepted: a date such as 2027-03-31"),
        ({"title": '"\\e[31mred"'}, "character U+001B at position 1 can't be shown: take it out"),
        ({"title": '"\\u202Egpj.exe"'}, "character U+202E at position 1 can't be shown: take it out"),
        ({"titel": "Tell benign from malignant"}, "titel: 'titel' is not accepted: known here: title, "),
        ({"title": "a"}, "title: 'a' is not accepted: text of 3 to 200 characters"),
        ({"title": "a" * 201}, "is not accepted: text of 3 to 200 characters"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_value_that_can_not_be_is_told_with_what_can(terminal, changes, told):
    assert told in refusal(terminal, proposal(**changes))


def test_a_key_twice_is_told(terminal):
    told = "standard input:7:1: title: 'title' is not accepted: a key once; it stands in line 1 already"
    assert told in refusal(terminal, proposal() + "title: Another\n")


def test_a_title_of_10_megabytes_is_told_by_its_size(terminal):
    told = f"'more than {SIZE} bytes' is not accepted: a document of at most {SIZE} bytes"
    assert told in refusal(terminal, proposal(title="a" * 10_000_000))


def test_every_problem_of_a_file_is_told_at_once(terminal):
    told = refusal(terminal, proposal(title="a", budget="-5 EUR"))
    assert told == (
        "provefirst: this can't be done:\n"
        "  - standard input:1:8: title: 'a' is not accepted: text of 3 to 200 characters\n"
        "  - standard input:6:9: budget: '-5 EUR' is not accepted: "
        "an amount and a currency, such as '250000 EUR' or '12.50 EUR'\n"
    )


def test_every_problem_of_a_file_is_told_in_json(terminal):
    (terminal.folder / "bad.yaml").write_text(proposal(title="a", budget="-5 EUR"))
    error = terminal.json("open", "bad.yaml", as_="olga")["error"]
    assert [(problem["field"], problem["where"]) for problem in error["problems"]] == [
        ("title", "bad.yaml:1:8"),
        ("budget", "bad.yaml:6:9"),
    ]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("proposl.yaml", "no such file; did you mean 'proposal.yaml'?"),
        (".", "a file, not a folder"),
        ("a" * 5000, "a file that can be read (File name too long)"),
    ],
    ids=["missing", "folder", "long"],
)
def test_a_file_that_can_not_be_read_is_told(terminal, path, told):
    terminal.file("proposal.yaml", world.proposal())
    result = terminal.run("open", path, as_="olga")
    assert (result.exit_code, told in result.stderr) == (2, True)


def test_an_unknown_initiative_is_told_with_the_nearest(terminal):
    key = terminal.opened()
    result = terminal.run("show", key.lower())
    told = f"provefirst: initiative: '{key.lower()}' is not accepted: no such initiative; did you mean '{key}'?\n"
    assert (result.exit_code, result.stderr) == (2, told)


def test_a_hostile_key_is_shown_and_does_nothing(terminal):
    result = terminal.run("show", "P\x1b[2JF\u202e-1")
    told = "provefirst: initiative: 'P\\x1b[2JF\\u202e-1' is not accepted: no such initiative\n"
    assert (result.exit_code, result.stderr) == (2, told)


def test_hostile_markup_is_shown_as_it_is(terminal):
    terminal.does(
        "open", terminal.file("proposal.yaml", world.proposal(title="[red]No[/red] [link=x]y[/]")), as_="olga"
    )
    assert "PF-1  [red]No[/red] [link=x]y[/]\n" in terminal.does("show", "PF-1")


def test_an_unknown_person_is_told_with_the_nearest(terminal):
    result = terminal.run("decide", terminal.opened(), as_="olgar")
    told = "provefirst: person: 'olgar' is not accepted: nobody here has that name; did you mean 'olga'?\n"
    assert (result.exit_code, result.stderr) == (2, told)


def test_a_version_gone_stale_is_refused(terminal):
    key = terminal.opened()
    result = terminal.run("vote", key, "go", "--reason", "No harm.", "--expected", "3", as_="ella")
    assert (result.exit_code, f"{key} is at version 5, not 3" in result.stderr) == (3, True)


def test_a_dossier_that_changed_is_refused(terminal):
    key = terminal.opened()
    result = terminal.run("vote", key, "go", "--reason", "No harm.", "--dossier", "0123456789ab", as_="ella")
    told = "the dossier has changed since you read it: read it again before you vote"
    assert (result.exit_code, told in result.stderr) == (3, True)


def test_the_dossier_that_show_names_is_accepted(terminal):
    key = terminal.opened()
    begins = terminal.json("show", key)["dossier"][:12]
    terminal.does("vote", key, "go", "--reason", "No harm.", "--dossier", begins, as_="ella")


def test_evidence_for_another_stage_is_refused(terminal):
    key = terminal.opened()
    result = terminal.run("submit", key, "research_dossier", terminal.file("d.yaml", world.dossier()), as_="dana")
    told = f"  - research_dossier belongs to research, and {key} is at proposal\n"
    assert (result.exit_code, told in result.stderr) == (3, True)


def test_an_unknown_kind_is_told_with_the_nearest(terminal):
    error = terminal.json("submit", "PF-1", "research_dosier", "d.yaml")["error"]
    assert (error["field"], error["nearest"]) == ("kind", "research_dossier")


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("-5 EUR", "-5…: no amount or number here is negative"),
        ("5 EUX", "amount: '5 EUX' is not accepted: an ISO 4217 code such as EUR"),
        ("nan EUR", "amount: 'nan EUR' is not accepted: an amount and a currency"),
        ("1e9 EUR", "amount: '1e9 EUR' is not accepted: an amount and a currency"),
        ("inf EUR", "amount: 'inf EUR' is not accepted"),
        ("5", "amount: '5' is not accepted: an amount and a currency"),
    ],
)
def test_money_that_is_none_is_told(terminal, amount, told):
    result = terminal.run("release", terminal.opened(), amount, "--purpose", "A pilot", as_="bea")
    assert (result.exit_code, told in result.stderr) == (2, True)


@pytest.mark.parametrize("day", ["tomorrow", "2027-13-01", "2027-02-30", "2027-01-01T00:00:00", "0000-01-01"])
def test_a_day_that_is_none_is_told(terminal, day):
    result = terminal.run("deadline", terminal.opened(), day, as_="olga")
    told = f"provefirst: day: '{day}' is not accepted: a day such as 2027-03-31\n"
    assert (result.exit_code, result.stderr) == (2, told)


def test_a_day_in_the_past_is_refused(terminal):
    key = terminal.opened()
    words = ("vote", key, "hold", "--reason", "Data is late.", "--condition", "Data is here.", "--until", "2020-01-01")
    result = terminal.run(*words, as_="ella")
    assert (result.exit_code, "  - until: 2020-01-01 is not after today\n" in result.stderr) == (3, True)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("predictions", "'predictions' is not accepted: NAME=PATH, such as predictions=preds.csv"),
        ("=preds.csv", "'=preds.csv' is not accepted: NAME=PATH"),
        ("predictions=", "'predictions=' is not accepted: NAME=PATH"),
        ("predictions=none.csv", "'none.csv' is not accepted: no such file"),
    ],
)
def test_a_file_attached_wrongly_is_told(terminal, word, told):
    dossier = terminal.file("d.yaml", world.dossier())
    result = terminal.run("submit", terminal.screened(), "research_dossier", dossier, "--file", word, as_="dana")
    assert (result.exit_code, told in result.stderr) == (2, True)


def test_a_file_attached_under_a_hostile_name_is_refused(terminal):
    (terminal.folder / "preds.csv").write_text("id,prediction\n")
    words = ("submit", terminal.screened(), "research_dossier", terminal.file("d.yaml", world.dossier()))
    result = terminal.run(*words, "--file", "../preds=preds.csv", as_="dana")
    told = "  - '../preds': a file's name has up to 100 printable characters and no slash\n"
    assert (result.exit_code, told in result.stderr) == (3, True)


def test_a_file_too_large_is_refused_without_reading_it_whole(terminal):
    with (terminal.folder / "large.bin").open("wb") as file:
        file.truncate(10 * 2**30)
    words = ("submit", terminal.screened(), "research_dossier", terminal.file("d.yaml", world.dossier()))
    result = terminal.run(*words, "--file", "data=large.bin", as_="dana")
    told = "bytes are more than the 67108864 that a file may have"
    assert (result.exit_code, told in " ".join(result.stderr.split())) == (3, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("list", "--limit", "0"), "limit: 0 is not accepted: from 1 to 1000"),
        (("list", "--after", "yesterday"), "after: 'yesterday' is not accepted: the cursor"),
        (("list", "--status", "opn"), "did you mean 'open'?"),
        (("list", "--owner", "oga"), "did you mean 'olga'?"),
        (("lessons", "search", "--outcome", "feasable"), "did you mean 'feasible'?"),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_a_filter_that_names_nothing_is_told_instead_of_finding_nothing(terminal, words, told):
    result = terminal.run(*words)
    assert (result.exit_code, told in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://root@host/x", "database: 'mysql' is not accepted: sqlite or postgresql"),
        ("postgresql://nobody:secret@127.0.0.1:1/x", "the database can't be reached: "),
        ("no url at all", "database: '(not shown)' is not accepted: a URL such as postgresql://user@host/name"),
    ],
    ids=["unknown", "unreachable", "none"],
)
def test_a_database_that_can_not_be_had_is_told_without_its_password(terminal, url, told):
    result = terminal.run("list", PROVEFIRST_DATABASE_URL=url)
    assert (told in result.stderr, "secret" in result.output, result.exit_code in (1, 2)) == (True, False, True)
