"""Conclude: propose how it ends, with reasons and a lesson. Peers confirm it, whichever way it went."""

from __future__ import annotations

from provefirst.evidence import Kind, Lesson
from provefirst.initiative import Initiative
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.settle import conclude as end
from provefirst.lifecycle.submitting import submission_objections, write_evidence
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role, Verb
from provefirst.stages import Outcome, Stage


def conclude(workspace: Workspace, key: str, lesson: Lesson, *, by: str, expected: int | None = None) -> Answer:
    """Propose a conclusion. A withdrawal by the product owner ends it at once; all else waits for votes to stop."""

    def write(draft: Draft) -> Refused | None:
        initiative = draft.initiative
        if reasons := submission_objections(initiative, Kind.LESSON, lesson, {}) or _objections(draft, lesson):
            return Refused(reasons)
        write_evidence(draft, Kind.LESSON, lesson, {}, {})
        if lesson.outcome is Outcome.WITHDRAWN:
            proposed = draft.initiative.submissions[-1]
            end(draft, lesson, lesson_digest=proposed.digest, by=[draft.actor])
        return None

    return act(workspace, key, write, by=by, verb=Verb.CONCLUDE, expected=expected)


def _objections(draft: Draft, lesson: Lesson) -> tuple[str, ...]:
    reasons = []
    if lesson.outcome is Outcome.WITHDRAWN and draft.role is not Role.PRODUCT_OWNER:
        reasons.append("withdrawn: the product owner withdraws")
    if lesson.outcome is Outcome.WITHDRAWN and draft.actor != draft.initiative.owner:
        reasons.append(f"withdrawn: {draft.initiative.owner} opened {draft.initiative.key}, and alone withdraws it")
    if lesson.outcome is not Outcome.WITHDRAWN and draft.role is not Role.DATA_SCIENTIST:
        reasons.append(f"{lesson.outcome.value}: a data scientist proposes it")
    if lesson.outcome in (Outcome.FEASIBLE, Outcome.RETIRED) and not _is_proven(draft.initiative):
        reasons.append(f"{lesson.outcome.value}: the release gate is not passed")
    if lesson.revisit_on is not None and lesson.revisit_on <= draft.now.date():
        reasons.append(f"revisit_on: {lesson.revisit_on.isoformat()} is not after today")
    return tuple(reasons)


def _is_proven(initiative: Initiative) -> bool:
    return initiative.is_passed(Stage.RELEASE)
