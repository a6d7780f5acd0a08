"""Attempts: what the engine asks and tells. A run claims its attempt, measures, and records; the ledger decides."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from provefirst.errors import StorageError
from provefirst.findings import Finding
from provefirst.gates import Gate, Open
from provefirst.initiative import Initiative
from provefirst.ledger import instant
from provefirst.lifecycle.act import Done, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import ENGINE, Verb
from provefirst.stages import ORDER
from provefirst.store import outbox
from provefirst.store.outbox import Attempt, Running

RUNS = 5
"""How often an attempt is run again before its owner is told that it is stuck."""
TOLD_EVERY = 0.5
"""Seconds between two tellings of how far the checks are."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The run may go on: nobody else has the attempt, and the ledger says that the stage is entered."""

    attempt: Attempt
    initiative: Initiative

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Measured:
    """Findings, the digest of the evidence that they were measured on, and that of the policy that asked for them."""

    measured_on: str
    policy: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class GateReport:
    """What a run ends with: the gate as it stands, and the name of the state that says what is waited for."""

    initiative: Initiative
    gate: Gate
    findings: tuple[Finding, ...]
    state: str


def due(workspace: Workspace, now: datetime, *, limit: int = 100) -> tuple[Attempt, ...]:
    """Attempts that are to be started by `now`."""
    with workspace.store.reading() as work:
        return outbox.due(work, now=now, limit=limit)


def unfinished(workspace: Workspace) -> tuple[Running, ...]:
    """Attempts that were started and have not finished."""
    with workspace.store.reading() as work:
        return outbox.unfinished(work)


def sent(workspace: Workspace, attempt: Attempt, run_id: str, now: datetime) -> None:
    """Note that Prefect took the attempt. A run that was quicker has claimed it already: then that stands."""
    values = {"run_id": run_id, "sent_at": instant(now), "runs": attempt.runs + 1}
    with workspace.store.writing() as work:
        if not outbox.change(work, attempt, only=("due",), status="sent", **values):
            outbox.change(work, attempt, only=("claimed",), sent_at=instant(now), runs=attempt.runs + 1)


def postpone(workspace: Workspace, attempt: Attempt, problem: str, now: datetime) -> None:
    """Note that the attempt could not be sent, and try again later: nothing is lost while Prefect is away."""
    with workspace.store.writing() as work:
        row = outbox.row_of(work, attempt)
        waited = 2 ** min(len(row["problem"].split("; ")) if row and row["problem"] else 0, 5)
        told = "; ".join([*(row["problem"].split("; ") if row and row["problem"] else []), problem[:200]][-6:])
        outbox.change(work, attempt, only=("due",), next_at=instant(now + timedelta(seconds=waited)), problem=told)


def claim(workspace: Workspace, attempt: Attempt, run_id: str, now: datetime) -> Claimed | Refused:
    """Take the attempt for the run `run_id`, if the ledger says that it is to be run and nobody else has it."""
    with workspace.store.writing() as work:
        work.lock(attempt.initiative)
        initiative = workspace.load(work, attempt.initiative)
        row = outbox.row_of(work, attempt)
        if row is None:
            return Refused((f"nothing asked for this run of {attempt.name}: a gate opens it, not a click",))
        if reasons := _obsolete(initiative, attempt):
            outbox.change(work, attempt, only=("due", "sent", "claimed"), status="finished", state="Superseded")
            return Refused(reasons)
        if row["status"] in ("finished", "stalled"):
            return Refused((f"{attempt.name} is {row['status']}: {row['state'] or row['problem']}",))
        if row["status"] == "claimed" and row["run_id"] != run_id:
            return Refused((f"{attempt.name} is being run already",))
        taken = {"status": "claimed", "run_id": run_id, "claimed_at": instant(now), "state": ""}
        outbox.change(work, attempt, only=("due", "sent", "claimed"), **taken)
        return Claimed(replace(attempt, runs=row["runs"]), initiative)


def measure(workspace: Workspace, attempt: Attempt) -> Measured:
    """Run the checks of the stage on its evidence as it stands. Nothing is written but plots, and how far it is."""
    from provefirst.checks.registry import Case, measure_all  # late: checks import pandas and scikit-learn

    initiative = workspace.initiative(attempt.initiative)
    rules = workspace.policies(initiative.policy).at(attempt.stage).requires.findings
    parameters = {code: dict(rule.parameters) for code, rule in rules.items()}
    case = Case(initiative, workspace.blobs.get, workspace.blobs.put)
    findings = measure_all(attempt.stage, parameters, case, _teller(workspace, attempt))
    return Measured(initiative.evidence_digest(attempt.stage), initiative.policy, findings)


