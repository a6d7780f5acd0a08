"""Lessons: what was learnt, whichever way it ended: search, show, similar, answer, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provefirst.cli import completion, reading
from provefirst.cli.answers import answered
from provefirst.cli.family import family
from provefirst.cli.page import Page, words
from provefirst.cli.session import Expected, Facts, Key, Session, Told, command
from provefirst.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provefirst.evidence import Proposal

app = typer.Typer(rich_markup_mode=None)
lessons = family(app, "lessons", "What was learnt, whichever way it ended.")


@command(lessons, "search")
def search(  # noqa: PLR0913, PLR0917  # an option is an argument
    session: Session,
    text: Annotated[
        list[str] | None, typer.Argument(show_default=False, help="Words that occur in the lesson.")
    ] = None,
    outcome: Annotated[str, typer.Option("--outcome", show_default=False, autocompletion=completion.outcomes)] = "",
    reason: Annotated[str, typer.Option("--reason", show_default=False, help="Such as goal_missed.")] = "",
    domain: Annotated[str, typer.Option("--domain", show_default=False, help="As the proposal names it.")] = "",
    data_kind: Annotated[str, typer.Option("--data-kind", show_default=False, help="Such as tabular.")] = "",
    metric: Annotated[str, typer.Option("--metric", show_default=False, help="Such as accuracy.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="At most so many.")] = 20,
    skip: Annotated[int, typer.Option("--skip", help="Begin after so many.")] = 0,
) -> Told:
    """Search lessons by words and facets; newest first where no word is given."""
    facets = {"outcome": outcome, "reason": reason, "domain": domain, "data_kind": data_kind, "metric": metric}
    found = session.client().memory.search(" ".join(text or ()), limit=limit, skip=skip, **facets)

    def show(page: Page) -> None:
        if found.is_loose:
            page.line("none has all of these words; these have some of them:")
        for row in found.rows:
            _lesson(row, page)
        if not found.rows:
            page.line("none found")
            return
        page.heading(f"{len(found.rows)} of {found.total}")
        for name, counts in found.facets.items():
            told = ", ".join(f"{words(value)} {count}" for value, count in list(counts.items())[:8])
            page.line(f"{words(name)}: {told}", indent=2)

    return Told(
        {"lessons": list(found.rows), "total": found.total, "facets": found.facets, "loose": found.is_loose}, show
    )


@command(lessons, "show")
def show_(session: Session, key: Key) -> Told:
    """Show a lesson with what would make one look again, and who built on it since."""
    found = session.client().memory.show(key)

    def show(page: Page) -> None:
        _lesson(found, page)
        page.line(f"asked: {found['problem']}", indent=2)
        page.line(f"{found['domain']}, {words(found['data_kind'])}, {words(found['metric'])}", indent=2)
        for one in found["revisit"]:
            what = f"{one['wanted']} rows of {one['name']}" if one["kind"] == "rows" else one["wanted"]
            page.item(f"to look again: {words(one['kind'])} {what}: {one['because'] or 'not yet'}")
        for one in found["answered_by"]:
            page.item(f"{one['initiative']} asked again: {one['difference']}")
        _matches(found["alike"], page)

    return Told(found, show)


@command(lessons, "similar")
def similar(
    session: Session,
    proposal: Annotated[
        str | None, typer.Argument(show_default=False, help="A proposal (YAML or JSON file, or -), or a key.")
    ] = None,
    text: Annotated[str, typer.Option("--text", show_default=False, help="Some words instead of a proposal.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="At most so many.")] = 5,
) -> Told:
    """Find earlier initiatives that asked the like, with the words that show it."""
    memory = session.client().memory
    if text:
        found = memory.similar(text=text, limit=limit)
    else:
        asked, key = _asked(session, proposal)
        found = memory.similar(asked, key=key, limit=limit)

    def show(page: Page) -> None:
        _matches(found, page)
        if not found:
            page.line("nothing alike is known")

    return Told({"similar": list(found)}, show)


@command(lessons, "answer")
def answer(
    session: Session,
    key: Key,
    earlier: Annotated[str, typer.Argument(help="The earlier initiative, such as PF-3.")],
    difference: Annotated[str, typer.Option("--difference", show_default=False, help="What is different now.")],
    expected: Expected = None,
) -> Told:
    """Say what is different now from an earlier initiative that ended with a no."""
    return answered(session.client().memory.answer(key, earlier, difference, expected=expected))


@command(lessons, "export")
def export(
    session: Session,
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    name: Annotated[str, typer.Option("--name", help="Who publishes it.")] = "provefirst",
) -> Told:
    """Write all lessons as pages, JSON and citations. No person is named in them."""
    files = session.client().memory.export(folder, name=name)
    told = f"{len(files) - 3} lessons are in {folder}; begin with index.html"
    return Told({"done": True, "files": [str(file) for file in files]}, lambda page: page.line(told))


def _asked(session: Session, proposal: str | None) -> tuple[Proposal, str]:
    """The proposal in a file, or that of an initiative, whose key is then left out of what is found."""
    from provefirst.evidence import Kind, Proposal
    from provefirst.texts import KEY

    if proposal is not None and KEY.fullmatch(proposal):
        kept = session.initiative(proposal).evidence(Kind.PROPOSAL).document
        if not isinstance(kept, Proposal):
            raise InvalidInputError("proposal", proposal, "an initiative with a proposal")
        return kept, proposal
    return reading.read(Proposal, proposal), ""


def _lesson(row: Facts, page: Page) -> None:
    page.heading(f"{row['initiative']}  {row['title']}")
    reasons = ", ".join(words(reason) for reason in row["reasons"])
    page.line(f"{words(row['outcome'])} ({reasons}), {row['concluded_at'][:10]}", "bold cyan", indent=2)
    page.line(row["lesson"], indent=2)
    page.line(f"would change if: {row['would_change_if']}", indent=2)


def _matches(found: Sequence[Facts], page: Page) -> None:
    for one in found:
        state = one["outcome"] or f"{one['status']} at {one['stage']}"
        page.item(
            f"{one['key']} {one['title']}: {words(state)}; alike by {one['score']:.2f}: {', '.join(one['shared'])}"
        )
