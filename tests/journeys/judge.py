"""A judge who reads the raw entries alone and knows nothing of the code that wrote them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provefirst.ledger import Entry

QUORUM = {
    "proposal": ("ethics_reviewer", 1),
    "research": ("reviewer", 1),
    "replication": ("reviewer", 1),
    "data_analysis": ("reviewer", 1),
    "review": ("reviewer", 2),
    "release": ("board_member", 2),
    "watch": ("reviewer", 1),
}
ORDER = list(QUORUM)

Quorums = Mapping[str, tuple[str, int]]
"""Whose votes each gate asks for, and how many persons' of them."""


@dataclass
class Seen:
    """What the entries read so far say."""

    owner: str = ""
    open_gates: dict[str, dict[str, Any]] = field(default_factory=dict)
    authors: set[str] = field(default_factory=set)
    votes: dict[str, Entry] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    passed_findings: set[str] = field(default_factory=set)
    decision: Entry | None = None
    policy: str = ""
    is_held: bool = False
    asked: dict[int, tuple[str, int]] = field(default_factory=dict)
    conditions: int = 0
    watched: int = 0
    tranches: int = 0
    drawn: int = 0
    approved: int = 0
    released: int = 0
    spent: int = 0
    returned: int = 0
    explored: int = 0


def faults(entries: Sequence[Entry], quorums: Mapping[str, Quorums] | None = None) -> list[str]:
    """Everything on this stream that must never be; `quorums` by the digest of a policy that asks for others."""
    seen, found = Seen(), []
    for entry in entries:
        check = _CHECKS.get(entry.event)
        if entry.event == "gate.opened":
            found += _quorum(seen, entry, (quorums or {}).get(seen.policy, QUORUM))
        found += [f"{entry.event} at {entry.version}: {fault}" for fault in (check(seen, entry) if check else ())]
        _read(seen, entry)
        if not 0 <= seen.spent <= seen.released <= seen.approved + seen.explored <= seen.drawn:
            found.append(f"{entry.event} at {entry.version}: money does not add up: {seen}")
    return found


def _tranche(seen: Seen, entry: Entry) -> list[str]:
    return ["on hold"] * seen.is_held + _freed(seen, entry)


def _freed(seen: Seen, entry: Entry) -> list[str]:
    if entry.data["kind"] == "exploration":
        caps = [gate["exploration_cap"] for gate in seen.open_gates.values()]
        return [] if seen.explored + entry.data["amount"] <= max(caps, default=0) else ["more than any cap"]
    if seen.tranches > seen.watched:
        return [f"tranche {seen.tranches + 1} after {seen.watched} passes of the watch gate"]
    return [] if "release" in seen.open_gates else ["the release gate is closed"]


def _deadline(seen: Seen, entry: Entry) -> list[str]:
    is_free = any(gate["deadline"] for gate in seen.open_gates.values())
    faults = [] if is_free else ["no open gate frees a deadline"]
    faults += ["on hold"] * seen.is_held
    if "effort_estimate" not in seen.kinds:
        faults.append("nobody estimated the effort")
    if entry.data["day"] < entry.data["p80"] and not entry.data["override"]:
        faults.append("before the P80 without a reason")
    return faults


def _gate(seen: Seen, entry: Entry) -> list[str]:
    stage = entry.data["stage"]
    faults = ["on hold"] * seen.is_held
    for number, (asked_at, version) in seen.asked.items():
        is_of_before = version < entry.version - 1
        if is_of_before and (ORDER.index(asked_at) < ORDER.index(stage) or asked_at == stage == "watch"):
            faults.append(f"condition {number} is not cleared")
    if stage == "replication" and "PF501" not in seen.passed_findings:
        faults.append("PF501 did not pass")
    return faults


def _quorum(seen: Seen, entry: Entry, quorums: Quorums) -> list[str]:
    stage, decision = entry.data["stage"], seen.decision
    if decision is None or decision.version != entry.version - 1:
        return ["no decision just before"]
    role, quorum = quorums[stage]
    persons, said = set(decision.data["by"]), decision.data
    faults = [] if len(persons) >= quorum else [f"{len(persons)} persons, not {quorum}"]
    for person in persons:
        vote = seen.votes.get(person)
        if person == seen.owner or person in seen.authors:
            faults.append(f"{person} approved their own")
        if vote is None or (vote.data["stage"], vote.data["attempt"]) != (stage, entry.data["attempt"]):
            faults.append(f"{person} did not vote here")
        elif vote.data["part"] != role or vote.data["dossier"] != said["dossier"]:
            faults.append(f"{person} voted as {vote.data['part']} on another dossier or in another role")
    return faults


_CHECKS = {"tranche.released": _tranche, "deadline.set": _deadline, "gate.opened": _gate}


def _read(seen: Seen, entry: Entry) -> None:
    data = entry.data
    match entry.event:
        case "initiative.opened":
            seen.owner, seen.policy = entry.actor, data["policy"]
        case "policy.migrated":
            seen.policy = data["to"]
        case "hold.lifted":
            seen.is_held = False
        case "condition.cleared":
            del seen.asked[data["number"]]
        case "vote.cast":
            seen.votes[entry.actor] = entry
        case "decision.made":
            seen.decision = entry
            seen.is_held = seen.is_held or data["choice"] == "hold"
            for _ in data.get("conditions", ()):
                seen.conditions += 1
                seen.asked[seen.conditions] = (data["stage"], entry.version)
        case "gate.opened":
            seen.open_gates[data["stage"]] = dict(data)
            seen.watched += data["stage"] == "watch"
        case "gate.closed":
            seen.open_gates.pop(data["stage"])
    _read_evidence(seen, entry)
    _count(seen, entry)


def _read_evidence(seen: Seen, entry: Entry) -> None:
    data = entry.data
    if entry.event == "evidence.submitted":
        seen.kinds.add(data["kind"])
        seen.authors |= {entry.actor} if data["kind"] != "review" else set()
    is_report = data.get("kind") == "replication_report"
    if is_report or (entry.event == "stage.entered" and data["stage"] == "replication"):
        seen.passed_findings.discard("PF501")
    if entry.event == "findings.recorded":
        levels = {finding["code"]: finding["level"] for finding in data["findings"]}
        seen.passed_findings -= levels.keys()
        seen.passed_findings |= {code for code, level in levels.items() if level == "passed"}


def _count(seen: Seen, entry: Entry) -> None:
    for source, target, amount in entry.data.get("moves", ()):
        seen.drawn += amount if source == "pool" else 0
        seen.returned += amount if target == "pool" else 0
        seen.approved += amount if target == "approved" else 0
        seen.released += amount if target == "released" else 0
        seen.spent += amount if target == "spent" else 0
    if entry.event == "tranche.released":
        is_budget = entry.data["kind"] == "budget"
        seen.tranches += is_budget
        seen.explored += 0 if is_budget else entry.data["amount"]
