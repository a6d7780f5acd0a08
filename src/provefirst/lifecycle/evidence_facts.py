"""What was submitted, found, said and decided, as plain values with stable names."""

from __future__ import annotations

from typing import Any

from provefirst.gates import PolicySet
from provefirst.initiative import Initiative, Submission
from provefirst.ledger import instant
from provefirst.plans import amendments
from provefirst.reviews import Vote
from provefirst.stages import ORDER

Facts = dict[str, Any]


def evidence_of(initiative: Initiative, submission: Submission) -> Facts:
    return {
        "kind": submission.kind.value,
        "stage": submission.stage.value,
        "attempt": submission.attempt,
        "by": submission.by,
        "at": instant(submission.at),
        "version": submission.version,
        "digest": submission.digest,
        "attachments": dict(submission.attachments),
        "is_current": initiative.current(submission.kind) is submission,
    }


def arrivals_of(initiative: Initiative) -> list[Facts]:
    """Data that the engine was asked to read, and what became of it."""
    names = ("version", "by", "place", "status")
    return [
        {name: getattr(one, name) for name in names} | {"reasons": list(one.reasons)} for one in initiative.arrivals
    ]


def amendments_of(initiative: Initiative) -> list[Facts]:
    """Changes of the preregistration, each marked as made before or after results were seen."""
    return [
        {
            "by": one.by,
            "at": instant(one.at),
            "version": one.version,
            "changed": list(one.changed),
            "tries_seen": one.tries_seen,
            "looks_seen": one.looks_seen,
            "after_results": one.is_after_results,
        }
        for one in amendments(initiative)
    ]


def findings_of(initiative: Initiative, policies: PolicySet) -> list[Facts]:
    asking = {code: stage.value for stage in reversed(ORDER) for code in policies.at(stage).requires.findings}
    return [
        {**finding.model_dump(mode="json"), "required_by": asking.get(code)}
        for code, finding in sorted(initiative.current_findings.items())
    ]


def vote_of(initiative: Initiative, vote: Vote) -> Facts:
    return {
        "by": vote.by,
        "role": vote.role.value,
        "at": instant(vote.at),
        "is_void": vote.dossier != initiative.dossier,
        **vote.ballot.model_dump(mode="json"),
    }


def decisions_of(initiative: Initiative) -> list[Facts]:
    return [
        {
            "stage": decision.stage.value,
            "attempt": decision.attempt,
            "choice": decision.choice.value,
            "by": list(decision.by),
            "reasons": list(decision.reasons),
            "back_to": decision.back_to.value if decision.back_to else None,
            "at": instant(decision.at),
        }
        for decision in initiative.decisions
    ]


def conditions_of(initiative: Initiative) -> list[Facts]:
    return [
        {
            "number": condition.number,
            "stage": condition.stage.value,
            "text": condition.text,
            "cleared_by": condition.cleared_by or None,
            "how": condition.how or None,
        }
        for condition in initiative.conditions
    ]
