"""Review and vote: what a peer or a board member says at a gate, bound to the dossier they had before them."""

from __future__ import annotations

from collections.abc import Iterator

from provefirst.evidence import Kind
from provefirst.gates import PolicySet
from provefirst.initiative import Initiative
from provefirst.kinds import BELONGS_TO
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.conflicts import own_conflicts
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.submitting import write_evidence
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Person, Role, Verb
from provefirst.reviews import Ballot, MethodReview, Review
from provefirst.stages import Choice


def review(
    workspace: Workspace,
    key: str,
    document: Review,
    *,
    by: str,
    dossier: str | None = None,
    expected: int | None = None,
) -> Answer:
    """Submit a peer's review; its ballot is the peer's vote. With `dossier`, refused if that is not what lies there."""

    def write(draft: Draft) -> Refused | None:
        initiative = draft.initiative
        if initiative.stage not in BELONGS_TO[Kind.REVIEW]:
            return Refused((f"there is nothing to review yet at {initiative.stage.label}",))
        if reasons := _objections(draft, document.ballot, Role.REVIEWER, dossier):
            return Refused(reasons)
        if reasons := own_conflicts(draft):
            return Refused(reasons)
        if _is_unseeing(draft):  # in one go: then the method was judged without a result, and the ballot cast so too
            method = {"summary": document.summary, "ratings": document.ratings, "has_conflict_of_interest": False}
            _judge_method(draft, MethodReview.model_validate(method))
        write_evidence(draft, Kind.REVIEW, document, {}, {})
        _cast(draft, document.ballot)
        return None

    return act(workspace, key, write, by=by, verb=Verb.REVIEW, role=Role.REVIEWER, expected=expected)


def method_review(
    workspace: Workspace, key: str, document: MethodReview, *, by: str, expected: int | None = None
) -> Answer:
    """Review the method before any result is shown; from then on results are. It is given once an attempt."""

    def write(draft: Draft) -> Refused | None:
        initiative = draft.initiative
        if not draft.policies.at(initiative.stage).is_blind:
            return Refused((f"the {initiative.stage.label} gate shows results at once: review them with the method",))
        if draft.actor in initiative.knows_method:
            return Refused((f"{draft.actor} has reviewed the method already, and has seen results since",))
        if reasons := own_conflicts(draft):
            return Refused(reasons)
        _judge_method(draft, document)
        return None

    return act(workspace, key, write, by=by, verb=Verb.METHOD_REVIEW, role=Role.REVIEWER, expected=expected)


def vote(
    workspace: Workspace, key: str, ballot: Ballot, *, by: str, dossier: str | None = None, expected: int | None = None
) -> Answer:
    """Cast a vote where the gate asks the board or an ethics reviewer; reviewers vote by their review."""

    def write(draft: Draft) -> Refused | None:
        role = _voting_role(draft.initiative, draft.policies)
        if role is Role.REVIEWER:
            return Refused((f"the {draft.initiative.stage.label} gate asks for reviews, not for votes",))
        if reasons := _objections(draft, ballot, role, dossier):
            return Refused(reasons)
        _cast(draft, ballot)
        return None

    return act(workspace, key, write, by=by, verb=Verb.VOTE, role=_ballot_role, expected=expected)


def _voting_role(initiative: Initiative, policies: PolicySet) -> Role:
    return policies.at(initiative.stage).approvals.role


def _ballot_role(initiative: Initiative, policies: PolicySet, person: Person) -> Role:
    role = _voting_role(initiative, policies)
    return Role.BOARD_MEMBER if role is Role.REVIEWER else role


def _objections(draft: Draft, ballot: Ballot, role: Role, dossier: str | None) -> tuple[str, ...]:
    initiative = draft.initiative
    if initiative.conclusion is not None:
        return (f"{initiative.key} is concluded: {initiative.conclusion.outcome.value}",)
    return (*_on_the_voter(draft, role, ballot), *_on_the_ballot(draft, ballot, dossier))


def _on_the_voter(draft: Draft, role: Role, ballot: Ballot) -> Iterator[str]:
    initiative, rule = draft.initiative, draft.policies.at(draft.initiative.stage).approvals
    if reason := initiative.conflicts.get(draft.actor):
        yield f"{draft.actor} declared a conflict of interest: {reason}"
    if draft.actor in initiative.authors:
        yield f"{draft.actor} wrote evidence on {initiative.key}, and nobody approves their own"
    if draft.actor == initiative.owner:
        yield f"{draft.actor} asked for {initiative.key}, and nobody approves what they asked for"
    if ballot.choice is Choice.STOP:
        rule = draft.policies.approvals_to_stop(initiative.stage)
    if role is not rule.role:
        yield f"the {initiative.stage.label} gate asks for {rule.role.with_article}, not for {role.with_article}"


def _on_the_ballot(draft: Draft, ballot: Ballot, dossier: str | None) -> Iterator[str]:
    initiative = draft.initiative
    if dossier is not None and dossier != initiative.dossier:
        yield "the dossier has changed since you read it: read it again before you vote"
    if ballot.choice is Choice.STOP and initiative.proposed is None:
        yield "stop concludes, and no conclusion with its lesson is proposed yet"
    if ballot.back_to is not None and ballot.back_to.position >= initiative.stage.position:
        yield f"recycle goes back: {ballot.back_to.label} is not before {initiative.stage.label}"
    if ballot.until is not None and ballot.until <= draft.now.date():
        yield f"until: {ballot.until.isoformat()} is not after today"
    if initiative.hold is not None and ballot.choice is not Choice.STOP:
        yield f"{initiative.key} is on hold until {initiative.hold.until.isoformat()}: resume it first"


def _is_unseeing(draft: Draft) -> bool:
    """Whether whoever acts has been shown no result yet, because their method review is not in."""
    initiative = draft.initiative
    return draft.policies.at(initiative.stage).is_blind and draft.actor not in initiative.knows_method


def _judge_method(draft: Draft, document: MethodReview) -> None:
    draft.write(
        "method_review.submitted",
        stage=draft.initiative.stage.value,
        attempt=draft.initiative.attempt,
        content=document.model_dump(mode="json"),
    )


def _cast(draft: Draft, ballot: Ballot) -> None:
    draft.write(
        "vote.cast",
        stage=draft.initiative.stage.value,
        attempt=draft.initiative.attempt,
        dossier=draft.initiative.dossier,
        ballot=ballot.model_dump(mode="json"),
    )
