"""The steps that every stage's flow is told in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect import State, runtime
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.states import Cancelled, Completed

from provefirst.lifecycle import arriving, attempts, running
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.attempts import Claimed, GateReport, Measured
from provefirst.lifecycle.running import Attempt, current_workspace

__all__ = ["Refused", "claim", "ended", "measure", "receive", "record", "refused", "show"]

MESSAGE_LENGTH = 2000


def claim(initiative: str, stage: str, attempt: int, cause: int) -> Claimed | Refused:
    """Take the attempt for this run, if the ledger says that it is to be run and nobody else has it."""
    return running.claim(initiative, stage, attempt, cause, run_id=str(runtime.flow_run.id))


def receive(claimed: Claimed) -> None:
    """Read and seal the data that a data owner asked for by this run, if one did."""
    arriving.receive(current_workspace(), claimed.attempt)


def measure(claimed: Claimed) -> Measured:
    """Run the checks that the gate's policy names."""
    return attempts.measure(current_workspace(), claimed.attempt)


def record(claimed: Claimed, measured: Measured) -> GateReport | Refused:
    """Write the findings to the ledger, which settles the gate."""
    return attempts.record(current_workspace(), claimed.attempt, str(runtime.flow_run.id), measured)


def show(claimed: Claimed, report: GateReport) -> None:
    """Leave the gate report, the findings and a link with the run, for whoever looks at it in Prefect."""
    attempt = claimed.attempt
    key = f"{attempt.initiative}-{attempt.stage.value}".lower().replace("_", "-")
    create_markdown_artifact(gate_report(attempt, report), key=f"{key}-gate", description=report.state)
    if report.findings:
        create_table_artifact(findings_table(report), key=f"{key}-findings", description=f"Findings at {attempt.name}")
    create_link_artifact(link_to(attempt.initiative), link_text=attempt.initiative, key=attempt.initiative.lower())


def ended(report: GateReport) -> State[None]:
    """The state that the run ends in, named for what is waited for."""
    return Completed(name=report.state[:200], message=_told(getattr(report.gate, "reasons", ())))


def refused(refusal: Refused) -> State[None]:
    """How a run ends that nobody asked for, or that lost its claim.

    Cancelled, not Failed: nothing is broken, and Prefect does not try it again. Not Completed: nothing was done.
    """
    return Cancelled(name="Refused", message=_told(refusal.reasons))


def gate_report(attempt: Attempt, report: GateReport) -> str:
    """The gate as it stands, in Markdown."""
    reasons = getattr(report.gate, "reasons", ())
    lines = [f"# {attempt.name}", "", f"The gate is **{'closed' if reasons else 'open'}**.", ""]
    return "\n".join([*lines, *(f"- {reason}" for reason in reasons)])


def findings_table(report: GateReport) -> list[dict[str, Any]]:
    """One line a finding: what was measured, against which limit."""
    return [
        {
            "finding": finding.code,
            "level": finding.level.value,
            "measured": _pairs(finding.measured),
            "limit": _pairs(finding.limit),
            "message": finding.message,
        }
        for finding in report.findings
    ]


def link_to(initiative: str) -> str:
    """The address of an initiative's page."""
    web = current_workspace().settings.web
    return f"{web.url or f'http://{web.host}:{web.port}'}/initiatives/{initiative}"


def _pairs(values: dict[str, Any]) -> str:
    shown = {name: f"{value:.6g}" if isinstance(value, float) else str(value) for name, value in values.items()}
    return ", ".join(f"{name} {value}" for name, value in shown.items())


def _told(reasons: Sequence[str]) -> str:
    return "; ".join(reasons)[:MESSAGE_LENGTH]
