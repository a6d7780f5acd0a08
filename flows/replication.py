"""The replication stage. Can we reach ourselves what was reported?"""

from __future__ import annotations

from prefect import State, flow

from .steps import Refused, claim, ended, measure, record, refused, show


@flow(name="replication", flow_run_name="{initiative}/replication/attempt-{attempt}")
def replication(initiative: str, attempt: int, cause: int) -> State[None]:
    """Can we reach ourselves what was reported?"""
    claimed = claim(initiative, "replication", attempt, cause)
    if isinstance(claimed, Refused):
        return refused(claimed)
    report = record(claimed, measure(claimed))
    if isinstance(report, Refused):
        return refused(report)
    show(claimed, report)
    return ended(report)
