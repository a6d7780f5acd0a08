"""The proposal stage. Is the question worth asking, and could answering it harm anybody?"""

from __future__ import annotations

from prefect import State, flow

from .steps import Refused, claim, ended, measure, record, refused, show


@flow(name="proposal", flow_run_name="{initiative}/proposal/attempt-{attempt}")
def proposal(initiative: str, attempt: int, cause: int) -> State[None]:
    """Is the question worth asking, and could answering it harm anybody?"""
    claimed = claim(initiative, "proposal", attempt, cause)
    if isinstance(claimed, Refused):
        return refused(claimed)
    report = record(claimed, measure(claimed))
    if isinstance(report, Refused):
        return refused(report)
    show(claimed, report)
    return ended(report)
