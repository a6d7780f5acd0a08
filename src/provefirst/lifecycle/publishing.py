"""Publishing: concluded work as a folder of plain files, whichever way it ended: pages, JSON and citations.

No person is named in it, and nothing tells a yes from a no but the word that says which it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from provefirst.errors import InvalidInputError
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.remembering import Wanted, search
from provefirst.lifecycle.workspace import Workspace

FIELDS = (
    "initiative", "title", "outcome", "reasons", "domain", "data_kind", "metric", "problem", "hypothesis", "lesson",
    "would_change_if", "revisit_on", "concluded_at",
)  # fmt: skip
"""What is told of each, and nothing else."""

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,40}\.(html|json|bib)")

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem }}
dt {{ font-weight: 600; margin-top: 1rem }} dd {{ margin: 0; white-space: pre-line; overflow-wrap: anywhere }}
li {{ margin: .5rem 0 }} code, pre {{ white-space: pre-wrap; overflow-wrap: anywhere }}
</style></head><body><main>{body}</main></body></html>
"""


def publish(workspace: Workspace, folder: Path, *, name: str = "provefirst") -> tuple[Path, ...]:
    """Write every lesson into `folder`, which must be new or empty; returns the files."""
    return write_into(folder, publication(workspace, name=name))


def publication(workspace: Workspace, *, name: str = "provefirst") -> dict[str, str]:
    """Every lesson as what is published: the text of each file, by the file's name."""
    rows = _all(workspace)
    contents = {f"{row['initiative']}.html": _lesson_page(row, name) for row in rows}
    contents["index.html"] = _index_page(rows, name)
    contents["lessons.json"] = json.dumps({"publisher": name, "lessons": rows}, indent=2, ensure_ascii=False) + "\n"
    contents["lessons.bib"] = "\n".join(citation(row, name) for row in rows)
    return contents


def write_into(folder: Path, contents: Mapping[str, str]) -> tuple[Path, ...]:
    """Write what is published into `folder`, which must be new or empty; returns the files."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInputError("folder", str(folder), "a new or an empty folder: nothing is overwritten")
    if strange := [file for file in contents if not _FILE.fullmatch(file)]:
        raise InvalidInputError("file", strange[0], "a name such as PF-1.html, without a folder")
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in contents.items():
        (folder / file).write_text(text, "utf-8")
    return tuple(folder / file for file in sorted(contents))


def citation(row: Facts, publisher: str) -> str:
    """How a lesson is cited, for BibTeX."""
    year, month = row["concluded_at"][:4], int(row["concluded_at"][5:7])
    outcome, reasons = (_words(word) for word in (row["outcome"], ", ".join(row["reasons"])))
    fields = {
        "title": f"{{{_tex(row['title'])}}}",
        "institution": _tex(publisher),
        "year": year,
        "month": str(month),
        "number": row["initiative"],
        "type": "Concluded initiative",
        "note": f"Outcome: {_tex(outcome)} ({_tex(reasons)})",
    }
    body = "".join(f"  {field} = {{{value}}},\n" for field, value in fields.items())
    return f"@techreport{{{row['initiative'].lower()},\n{body}}}\n"


def _all(workspace: Workspace) -> list[Facts]:
    rows: list[Facts] = []
    while page := search(workspace, Wanted(), limit=1000, skip=len(rows)).rows:
        rows += page
    return [{field: row[field] for field in FIELDS} for row in rows]


def _index_page(rows: Sequence[Facts], name: str) -> str:
    items = "".join(
        f'<li><a href="{row["initiative"]}.html">{escape(row["title"])}</a><br>'
        f"{escape(_words(row['outcome']))}, {row['concluded_at'][:10]}, {escape(row['domain'])}</li>"
        for row in rows
    )
    listed = f"<ul>{items}</ul>" if rows else "<p>Nothing is concluded yet.</p>"
    about = f"<p>{len(rows)} initiatives, newest first. Each passed the same review, whichever way it ended.</p>"
    files = '<p><a href="lessons.json">JSON</a> · <a href="lessons.bib">citations</a></p>'
    return _PAGE.format(
        title=escape(f"What {name} learnt"), body=f"<h1>What {escape(name)} learnt</h1>{about}{listed}{files}"
    )


def _lesson_page(row: Facts, name: str) -> str:
    told = (
        ("Asked", row["problem"]),
        ("Hypothesis", row["hypothesis"]),
        ("Outcome", f"{_words(row['outcome'])} ({', '.join(_words(one) for one in row['reasons'])})"),
        ("Learnt", row["lesson"]),
        ("What would change the answer", row["would_change_if"]),
        ("To be looked at again", row["revisit_on"] or "no day is set"),
        ("Domain, data, metric", f"{row['domain']}, {_words(row['data_kind'])}, {_words(row['metric'])}"),
        ("Concluded", row["concluded_at"][:10]),
    )
    listed = "".join(f"<dt>{label}</dt><dd>{escape(value)}</dd>" for label, value in told)
    title = escape(row["title"])
    cited = f"<h2>To cite it</h2><pre>{escape(citation(row, name))}</pre>"
    body = f'<p><a href="index.html">All lessons</a></p><h1>{title}</h1><dl>{listed}</dl>{cited}'
    return _PAGE.format(title=f"{title}: {row['initiative']}", body=body)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _tex(text: str) -> str:
    """`text` in which nothing acts on TeX."""
    plain = re.sub(r"[{}\\~^]", "", text)
    return re.sub(r"([#$%&_])", r"\\\1", plain)
