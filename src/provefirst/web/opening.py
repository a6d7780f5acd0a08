"""Open an initiative: a guided form that can be left and continued, with what others learnt beside it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from provefirst.evidence import EthicsScreen, Proposal
from provefirst.lifecycle import remembering
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.workspace import Workspace
from provefirst.likeness import Subject
from provefirst.web import reckoning
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.acting import act, interrupted, mend, visitor_of
from provefirst.web.fields import Field, Filled, form_of, left_over
from provefirst.web.filled import document_of
from provefirst.web.keeping import Values, kept
from provefirst.web.posted import Posted, posted
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
SCREEN = "screen."
SECTIONS = (
    ("The question", ("title", "domain", "data_kind", "problem", "affected")),
    ("What would be an answer", ("hypothesis", "goal")),
    ("Who did it before", ("prior_art",)),
    ("Money and time, as wishes", ("budget", "wished_deadline")),
)


@router.get("/open")
def form(request: Request, visitor: Annotated[Visitor, Depends(require)]) -> Response:
    values, at = kept(workspace_of(request), visitor.handle, "/open")
    return _page(request, visitor, Filled(values, is_new=not at), kept_at=at)


@router.get("/open/similar")
def similar_ones(
    request: Request,
    visitor: Annotated[Visitor, Depends(require)],
    text: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """A part of a page: what asks the like."""
    return page(
        request,
        "similar.html",
        visitor=visitor,
        similar=similar(workspace_of(request), Subject("", text, "", "", "", "")),
    )


@router.post("/open")
def send(given: Annotated[Posted, Depends(posted)]) -> Response:
    if (instead := interrupted(given)) is not None:
        return instead
    who, values = visitor_of(given), given.values
    if given.does in ("similar", "reckon"):
        return _page(given.request, who, Filled(values, is_new=False))
    proposal = document_of(Proposal, values)
    screen = document_of(EthicsScreen, values, SCREEN) if _is_screened(values) else None
    if isinstance(proposal, Filled) or isinstance(screen, Filled):
        wrong = {**_wrong(proposal), **_wrong(screen)}
        return _page(given.request, who, Filled(values, wrong, is_new=False), status=422)

    def again(reasons: tuple[str, ...], status: int) -> Response:
        return _page(given.request, who, Filled(values, is_new=False), reasons=reasons, status=status)

    return act(given, lambda: open_initiative(given.workspace, proposal, by=who.handle, screen=screen), "opened", again)


def similar(workspace: Workspace, subject: Subject) -> list[dict[str, Any]]:
    """Earlier initiatives that ask the like, best first, each with its lesson where it has one."""
    if not subject.terms:
        return []
    return [dict(one) for one in remembering.similar(workspace, subject, least=remembering.FAINT)]


def _page(
    request: Request,
    visitor: Visitor,
    filled: Filled,
    *,
    reasons: tuple[str, ...] = (),
    status: int = 200,
    kept_at: str = "",
) -> Response:
    fields = {one.name: one for one in form_of(Proposal, filled)}
    screen = form_of(EthicsScreen, filled, SCREEN)
    sections: list[tuple[str, list[Field]]] = [(title, [fields[name] for name in names]) for title, names in SECTIONS]
    told = mend((*reasons, *left_over(filled.wrong, [*fields.values(), *screen])), filled.wrong)
    names = ("title", "problem", "affected", "hypothesis", "domain")
    subject = Subject("", *(_last(filled.values, name) for name in names))
    return page(
        request, "open.html", visitor=visitor, status=status, sections=sections, screen=screen, reasons=told,
        kept_at=kept_at, similar=similar(workspace_of(request), subject), is_asked=bool(subject.title.strip()),
        reckoning=[(f"{reckoning.BEFORE}{name}", label, hint, _last(filled.values, f"{reckoning.BEFORE}{name}"))
                   for name, label, hint, _ in reckoning.ASKED],
        reckoned=reckoning.reckon(filled.values),
    )  # fmt: skip


def _is_screened(values: Values) -> bool:
    return any(any(text.strip() for text in given) for name, given in values.items() if name.startswith(SCREEN))


def _last(values: Values, name: str) -> str:
    return values.get(name, ("",))[-1]


def _wrong(document: object) -> dict[str, tuple[str, ...]]:
    return dict(document.wrong) if isinstance(document, Filled) else {}
