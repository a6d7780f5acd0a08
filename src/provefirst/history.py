"""Replay: the state of an initiative is what its entries, taken in order, make of nothing.

Event names are never renamed: what was written years ago must mean the same today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from provefirst.arrived import ARRIVED
from provefirst.deadlines import Deadline
from provefirst.decisions import Conclusion, Condition, Decision, Hold, Opening
from provefirst.errors import BrokenLedgerError
from provefirst.evidence import Kind
from provefirst.findings import Finding
from provefirst.initiative import Initiative, Measurement, Submission
from provefirst.ledger import Data, Entry
from provefirst.money import Account, Books, Move, Tranche
from provefirst.people import ENGINE, Role
from provefirst.remembered import MEMORY
from provefirst.reviews import Ballot, Vote
from provefirst.separation import SEPARATION
from provefirst.stages import Choice, Outcome, Reason, Stage
from provefirst.watched import WATCH


def replay(entries: Iterable[Entry], *, after: Initiative | None = None) -> Initiative:
    """The initiative that `entries` (one stream, in order) make of `after`; of nothing where that is None.

    Raises BrokenLedgerError where an entry does not follow from the one before or names an unknown event.
    """
    state = after
    for entry in entries:
        state = apply(state if state is not None else Initiative(entry.initiative), entry)
    if state is None:
        raise ValueError("there is nothing to replay")
    return state


def apply(initiative: Initiative, entry: Entry) -> Initiative:
    """The initiative after one more entry."""
    if entry.initiative != initiative.key:
        raise BrokenLedgerError(entry.initiative, entry.version, "belongs to another stream")
    if entry.version != initiative.version + 1 or entry.previous != initiative.head:
        raise BrokenLedgerError(entry.initiative, entry.version, "does not follow from the entry before it")
    if (step := _STEPS.get(entry.event)) is None:
        raise BrokenLedgerError(entry.initiative, entry.version, f"unknown event {entry.event!r}")
    changed = step(initiative, entry)
    if (role := entry.data.get("part")) and entry.actor != ENGINE:
        changed = changed.with_part(entry.actor, Role(role))
    return replace(changed, version=entry.version, head=entry.digest, changed_at=entry.time)


def moves_of(data: Data) -> tuple[Move, ...]:
    """The moves of money that an entry's data names."""
    return tuple(Move(Account(source), Account(target), amount) for source, target, amount in data["moves"])


