"""What the demo's people write: reviews, votes and screens in few words."""

from __future__ import annotations

from provefirst.evidence import EthicsScreen
from provefirst.reviews import Ballot, Review
from provefirst.stages import Choice


def go(reason: str) -> Ballot:
    return Ballot(choice=Choice.GO, reason=reason)


def stop(reason: str) -> Ballot:
    return Ballot(choice=Choice.STOP, reason=reason)


def review(ballot: Ballot, summary: str, *, strengths: str, weaknesses: str) -> Review:
    return Review(
        summary=summary, strengths=strengths, weaknesses=weaknesses, has_conflict_of_interest=False, ballot=ballot
    )


def screen(harms: tuple[str, ...], groups: tuple[str, ...], risk: str, safeguards: str) -> EthicsScreen:
    return EthicsScreen.model_validate(
        {
            "harms": harms,
            "groups": groups,
            "personal_data": "pseudonymous",
            "discrimination_risk": risk,
            "safeguards": safeguards,
        }
    )
