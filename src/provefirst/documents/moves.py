"""Moves of money as CSV and as a workbook, in which no text is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from provefirst.money import in_major
from provefirst.texts import as_cell

COLUMNS = ("at", "initiative", "version", "event", "by", "what", "source", "target", "amount", "currency")


def as_csv(lines: Sequence[Mapping[str, Any]], currency: str) -> str:
    """`lines` of a statement, amounts in major units."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for line in lines:
        amount = in_major(line["amount"], currency).replace(",", "")
        row = {name: as_cell(str(line[name])) for name in COLUMNS[:-2]}
        writer.writerow([*row.values(), amount, currency])
    return buffer.getvalue()


def as_workbook(found: Mapping[str, Any]) -> bytes:
    """A statement as an Excel workbook of two sheets: its lines, and what stood on each account before and after."""
    import xlsxwriter

    buffer, currency = io.BytesIO(), found["currency"]
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    lines = [[*(str(line[name]) for name in COLUMNS[:-2]), line["amount"], currency] for line in found["lines"]]
    parts = ("before", "came", "went", "after")
    balances = [[one["account"], *(one[part] for part in parts)] for one in found["balances"]]
    total = ["all together", "", "", "", found["total"]]
    for name, header, rows in (("moves", COLUMNS, lines), ("balances", ("account", *parts), [*balances, total])):
        sheet = book.add_worksheet(name)
        for place, row in enumerate([header, *rows]):
            for column, cell in enumerate(row):
                if isinstance(cell, int):  # Excel has no other numbers than floats: sums were made before, in integers
                    sheet.write_number(place, column, float(in_major(cell, currency).replace(",", "")))
                else:
                    sheet.write_string(place, column, cell)
    book.close()
    return buffer.getvalue()
