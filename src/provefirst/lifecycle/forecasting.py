"""How well each role foresaw what would prove feasible."""

from __future__ import annotations

from dataclasses import asdict

from provefirst.forecasts import Scored, forecasts, scored
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role
from provefirst.store.foreseen import foreseen

FORECASTERS = (
    Role.PRODUCT_OWNER, Role.DATA_SCIENTIST, Role.ETHICS_REVIEWER, Role.REVIEWER, Role.BOARD_MEMBER,
)  # fmt: skip


def calibration(workspace: Workspace) -> Facts:
    """Brier score and calibration of each role that gave forecasts on initiatives of which the answer is known."""
    with workspace.store.reading() as work:
        told = [forecasts(entries, is_true=is_true) for entries, is_true in foreseen(work)]
    return {"roles": [_told(found) for role in FORECASTERS if (found := scored(role, told)) is not None]}


def _told(found: Scored) -> Facts:
    from provefirst.stats.intervals import clopper_pearson  # late: scipy takes its time to import

    bins = []
    for one in found.bins:
        share = clopper_pearson(one.true, one.n)
        bins.append({**asdict(one), "share": share.estimate, "share_low": share.low, "share_high": share.high})
    return {**asdict(found), "role": found.role.value, "bins": bins}
