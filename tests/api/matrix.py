"""The permission matrix over HTTP: how each verb is called from outside, with what it would accept from who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from provefirst.documents.given import values_of
from provefirst.evidence import Kind
from provefirst.kinds import WRITTEN_BY
from provefirst.people import Role, Verb
from provefirst.stages import Choice, Outcome, Stage
from tests import world as w

TABLE = "\n".join(["id,x,y", *(f"{row},{row % 7},{row % 2}" for row in range(120))]).encode()
SAID = {"reason": "Because it is so."}


@dataclass(frozen=True)
class Sent:
    """A request to an address below the initiative's."""

    path: str
    body: Mapping[str, Any] | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


def sent(verb: Verb, role: Role, stage: Stage) -> Sent:
    """What somebody in this role sends to use `verb` at `stage`."""
    match verb:
        case Verb.SUBMIT:
            return _evidence(role, stage)
        case Verb.CONCLUDE:
            outcome = Outcome.WITHDRAWN if role is Role.PRODUCT_OWNER else Outcome.INCONCLUSIVE
            return Sent("conclusion", values_of(w.lesson(outcome)))
    return _FIXED[verb]


def _evidence(role: Role, stage: Stage) -> Sent:
    if role is Role.DATA_OWNER:
        files = {"table": ("data.csv", TABLE, "text/csv")}
        about = {"about": '{"name": "Some data", "target": "y", "identifier": "id"}'}
        return Sent("data", raw={"files": files, "data": about})
    documents = {
        Stage.PROPOSAL: (Kind.PROPOSAL, w.proposal(title="Told in other words")),
        Stage.RESEARCH: (Kind.RESEARCH_DOSSIER, w.ResearchDossier(sources=(w.source(),), conclusion="In other words.")),
        Stage.REPLICATION: (Kind.REPLICATION_REPORT, w.replication(method="Done in another way.")),
        Stage.DATA_ANALYSIS: (Kind.ANALYSIS_REPORT, w.analysis("Told in other words.")),
        Stage.REVIEW: (Kind.EFFORT_ESTIMATE, w.estimate(likely=50)),
        Stage.WATCH: (Kind.PRODUCTION_REPORT, w.production()),
    }
    kind, document = documents.get(stage, documents[Stage.RESEARCH])
    if WRITTEN_BY[kind] is not role:
        kind, document = documents[Stage.PROPOSAL if role is Role.PRODUCT_OWNER else Stage.RESEARCH]
    return Sent(f"evidence/{kind.value}", {"document": values_of(document)})


_FIXED: Mapping[Verb, Sent] = {
    Verb.LOOK: Sent(
        "looks", raw={"content": b"id,prediction\n1,0\n", "headers": {"Content-Type": "application/octet-stream"}}
    ),
    Verb.DECLARE: Sent("declarations", {"has_conflict_of_interest": False, "reason": "I know nobody here."}),
    Verb.METHOD_REVIEW: Sent("method-reviews", {"summary": "It is sound.", "has_conflict_of_interest": False}),
    Verb.REVIEW: Sent("reviews", {"review": values_of(w.peer_review(Choice.RECYCLE, back_to=Stage.PROPOSAL))}),
    Verb.VOTE: Sent("votes", {"ballot": values_of(w.ballot(Choice.GO))}),
    Verb.RESUME: Sent("resumption", SAID),
    Verb.CLEAR: Sent("conditions/1/clearance", SAID),
    Verb.DECIDE: Sent("decision"),
    Verb.RELEASE: Sent("tranches", {"amount": "0.10 EUR", "purpose": "To go on"}),
    Verb.SPEND: Sent("expenses", {"amount": "0.10 EUR", "what": "Disks", "on": w.NOON.date().isoformat()}),
    Verb.SET_DEADLINE: Sent("deadline", {"day": (w.NOON.date() + timedelta(days=900)).isoformat()}),
    Verb.MIGRATE: Sent("policy", {"policy": "0" * 64, **SAID}),
    Verb.BREAK_GLASS: Sent("glass", {"verb": "resume", **SAID}),
}

ON_THE_ORGANISATION: Mapping[Verb, Sent] = {
    Verb.OPEN: Sent("initiatives", {"proposal": values_of(w.proposal(budget=100))}),
    Verb.FUND: Sent("pools/main/funding", {"amount": "0.10 EUR"}),
    Verb.ADOPT: Sent("policies", {"files": {}}),
    Verb.ADD_PERSON: Sent("people", {"handle": "newcomer", "name": "New Comer", "roles": ["auditor"]}),
}

TOLD = {200: "done", 201: "done", 403: "forbidden", 409: "refused"}
"""What an answer says came of it."""
