"""From findings to an answer: what they say together, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provefirst.checks.check import told
from provefirst.checks.registry import find
from provefirst.findings import Finding, Level

BLOCKING = (Level.FAILED, Level.CRASHED)


def verdict(scored: Finding, beaten: Finding, findings: tuple[Finding, ...]) -> tuple[str, tuple[str, ...]]:
    """The verdict of all findings together, and why: a goal counts as reached where nothing binding speaks against it.

    What leaks only flatters, so a goal that is missed in spite of it stays missed.
    """
    on_sealed = str(scored.measured["verdict"])
    reasons = [scored.message]
    if on_sealed != "feasible":
        return on_sealed, tuple(reasons)
    blocking = [found for found in findings if found.level in BLOCKING and found is not beaten]
    against = [found for found in blocking if find(found.code).binding]
    if beaten.level is not Level.PASSED:
        reasons.append(f"PF301: {beaten.message}")
        high, margin = beaten.measured.get("high"), beaten.limit.get("margin")
        is_sure = isinstance(high, float) and isinstance(margin, float) and high < margin
        if is_sure and not against:
            return "not_feasible", tuple(reasons)
    reasons += [f"{found.code}: {found.message}" for found in against]
    return ("feasible" if len(reasons) == 1 else "inconclusive"), tuple(reasons)


def what_next(answer: str, findings: Mapping[str, Finding]) -> tuple[str, ...]:
    """What to do now, the most telling first."""
    return tuple(_steps(answer, findings)) or (
        "Look at the warnings; then open an initiative and preregister the goal.",
    )


def _steps(answer: str, findings: Mapping[str, Finding]) -> Iterator[str]:
    yield from _to_mend(findings)
    warned = {code for code, found in findings.items() if found.level is Level.WARNING}
    if answer == "feasible":
        yield "Open an initiative, preregister this goal, and have the data owner seal rows that nobody has seen."
        if "PF403" in warned:
            yield "Use the simple model: complexity buys nothing here."
    elif answer == "not_feasible":
        yield "Stop, and record the lesson; nothing in this data reaches the goal with the models tried here."
        if "PF303" in warned:
            yield "More rows of the same columns will not help; other columns might."
    elif needed := findings["PF300"].measured.get("rows_needed"):
        yield f"Collect more rows: about {needed} sealed ones would decide it, one way or the other."
    elif findings["PF301"].level in BLOCKING:
        yield "Hold back more rows, or aim lower: the simple way out can't be told from the model."
    if "PF107" in warned:
        yield "Say of each column when its value is known (--known-at): no test can tell it."
    if "PF207" in warned:
        yield "The newest rows differ from the older ones: find out what changed before trusting any figure."


def _to_mend(findings: Mapping[str, Finding]) -> Iterator[str]:
    """What has to be put right before any figure counts."""
    m = {code: told(found.measured) for code, found in findings.items()}
    failed = {code for code, found in findings.items() if found.level in BLOCKING}
    if "PF201" in failed:
        column = m["PF201"].get("column", "the column")
        yield f"Ask the data owner when {column} is known; pass it to --post-outcome or in --known-at; assess again."
    if "PF202" in failed:
        columns = m["PF202"].get("disguised_columns")
        yield f"Take out {columns}, or say in --known-at that it is known before the outcome."
    if "PF203" in failed:
        yield "Remove duplicates, or name the column of persons or machines as --group, and assess again."
