"""The memo: all that the board needs on one page, and the vote on it. It prints as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from provefirst.evidence import Kind
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.reviewing import vote
from provefirst.lifecycle.scheduling import latest_p80
from provefirst.people import Role, Verb
from provefirst.reviews import Ballot
from provefirst.stages import Choice
from provefirst.tries import logged
from provefirst.web.acting import act, as_it_stands, interrupted, mend, visitor_of
from provefirst.web.ballots import ballot_fields, choices, earlier, fitting
from provefirst.web.fields import Filled, left_over
from provefirst.web.filled import document_of
from provefirst.web.keeping import kept
from provefirst.web.possible import may
from provefirst.web.posted import Posted, posted
from provefirst.web.render import page
from provefirst.web.route import pages
from provefirst.web.sight import Key, Seen, look, seen

router = pages()
BEFORE = "ballot."
_ALONE = {"estimators": 1, "factor": 1.0, "factor_n": 0}
"""What holds of an estimate that was written before others were asked and past ones were looked at."""
_HARSH = (Choice.STOP, Choice.HOLD, Choice.RECYCLE, Choice.CONDITIONAL_GO, Choice.GO)


@router.get("/initiatives/{key}/memo")
def memo(request: Request, found: Annotated[Seen, Depends(seen)]) -> Response:
    values, at = kept(found.workspace, found.visitor.handle, request.url.path)
    return _page(request, found, Filled(values, is_new=not at), kept_at=at)


@router.post("/initiatives/{key}/memo")
def cast(key: Key, given: Annotated[Posted, Depends(posted)]) -> Response:
    """Vote on the dossier that was read; two who vote at once both have their vote."""
    if (instead := interrupted(given)) is not None:
        return instead
    who = visitor_of(given)
    ballot = document_of(Ballot, fitting(given.values), BEFORE)
    if isinstance(ballot, Filled):
        wrong = Filled(given.values, ballot.wrong, is_new=False)
        return _page(given.request, look(given.workspace, key, who), wrong, status=422)

    dossier = given.one("_dossier") or None
    again = as_it_stands(given, key, _page)
    return act(given, lambda: vote(given.workspace, key, ballot, by=who.handle, dossier=dossier), "voted", again)


def _page(
    request: Request,
    found: Seen,
    filled: Filled,
    *,
    reasons: tuple[str, ...] = (),
    status: int = 200,
    kept_at: str = "",
) -> Response:
    ballot = ballot_fields(filled)
    told = mend((*reasons, *left_over(filled.wrong, ballot.values())), filled.wrong)
    role = found.gate.approvals.role
    may_vote = role is not Role.REVIEWER and role in found.person.roles and may(found, Verb.VOTE)
    return page(
        request, "memo.html", visitor=found.visitor, status=status, seen=found, facts=found.facts, ballot=ballot,
        choices=choices(found), earlier=earlier(found), reasons=told, kept_at=kept_at, place=request.url.path,
        proposal=found.current("proposal"), screen=found.current("ethics_screen"),
        plan=found.current("preregistration"), dossier=found.current("research_dossier"), effort=_effort(found),
        tried=_tried(found), against=_against(found),
        reviews=[dict(one.content) | {"by": one.by, "stage": one.stage.value} for one in found.reviews()],
        may_vote=may_vote, rule=found.gate.approvals, asked=_asked(found.facts),
        own=[one for one in found.facts["votes"] if one["by"] == found.visitor.handle],
    )  # fmt: skip


def _effort(found: Seen) -> dict[str, Any] | None:
    """The estimate with the plan that was worked out of it: days, and the day that 4 of 5 such efforts meet."""
    one = found.state.current(Kind.EFFORT_ESTIMATE)
    if one is None:
        return None
    plan = {level: one.derived.get(f"plan_{level}", one.derived[level]) for level in ("p50", "p80")}
    return {
        **_ALONE,
        **one.content,
        **one.derived,
        **plan,
        "p80_day": latest_p80(found.state, found.workspace.clock().date()),
    }


def _tried(found: Seen) -> dict[str, Any]:
    """How often was tried and looked. Where tries were not logged, that is said."""
    tries, look_spent = found.current("tries"), found.current("look")
    return {"tries": len(logged(found.state)) if tries else None, "look": look_spent}


def _asked(facts: Facts) -> dict[str, Facts]:
    return {one["code"]: one for one in facts["findings"] if one["required_by"] or one["level"] == "warning"}


def _against(found: Seen) -> dict[str, str] | None:
    """The strongest reason against: a finding beyond its limit, else what the most critical peer said against it."""
    for one in found.facts["findings"]:
        if one["required_by"] and one["level"] in ("failed", "crashed"):
            return {"what": one["message"], "who": f"{one['code']}, measured"}
    reviews = sorted(found.reviews(), key=lambda one: _harshness(one.content))
    if reviews:
        first = reviews[0]
        return {"what": str(first.content["weaknesses"]), "who": f"{first.by}, {first.stage.label}"}
    return None


def _harshness(content: Mapping[str, Any]) -> tuple[int, int]:
    return _HARSH.index(Choice(content["ballot"]["choice"])), -len(content["weaknesses"])
