"""Evidence, and what people say of it: from data and looks over reviews and votes to the conclusion."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provefirst.cli import completion, reading
from provefirst.cli.answers import answered
from provefirst.cli.family import family
from provefirst.cli.page import Page, words
from provefirst.cli.session import Expected, Facts, Key, Session, Told, command

app = typer.Typer(rich_markup_mode=None)
data = family(app, "data", "Register data, part of which is sealed.")

OptionalKey = Annotated[
    str | None,
    typer.Argument(
        metavar="KEY", autocompletion=completion.keys, show_default=False, help="The initiative, such as PF-12."
    ),
]
Document = Annotated[str | None, typer.Argument(metavar="FILE", show_default=False, help="A YAML or JSON file, or - .")]
Template = Annotated[bool, typer.Option("--template", help="Print one to fill in.")]
Reason = Annotated[str, typer.Option("--reason", "-r", show_default=False, help="Why.")]
Dossier = Annotated[
    str | None,
    typer.Option(
        "--dossier", show_default=False, help="Refuse if this is not the dossier any more (as `show` names it)."
    ),
]


@command(app, "submit")
def submit(
    session: Session,
    key: OptionalKey = None,
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND", autocompletion=completion.kinds, show_default=False, help="The kind of evidence."
        ),
    ] = None,
    document: Document = None,
    file: Annotated[list[str] | None, typer.Option("--file", help="Attach a file: NAME=PATH. Repeat for more.")] = None,
    template: Template = False,
    expected: Expected = None,
) -> Told:
    """Submit evidence. `submit KIND --template` prints it to fill in.

    Approvals of what it replaces become void.
    """
    from provefirst.documents.given import kind_of
    from provefirst.kinds import MODELS

    if template:  # PF-1 KIND --template and --template KIND are both understood
        return reading.template(MODELS[kind_of(reading.needed("kind", kind or key))])
    handle = session.initiative(reading.needed("initiative", key))
    known = kind_of(reading.needed("kind", kind))
    files = reading.files(file or ())
    return answered(handle.submit(known, reading.read(MODELS[known], document), files=files, expected=expected))


@command(data, "register")
def register(
    session: Session,
    key: OptionalKey = None,
    table: Annotated[
        str | None, typer.Argument(show_default=False, help="The data: CSV, Parquet or Arrow; a file, or a URL.")
    ] = None,
    about: Document = None,
    template: Template = False,
) -> Told:
    """Register data as its owner: a part of it is sealed."""
    from provefirst.lifecycle.holding import Registration

    if template:
        return reading.template(Registration)
    handle = session.initiative(reading.needed("initiative", key))
    place = reading.needed("table", table)
    return answered(handle.register(reading.read(Registration, about), place if "://" in place else Path(place)))


@command(app, "look")
def look(
    session: Session, key: Key, predictions: Annotated[Path, typer.Argument(help="CSV with id, prediction.")]
) -> Told:
    """Score predictions on the sealed set. It costs one of the looks preregistered."""
    answer = session.initiative(key).look(predictions)
    told = answered(answer)
    if told.code:
        return told
    seen = next(entry["data"]["derived"] for entry in told.facts["entries"] if entry["data"].get("kind") == "look")

    def show(page: Page) -> None:
        _verdict(seen, page)
        told.show(page)

    return Told({**told.facts, "look": seen}, show)


@command(app, "declare")
def declare(
    session: Session,
    key: Key,
    reason: Reason,
    conflict: Annotated[bool, typer.Option("--conflict/--none", show_default=False, help="Say which.")],
) -> Told:
    """Declare a conflict of interest, or that there is none. A conflict once declared stays."""
    return answered(session.initiative(key).declare({"has_conflict_of_interest": conflict, "reason": reason}))


@command(app, "method")
def method(
    session: Session,
    key: OptionalKey = None,
    document: Document = None,
    template: Template = False,
    expected: Expected = None,
) -> Told:
    """Review the method before any result is shown. From then on results are."""
    from provefirst.reviews import MethodReview

    if template:
        return reading.template(MethodReview)
    handle = session.initiative(reading.needed("initiative", key))
    return answered(handle.method_review(reading.read(MethodReview, document), expected=expected))


@command(app, "review")
def review(
    session: Session,
    key: OptionalKey = None,
    document: Document = None,
    template: Template = False,
    dossier: Dossier = None,
    expected: Expected = None,
) -> Told:
    """Review the evidence at a gate. The ballot in the review is the vote."""
    from provefirst.reviews import Review

    if template:
        return reading.template(Review)
    handle = session.initiative(reading.needed("initiative", key))
    given = reading.read(Review, document)
    return answered(handle.review(given, dossier=handle.dossier(dossier), expected=expected))


@command(app, "vote")
def vote(  # noqa: PLR0913, PLR0917  # an option is an argument
    session: Session,
    key: Key,
    choice: Annotated[
        str,
        typer.Argument(
            metavar="CHOICE", autocompletion=completion.choices, help="go, conditional_go, recycle, hold or stop."
        ),
    ],
    reason: Reason,
    condition: Annotated[
        list[str] | None,
        typer.Option(
            "--condition", help="conditional_go: what must be cleared (repeat for more); hold: what it waits for."
        ),
    ] = None,
    back_to: Annotated[
        str | None,
        typer.Option("--back-to", autocompletion=completion.stages, help="recycle: the stage to go back to."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="hold: the day to look again.")] = None,
    forecast: Annotated[
        float | None, typer.Option("--forecast", help="How likely it is that this proves feasible: between 0 and 1.")
    ] = None,
    dossier: Dossier = None,
    expected: Expected = None,
) -> Told:
    """Vote at a gate as board member or ethics reviewer. Reviewers vote by their review."""
    from provefirst.documents.given import choice as one_of
    from provefirst.stages import Choice, Stage

    chosen = one_of("choice", choice, [known.value for known in Choice])
    asked = condition or []
    ballot = {
        "choice": chosen,
        "reason": reason,
        "conditions": [] if chosen == "hold" else asked,
        "back_to": back_to and one_of("back-to", back_to, [stage.value for stage in Stage]),
        "condition": "; ".join(asked) if asked and chosen == "hold" else None,
        "until": until and reading.day("until", until).isoformat(),
        "forecast": forecast,
    }
    handle = session.initiative(key)
    return answered(handle.vote(ballot, dossier=handle.dossier(dossier), expected=expected))


@command(app, "decide")
def decide(session: Session, key: Key, expected: Expected = None) -> Told:
    """Take the decision that the votes carry.

    Where they carry none, every reason why is told.
    """
    return answered(session.initiative(key).decide(expected=expected))


@command(app, "resume")
def resume(
    session: Session,
    key: Key,
    reason: Reason,
    expected: Expected = None,
) -> Told:
    """Lift a hold. Its date alone lifts nothing."""
    return answered(session.initiative(key).resume(reason, expected=expected))


@command(app, "clear")
def clear(
    session: Session,
    key: Key,
    number: Annotated[int, typer.Argument(help="The condition, as `show` numbers it.")],
    how: Annotated[str, typer.Option("--how", help="How it was met.")],
    expected: Expected = None,
) -> Told:
    """Clear a condition of a conditional go."""
    return answered(session.initiative(key).clear(number, how, expected=expected))


@command(app, "conclude")
def conclude(
    session: Session,
    key: OptionalKey = None,
    lesson: Document = None,
    template: Template = False,
    expected: Expected = None,
) -> Told:
    """Propose how it ends, with its lesson. Peers confirm it by votes to stop; a withdrawal ends it at once."""
    from provefirst.evidence import Lesson

    if template:
        return reading.template(Lesson)
    handle = session.initiative(reading.needed("initiative", key))
    return answered(handle.conclude(reading.read(Lesson, lesson), expected=expected))


def _verdict(seen: Facts, page: Page) -> None:
    """A negative is a result like any other."""
    page.line(f"Verdict: {words(seen['verdict'])}", "bold cyan")
    if not seen["confirms"]:
        page.line("exploratory: results on these rows were seen before this was preregistered; new rows can confirm it")
    low, high = (seen[side] if seen[side] is not None else "open" for side in ("low", "high"))
    page.line(
        f"estimate {seen['estimate']:.4g}, one-sided bounds {_short(low)} and {_short(high)}, goal {seen['goal']:.4g}"
    )
    needed = f"; rows needed to tell: {seen['rows_needed']}" if seen["rows_needed"] else ""
    page.line(
        f"{seen['n']} sealed rows ({seen['blindness']}), {seen['method']}{needed}; looks left: {seen['looks_left']}"
    )


def _short(bound: object) -> str:
    return f"{bound:.4g}" if isinstance(bound, float) else str(bound)
