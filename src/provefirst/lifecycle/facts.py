"""An initiative as plain values with stable names: what `--json`, the terminal picture, API and pages all show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from provefirst.deadlines import Deadline
from provefirst.evidence import Kind
from provefirst.gates import Closed, PolicySet, decide
from provefirst.initiative import Initiative
from provefirst.ledger import Entry, instant
from provefirst.lifecycle.act import Done
from provefirst.lifecycle.evidence_facts import (
    amendments_of,
    arrivals_of,
    conditions_of,
    decisions_of,
    evidence_of,
    findings_of,
    vote_of,
)
from provefirst.lifecycle.scheduling import latest_p80
from provefirst.lifecycle.viewing import View
from provefirst.money import Account
from provefirst.production import Health
from provefirst.stages import ORDER, Choice, Stage
from provefirst.waiting import Waiting, waiting_for

Facts = dict[str, Any]


def facts_of(initiative: Initiative, policies: PolicySet, *, now: datetime) -> Facts:
    """Everything that is shown of `initiative` as it stands at `now`."""
    return {
        **summary_of(initiative),
        "domain": initiative.domain,
        "policy": initiative.policy,
        "dossier": initiative.dossier,
        "opened_at": instant(initiative.opened_at),
        "changed_at": instant(initiative.changed_at),
        "parts": {handle: role.value for handle, role in sorted(initiative.parts.items())},
        "track": [_gate_on_track(initiative, stage) for stage in ORDER],
        "gate": _gate(initiative, policies, now),
        "waiting": _waiting(waiting_for(policies, initiative, now=now)),
        "evidence": [evidence_of(initiative, submission) for submission in initiative.submissions],
        "findings": findings_of(initiative, policies),
        "votes": [vote_of(initiative, vote) for vote in initiative.standing_votes],
        "decisions": decisions_of(initiative),
        "conditions": conditions_of(initiative),
        "hold": _hold(initiative),
        "money": money_of(initiative),
        "tranches": _tranches(initiative),
        "earlier": _earlier(initiative),
        "production": production_of(initiative),
        "deadline": _deadline(initiative.deadline),
        "deadline_locked": list(deadline_locks(initiative)),
        "earliest_deadline": _earliest(initiative, now),
        "proposed": proposed_of(initiative, policies),
        "conclusion": _conclusion(initiative),
        "amendments": amendments_of(initiative),
        "arrivals": arrivals_of(initiative),
        "stalls": list(initiative.stalls),
    }


def seen_of(found: View, policies: PolicySet, *, now: datetime) -> Facts:
    """Everything that is shown of an initiative to whom `found` was made for, and what it is that is hidden."""
    own = {"gate": gate_of(found.gate), "waiting": _waiting(found.waiting), "hidden": list(found.hidden)}
    return {**facts_of(found.initiative, policies, now=now), **own}


def summary_of(initiative: Initiative) -> Facts:
    """What names an initiative and says where it stands."""
    status = "concluded" if initiative.conclusion else "held" if initiative.hold else "open"
    return {
        "key": initiative.key,
        "title": initiative.title,
        "owner": initiative.owner,
        "status": status,
        "stage": initiative.stage.value,
        "attempt": initiative.attempt,
        "version": initiative.version,
    }


def done_of(done: Done) -> Facts:
    """What a verb did, and how the gate stands now."""
    return {
        "done": True,
        "initiative": {**summary_of(done.initiative), "dossier": done.initiative.dossier},
        "gate": gate_of(done.gate),
        "conclusion": _conclusion(done.initiative),
        "entries": [entry_of(entry) for entry in done.entries],
    }


def entry_of(entry: Entry) -> Facts:
    """A line of the ledger."""
    names = ("initiative", "version", "event", "actor", "at", "data", "previous", "digest")
    return {name: getattr(entry, name) for name in names}


def gate_of(gate: object) -> Facts:
    reasons = list(gate.reasons) if isinstance(gate, Closed) else []
    return {"open": not reasons, "reasons": reasons}


def money_of(initiative: Initiative) -> Facts:
    """Minor units by where they stand. What was requested and not approved is locked."""
    books = initiative.books
    return {
        "currency": books.currency,
        "pool": books.pool,
        "locked": books.on(Account.REQUESTED),
        "approved": books.on(Account.APPROVED),
        "released": books.on(Account.RELEASED),
        "spent": books.on(Account.SPENT),
        "returned": books.returned,
        "asked": dict(books.asked) if books.asked else None,
        "exchange_difference": books.exchange_difference,
        "exploration_cap": initiative.exploration_cap,
        "explored": initiative.explored,
    }


def proposed_of(initiative: Initiative, policies: PolicySet) -> Facts | None:
    """How it is proposed to end, and how many votes to stop that has and needs; None where nothing is proposed."""
    lesson = initiative.proposed
    if lesson is None or initiative.conclusion is not None:
        return None
    rule = policies.approvals_to_stop(initiative.stage)
    stops = {
        vote.by
        for vote in initiative.standing_votes
        if vote.ballot.choice is Choice.STOP and vote.dossier == initiative.dossier and vote.role is rule.role
    }
    return {
        "outcome": lesson.content["outcome"],
        "reasons": lesson.content["reasons"],
        "by": lesson.by,
        "votes_to_stop": len(stops),
        "quorum": rule.quorum,
        "role": rule.role.value,
    }


def deadline_locks(initiative: Initiative) -> tuple[str, ...]:
    """Why no deadline can be set as things stand; empty where one can."""
    if initiative.conclusion is not None:
        return (f"{initiative.key} is concluded",)
    reasons = []
    if not any(opening.deadline for opening in initiative.openings.values()):
        reasons.append("no gate that frees a deadline is open")
    if initiative.current(Kind.EFFORT_ESTIMATE) is None:
        reasons.append("there is no effort_estimate")
    return tuple(reasons)


def _gate(initiative: Initiative, policies: PolicySet, now: datetime) -> Facts:
    return gate_of(decide(policies.at(initiative.stage), initiative, now=now))


def _waiting(waiting: Iterable[Waiting]) -> list[Facts]:
    return [
        {"role": one.role.value if one.role else None, "people": list(one.people), "what": one.what} for one in waiting
    ]


def _gate_on_track(initiative: Initiative, stage: Stage) -> Facts:
    opening = initiative.openings.get(stage)
    return {
        "stage": stage.value,
        "state": _state(initiative, stage),
        "attempt": initiative.attempts.get(stage, 0),
        "passed_at": instant(opening.at) if opening else None,
    }


def _state(initiative: Initiative, stage: Stage) -> str:
    """`passed`, `here` or `locked`; where it is concluded: `passed`, `ended` or `not_reached`."""
    is_over = initiative.conclusion is not None
    if stage is initiative.stage:
        return "ended" if is_over else "here"
    if initiative.is_passed(stage) or (is_over and stage.position < initiative.stage.position):
        return "passed"
    return "not_reached" if is_over else "locked"


def _hold(initiative: Initiative) -> Facts | None:
    hold = initiative.hold
    return {"condition": hold.condition, "until": hold.until.isoformat(), "by": list(hold.by)} if hold else None


def _tranches(initiative: Initiative) -> list[Facts]:
    names = ("number", "kind", "amount", "purpose", "waits_for", "by")
    return [{name: getattr(tranche, name) for name in names} for tranche in initiative.tranches]


def production_of(initiative: Initiative) -> Facts | None:
    """How the released model does; None before anything was observed."""
    judged, freeze = initiative.production, initiative.freeze
    if judged is None:
        return None
    return {
        "verdict": judged.health.value,
        "at": instant(judged.at),
        "estimate": judged.estimate,
        "rows": judged.rows,
        "periods": len(initiative.observations),
        "log_degraded": judged.log_degraded,
        "log_broken": judged.log_broken,
        "alarm_at": judged.alarm_at,
        "because": list(judged.because),
        "signals": [{**asdict(one), "is_alarming": one.is_alarming} for one in judged.signals],
        "frozen": {"because": freeze.because, "since": freeze.since.isoformat()} if freeze else None,
        "recommended": "roll back" if judged.health is Health.BROKEN else None,
    }


def _earlier(initiative: Initiative) -> list[Facts]:
    """Initiatives that ended and asked the like, and what is different now."""
    return [
        {
            "key": one.key,
            "title": one.title,
            "outcome": one.outcome.value,
            "score": one.score,
            "shared": list(one.shared),
            "must_be_answered": one.must_be_answered,
            "difference": one.difference or None,
            "by": one.by or None,
        }
        for one in initiative.resemblances.values()
    ]


def _deadline(deadline: Deadline | None) -> Facts | None:
    if deadline is None:
        return None
    return {
        "day": deadline.day.isoformat(),
        "p80": deadline.p80.isoformat(),
        "override": deadline.override or None,
        "by": deadline.by,
    }


def _earliest(initiative: Initiative, now: datetime) -> str | None:
    p80 = latest_p80(initiative, now.date())
    return p80.isoformat() if p80 else None


def _conclusion(initiative: Initiative) -> Facts | None:
    if (conclusion := initiative.conclusion) is None:
        return None
    lessons = [s for s in initiative.submissions if s.kind is Kind.LESSON and s.digest == conclusion.lesson]
    content = lessons[-1].content if lessons else {}
    return {
        "outcome": conclusion.outcome.value,
        "reasons": [reason.value for reason in conclusion.reasons],
        "by": list(conclusion.by),
        "at": instant(conclusion.at),
        "lesson": content.get("lesson"),
        "would_change_if": content.get("would_change_if"),
        "revisit_on": content.get("revisit_on"),
    }
