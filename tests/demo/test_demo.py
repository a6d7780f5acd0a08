"""The demo tells the truth: what it leaves behind is what its stories say, and each refusal was a real one."""

from io import StringIO

import pytest
from rich.console import Console

from provefirst.demo.story import Told, run
from provefirst.errors import InvalidInputError
from provefirst.ledger import verify
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Account
from provefirst.stages import Outcome, Stage


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> tuple[Told, str]:
    console = Console(file=StringIO(), width=100)
    return run(console, tmp_path_factory.mktemp("demo") / "folder"), console.file.getvalue()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def workspace(told) -> Workspace:
    return Workspace.open(told[0].home)


def test_the_published_result_ends_with_a_first_tranche_and_a_deadline(workspace):
    cancer = workspace.initiative("PF-1")
    levels = {code: finding.level.value for code, finding in cancer.current_findings.items()}
    assert (cancer.stage, cancer.books.on(Account.RELEASED), len(cancer.tranches)) == (Stage.WATCH, 40_000_00, 1)
    assert {code: levels[code] for code in ("PF300", "PF301", "PF501", "PF502")} == dict.fromkeys(
        ("PF300", "PF301", "PF501", "PF502"), "passed"
    )
    assert cancer.deadline is not None
    assert cancer.deadline.day > cancer.deadline.p80


def test_the_honest_no_is_concluded_with_its_lesson_and_all_its_money_back(workspace):
    sizes = workspace.initiative("PF-2")
    assert sizes.conclusion is not None
    assert (sizes.conclusion.outcome, sizes.conclusion.by) == (Outcome.NOT_FEASIBLE, ("ruth", "rana"))
    assert (sizes.books.returned, sizes.books.on(Account.REQUESTED)) == (200_000_00, 0)


def test_who_asks_again_meets_the_lesson_and_says_what_is_different(workspace):
    again = workspace.initiative("PF-3")
    [met] = again.resemblances.values()
    assert (met.key, met.outcome, met.by, again.stage) == ("PF-2", Outcome.NOT_FEASIBLE, "pedro", Stage.RESEARCH)


def test_hurry_gets_neither_money_nor_a_deadline_nor_past_the_gate(workspace):
    hurry = workspace.initiative("PF-4")
    assert (hurry.stage, hurry.tranches, hurry.deadline) == (Stage.DATA_ANALYSIS, (), None)


def test_every_refusal_is_printed_with_every_reason(told):
    report, printed = told
    words = " ".join(printed.split())
    assert len(report.refusals) >= 15
    for what, reasons in report.refusals:
        assert [text for text in (what, *reasons) if " ".join(text.split()) not in words] == []


def test_the_ledger_it_leaves_behind_verifies(workspace):
    with workspace.store.reading() as work:
        for stream in work.streams():
            verify(work.entries(stream))
        assert work.streams() == ("ORG", "PF-1", "PF-2", "PF-3", "PF-4")


def test_a_folder_that_holds_a_ledger_is_left_alone(told):
    with pytest.raises(InvalidInputError, match="a folder without a ledger"):
        run(Console(file=StringIO()), told[0].home)
