"""An assessment as one HTML page that needs nothing else: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from provefirst.checks.assessment import Assessment
from provefirst.checks.registry import find
from provefirst.findings import Finding, Level

_STYLE = """
:root{color-scheme:light}
body{font:16px/1.5 system-ui,sans-serif;color:#1f2933;max-width:62rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}.answer{font-size:1.3rem;font-weight:600}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-top:1px solid #cbd2d9}
.level{white-space:nowrap;font-weight:600}.passed{color:#1d6b3c}.warning{color:#8a5a00}.failed,.crashed{color:#a61b1b}
.skipped,.not_applicable{color:#52606d}figure{display:inline-block;margin:.5rem 1rem .5rem 0}figcaption{color:#52606d}
svg{max-width:100%;height:auto}@media print{body{margin:0}}
"""


def html(assessment: Assessment, *, name: str) -> str:
    """The page. `name` is what the data is called; nothing from the data is ever markup."""
    title = f"{_words(assessment.verdict)}: {name}"
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>",
            *_answer(assessment, name),
            *_plots(assessment),
            *_findings(assessment),
            "</main></body></html>",
            "",
        ]
    )


def summary(assessment: Assessment) -> str:
    """The figure with its interval, its rows and how blind the holdout was."""
    found = assessment.interval
    return (
        f"{assessment.metric} {assessment.estimate:.4g} ({_bound(found['low'])} to {_bound(found['high'])}, "
        "one-sided bounds "
        f"at alpha {found['alpha']:g} over {found['looks']} look{'' if found['looks'] == 1 else 's'}), n = "
        f"{found['n']}, "
        f"{assessment.blindness} holdout, goal {assessment.goal:.4g}"
    )


def rows(assessment: Assessment) -> str:
    """Rows read, left out, worked on and sealed, and by what they were split."""
    counted = assessment.rows
    sampled = f" (a sample of {counted['total']})" if counted["total"] > counted["read"] else ""
    column = assessment.split["time"] or assessment.split["group"]
    by = f"{assessment.split['by']} ({column})" if column else str(assessment.split["by"])
    return (
        f"{counted['read']} rows read{sampled}, {counted['without_target']} without a target; "
        f"{counted['work']} to work on, "
        f"{counted['sealed']} sealed, split: {by}; model: {assessment.model}; seed {assessment.seed}"
    )


def _answer(assessment: Assessment, name: str) -> Iterator[str]:
    yield f"<h1>Can it work? {escape(name)}</h1>"
    yield f'<p class="answer">{escape(_words(assessment.verdict))}</p>'
    yield f"<p>{escape(summary(assessment))}</p><p>{escape(rows(assessment))}</p>"
    if assessment.rows_needed:
        yield f"<p>{assessment.rows_needed} sealed rows would tell.</p>"
    yield "<h2>Why</h2><ul>"
    yield from (f"<li>{escape(reason)}</li>" for reason in assessment.reasons)
    yield "</ul><h2>What to do next</h2><ul>"
    yield from (f"<li>{escape(step)}</li>" for step in assessment.next)
    yield "</ul>"


def _plots(assessment: Assessment) -> Iterator[str]:
    if assessment.plots:
        yield "<h2>Plots</h2>"
    for name, svg in assessment.plots.items():
        code = name.split(" ")[0]
        yield f"<figure>{svg.decode()}<figcaption>{escape(code)} {escape(find(code).title)}</figcaption></figure>"


def _findings(assessment: Assessment) -> Iterator[str]:
    heads = "".join(f"<th>{head}</th>" for head in ("Code", "Check", "Level", "Measured"))
    yield f"<h2>Findings</h2><table><thead><tr>{heads}</tr></thead><tbody>"
    order = (Level.CRASHED, Level.FAILED, Level.WARNING, Level.PASSED, Level.SKIPPED, Level.NOT_APPLICABLE)
    for found in sorted(assessment.findings, key=lambda found: (order.index(found.level), found.code)):
        yield _row(found)
    yield "</tbody></table>"


def _row(found: Finding) -> str:
    level = f'<td class="level {found.level.value}">{escape(_words(found.level.value))}</td>'
    return (
        f"<tr><td>{escape(found.code)}</td><td>{escape(find(found.code).title)}</td>{level}"
        f"<td>{escape(found.message)}</td></tr>"
    )


def _bound(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else "open"


def _words(name: str) -> str:
    return name.replace("_", " ")
