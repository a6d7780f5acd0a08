"""The permission matrix as people read it. `python -m provefirst.accounts.access_words` writes it into the page."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from provefirst.people import Role, Verb
from provefirst.permissions import ANY, READING, TABLE, Grant, Relation
from provefirst.stages import ORDER, Stage

BEGIN, END = "<!-- the table begins -->", "<!-- the table ends -->"


def table() -> str:
    """Every line of the matrix in Markdown; roles that may do the same under the same terms share one."""
    head = ["| Verb | Role | Who is, on the initiative | At stage | And only |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(_line(verb, lines) for verb, lines in _alike())])


def woven(text: str) -> str:
    """`text` with the table between its two marks made anew."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def _alike() -> Iterable[tuple[Verb, list[Grant]]]:
    for (verb, *_), lines in groupby(TABLE, key=lambda line: (line.verb, line.relations, line.stages, line.when)):
        yield verb, list(lines)


def _line(verb: Verb, lines: list[Grant]) -> str:
    first = lines[0]
    cells = (f"`{verb.value}`", _roles(lines), _relations(first), _stages(first), first.when.value)
    return f"| {' | '.join(cells)} |"


def _roles(lines: list[Grant]) -> str:
    roles = {line.role for line in lines}
    left_out = set(Role) - roles
    if not left_out:
        return "everybody"
    if len(left_out) == 1:
        return f"everybody but {left_out.pop().label}"
    return ", ".join(role.label for role in Role if role in roles)


def _relations(line: Grant) -> str:
    if line.relations == ANY:
        return "anything"
    return " or ".join(relation.value for relation in Relation if relation in line.relations)


def _stages(line: Grant) -> str:
    if not line.stages:
        return "on no initiative"
    if line.stages == frozenset(Stage):
        return "any, and after the end" if line.verb in READING else "any"
    names = [stage.label for stage in ORDER if stage in line.stages]
    return ", ".join(names)


if __name__ == "__main__":
    page = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/access.md")
    page.write_text(woven(page.read_text(encoding="utf-8")), encoding="utf-8")
