"""The portfolio as CSV and as a workbook: every row, amounts as numbers, and no text that turns into a formula."""

from __future__ import annotations

import csv
import io
from zipfile import ZipFile

import pytest

from provefirst.lifecycle import listing
from tests.web.conftest import Ask
from tests.web.serving import Served

FORMULAS = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(1)")


def test_the_spreadsheet_holds_every_row_and_no_formula(site: Served, ask: Ask) -> None:
    site.world.open(title="=HYPERLINK(1)", budget=12_345)
    site.world.open(title="A second question")
    sheet = ask("bea").get("/portfolio.csv?sort=title").text
    rows = list(csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff"))))
    assert [(row["title"], row["requested"]) for row in rows] == [
        ("'=HYPERLINK(1)", "123.45"), ("A second question", "100000.00")
    ]  # fmt: skip


@pytest.mark.parametrize("title", FORMULAS)
def test_no_title_is_a_formula_in_either(site: Served, ask: Ask, title: str) -> None:
    site.world.open(title=title)
    assert [row["title"] for row in _csv(ask, "/portfolio.csv")] == [f"'{title}"]
    book = _parts(ask, "/portfolio.xlsx")
    assert "<f>" not in book["xl/worksheets/sheet1.xml"]
    assert title in book["xl/worksheets/sheet1.xml"] + book.get("xl/sharedStrings.xml", "")


def test_the_workbook_holds_money_as_numbers_and_days_as_days(site: Served, ask: Ask) -> None:
    site.world.open(title="A question", budget=12_345)
    sheet = _parts(ask, "/portfolio.xlsx")["xl/worksheets/sheet1.xml"]
    assert "<v>123.45</v>" in sheet
    opened = (site.world.clock.now.date() - site.world.clock.now.date().replace(year=1899, month=12, day=30)).days
    assert f"<v>{opened}</v>" in sheet


def test_all_pages_of_what_was_chosen_are_in_it(site: Served, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST", 2)
    for number in range(5):
        site.world.open(title=f"Question {number}", budget=1000)
    site.world.open(title="Something else", budget=1000)
    titles = [row["title"] for row in _csv(ask, "/portfolio.csv?text=question&sort=title")]
    assert titles == [f"Question {number}" for number in range(5)]
    sheet = _parts(ask, "/portfolio.xlsx?text=question")["xl/worksheets/sheet1.xml"]
    assert (sheet.count("<row "), "Something else" in sheet) == (6, False)


def _csv(ask: Ask, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(ask("bea").get(path).text.removeprefix("\ufeff"))))


def _parts(ask: Ask, path: str) -> dict[str, str]:
    answer = ask("bea").get(path)
    assert (answer.status_code, answer.headers["content-disposition"]) == (200, 'attachment; filename="portfolio.xlsx"')
    with ZipFile(io.BytesIO(answer.content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}
