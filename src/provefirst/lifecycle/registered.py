"""What earlier registrations say about rows: on which side they were, and how often looked at, whoever's they were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provefirst.evidence import Kind
from provefirst.initiative import Initiative, Submission
from provefirst.ledger import Data
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.holdouts import held_out
from provefirst.store.work import Work

if TYPE_CHECKING:
    from provefirst.holdout.sealing import Past


@dataclass(frozen=True, slots=True)
class Held:
    """A registration on the initiative `key`, and the looks spent on its sealed rows, of those it had."""

    key: str
    digest: str
    content: Data
    derived: Data
    spent: int
    of: int

    @property
    def is_burnt(self) -> bool:
        return 0 < self.of <= self.spent

    def could_share(self, columns: Iterable[str], identifier: str, target: str) -> bool:
        """Whether its rows could be among those of a table with these columns: rows are told by their values in all
        columns but the identifier, or in all but identifier and target."""
        mine, theirs = {column["name"] for column in self.content["columns"]}, set(columns)
        mine, theirs = mine - {self.content["identifier"]}, theirs - {identifier}
        return mine == theirs or mine - {self.content["target"]} == theirs - {target}


def held(work: Work) -> tuple[Held, ...]:
    """Every registration of every initiative; one written again counts once."""
    entries = held_out(work)
    looks = [(e.initiative, e.data["content"]) for e in entries if e.data["kind"] == Kind.LOOK.value]
    found: dict[tuple[str, str], Held] = {}
    for entry in entries:
        if entry.data["kind"] != Kind.DATA_REGISTRATION.value:
            continue
        key, digest = entry.initiative, entry.data["digest"]
        on = [content for of, content in looks if (of, content["registration"]) == (key, digest)]
        most = max((int(content["of"]) for content in on), default=0)
        found[key, digest] = Held(key, digest, entry.data["content"], entry.data["derived"], len(on), most)
    return tuple(found.values())


def looks_spent(workspace: Workspace, work: Work, key: str, registration: Submission) -> int:
    """Looks, of any attempt and any initiative with the same target, on rows that this registration has sealed."""
    from provefirst.holdout.sealing import overlap

    content = registration.content
    columns = [column["name"] for column in content["columns"]]
    mine: Any = None
    spent = 0
    for one in held(work):
        if not one.spent or one.content["target"] != content["target"]:
            continue
        if (one.key, one.digest) == (key, registration.digest):
            spent += one.spent
        elif one.could_share(columns, content["identifier"], content["target"]):
            mine = hashes_of(workspace, registration.derived["sealed_hashes"]) if mine is None else mine
            spent += one.spent if overlap(hashes_of(workspace, one.derived["sealed_hashes"]), mine) else 0
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


def past_of(workspace: Workspace, known: Iterable[Held], target: str) -> Past:
    """Which rows were sealed, worked on, or looked at as often as was registered for this target.

    Rows whose looks were about another target are sealed still: nothing was learnt of this one.
    """
    from provefirst.holdout.fingerprints import joined
    from provefirst.holdout.sealing import Past

    known = tuple(known)
    is_burnt = [one.is_burnt and one.content["target"] == target for one in known]

    def rows(name: str, chosen: Iterable[bool]) -> Any:
        wanted = [one for one, is_wanted in zip(known, chosen, strict=True) if is_wanted]
        return joined([hashes_of(workspace, one.derived[name]) for one in wanted])

    return Past(
        sealed=rows("sealed_hashes", [not burnt for burnt in is_burnt]),
        worked=rows("worked_hashes", [True for _ in known]),
        burnt=rows("sealed_hashes", is_burnt),
    )


def hashes_of(workspace: Workspace, digest: str) -> Any:
    """Hashes of rows, (n,), from their file."""
    from provefirst.holdout.fingerprints import from_bytes

    return from_bytes(workspace.blobs.get(digest))
