"""Topics: what people can be told of, when each of them wants it, and what is said. It says that, never what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from provefirst.evidence import Kind
from provefirst.ledger import Entry
from provefirst.people import Role


class Topic(StrEnum):
    """What people choose by."""

    TURN = "turn"
    REMINDER = "reminder"
    PROGRESS = "progress"
    MONEY = "money"
    EVIDENCE = "evidence"


class When(StrEnum):
    """When somebody is told."""

    NOW = "now"
    DAILY = "daily"
    NEVER = "never"


USUAL: Mapping[Topic, When] = MappingProxyType(
    {
        Topic.TURN: When.NOW,
        Topic.REMINDER: When.NOW,
        Topic.PROGRESS: When.NOW,
        Topic.MONEY: When.DAILY,
        Topic.EVIDENCE: When.DAILY,
    }
)
"""What holds where somebody has said nothing else."""

ABOUT: Mapping[Topic, str] = MappingProxyType(
    {
        Topic.TURN: "Something waits for me",
        Topic.REMINDER: "It still waits for me, or for those I am answerable for",
        Topic.PROGRESS: "Gates, decisions, holds and ends where I have a part",
        Topic.MONEY: "Money and deadlines where I have a part",
        Topic.EVIDENCE: "Evidence submitted and measured where I have a part",
    }
)
_OF: Mapping[str, tuple[Topic, str]] = MappingProxyType(
    {
        "gate.opened": (Topic.PROGRESS, "the {stage} gate is open"),
        "gate.closed": (Topic.PROGRESS, "the {stage} gate is closed again"),
        "decision.made": (Topic.PROGRESS, "it was decided at {stage}"),
        "hold.lifted": (Topic.PROGRESS, "it is no longer on hold"),
        "condition.cleared": (Topic.PROGRESS, "a condition is cleared"),
        "attempt.stalled": (Topic.PROGRESS, "the engine gave up at {stage}: somebody has to look"),
        "policy.migrated": (Topic.PROGRESS, "it stands under another policy now"),
        "initiative.concluded": (Topic.PROGRESS, "it has ended, with its lesson"),
        "revisit.raised": (Topic.PROGRESS, "the day or the data have come to look again"),
        "difference.stated": (Topic.EVIDENCE, "it was said what is different from an earlier initiative"),
        "budget.approved": (Topic.MONEY, "its budget is approved"),
        "tranche.released": (Topic.MONEY, "a tranche is released"),
        "money.spent": (Topic.MONEY, "money was spent"),
        "money.returned": (Topic.MONEY, "money went back to the pool"),
        "deadline.set": (Topic.MONEY, "its deadline is set"),
        "deadline.withdrawn": (Topic.MONEY, "its deadline is withdrawn"),
        "evidence.submitted": (Topic.EVIDENCE, "evidence was submitted: {kind}"),
        "findings.recorded": (Topic.EVIDENCE, "its evidence was measured at {stage}"),
    }
)
_UNTOLD = frozenset({Kind.REVIEW.value, Kind.LESSON.value})
"""Kinds of which nobody is told one by one: peers don't learn from a message who has judged."""


def topic_of(entry: Entry) -> tuple[Topic, str] | None:
    """What an entry is about, and what is said of it to those who have a part; None where nothing is."""
    if entry.event not in _OF or entry.data.get("kind") in _UNTOLD:
        return None
    topic, words = _OF[entry.event]
    named = {name: str(entry.data.get(name, "")).replace("_", " ") for name in ("stage", "kind")}
    return topic, words.format(**named)


_CONDITIONS = MappingProxyType({"on hold: ": "a hold to be looked at", "to clear: ": "a condition to be cleared"})


def asked(role: str, what: str) -> str:
    """What is asked of somebody, without what was measured, without the words of a condition, which may tell of it, and
    without the number of votes that are still missing: it would tell how others voted."""
    for begin, said in _CONDITIONS.items():
        if what.startswith(begin):
            return said
    if is_vote(what):
        return "your review" if role == Role.REVIEWER else "your vote"
    code, colon, _ = what.partition(": ")
    if colon and code.isalnum():
        return f"{code} keeps the gate closed"
    kind, blank, rest = what.partition(" ")
    return f"{kind.replace('_', ' ')}{blank}{rest}"


def is_vote(what: str) -> bool:
    """Whether it is a vote that is waited for, as it is said now or was before."""
    return re.match(r"\d+ of \d+ approvals", what) is not None


def wanted(topics: Mapping[str, str], topic: Topic) -> When:
    """When somebody wants to be told of `topic`, who said `topics`."""
    said = topics.get(topic)
    return When(said) if said in tuple(When) else USUAL[topic]
