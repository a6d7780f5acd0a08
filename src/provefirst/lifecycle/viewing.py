"""View: what one person may see of an initiative. Every surface reads through here; the engine reads the whole.

A peer who may still be a reviewer sees, at a gate that peers decide, one thing after the other: what it is about, then
(once they declared that they have no conflict of interest) the method, then (once their method review is in, where the
gate is blind) the results, then (once their own review is in) what other peers say. Everybody else sees all of it at
once. Once it is concluded, so does everybody. Somebody who doesn't say who they are (where a surface lets them) could
be that peer, and is shown what a peer is shown first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from provefirst.arrived import ARRIVED
from provefirst.evidence import Kind
from provefirst.gates import Closed, Gate, PolicySet, decide
from provefirst.initiative import Initiative, Submission
from provefirst.ledger import Entry, instant
from provefirst.lifecycle.act import Done, Refused, forbidden
from provefirst.lifecycle.organisation import HERE
from provefirst.lifecycle.workspace import Workspace, policies_of
from provefirst.named import SEALED
from provefirst.people import ENGINE, Person, Role, Verb
from provefirst.permissions import MAY, objections
from provefirst.store.work import Work
from provefirst.waiting import Waiting, waiting_for


class Sight(IntEnum):
    """How far somebody sees into an initiative."""

    HEAD = 0
    METHOD = 1
    RESULTS = 2
    ALL = 3


RESULTS = frozenset(
    {Kind.REPLICATION_REPORT, Kind.TRIES, Kind.LOOK, Kind.ANALYSIS_REPORT, Kind.EXPLANATION, Kind.PRODUCTION_REPORT}
    | {Kind.LESSON}
)
"""Evidence that tells, or lets somebody work out, how it came out."""

_NEXT = {
    Sight.HEAD: "evidence is shown once you have declared that you have no conflict of interest",
    Sight.METHOD: "results are shown once your method review is in",
    Sight.RESULTS: "what other peers say is shown once your own review is in",
}
_UNNAMED = "say who you are to be shown the rest: peers may still have to judge this without it"
_NEEDS = {
    Verb.LIST: Sight.HEAD,
    Verb.SHOW: Sight.HEAD,
    Verb.READ_METHOD: Sight.METHOD,
    Verb.READ_RESULTS: Sight.RESULTS,
    Verb.READ_REVIEWS: Sight.ALL,
}


@dataclass(frozen=True, slots=True)
class View:
    """An initiative as one person may see it: what is hidden from them is not in it, and `hidden` says when it will be.

    `gate` and `waiting` are empty of what is hidden. The initiative's dossier is that of the whole, to bind votes to.
    """

    initiative: Initiative
    sight: Sight
    hidden: tuple[str, ...]
    gate: Gate
    waiting: tuple[Waiting, ...]
    entries: tuple[Entry, ...]

    @property
    def dossier(self) -> str:
        return self.initiative.dossier

    def may(self, verb: Verb) -> bool:
        """Whether a reading verb is open to them now."""
        return self.sight >= _NEEDS[verb]


def view(workspace: Workspace, key: str, *, by: str) -> View | Refused:
    """What `by` (or, where that is empty, somebody who doesn't say who they are) may see of the initiative `key`."""
    with workspace.store.reading() as work:
        initiative = workspace.load(work, key)
        person = work.person(by) if by else None
        if person is not None and not person.is_active:
            return Refused((f"{by} is no longer active",), is_forbidden=True)
        policies = policies_of(work, initiative.policy)
        seen = _sight(work, person, initiative, policies)
        entries = work.entries(key)
    shown = _shown(initiative, seen, by)
    now = workspace.clock()
    is_seen = seen >= Sight.RESULTS
    hidden = tuple(told for step, told in _NEXT.items() if step >= seen)
    if person is None and hidden:
        hidden = (_UNNAMED,)
    known = replace(initiative, votes=shown.votes)
    gate = decide(policies.at(initiative.stage), known, now=now) if is_seen else Closed(hidden[:1])
    return View(
        initiative=shown,
        sight=seen,
        hidden=hidden,
        gate=gate,
        waiting=waiting_for(policies, known, now=now) if is_seen else (),
        entries=tuple(_told(entry, seen, by) for entry in entries),
    )


def blob(workspace: Workspace, key: str, digest: str, *, by: str) -> bytes | Refused:
    """The file with `digest`, if it belongs to what `by` may see of `key`. Sealed labels belong to nobody."""
    seen = view(workspace, key, by=by)
    if isinstance(seen, Refused):
        return seen
    if digest in digests(seen.initiative):
        return workspace.blobs.get(digest)
    is_hidden = digest in digests(workspace.initiative(key))
    told = f"no file of {key} that you may see has digest {digest[:12]}…"
    answer = Refused((told, *seen.hidden), is_forbidden=is_hidden)
    return forbidden(workspace, answer, by=by, verb=Verb.READ_RESULTS, key=key)


def whole(workspace: Workspace, key: str, *, by: str) -> Refused | None:
    """None where `by` may have all of `key` at once (a bundle, the raw entries); else what is hidden from them."""
    seen = view(workspace, key, by=by)
    if isinstance(seen, Refused):
        return seen
    answer = None if seen.sight is Sight.ALL else Refused(seen.hidden, is_forbidden=True)
    return forbidden(workspace, answer, by=by, verb=Verb.READ_REVIEWS, key=key)


def as_seen(workspace: Workspace, done: Done, *, by: str) -> Done:
    """What a verb did, without what whoever used it may not see yet: acting is no way of looking."""
    seen = view(workspace, done.initiative.key, by=by)
    if isinstance(seen, Refused):
        return Done(Initiative(done.initiative.key, done.initiative.version), (), Closed(seen.reasons))
    first, last = done.initiative.version - len(done.entries), done.initiative.version
    return Done(seen.initiative, seen.entries[first:last], seen.gate)


def digests(initiative: Initiative) -> frozenset[str]:
    """The files that belong to what is shown: attached to evidence, scored in a look, plotted in a finding."""
    attached = {digest for submission in initiative.submissions for digest in submission.attachments.values()}
    looked = {s.content["predictions"] for s in initiative.submissions if s.kind is Kind.LOOK}
    tries = [one for s in initiative.submissions if s.kind is Kind.TRIES for one in s.content["tries"]]
    tried = {one["predictions"] for one in tries if one["predictions"]}
    plots = {digest for one in initiative.measurements for found in one.findings for digest in found.plots.values()}
    sealed = {value for s in initiative.submissions for name, value in s.derived.items() if name in SEALED}
    return frozenset((attached | looked | tried | plots) - sealed)


def _sight(work: Work, person: Person | None, initiative: Initiative, policies: PolicySet) -> Sight:
    """How far `person` sees. All accounts of one human see equally far: as far as the reviewer among them."""
    gate = policies.at(initiative.stage)
    if not initiative.is_open or gate.approvals.role is not Role.REVIEWER:
        return Sight.ALL
    if person is None:
        return Sight.HEAD
    accounts = {person.handle, *work.accounts_of(person)}
    roles = person.roles.union(*(work.person(other).roles for other in accounts - {person.handle}))
    parts = {initiative.parts[handle] for handle in accounts & initiative.parts.keys()}
    may_review = Role.REVIEWER in roles and not parts - {Role.REVIEWER} and not accounts & initiative.conflicts.keys()
    if not may_review:
        return Sight.ALL
    place = (initiative.stage, initiative.attempt)
    if any(vote.by in accounts and (vote.stage, vote.attempt) == place for vote in initiative.votes):
        return Sight.ALL
    if accounts & initiative.knows_method or (accounts & initiative.unconflicted and not gate.is_blind):
        return Sight.RESULTS
    return Sight.METHOD if accounts & initiative.unconflicted else Sight.HEAD


def _shown(initiative: Initiative, sight: Sight, by: str) -> Initiative:
    """`initiative` without what is beyond `sight`."""
    if sight is Sight.ALL:
        return initiative
    place = (initiative.stage, initiative.attempt)
    others = [vote for vote in initiative.votes if vote.by != by and (vote.stage, vote.attempt) == place]
    is_seen = sight >= Sight.RESULTS
    return replace(
        initiative,
        submissions=tuple(one for one in initiative.submissions if _is_shown(one, sight, by, place)),
        votes=tuple(vote for vote in initiative.votes if vote.by == by or (is_seen and vote not in others)),
        methods=tuple(one for one in initiative.methods if one.by == by),
        measurements=initiative.measurements if is_seen else (),
        decisions=initiative.decisions if is_seen else tuple(replace(one, reasons=()) for one in initiative.decisions),
        conditions=initiative.conditions
        if is_seen
        else tuple(replace(one, text=_NEXT[sight], how="") for one in initiative.conditions),
        hold=initiative.hold if is_seen or not initiative.hold else replace(initiative.hold, condition=_NEXT[sight]),
        stalls=initiative.stalls if is_seen else (),
        arrivals=initiative.arrivals if sight >= Sight.METHOD else (),
        observations=initiative.observations if is_seen else (),
        production=initiative.production if is_seen else None,
        freeze=initiative.freeze if is_seen else None,
        whole=initiative.dossier,
    )


def _is_shown(submission: Submission, sight: Sight, by: str, place: tuple[object, int]) -> bool:
    if submission.by == by:
        return True
    if submission.kind is Kind.REVIEW:
        return sight is Sight.RESULTS and (submission.stage, submission.attempt) != place
    if submission.kind in RESULTS:
        return sight >= Sight.RESULTS
    return sight >= Sight.METHOD or submission.kind is Kind.PROPOSAL


_FACTS = frozenset({"stage", "attempt", "kind", "choice", "number", "by", "part", "digest"})
"""What is told of an entry whose particulars are hidden."""


def _told(entry: Entry, sight: Sight, by: str) -> Entry:
    """`entry`, with its particulars taken out where they are beyond `sight`; the digest then no longer fits them."""
    if sight is Sight.ALL or entry.actor == by or _needed(entry) <= sight:
        return entry
    kept = {name: value for name, value in entry.data.items() if name in _FACTS}
    if entry.event == "vote.cast":
        kept.pop("choice", None)
    return replace(entry, data={**kept, "hidden": _NEXT[sight]})


_EVENTS = {
    **dict.fromkeys(("production.observed", "production.judged", "money.frozen", "condition.cleared"), Sight.RESULTS),
    **dict.fromkeys(("vote.cast", "method_review.submitted"), Sight.ALL),
    **dict.fromkeys(ARRIVED, Sight.METHOD),
}
"""How far one must see to see the particulars of such an entry."""


def _needed(entry: Entry) -> Sight:
    """How far one must see to see an entry's particulars."""
    if entry.event == "evidence.submitted":
        kind = Kind(entry.data["kind"])
        if kind is Kind.REVIEW:
            return Sight.ALL
        return Sight.RESULTS if kind in RESULTS else Sight.HEAD if kind is Kind.PROPOSAL else Sight.METHOD
    if (needed := _EVENTS.get(entry.event)) is not None:
        return needed
    is_told = entry.event in ("findings.recorded", "decision.made", "reminder.raised", "attempt.stalled")
    return Sight.RESULTS if is_told and entry.actor == ENGINE else Sight.HEAD


def may_audit(workspace: Workspace, *, by: str) -> Refused | None:
    """None where `by` may read what belongs to no initiative: refusals of access, the ledger's verification."""
    person = workspace.person(by)
    role = next((role for role in MAY[Verb.AUDIT] if role in person.roles), Role.AUDITOR)
    answer = Refused(reasons, is_forbidden=True) if (reasons := objections(person, Verb.AUDIT, role, HERE)) else None
    return forbidden(workspace, answer, by=by, verb=Verb.AUDIT, key="")


def shown(one: Submission, state: Initiative) -> dict[str, Any]:
    """A piece of evidence with what was worked out of it, but for what stays sealed."""
    return {
        "kind": one.kind.value,
        "stage": one.stage.value,
        "attempt": one.attempt,
        "by": one.by,
        "at": instant(one.at),
        "version": one.version,
        "digest": one.digest,
        "attachments": dict(one.attachments),
        "is_current": state.current(one.kind) is one,
        "content": dict(one.content),
        "derived": {name: value for name, value in one.derived.items() if name not in SEALED},
    }
