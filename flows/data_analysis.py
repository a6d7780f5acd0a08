"""The data analysis stage. Is our data good enough, and does a model beat the simple ways out on rows nobody saw?"""

from __future__ import annotations

from prefect import State, flow

from .steps import Refused, claim, ended, measure, receive, record, refused, show


@flow(name="data_analysis", flow_run_name="{initiative}/data_analysis/attempt-{attempt}")
def data_analysis(initiative: str, attempt: int, cause: int) -> State[None]:
    """Is our data good enough, and does a model beat the simple ways out on rows nobody saw?"""
    claimed = claim(initiative, "data_analysis", attempt, cause)
    if isinstance(claimed, Refused):
        return refused(claimed)
    receive(claimed)
    report = record(claimed, measure(claimed))
    if isinstance(report, Refused):
        return refused(report)
    show(claimed, report)
    return ended(report)
