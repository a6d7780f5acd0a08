"""Submit: evidence is bound to stage, attempt and digest. What was submitted before stays visible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from provefirst.evidence import Kind, ProductionReport, Proposal
from provefirst.initiative import Initiative
from provefirst.kinds import BELONGS_TO, WRITTEN_BY
from provefirst.ledger import digest_of
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.claims import report_objections
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.estimating import derived_of
from provefirst.lifecycle.registered import withheld
from provefirst.lifecycle.remembering import resembling, subject_of, tell_of
from provefirst.lifecycle.trying import bound_to, look_through, try_objections
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Verb
from provefirst.texts import Document

ATTACHMENT_LIMIT = 64 * 2**20
"""Bytes that one attached file may have."""

BY_OTHER_VERBS = {
    Kind.REVIEW: "review",
    Kind.DATA_REGISTRATION: "data register",
    Kind.LOOK: "look",
    Kind.LESSON: "conclude",
}


def submit(
    workspace: Workspace,
    key: str,
    kind: Kind,
    document: Document,
    *,
    by: str,
    files: Mapping[str, bytes] | None = None,
    expected: int | None = None,
) -> Answer:
    """Submit `document` as evidence of `kind`, with `files` by name. Votes on what it replaces become void."""
    if kind in BY_OTHER_VERBS:
        return Refused((f"{kind.value} has a verb of its own: {BY_OTHER_VERBS[kind]}",))
    if reasons := _file_objections(files or {}):
        return Refused(reasons)
    attachments = {name: workspace.blobs.put(content) for name, content in sorted((files or {}).items())}
    return attach(workspace, key, kind, document, by=by, attachments=attachments, expected=expected)


def attach(
    workspace: Workspace,
    key: str,
    kind: Kind,
    document: Document,
    *,
    by: str,
    attachments: Mapping[str, str],
    expected: int | None = None,
) -> Answer:
    """As `submit`, with files that are stored already, by digest. Each is read back and must still be whole."""
    for digest in attachments.values():
        workspace.blobs.get(digest)
    look_through(workspace, workspace.initiative(key), document, attachments)
    earlier = resembling(workspace, subject_of(document, key)) if isinstance(document, Proposal) else ()

    def write(draft: Draft) -> Refused | None:
        reasons = submission_objections(draft.initiative, kind, document, attachments)
        reasons = reasons or _sealed_objections(draft.initiative, document, attachments)
        reasons = reasons or try_objections(draft.initiative, document, attachments)
        if not reasons and isinstance(document, ProductionReport):
            reasons = report_objections(draft.initiative, document)
        if reasons or (reasons := date_objections(document, draft.now.date())):
            return Refused(reasons)
        derived = {**derived_of(draft, document), **bound_to(workspace, draft, document)}
        write_evidence(draft, kind, document, attachments, derived)
        tell_of(draft, earlier)
        return None

    return act(workspace, key, write, by=by, verb=Verb.SUBMIT, role=WRITTEN_BY[kind], expected=expected)


def submission_objections(
    initiative: Initiative, kind: Kind, document: Document, attachments: Mapping[str, str]
) -> tuple[str, ...]:
    """Why this evidence can't be submitted now."""
    if initiative.conclusion is not None:
        return (f"{initiative.key} is concluded: {initiative.conclusion.outcome.value}",)
    if initiative.stage not in BELONGS_TO[kind]:
        belongs = " or ".join(sorted(stage.label for stage in BELONGS_TO[kind]))
        return (f"{kind.value} belongs to {belongs}, and {initiative.key} is at {initiative.stage.label}",)
    if kind is Kind.PROPOSAL and _budget(document) != _budget_of(initiative):
        return ("the budget was requested when the initiative was opened, and can't be changed by a new proposal",)
    current = initiative.current(kind)
    is_same = current is not None and current.stage is initiative.stage
    if current is not None and is_same and (current.digest, current.attachments) == (_digest(document), attachments):
        return (f"{kind.value}: this very evidence is submitted already",)
    return ()


def date_objections(document: Document, today: date) -> tuple[str, ...]:
    """Why a date in `document` can't be meant: a wish for a day that is over, a report of days yet to come."""
    match document:
        case Proposal(wished_deadline=date() as day) if day <= today:
            return (f"wished_deadline: {day.isoformat()} is not after today, {today.isoformat()}",)
        case ProductionReport(until=day) if day > today:
            return (f"until: {day.isoformat()} is after today, {today.isoformat()}: a report tells of what was",)
    return ()


def write_evidence(
    draft: Draft, kind: Kind, document: Document, attachments: Mapping[str, str], derived: Mapping[str, Any]
) -> None:
    """Write `document` on the draft, as evidence of the stage it is at."""
    draft.write(
        "evidence.submitted",
        kind=kind.value,
        stage=draft.initiative.stage.value,
        attempt=draft.initiative.attempt,
        digest=_digest(document),
        content=document.model_dump(mode="json"),
        attachments=dict(attachments),
        derived=dict(derived),
    )


def _digest(document: Document) -> str:
    return digest_of(document.model_dump(mode="json"))


def _sealed_objections(initiative: Initiative, document: Document, attachments: Mapping[str, str]) -> tuple[str, ...]:
    """Whoever names the sealed labels' digest as a file of their own would be given the labels with it."""
    named = {*attachments.values(), *_digests(document.model_dump(mode="json"))}
    return ("a file of what is sealed can't be submitted as one's own",) if named & withheld(initiative) else ()


def _digests(content: Any) -> Iterator[str]:
    """Every text in `content` that could name a file."""
    if isinstance(content, str) and len(content) == 64:
        yield content
    elif isinstance(content, Mapping | list):
        for inner in content.values() if isinstance(content, Mapping) else content:
            yield from _digests(inner)


def _budget(document: Document) -> Any:
    return document.model_dump(mode="json").get("budget")


def _budget_of(initiative: Initiative) -> Any:
    first = next(s for s in initiative.submissions if s.kind is Kind.PROPOSAL)
    return first.content["budget"]


def _file_objections(files: Mapping[str, bytes]) -> tuple[str, ...]:
    reasons = []
    for name, content in files.items():
        if len(content) > ATTACHMENT_LIMIT:
            reasons.append(
                f"{name[:80]}: {len(content)} bytes are more than the {ATTACHMENT_LIMIT} that a file may have"
            )
        if not name or len(name) > 100 or "/" in name or "\\" in name or not name.isprintable():
            reasons.append(f"{name[:80]!r}: a file's name has up to 100 printable characters and no slash")
    return tuple(reasons)
