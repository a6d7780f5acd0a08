"""Review: an interest declared first, then the method judged blind, then the results, then what others said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from provefirst.documents import rubrics
from provefirst.documents.rubrics import Criterion, Rubric
from provefirst.evidence import Kind
from provefirst.lifecycle import conflicts, reviewing
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.viewing import shown
from provefirst.people import Role
from provefirst.places import config_dir
from provefirst.reviews import Declaration, MethodReview, Review
from provefirst.texts import Document
from provefirst.web.acting import act, as_it_stands, interrupted, mend, visitor_of
from provefirst.web.ballots import ballot_fields, choices, earlier, fitting
from provefirst.web.fields import Field, Filled, form_of, left_over, written
from provefirst.web.filled import document_of
from provefirst.web.keeping import Values, kept
from provefirst.web.posted import Posted, posted
from provefirst.web.render import page
from provefirst.web.route import pages
from provefirst.web.sight import Key, Seen, look, seen

router = pages()
_RATINGS = "ratings"


@router.get("/initiatives/{key}/review")
def review_page(request: Request, found: Annotated[Seen, Depends(seen)]) -> Response:
    step = _step(found)
    values, at = kept(found.workspace, found.visitor.handle, f"{found.home}/{_PLACES[step]}")
    if step == "review" and not at:
        values = _from_method(found)
    return _page(request, found, Filled(values, is_new=not values), kept_at=at)


@router.post("/initiatives/{key}/declare")
def declare(key: Key, given: Annotated[Posted, Depends(posted)]) -> Response:
    return _send(key, given, Declaration, "declared", conflicts.declare)


@router.post("/initiatives/{key}/method")
def method(key: Key, given: Annotated[Posted, Depends(posted)]) -> Response:
    return _send(key, given, MethodReview, "method", reviewing.method_review)


@router.post("/initiatives/{key}/review")
def review(key: Key, given: Annotated[Posted, Depends(posted)]) -> Response:
    """Bound to the dossier that was read, not to a version: another's vote meanwhile takes nothing from it."""
    dossier = given.one("_dossier") or None

    def send(*args: Any, by: str) -> Answer:
        return reviewing.review(*args, by=by, dossier=dossier)

    return _send(key, given, Review, "reviewed", send)


@router.get("/initiatives/{key}/declare")
@router.get("/initiatives/{key}/method")
def steps(request: Request, found: Annotated[Seen, Depends(seen)]) -> Response:
    """Both steps are on the page of the review."""
    return review_page(request, found)


def _send(key: str, given: Posted, model: type[Document], did: str, verb: Callable[..., Answer]) -> Response:
    if (instead := interrupted(given)) is not None:
        return instead
    who, values = visitor_of(given), _rated(fitting(given.values))
    document = document_of(model, values)
    if isinstance(document, Filled):
        now = look(given.workspace, key, who)
        return _page(
            given.request, now, Filled(given.values, _placed(document, given.values), is_new=False), status=422
        )

    again = as_it_stands(given, key, _page)
    return act(given, lambda: verb(given.workspace, key, document, by=who.handle), did, again)


def _page(
    request: Request,
    found: Seen,
    filled: Filled,
    *,
    reasons: tuple[str, ...] = (),
    status: int = 200,
    kept_at: str = "",
) -> Response:
    step = _step(found)
    model = _MODELS[step]
    fields = form_of(model, filled, without=("ratings", "ballot", "has_conflict_of_interest"))
    ballot = ballot_fields(filled)
    criteria = _criteria(found, is_blind_only=step == "method")
    names = [*fields, *ballot.values(), *_of_criteria(criteria)]
    told = mend((*reasons, *left_over(filled.wrong, names)), filled.wrong)
    evidence = [shown(one, found.state) for one in found.state.submissions if one.kind is not Kind.REVIEW]
    return page(
        request, "review.html", visitor=found.visitor, status=status, seen=found, facts=found.facts, step=step,
        fields=fields, ballot=ballot, choices=choices(found), earlier=earlier(found), criteria=criteria,
        rated=_said_of(criteria, filled), reasons=told, kept_at=kept_at, place=f"{found.home}/{_PLACES[step]}",
        evidence=[one for one in evidence if one["is_current"]], is_peers=_is_peers(found),
        confirmed=filled.values.get("has_conflict_of_interest", ("",))[-1] == "false",
        unconfirmed=filled.wrong.get("has_conflict_of_interest", ()), compared=_compared(found),
        rubric=_rubric(found), interest=filled.values.get("has_conflict_of_interest", ("",))[-1],
    )  # fmt: skip


_MODELS: Mapping[str, type[Document]] = {"declare": Declaration, "method": MethodReview, "review": Review}
_PLACES = {"declare": "declare", "method": "method", "review": "review"}


def _step(found: Seen) -> str:
    if not found.sees_method:
        return "declare"
    return "review" if found.sees_results else "method"


