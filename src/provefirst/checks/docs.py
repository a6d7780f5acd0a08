"""docs/checks.md, made from the registry: `python -m provefirst.checks.docs > docs/checks.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from provefirst.checks.check import Check, Parameter
from provefirst.checks.registry import all_checks

_FAMILIES = {
    "PF1": "Data",
    "PF2": "Leakage",
    "PF3": "Signal",
    "PF4": "Frankenstein models",
    "PF5": "Replication",
    "PF6": "Harm",
    "PF7": "Production",
}
_HEAD = """# Checks

What the engine measures on submitted evidence. Each check answers one question in numbers; a gate's policy names by
code the findings that it waits for. *Binding* checks may close a gate by themselves, the others warn (and bind only
where a policy says so). A finding is passed, warning, failed, skipped (evidence is missing), not applicable (the
question does not arise) or crashed (the check failed or took too long); unless the policy says otherwise by name, only
passed satisfies a gate. `provefirst assess` runs all checks of the data analysis on one table.

More checks come from other packages by an entry point of the group `provefirst.checks` that names a
`provefirst.checks.check.Check`. This page is made from the registry:
`python -m provefirst.checks.docs > docs/checks.md`.
"""


def document(checks: tuple[Check, ...]) -> str:
    """The page: an overview, then a section a check."""
    return "\n".join([_HEAD, *_overview(checks), *(line for check in checks for line in _section(check))]) + "\n"


def _overview(checks: tuple[Check, ...]) -> Iterator[str]:
    yield "| Code | Check | Stage | Binding |"
    yield "| --- | --- | --- | --- |"
    for check in checks:
        link = f"[{check.code}](#{_anchor(check)})"
        yield f"| {link} | {check.title} | {check.stage.label} | {'yes' if check.binding else 'no'} |"
    yield ""


def _section(check: Check) -> Iterator[str]:
    family = _FAMILIES.get(check.code[:3], "Others")
    yield f"## {check.code} {check.title}"
    yield ""
    yield f"*{family} · {check.stage.label} · {'binding' if check.binding else 'warning'}*"
    yield ""
    yield f"**Why.** {check.why}"
    yield ""
    yield f"**How.** {check.how}"
    yield ""
    yield f"**Limit.** {check.limit}"
    yield ""
    if check.parameters:
        yield "| Parameter | Default | Allowed | |"
        yield "| --- | --- | --- | --- |"
        yield from (_row(parameter) for parameter in check.parameters)
        yield ""


def _row(parameter: Parameter) -> str:
    return f"| `{parameter.name}` | {parameter.default} | {parameter.range} | {parameter.about} |"


def _anchor(check: Check) -> str:
    kept = "".join(c for c in f"{check.code} {check.title}".lower() if c.isalnum() or c in " -")
    return kept.replace(" ", "-")


if __name__ == "__main__":
    sys.stdout.write(document(tuple(all_checks().values())))
