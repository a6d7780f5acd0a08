"""What earlier registrations of an initiative say about rows: on which side they were, and how often looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provefirst.evidence import Kind
from provefirst.initiative import Initiative, Submission
from provefirst.lifecycle.workspace import Workspace

if TYPE_CHECKING:
    from provefirst.holdout.sealing import Past


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier registration, and the looks spent on its sealed rows, of those it had."""

    submission: Submission
    spent: int
    of: int


def looks_spent(workspace: Workspace, initiative: Initiative, registration: Submission) -> int:
    """Looks, of any attempt, on rows that this registration has sealed."""
    from provefirst.holdout.sealing import overlap

    mine = hashes_of(workspace, registration.derived["sealed_hashes"])
    spent = 0
    for earlier in earlier_registrations(initiative):
        is_same = earlier.submission.derived["sealed_hashes"] == registration.derived["sealed_hashes"]
        if earlier.spent and (
            is_same or overlap(hashes_of(workspace, earlier.submission.derived["sealed_hashes"]), mine)
        ):
            spent += earlier.spent
    return spent


def withheld(initiative: Initiative) -> frozenset[str]:
    """Digests of files that no verb gives out: sealed labels, and the hashes by which rows are known again."""
    return frozenset(
        submission.derived[name]
        for submission in registrations(initiative)
        for name in ("labels", "sealed_hashes", "worked_hashes")
    )


def registrations(initiative: Initiative) -> tuple[Submission, ...]:
    """Every registration, of any attempt, in the order written."""
    return tuple(s for s in initiative.submissions if s.kind is Kind.DATA_REGISTRATION)


def earlier_registrations(initiative: Initiative) -> tuple[Earlier, ...]:
    """Every registration with the looks spent on it; one written again counts once."""
    looks = [s.content for s in initiative.submissions if s.kind is Kind.LOOK]
    return tuple(
        Earlier(submission, len(on), max((int(content["of"]) for content in on), default=0))
        for submission in {s.digest: s for s in registrations(initiative)}.values()
        for on in [[content for content in looks if content["registration"] == submission.digest]]
    )


def past_of(workspace: Workspace, initiative: Initiative) -> Past:
    """Which rows were sealed, worked on, or looked at as often as was registered."""
    from provefirst.holdout.fingerprints import joined
    from provefirst.holdout.sealing import Past

    earlier = earlier_registrations(initiative)
    is_burnt = {e.submission.digest: e.spent > 0 and e.spent >= e.of for e in earlier}

    def rows(name: str, *, burnt: bool | None = None) -> Any:
        wanted = [e.submission for e in earlier if burnt is None or is_burnt[e.submission.digest] is burnt]
        return joined([hashes_of(workspace, s.derived[name]) for s in wanted])

    return Past(rows("sealed_hashes", burnt=False), rows("worked_hashes"), rows("sealed_hashes", burnt=True))


def hashes_of(workspace: Workspace, digest: str) -> Any:
    """Hashes of rows, (n,), from their file."""
    from provefirst.holdout.fingerprints import from_bytes

    return from_bytes(workspace.blobs.get(digest))
