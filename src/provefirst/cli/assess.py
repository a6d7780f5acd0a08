"""`provefirst assess`: the whole feasibility battery on one file, without a server or a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provefirst.cli.page import Page, words
from provefirst.cli.session import Session, Told, command

if TYPE_CHECKING:
    from provefirst.checks.assessment import Assessment

app = typer.Typer(rich_markup_mode=None)


@command(app, "assess")
def assess(  # noqa: PLR0913, PLR0917  # an option is an argument
    session: Session,
    data: Annotated[str, typer.Argument(help="CSV, Parquet or Arrow: a file, or a URL.")],
    target: Annotated[str, typer.Option("--target", help="The column to be predicted.")],
    goal: Annotated[str, typer.Option("--goal", help='What the metric must reach: 0.9, or "baseline+0.05".')],
    metric: Annotated[str | None, typer.Option("--metric", help="Default: roc_auc, accuracy or r2.")] = None,
    time: Annotated[str | None, typer.Option("--time", help="The column that says when; none: don't look.")] = None,
    group: Annotated[str | None, typer.Option("--group", help="The column of persons or machines; or none.")] = None,
    identifier: Annotated[str | None, typer.Option("--id", help="The column that names rows; or none.")] = None,
    positive: Annotated[str | None, typer.Option("--positive", help="Of two classes, the one looked for.")] = None,
    known_at: Annotated[
        Path | None, typer.Option("--known-at", help="YAML: when each column is known (before, after_outcome …).")
    ] = None,
    post_outcome: Annotated[
        list[str] | None, typer.Option("--post-outcome", help="A column known only afterwards. Repeat for more.")
    ] = None,
    sensitive: Annotated[
        list[str] | None, typer.Option("--sensitive", help="A column of groups to be treated alike. Repeat for more.")
    ] = None,
    alpha: Annotated[float, typer.Option("--alpha", help="Risk of a wrong verdict, one-sided.")] = 0.05,
    looks: Annotated[int, typer.Option("--looks", help="Looks that share that risk.")] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same answer.")] = 0,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with plots here.")] = None,
) -> Told:
    """Assess whether a goal can be reached with a table. A negative verdict is a result: it exits 0."""
    from provefirst.checks.asking import Question
    from provefirst.checks.assessment import assess as assessed

    question = Question(
        target=target,
        goal=goal,
        metric=metric,
        time=time,
        group=group,
        identifier=identifier,
        positive=positive,
        known_at=_known_at(known_at),
        post_outcome=tuple(post_outcome or ()),
        sensitive=tuple(sensitive or ()),
        alpha=alpha,
        looks=looks,
        seed=seed,
    )
    with _waiting(is_quiet=session.is_json):
        found = assessed(data, question, is_drawing=html is not None)
    if html is not None:
        _write(html, found, data)
    return Told(found.as_json(), lambda page: _show(found, page, html))


def _known_at(path: Path | None) -> dict[str, str]:
    """When each column is known, from a file that says so under `known_at`, as a registration does."""
    if path is None:
        return {}
    from provefirst.documents.loading import read
    from provefirst.lifecycle.holding import KnownAt

    return dict(read(path, KnownAt).known_at)


def _waiting(*, is_quiet: bool) -> Any:
    """A sign of life on standard error while the checks run."""
    from contextlib import nullcontext

    from rich.console import Console

    console = Console(stderr=True)
    if is_quiet or not console.is_terminal:
        return nullcontext()
    return console.status("Reading, splitting, sealing, and asking every check …")


def _write(path: Path, found: Assessment, data: str) -> None:
    from provefirst.checks.assessment_page import html
    from provefirst.errors import InvalidInputError

    try:
        path.write_text(html(found, name=data.rpartition("/")[2] or data), encoding="utf-8")
    except OSError as problem:
        raise InvalidInputError("html", str(path), f"a file that can be written ({problem.strerror})") from None


def _show(found: Assessment, page: Page, html: Path | None) -> None:
    from provefirst.checks.assessment_page import rows, summary
    from provefirst.checks.registry import find

    page.line(f"Verdict: {words(found.verdict)}", "bold cyan")
    page.line(summary(found))
    page.line(rows(found))
    if found.rows_needed:
        page.line(f"{found.rows_needed} sealed rows would tell.")
    page.heading("Why")
    for reason in found.reasons:
        page.item(reason)
    page.heading("What to do next")
    for step in found.next:
        page.item(step)
    for level in ("crashed", "failed", "warning"):
        for one in (one for one in found.findings if one.level.value == level):
            page.heading(f"{one.code} {level}: {find(one.code).title}")
            page.line(one.message, indent=2)
    page.heading("Passed")
    for one in (one for one in found.findings if one.level.value == "passed"):
        page.hanging(f"  {one.code} ", f"{find(one.code).title}: {one.message}")
    page.heading("Not measured")
    for one in (one for one in found.findings if one.level.value in ("skipped", "not_applicable")):
        page.hanging(f"  {one.code} ", f"{find(one.code).title}: {one.message}")
    page.line("")
    if html is not None:
        page.line(f"Page: {html}")
    page.line(f"{found.seconds:.1f} seconds")
