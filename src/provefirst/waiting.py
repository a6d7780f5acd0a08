"""Who must act: what a closed gate waits for, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from provefirst.gates import GatePolicy, Open, PolicySet, accepts, decide, unanswered
from provefirst.initiative import NEVER, OPINIONS, Initiative
from provefirst.kinds import WRITTEN_BY
from provefirst.people import ENGINE, Role
from provefirst.production import Health
from provefirst.stages import Stage


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that is waited for: from people with this part (those who have it already are named), or the engine.

    `since` is when it began; `not_of` are people of this role who have done their share, or may not do it.
    """

    role: Role | None
    people: tuple[str, ...]
    what: str
    since: datetime = NEVER
    not_of: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """Whose turn it is, in words."""
        role = self.role.label if self.role else ENGINE
        return f"{role} ({', '.join(self.people)})" if self.people else role


def waiting_for(policies: PolicySet, initiative: Initiative, *, now: datetime) -> tuple[Waiting, ...]:
    """What `initiative` waits for before its next gate opens; empty once it is concluded."""
    if not initiative.is_open or isinstance(decide(policies.at(initiative.stage), initiative, now=now), Open):
        return ()
    policy = policies.at(initiative.stage)
    hold = initiative.hold
    on_hold = [_on(initiative, policy.approvals.role, f"on hold: {hold.condition}")] if hold else []
    missing = [kind for kind in policy.requires.evidence if initiative.current(kind) is None]
    evidence = [_on(initiative, WRITTEN_BY[kind], f"{kind.value} to be submitted") for kind in missing]
    conditions = [
        _on(initiative, policies.at(condition.stage).approvals.role, f"to clear: {condition.text}")
        for condition in initiative.conditions_at(initiative.stage)
    ]
    is_votable = not missing or initiative.proposed is not None
    votes = _votes(policies, initiative) if is_votable else []
    judged = initiative.production
    is_broken = initiative.stage is Stage.WATCH and judged is not None and judged.health is Health.BROKEN
    broken = [_on(initiative, Role.DATA_SCIENTIST, "a lesson to be proposed: it is broken")] if is_broken else []
    differences = [
        _on(initiative, Role.PRODUCT_OWNER, f"to say what is different from {one.key}, which ended not feasible")
        for one in unanswered(policy, initiative)
    ]
    entered, measured = began(initiative)
    findings = _findings(policy, initiative, is_complete=not missing)
    return (
        *(replace(one, since=entered) for one in (*on_hold, *evidence, *differences, *broken)),
        *(replace(one, since=measured) for one in findings),
        *(replace(one, since=entered) for one in conditions),
        *(replace(one, since=measured) for one in votes),
    )


def began(initiative: Initiative) -> tuple[datetime, datetime]:
    """Since when this attempt at the stage lasts, and since when its evidence and findings are what they are."""
    decided = [decision.at for decision in initiative.decisions]
    opened = [opening.at for opening in initiative.openings.values()]
    entered = max((*decided, *opened, initiative.opened_at))
    place = (initiative.stage, initiative.attempt)
    submitted = [
        one.at for one in initiative.submissions if (one.stage, one.attempt) == place and one.kind not in OPINIONS
    ]
    measured = [one.at for one in initiative.measurements if (one.stage, one.attempt) == place]
    return entered, max((entered, *submitted, *measured))


def _findings(policy: GatePolicy, initiative: Initiative, *, is_complete: bool) -> list[Waiting]:
    waits = []
    for code, rule in sorted(policy.requires.findings.items()):
        finding = initiative.current_findings.get(code)
        if finding is None and is_complete:
            waits.append(Waiting(None, (), f"{code} to be measured"))
        elif finding is not None and (reason := accepts(rule, finding)):
            waits.append(_on(initiative, Role.DATA_SCIENTIST, f"{code}: {reason}"))
    return waits


def _votes(policies: PolicySet, initiative: Initiative) -> list[Waiting]:
    rule = policies.at(initiative.stage).approvals
    given = {
        vote.by
        for vote in initiative.standing_votes
        if vote.dossier == initiative.dossier and vote.ballot.choice.is_approval
    }
    missing = rule.quorum - len(given)
    if missing <= 0:
        return []
    voted = {vote.by for vote in initiative.standing_votes if vote.dossier == initiative.dossier}
    done = tuple(sorted(voted | initiative.conflicts.keys()))
    return [Waiting(rule.role, (), f"{missing} of {rule.quorum} approvals still to be given", not_of=done)]


def _on(initiative: Initiative, role: Role, what: str) -> Waiting:
    people = tuple(sorted(handle for handle, part in initiative.parts.items() if part is role))
    return Waiting(role, people, what)