def _opened(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    return replace(
        initiative,
        title=data["title"],
        owner=entry.actor,
        domain=data["domain"],
        policy=data["policy"],
        opened_at=entry.time,
        books=Books(currency=data["currency"], pool=data["pool"]),
        attempts=MappingProxyType({Stage.PROPOSAL: 1}),
    )


def _submitted(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    submission = Submission(
        kind=Kind(data["kind"]),
        stage=Stage(data["stage"]),
        attempt=data["attempt"],
        by=entry.actor,
        at=entry.time,
        version=entry.version,
        digest=data["digest"],
        content=data["content"],
        attachments=MappingProxyType(dict(data["attachments"])),
        derived=MappingProxyType(dict(data["derived"])),
    )
    return replace(initiative, submissions=(*initiative.submissions, submission))


def _measured(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    measurement = Measurement(
        stage=Stage(data["stage"]),
        attempt=data["attempt"],
        measured_on=data["measured_on"],
        policy=data.get("policy", initiative.policy),  # older entries name none
        at=entry.time,
        version=entry.version,
        findings=tuple(Finding.model_validate(finding) for finding in data["findings"]),
    )
    return replace(initiative, measurements=(*initiative.measurements, measurement))


def _voted(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    vote = Vote(
        by=entry.actor,
        role=Role(data["part"]),
        stage=Stage(data["stage"]),
        attempt=data["attempt"],
        dossier=data["dossier"],
        ballot=Ballot.model_validate(data["ballot"]),
        at=entry.time,
        version=entry.version,
    )
    return replace(initiative, votes=(*initiative.votes, vote))


def _decided(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    choice, stage, by = Choice(data["choice"]), Stage(data["stage"]), tuple(data["by"])
    decision = Decision(
        stage=stage,
        attempt=data["attempt"],
        choice=choice,
        by=by,
        reasons=tuple(data["reasons"]),
        at=entry.time,
        version=entry.version,
        back_to=Stage(data["back_to"]) if data.get("back_to") else None,
    )
    numbered = enumerate(data.get("conditions", ()), start=len(initiative.conditions) + 1)
    asked = tuple(Condition(number, stage, text) for number, text in numbered)
    hold = initiative.hold
    if choice is Choice.HOLD:
        hold = Hold(data["condition"], date.fromisoformat(data["until"]), by)
    return replace(
        initiative,
        decisions=(*initiative.decisions, decision),
        conditions=(*initiative.conditions, *asked),
        hold=hold,
    )


def _gate_opened(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    opening = Opening(
        stage=Stage(data["stage"]),
        attempt=data["attempt"],
        at=entry.time,
        version=entry.version,
        exploration_cap=data["exploration_cap"],
        deadline=data["deadline"],
    )
    opened = replace(initiative, openings=MappingProxyType({**initiative.openings, opening.stage: opening}))
    if opening.stage is not Stage.RELEASE:
        return opened
    return replace(opened, observations=(), production=None, freeze=None)  # another claim is watched from now on


def _gate_closed(initiative: Initiative, entry: Entry) -> Initiative:
    kept = {stage: opening for stage, opening in initiative.openings.items() if stage != entry.data["stage"]}
    return replace(initiative, openings=MappingProxyType(kept))


def _entered(initiative: Initiative, entry: Entry) -> Initiative:
    stage = Stage(entry.data["stage"])
    attempts = {**initiative.attempts, stage: entry.data["attempt"]}
    return replace(initiative, stage=stage, attempts=MappingProxyType(attempts))


def _lifted(initiative: Initiative, entry: Entry) -> Initiative:
    return replace(initiative, hold=None)


def _cleared(initiative: Initiative, entry: Entry) -> Initiative:
    number, how = entry.data["number"], entry.data["how"]
    conditions = tuple(
        replace(condition, cleared_by=entry.actor, how=how) if condition.number == number else condition
        for condition in initiative.conditions
    )
    return replace(initiative, conditions=conditions)


def _moved(initiative: Initiative, entry: Entry) -> Initiative:
    books = initiative.books
    for move in moves_of(entry.data):
        books = books.after(move)
    if "asked" in entry.data:
        books = replace(books, asked=entry.data["asked"])
    if "paid" in entry.data:
        books = replace(books, exchange_difference=books.exchange_difference + entry.data["difference"])
    budget = initiative.budget
    if entry.event == "budget.approved":
        budget += entry.data["amount"]
    named = {entry.data["reference"]} if entry.data.get("reference") else set()
    return replace(initiative, books=books, budget=budget, references=initiative.references | named)


def _released(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    tranche = Tranche(
        number=data["number"],
        kind=data["kind"],
        amount=data["amount"],
        purpose=data["purpose"],
        waits_for=data["waits_for"],
        by=entry.actor,
        version=entry.version,
    )
    moved = _moved(initiative, entry)
    return replace(moved, tranches=(*moved.tranches, tranche))


def _deadline_set(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    day, p80 = date.fromisoformat(data["day"]), date.fromisoformat(data["p80"])
    return replace(initiative, deadline=Deadline(day, p80, data["override"], entry.actor, entry.version))


def _deadline_withdrawn(initiative: Initiative, entry: Entry) -> Initiative:
    return replace(initiative, deadline=None)


def _concluded(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    conclusion = Conclusion(
        outcome=Outcome(data["outcome"]),
        reasons=tuple(Reason(reason) for reason in data["reasons"]),
        lesson=data["lesson"],
        by=tuple(data["by"]),
        at=entry.time,
    )
    return replace(initiative, conclusion=conclusion, hold=None)


def _migrated(initiative: Initiative, entry: Entry) -> Initiative:
    return replace(initiative, policy=entry.data["to"])


def _stalled(initiative: Initiative, entry: Entry) -> Initiative:
    data = entry.data
    told = f"{data['stage']} attempt {data['attempt']}: gave up after {data['runs']} runs: {data['problem']}"
    return replace(initiative, stalls=(*initiative.stalls, told))


def _reminded(initiative: Initiative, entry: Entry) -> Initiative:
    hold = initiative.hold
    if hold is None or entry.time.date() < hold.until:
        return initiative
    return replace(initiative, hold=replace(hold, is_reminded=True))


def _noted(initiative: Initiative, entry: Entry) -> Initiative:
    """An entry for the record that changes no state."""
    return initiative


_STEPS: Mapping[str, Callable[[Initiative, Entry], Initiative]] = MappingProxyType(
    {
        **SEPARATION,
        **MEMORY,
        **WATCH,
        **ARRIVED,
        "initiative.opened": _opened,
        "evidence.submitted": _submitted,
        "findings.recorded": _measured,
        "vote.cast": _voted,
        "decision.made": _decided,
        "gate.opened": _gate_opened,
        "gate.closed": _gate_closed,
        "stage.entered": _entered,
        "hold.lifted": _lifted,
        "condition.cleared": _cleared,
        "budget.requested": _moved,
        "budget.approved": _moved,
        "tranche.released": _released,
        "money.spent": _moved,
        "money.returned": _moved,
        "deadline.set": _deadline_set,
        "deadline.withdrawn": _deadline_withdrawn,
        "initiative.concluded": _concluded,
        "policy.migrated": _migrated,
        "attempt.stalled": _stalled,
        "reminder.raised": _reminded,
        "pool.funded": _noted,
        "pool.described": _noted,
        "pool.transferred": _noted,
        "rate.recorded": _noted,
        "policy.adopted": _noted,
    }
)

EVENTS = frozenset(_STEPS)
"""Every event there is."""

MOVING = frozenset(event for event, step in _STEPS.items() if step in (_moved, _released))
"""Events that move money."""