def record(workspace: Workspace, attempt: Attempt, run_id: str, measured: Measured) -> GateReport | Refused:
    """Write the findings, settle the gate and finish the attempt, all at once; a run that lost its claim is refused."""
    reports: list[GateReport] = []

    def write(draft: Draft) -> Refused | None:
        row = outbox.row_of(draft.work, attempt)
        if row is None or row["status"] != "claimed" or row["run_id"] != run_id:
            return Refused((f"{attempt.name} is no longer this run's",))
        if measured.findings and not _obsolete(draft.initiative, attempt):
            draft.write(
                "findings.recorded",
                stage=attempt.stage.value,
                attempt=attempt.attempt,
                cause=attempt.cause,
                measured_on=measured.measured_on,
                policy=measured.policy,
                findings=[finding.model_dump(mode="json") for finding in measured.findings],
            )
        report = GateReport(draft.initiative, draft.gate, measured.findings, state_of(draft.gate))
        outbox.change(draft.work, attempt, only=("claimed",), status="finished", state=report.state)
        reports.append(report)
        return None

    answer = act(workspace, attempt.initiative, write, by=ENGINE, verb=Verb.DECIDE)
    return replace(reports[-1], initiative=answer.initiative) if isinstance(answer, Done) else answer


def again(workspace: Workspace, attempt: Attempt, problem: str, now: datetime) -> bool:
    """Give a run that failed back to the dispatcher; past the limit, tell the owner on the ledger instead."""
    told = problem[:500] or "the run ended without a word"
    if attempt.runs < RUNS:
        with workspace.store.writing() as work:
            later = instant(now + timedelta(seconds=2 ** min(attempt.runs, 5) - 1))
            values = {"status": "due", "run_id": "", "next_at": later, "problem": told}
            return outbox.change(work, attempt, only=("sent", "claimed"), **values)

    def write(draft: Draft) -> Refused | None:
        if not outbox.change(draft.work, attempt, only=("sent", "claimed"), status="stalled", problem=told):
            return Refused((f"{attempt.name} has finished",))
        stage, number, cause = attempt.stage.value, attempt.attempt, attempt.cause
        draft.write("attempt.stalled", stage=stage, attempt=number, cause=cause, runs=attempt.runs, problem=told)
        if any(one.version == cause and one.is_waiting for one in draft.initiative.arrivals):
            because = f"the run that was to read it failed {attempt.runs} times"
            draft.write("data.refused", request=cause, reasons=[because])
        about = f"{attempt.name} failed {attempt.runs} times: {told}"
        draft.write("reminder.raised", to=draft.initiative.owner, about=about)
        return None

    act(workspace, attempt.initiative, write, by=ENGINE, verb=Verb.DECIDE)
    return False


def state_of(gate: Gate) -> str:
    """The name of a run's final state: what is waited for."""
    if isinstance(gate, Open):
        return "GateOpen"
    if any(reason.endswith("not submitted") for reason in gate.reasons):
        return "AwaitingEvidence"
    return f"GateClosed: {gate.reasons[0]}"


def _teller(workspace: Workspace, attempt: Attempt) -> Callable[[int, int, str], None]:
    """Tells pages how far the checks are, not too often. Nothing depends on it: where it can't be told, it is not."""
    last = -TOLD_EVERY

    def tell(done: int, of: int, code: str) -> None:
        nonlocal last
        if monotonic() - last < TOLD_EVERY:
            return
        last = monotonic()
        with suppress(StorageError), workspace.store.writing() as work:
            outbox.tell(work, attempt, done, of, code)

    return tell


def _obsolete(initiative: Initiative, attempt: Attempt) -> tuple[str, ...]:
    if initiative.conclusion is not None:
        return (f"{initiative.key} is concluded: {initiative.conclusion.outcome.value}",)
    if (initiative.stage, initiative.attempt) != (attempt.stage, attempt.attempt):
        return (f"{initiative.key} is at {initiative.stage.label}, attempt {initiative.attempt}",)
    before = ORDER[attempt.stage.position - 1] if attempt.stage.position else None
    if before is not None and not initiative.is_passed(before):
        return (f"the {before.label} gate is closed",)
    return ()
