"""Importing what was spent: a CSV file, looked through row by row before anything is written; then all or nothing."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from provefirst.documents.given import document
from provefirst.errors import InvalidInputError, ProvefirstError
from provefirst.initiative import Initiative
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.exchanging import Exchanged, exchanged
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.funding import Expense, expense_objections, in_books, spend_all
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Verb
from provefirst.permissions import Standing, fitting, objections
from provefirst.store.work import Work

COLUMNS = ("initiative", "amount", "what", "on", "reference")
MOST_ROWS = 10_000
MOST_BYTES = 10 * 2**20


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file, by its line."""

    line: int
    initiative: str
    expense: Expense


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row."""

    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file says, what is wrong with it, and whether it is booked."""

    rows: int
    totals: dict[str, int]
    problems: tuple[Problem, ...]
    is_booked: bool


def import_spending(workspace: Workspace, content: bytes, *, by: str, is_dry: bool = True) -> Imported:
    """Look through a file of spending; book it unless `is_dry` or any row is wrong.

    Each initiative's rows are booked in one transaction. A `reference` that is booked already is refused: a file
    imported twice is booked once.
    """
    rows, problems = _read(content)
    wrong, totals = _judged(workspace, rows, by)
    problems += wrong
    if is_dry or problems:
        return Imported(len(rows), totals, tuple(sorted(problems, key=lambda one: one.line)), is_booked=False)
    for key, mine in _grouped(rows).items():
        answer = spend_all(workspace, key, [row.expense for row in mine], by=by)
        if isinstance(answer, Refused):  # somebody else was quicker since it was looked through
            problems += [Problem(mine[0].line, f"{key}: {reason}") for reason in answer.reasons]
    return Imported(len(rows), totals, tuple(problems), is_booked=not problems)


def told_of(found: Imported) -> Facts:
    """What came of it, as plain values."""
    problems = [{"line": one.line, "problem": one.problem} for one in found.problems]
    return {"rows": found.rows, "totals": found.totals, "problems": problems, "booked": found.is_booked}


def _read(content: bytes) -> tuple[list[Row], list[Problem]]:
    if len(content) > MOST_BYTES:
        raise InvalidInputError("file", len(content), f"at most {MOST_BYTES} bytes")
    try:
        return _rows(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as problem:
        raise InvalidInputError("file", str(problem)[:80], "CSV in UTF-8") from None


def _rows(reader: csv.DictReader[str]) -> tuple[list[Row], list[Problem]]:
    """Every row of the file, and what is wrong with it. csv.Error where it is none."""
    header = tuple(reader.fieldnames or ())
    if missing := [name for name in COLUMNS if name not in header]:
        raise InvalidInputError(
            "file", ", ".join(header)[:200], f"the columns {', '.join(COLUMNS)}; missing: {missing[0]}"
        )
    if doubled := [name for name in COLUMNS if header.count(name) > 1]:
        raise InvalidInputError("file", ", ".join(header)[:200], f"each column once; {doubled[0]} stands there twice")
    rows: list[Row] = []
    problems: list[Problem] = []
    for given in reader:
        line = reader.line_num
        if len(rows) + len(problems) >= MOST_ROWS:
            raise InvalidInputError("file", line, f"at most {MOST_ROWS} rows")
        try:
            rows.append(_row(line, {name: (given.get(name) or "").strip() for name in COLUMNS}))
        except ProvefirstError as problem:
            problems += [Problem(line, told) for told in str(problem).splitlines()]
    if not rows and not problems:
        raise InvalidInputError("file", "no row", "a header and at least one row")
    return rows, problems


def _row(line: int, given: dict[str, str]) -> Row:
    if not given["reference"]:
        raise InvalidInputError("reference", "", "the invoice's number: by it a second import is known")
    fields = {name: given[name] for name in ("amount", "what", "on", "reference")}
    return Row(line, given["initiative"], document(Expense, fields))


def _judged(workspace: Workspace, rows: Sequence[Row], by: str) -> tuple[list[Problem], dict[str, int]]:
    """What is wrong with rows as the initiatives stand now, each row after those before it; and what they come to."""
    problems, today = list[Problem](), workspace.clock().date()
    totals: dict[str, int] = defaultdict(int)
    with workspace.store.reading() as work:
        person = work.person(by)
        accounts = work.accounts_of(person)
        for key, mine in _grouped(rows).items():
            try:
                state = workspace.load(work, key)
            except ProvefirstError as problem:
                problems += [Problem(row.line, str(problem)) for row in mine]
                continue
            standing = Standing(key, state.owner, state.parts, accounts)
            found = objections(person, Verb.SPEND, fitting(person, Verb.SPEND, standing), standing)
            problems += [Problem(mine[0].line, f"{key}: {reason}") for reason in found]
            wrong, totals[key] = _judged_on(work, state, mine, today)
            problems += wrong
    return problems, dict(totals)


def _judged_on(work: Work, state: Initiative, rows: Sequence[Row], today: date) -> tuple[list[Problem], int]:
    problems, booked, total, seen = list[Problem](), 0, 0, set[str]()
    for row in rows:
        came_to = _came_to(work, state, row.expense)
        if isinstance(came_to, Refused):
            amount, reasons = 0, [*came_to.reasons]
        else:
            amount = came_to.money.amount
            reasons = [*expense_objections(state, in_books(row.expense, came_to), today=today, booked=booked)]
        if row.expense.reference in seen:
            reasons.append(f"reference {row.expense.reference} stands in the file twice")
        seen.add(row.expense.reference)
        problems += [Problem(row.line, f"{state.key}: {reason}") for reason in reasons]
        total += amount
        booked += 0 if reasons else amount
    return problems, total


def _came_to(work: Work, state: Initiative, expense: Expense) -> Exchanged | Refused:
    try:
        return exchanged(work, expense.amount, state.books.currency)
    except InvalidInputError as problem:
        return Refused((str(problem),))


def _grouped(rows: Sequence[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.initiative].append(row)
    return groups