def _is_peers(found: Seen) -> bool:
    return found.gate.approvals.role is Role.REVIEWER


@cache
def _rubrics() -> tuple[Rubric, ...]:
    return rubrics.load(config_dir() / "rubrics")


def _rubric(found: Seen) -> Rubric | None:
    return rubrics.for_stage(_rubrics(), found.state.stage)


def _criteria(found: Seen, *, is_blind_only: bool) -> tuple[Criterion, ...]:
    rubric = _rubric(found)
    asked = rubric.criteria if rubric else ()
    return tuple(one for one in asked if one.is_blind or not is_blind_only)


def _rated(values: Values) -> Values:
    """`values` without criteria that were neither scored nor commented."""
    blank = [
        name.rpartition(".")[0]
        for name in values
        if name.startswith(f"{_RATINGS}[") and name.endswith(".criterion")
        and not any(values.get(f"{name.rpartition('.')[0]}.{part}", ("",))[-1].strip() for part in ("score", "comment"))
    ]  # fmt: skip
    kept_ones = {name: given for name, given in values.items() if name.rpartition(".")[0] not in blank}
    return _numbered(kept_ones)


def _numbered(values: Values) -> dict[str, tuple[str, ...]]:
    """Ratings numbered without gaps, as a list has to be."""
    groups = list(dict.fromkeys(name.rpartition(".")[0] for name in values if name.startswith(f"{_RATINGS}[")))
    places = {group: f"{_RATINGS}[{number}]" for number, group in enumerate(groups)}
    found = {}
    for name, given in values.items():
        group, dot, last = name.rpartition(".")
        found[f"{places[group]}{dot}{last}" if group in places else name] = given
    return found


def _placed(document: Filled, sent: Values) -> Mapping[str, tuple[str, ...]]:
    """What is wrong, with ratings back under the numbers that they have on the page."""
    left = list(dict.fromkeys(n.rpartition(".")[0] for n in _rated_names(sent)))
    back = {f"{_RATINGS}[{number}]": group for number, group in enumerate(left)}
    found = {}
    for name, texts in document.wrong.items():
        group, dot, last = name.rpartition(".")
        found[f"{back[group]}{dot}{last}" if group in back else name] = texts
    return found


def _rated_names(sent: Values) -> list[str]:
    return [
        name for name in sent
        if name.startswith(f"{_RATINGS}[") and name.endswith(".criterion")
        and any(sent.get(f"{name.rpartition('.')[0]}.{part}", ("",))[-1].strip() for part in ("score", "comment"))
    ]  # fmt: skip


def _said_of(criteria: tuple[Criterion, ...], filled: Filled) -> list[dict[str, Any]]:
    """For each criterion what was scored and said, and what is wrong with it."""

    def last(name: str) -> str:
        return filled.values.get(name, ("",))[-1]

    return [
        {
            "name": f"{_RATINGS}[{place}]",
            "score": last(f"{_RATINGS}[{place}].score"),
            "comment": last(f"{_RATINGS}[{place}].comment"),
            "wrong": [t for part in ("score", "comment") for t in filled.wrong.get(f"{_RATINGS}[{place}].{part}", ())],
        }
        for place in range(len(criteria))
    ]


def _of_criteria(criteria: tuple[Criterion, ...]) -> list[Field]:
    from provefirst.web.fields import Field

    places = range(len(criteria))
    return [
        Field(f"{_RATINGS}[{n}].{part}", "line", part) for n in places for part in ("score", "comment", "criterion")
    ]


def _from_method(found: Seen) -> Values:
    """What the visitor said of the method goes on into their review."""
    here = (found.state.stage, found.state.attempt)
    own = [one for one in found.state.methods if one.by == found.visitor.handle and (one.stage, one.attempt) == here]
    if not own:
        return {}
    content = dict(own[-1].content)
    scored = {one["criterion"]: one for one in content.get("ratings", ())}
    values = written({"summary": content.get("summary")})
    for place, criterion in enumerate(_criteria(found, is_blind_only=False)):
        if criterion.name in scored:
            values |= written(scored[criterion.name], f"{_RATINGS}[{place}].")
    return values


def _compared(found: Seen) -> dict[str, Any] | None:
    """Peers' scores side by side, once the visitor may see them."""
    standing = found.reviews(found.state.stage) if found.sees_all else []
    newest = {one.by: one for one in standing}
    if len(newest) < 2:
        return None
    scores = {by: {r["criterion"]: r["score"] for r in one.content.get("ratings", ())} for by, one in newest.items()}
    names = list(dict.fromkeys(name for own in scores.values() for name in own))
    rows = []
    for name in names:
        given = [scores[by].get(name) for by in newest]
        known = [one for one in given if one is not None]
        rows.append((name, given, max(known) - min(known) if known else 0))
    choices_made = [one.content["ballot"]["choice"] for one in newest.values()]
    return {"people": list(newest), "choices": choices_made, "rows": rows}
