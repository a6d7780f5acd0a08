"""The portfolio for a spreadsheet: all that was chosen, as CSV or as a workbook, in which no text is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any, cast

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse

from provefirst.lifecycle import listing
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import exponent
from provefirst.texts import as_cell
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.portfolio import Choice, chosen, rows_of
from provefirst.web.render import HEADERS
from provefirst.web.route import pages

router = pages()
COLUMNS = (
    "key", "title", "owner", "domain", "status", "stage", "attempt", "outcome", "currency", "requested", "approved",
    "released", "spent", "returned", "deadline", "revisit_on", "opened_at", "changed_at",
)  # fmt: skip
_MONEY = frozenset({"requested", "approved", "released", "spent", "returned"})
_DAYS = frozenset({"deadline", "revisit_on", "opened_at", "changed_at"})
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 2**20


@router.get("/portfolio.csv")
def as_csv(
    request: Request, visitor: Annotated[Visitor, Depends(require)], choice: Annotated[Choice, Depends(chosen)]
) -> Response:
    """Text that a spreadsheet would take for a formula gets a quotation mark, which says that it is text."""
    return StreamingResponse(_csv(workspace_of(request), choice), 200, _named("csv"), "text/csv; charset=utf-8")


@router.get("/portfolio.xlsx")
def as_workbook(
    request: Request, visitor: Annotated[Visitor, Depends(require)], choice: Annotated[Choice, Depends(chosen)]
) -> Response:
    """Money as numbers and days as days; text is written as text, whatever it begins with."""
    file = cast("IO[bytes]", SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115  # closed once it is sent
    _write(file, workspace_of(request), choice)
    return StreamingResponse(_pieces(file), 200, _named("xlsx"), WORKBOOK)


def _named(ending: str) -> dict[str, str]:
    return {**HEADERS, "Content-Disposition": f'attachment; filename="portfolio.{ending}"'}


def _all(workspace: Workspace, choice: Choice) -> Iterator[tuple[Mapping[str, Any], ...]]:
    """Every row that was chosen, page after page."""
    here: Choice | None = replace(choice, after="")
    while here is not None:
        found = rows_of(workspace, here, listing.MOST)
        yield tuple(found.rows)
        here = replace(here, after=found.after) if found.after else None


def _csv(workspace: Workspace, choice: Choice) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    yield "\ufeff"  # by which spreadsheets know that it is UTF-8
    for rows in _all(workspace, choice):
        writer.writerows([_cell(name, row) for name in COLUMNS] for row in rows)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _cell(name: str, row: Mapping[str, Any]) -> str:
    if name in _MONEY:
        return f"{_major(name, row):.{_places(row)}f}"
    return as_cell(str(row[name]))


def _write(file: IO[bytes], workspace: Workspace, choice: Choice) -> None:
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        sheet = book.add_worksheet("Portfolio")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 2)
        sheet.set_column(1, 1, 50)
        sheet.set_column(14, 17, 12)
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name, bold)
        line = 0
        for rows in _all(workspace, choice):
            for row in rows:
                line += 1
                for column, name in enumerate(COLUMNS):
                    if name in _MONEY:
                        sheet.write_number(line, column, _major(name, row))
                    elif name in _DAYS and row[name]:
                        sheet.write_datetime(line, column, date.fromisoformat(row[name][:10]), day)
                    else:
                        sheet.write_string(line, column, str(row[name]))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(2**16):
            yield piece


def _major(name: str, row: Mapping[str, Any]) -> float:
    return float(row[name] / 10 ** _places(row))


def _places(row: Mapping[str, Any]) -> int:
    return exponent(row["currency"]) if row["currency"] else 2
