"""The watch stage. Does the released model hold in production what was claimed?"""

from __future__ import annotations

from prefect import State, flow

from .steps import Refused, claim, ended, measure, record, refused, show


@flow(name="watch", flow_run_name="{initiative}/watch/attempt-{attempt}")
def watch(initiative: str, attempt: int, cause: int) -> State[None]:
    """Does the released model hold in production what was claimed?"""
    claimed = claim(initiative, "watch", attempt, cause)
    if isinstance(claimed, Refused):
        return refused(claimed)
    report = record(claimed, measure(claimed))
    if isinstance(report, Refused):
        return refused(report)
    show(claimed, report)
    return ended(report)
