"""What earlier registrations say about rows: on which side they were, and how often looked at, whoever's they were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from provefirst.evidence import Kind
from provefirst.initiative import Initiative, Submission
from provefirst.ledger import Data, Entry
from provefirst.lifecycle.workspace import Workspace
from provefirst.named import SEALED
from provefirst.plans import stands_since
from provefirst.store.holdouts import held_out
from provefirst.store.work import Work


@dataclass(frozen=True, slots=True)
class Held:
    """A registration on the initiative `key`, and when looks were spent on its sealed rows, of those it had."""

    key: str
    digest: str
    content: Data
    derived: Data
    looks: tuple[Entry, ...]
    of: int

    @property
    def is_burnt(self) -> bool:
        return 0 < self.of <= len(self.looks)

    def was_seen_before(self, initiative: Initiative, plan: Submission | None) -> bool:
        """Whether a result on its rows was seen before `plan` stood: then none on them can confirm it."""
        if plan is None:
            return bool(self.looks)
        since = stands_since(initiative, plan)
        if self.key == initiative.key:
            return any(look.version < since.version for look in self.looks)
        return any(look.time < since.at for look in self.looks)

    @property
    def targets(self) -> frozenset[str]:
        """What is predicted, by each name under which it was registered."""
        return targets_of(self.content, self.derived)

    def could_share(self, columns: Iterable[str], identifier: str, target: str) -> bool:
        """Whether its rows could be among those of a table with these columns: rows are told by their values in all
        columns but the identifier, or in all but identifier and target."""
        mine, theirs = {column["name"] for column in self.content["columns"]}, set(columns)
        mine, theirs = mine - {self.content["identifier"]}, theirs - {identifier}
        return mine == theirs or mine - {self.content["target"]} == theirs - {target}


def targets_of(content: Data, derived: Data) -> frozenset[str]:
    """What a registration predicts, by its name there and by those it had before."""
    return frozenset({content["target"], *derived.get("target_was", ())})


def held(work: Work) -> tuple[Held, ...]:
    """Every registration of every initiative; one written again counts once."""
    entries = held_out(work)
    looks = [entry for entry in entries if entry.data["kind"] == Kind.LOOK.value]
    found: dict[tuple[str, str], Held] = {}
    for entry in entries:
        if entry.data["kind"] != Kind.DATA_REGISTRATION.value:
            continue
        key, digest = entry.initiative, entry.data["digest"]
        on = tuple(one for one in looks if (one.initiative, one.data["content"]["registration"]) == (key, digest))
        most = max((int(one.data["content"]["of"]) for one in on), default=0)
        found[key, digest] = Held(key, digest, entry.data["content"], entry.data["derived"], on, most)
    return tuple(found.values())


def looked_at(workspace: Workspace, work: Work, key: str, registration: Submission) -> Iterator[Held]:
    """Registrations, of any initiative with the same target, with looks on rows that this one has sealed."""
    from provefirst.holdout.sealing import overlap

    mine: Any = None
    targets = targets_of(registration.content, registration.derived)
    for one in held(work):
        if not one.looks or not targets & one.targets:
            continue
        if (one.key, one.digest) == (key, registration.digest):
            yield one
            continue
        mine = hashes_of(workspace, registration.derived["sealed_hashes"]) if mine is None else mine
        if overlap(hashes_of(workspace, one.derived["sealed_hashes"]), mine):
            yield one


def looks_spent(workspace: Workspace, work: Work, key: str, registration: Submission) -> int:
    """Looks, of any attempt and any initiative with the same target, on rows that this registration has sealed."""
    return sum(len(one.looks) for one in looked_at(workspace, work, key, registration))


def withheld(initiative: Initiative) -> frozenset[str]:
    """Digests of files that no verb gives out: sealed labels, and the hashes by which rows are known again."""
    return frozenset(
        submission.derived[name]
        for submission in registrations(initiative)
        for name in SEALED
        if name in submission.derived
    )


def registrations(initiative: Initiative) -> tuple[Submission, ...]:
    """Every registration, of any attempt, in the order written."""
    return tuple(s for s in initiative.submissions if s.kind is Kind.DATA_REGISTRATION)


def hashes_of(workspace: Workspace, digest: str) -> Any:
    """Hashes of rows, (n,), from their file."""
    from provefirst.holdout.fingerprints import from_bytes

    return from_bytes(workspace.blobs.get(digest))
