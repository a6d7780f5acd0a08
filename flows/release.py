"""The release stage. Does the board free the money?"""

from __future__ import annotations

from prefect import State, flow

from .steps import Refused, claim, ended, measure, record, refused, show


@flow(name="release", flow_run_name="{initiative}/release/attempt-{attempt}")
def release(initiative: str, attempt: int, cause: int) -> State[None]:
    """Does the board free the money?"""
    claimed = claim(initiative, "release", attempt, cause)
    if isinstance(claimed, Refused):
        return refused(claimed)
    report = record(claimed, measure(claimed))
    if isinstance(report, Refused):
        return refused(report)
    show(claimed, report)
    return ended(report)
