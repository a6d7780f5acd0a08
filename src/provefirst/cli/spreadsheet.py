"""Moves of money as CSV, in which no text is a formula."""

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
