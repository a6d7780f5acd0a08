"""The research stage. How did others do it, what did they reach, and why should that carry over?"""

from __future__ import annotations

from prefect import State, flow

from .steps import Refused, claim, ended, measure, record, refused, show


@flow(name="research", flow_run_name="{initiative}/research/attempt-{attempt}")
def research(initiative: str, attempt: int, cause: int) -> State[None]:
    """How did others do it, what did they reach, and why should that carry over?"""
    claimed = claim(initiative, "research", attempt, cause)
    if isinstance(claimed, Refused):
        return refused(claimed)
    report = record(claimed, measure(claimed))
    if isinstance(report, Refused):
        return refused(report)
    show(claimed, report)
    return ended(report)
