"""The portfolio's figures, for the board: how soon answers came, what was not spent, on what money was released."""

from __future__ import annotations

from dataclasses import asdict

from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.workspace import Workspace
from provefirst.portfolio import portfolio
from provefirst.store.passages import passages, reused


def figures(workspace: Workspace) -> Facts:
    """All of them as plain values; money in minor units."""
    with workspace.store.reading() as work:
        found = portfolio(passages(work), reused=reused(work))
    return {
        "days_to_no": asdict(found.to_no),
        "days_to_yes": asdict(found.to_yes),
        "avoided": [{**asdict(one), "share": None if one.share is None else float(one.share)} for one in found.avoided],
        "released": {
            currency: {"by_blindness": dict(by), "blind_share": found.blind_share(currency)}
            for currency, by in found.released.items()
        },
        "negatives_reused": found.reused,
    }
