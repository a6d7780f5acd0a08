"""Open an initiative: a guided form that can be left and continued, with what others learnt beside it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from provefirst.evidence import EthicsScreen, Proposal
from provefirst.lifecycle import listing
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.workspace import Workspace
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
    ("The question", ("title", "domain", "problem", "affected")),
    ("What would be an answer", ("hypothesis", "goal")),
    ("Who did it before", ("prior_art",)),
    ("Money and time, as wishes", ("budget", "wished_deadline")),
)
_MOST = 5


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
    """A part of a page: what sounds like it and was concluded."""
    return page(request, "similar.html", visitor=visitor, similar=similar(workspace_of(request), text))


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


def similar(workspace: Workspace, text: str) -> list[dict[str, Any]]:
    """Lessons that share the longest words of `text`, those that share most first. A few queries, however many rows."""
    words = sorted({word for word in text.split() if len(word) > 3 and word.isprintable()}, key=len, reverse=True)
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    for word in words[:6]:
        for one in listing.lessons(workspace, text=word[:100], limit=20):
            count, _ = found.get(one["initiative"], (0, one))
            found[one["initiative"]] = (count + 1, one)
    return [one for _, one in sorted(found.values(), key=lambda pair: -pair[0])][:_MOST]


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
    asked = " ".join(text for name in ("title", "problem", "hypothesis") for text in filled.values.get(name, ()))
    return page(
        request, "open.html", visitor=visitor, status=status, sections=sections, screen=screen, reasons=told,
        kept_at=kept_at, similar=similar(workspace_of(request), asked), is_asked=bool(asked.strip()),
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
