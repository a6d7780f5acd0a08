"""Deciding, holding, money, time and the end: each act on a page of its own that says what it will do and to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from provefirst.errors import UnknownError
from provefirst.evidence import Lesson
from provefirst.lifecycle import deciding, funding, organisation, remembering, reporting, scheduling, watching
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.concluding import conclude
from provefirst.texts import Document, Prose
from provefirst.web import will
from provefirst.web.acting import act, as_it_stands, interrupted, mend, visitor_of
from provefirst.web.fields import Filled, form_of, left_over
from provefirst.web.filled import document_of
from provefirst.web.keeping import kept
from provefirst.web.posted import Posted, posted
from provefirst.web.render import page
from provefirst.web.route import pages
from provefirst.web.sight import Key, Seen, look, seen

router = pages()
Run = Callable[[Seen, Any, int | None], Answer]


@dataclass(frozen=True, slots=True)
class Act:
    """A verb with its page. `will` says what it would do now; `model` is what is written for it, if anything."""

    title: str
    button: str
    did: str
    will: Callable[[Seen], list[str]]
    run: Run
    model: type[Document] | None = None


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "decide": Act(
            "Take the decision", "Take the decision", "decided", will.decide,
            lambda on, _, at: deciding.decide_now(on.workspace, on.key, by=on.visitor.handle, expected=at),
        ),
        "resume": Act(
            "Lift the hold", "Lift the hold", "resumed", will.resume,
            lambda on, said, at: deciding.resume(on.workspace, on.key, said, by=on.visitor.handle, expected=at),
            deciding.Said,
        ),
        "release": Act(
            "Release a tranche", "Release the money", "released", will.release,
            lambda on, asked, at: funding.release(on.workspace, on.key, asked, by=on.visitor.handle, expected=at),
            funding.Request,
        ),
        "spend": Act(
            "Record spending", "Record it", "spent", will.spend,
            lambda on, what, at: funding.spend(on.workspace, on.key, what, by=on.visitor.handle, expected=at),
            funding.Expense,
        ),
        "report": Act(
            "Report how it does in production", "Report it", "reported", will.report,
            lambda on, _, at: reporting.report(on.workspace, on.key, by=on.visitor.handle, expected=at),
        ),
        "thaw": Act(
            "Let money move again", "Let it move", "thawed", will.thaw,
            lambda on, said, at: watching.thaw(on.workspace, on.key, said, by=on.visitor.handle, expected=at),
            deciding.Said,
        ),
        "deadline": Act(
            "Set the deadline", "Set the deadline", "deadline", will.deadline,
            lambda on, day, at: scheduling.set_deadline(on.workspace, on.key, day, by=on.visitor.handle, expected=at),
            scheduling.Wish,
        ),
        "conclude": Act(
            "Propose how it ends", "Propose it", "concluded", will.conclude,
            lambda on, lesson, at: conclude(on.workspace, on.key, lesson, by=on.visitor.handle, expected=at),
            Lesson,
        ),
        "migrate": Act(
            "Put it under the policy in force", "Put it under", "migrated", will.migrate,
            lambda on, said, at: organisation.migrate(
                on.workspace, on.key, will.in_force(on)[0], said, by=on.visitor.handle, expected=at
            ),
            deciding.Said,
        ),
    }
)  # fmt: skip


def _clearing(number: int) -> Act:
    def run(on: Seen, said: Any, at: int | None) -> Answer:
        return deciding.clear(on.workspace, on.key, number, said, by=on.visitor.handle, expected=at)

    return Act(f"Clear condition {number}", "Clear it", "cleared", will.clearing(number), run, deciding.Said)


class Differs(Document):
    """What is different now."""

    difference: Prose


def _answering(earlier: str) -> Act:
    def run(on: Seen, said: Any, at: int | None) -> Answer:
        difference = remembering.Difference(earlier=earlier, difference=said.difference)
        return remembering.answer(on.workspace, on.key, difference, by=on.visitor.handle, expected=at)

    return Act(f"Say what differs from {earlier}", "Say it", "answered", will.answering(earlier), run, Differs)


def acting(name: str) -> Act:
    if name not in ACTS:
        raise UnknownError("page", name, f"one of {', '.join(ACTS)}")
    return ACTS[name]


def _page(
    request: Request,
    found: Seen,
    filled: Filled,
    *,
    one: Act,
    reasons: tuple[str, ...] = (),
    status: int = 200,
    kept_at: str = "",
) -> Response:
    fields = form_of(one.model, filled) if one.model else []
    told = mend((*reasons, *left_over(filled.wrong, fields)), [f for f in filled.wrong.values() if f])
    return page(
        request, "act.html", visitor=found.visitor, status=status, seen=found, act=one, fields=fields, reasons=told,
        will=one.will(found), kept_at=kept_at, place=request.url.path,
    )  # fmt: skip


def _show(request: Request, found: Seen, one: Act) -> Response:
    values, at = kept(found.workspace, found.visitor.handle, request.url.path)
    return _page(request, found, Filled(values, is_new=not at), one=one, kept_at=at)


def _send(key: str, given: Posted, one: Act) -> Response:
    if (instead := interrupted(given)) is not None:
        return instead
    found = look(given.workspace, key, visitor_of(given))
    document = document_of(one.model, given.values) if one.model else None
    if isinstance(document, Filled):
        return _page(given.request, found, document, one=one, status=422)
    again = as_it_stands(given, key, partial(_page, one=one))
    return act(given, lambda: one.run(found, document, given.version), one.did, again)


@router.get("/initiatives/{key}/clear/{number}")
def clear_page(request: Request, found: Annotated[Seen, Depends(seen)], number: int) -> Response:
    return _show(request, found, _clearing(number))


@router.post("/initiatives/{key}/clear/{number}")
def clear(key: Key, number: int, given: Annotated[Posted, Depends(posted)]) -> Response:
    return _send(key, given, _clearing(number))


@router.get("/initiatives/{key}/answer/{earlier}")
def answer_page(request: Request, found: Annotated[Seen, Depends(seen)], earlier: Key) -> Response:
    return _show(request, found, _answering(earlier))


@router.post("/initiatives/{key}/answer/{earlier}")
def answer(key: Key, earlier: Key, given: Annotated[Posted, Depends(posted)]) -> Response:
    return _send(key, given, _answering(earlier))


@router.get("/initiatives/{key}/{name}")
def act_page(request: Request, found: Annotated[Seen, Depends(seen)], name: str) -> Response:
    return _show(request, found, acting(name))


@router.post("/initiatives/{key}/{name}")
def send(key: Key, name: str, given: Annotated[Posted, Depends(posted)]) -> Response:
    return _send(key, given, acting(name))
