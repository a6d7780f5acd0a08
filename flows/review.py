"""The review stage. Do independent peers find the method sound?"""

from __future__ import annotations

from prefect import State, flow

from .steps import Refused, claim, ended, measure, record, refused, show


@flow(name="review", flow_run_name="{initiative}/review/attempt-{attempt}")
def review(initiative: str, attempt: int, cause: int) -> State[None]:
    """Do independent peers find the method sound?"""
    claimed = claim(initiative, "review", attempt, cause)
    if isinstance(claimed, Refused):
        return refused(claimed)
    report = record(claimed, measure(claimed))
    if isinstance(report, Refused):
        return refused(report)
    show(claimed, report)
    return ended(report)
