"""Opening initiatives and reading about them: open, list, show, evidence, history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provefirst.cli import completion, reading
from provefirst.cli.answers import answered
from provefirst.cli.page import Page, words
from provefirst.cli.session import Facts, Key, Session, Told, command

if TYPE_CHECKING:
    from provefirst.client import Handle
    from provefirst.client.remote_handle import RemoteHandle
    from provefirst.initiative import Submission

app = typer.Typer(rich_markup_mode=None)
Limit = Annotated[int, typer.Option("--limit", help="At most so many.")]
Text = Annotated[str, typer.Option("--text", show_default=False, help="Only those that hold this text.")]


@command(app, "open")
def open_(
    session: Session,
    proposal: Annotated[str | None, typer.Argument(help="The proposal: a YAML or JSON file, or - .")] = None,
    screen: Annotated[str | None, typer.Option("--screen", help="The ethics screen, if it is done already.")] = None,
    pool: Annotated[
        str | None, typer.Option("--pool", autocompletion=completion.pools, help="Where the money would come from.")
    ] = None,
    template: Annotated[bool, typer.Option("--template", help="Print a proposal to fill in.")] = False,
) -> Told:
    """Open an initiative with a proposal. The money asked for is reserved, and locked."""
    from provefirst.evidence import EthicsScreen, Proposal

    if template:
        return reading.template(Proposal)
    client = session.client()
    given = reading.read(Proposal, proposal)
    screened = None if screen is None else reading.read(EthicsScreen, screen)
    return answered(client.open(given, screen=screened, pool=pool))


@command(app, "list")
def list_(
    session: Session,
    stage: Annotated[str, typer.Option("--stage", show_default=False, autocompletion=completion.stages)] = "",
    status: Annotated[str, typer.Option("--status", show_default=False, help="open, held or concluded.")] = "",
    owner: Annotated[str, typer.Option("--owner", show_default=False, autocompletion=completion.handles)] = "",
    text: Text = "",
    after: Annotated[str, typer.Option("--after", show_default=False, help="The cursor the page before gave.")] = "",
    limit: Limit = 50,
) -> Told:
    """List initiatives, newest change first."""
    page_ = session.client().list(stage=stage, status=status, owner=owner, text=text, after=after, limit=limit)

    def show(page: Page) -> None:
        rows = [
            (row["key"], words(row["stage"]), _status(row), row["owner"], row["changed_at"][:10], row["title"])
            for row in page_.rows
        ]
        if rows:
            page.table(("KEY", "STAGE", "STATUS", "OWNER", "CHANGED", "TITLE"), rows)
        else:
            page.line("none found")
        if page_.after:
            page.line(f'more: provefirst list --after "{page_.after}"')

    return Told({"initiatives": list(page_.rows), "after": page_.after}, show)


@command(app, "show")
def show(
    session: Session,
    key: Key,
    is_whole: Annotated[bool, typer.Option("--all", help="Every finding, with its numbers.")] = False,
) -> Told:
    """Show where an initiative stands, and who must act."""
    from provefirst.cli.picture import draw

    facts = session.initiative(key).show()
    return Told(facts, lambda page: draw(facts, page, is_whole=is_whole))


@command(app, "evidence")
def evidence(
    session: Session,
    key: Key,
    kind: Annotated[
        str | None, typer.Argument(autocompletion=completion.kinds, help="Show this kind's newest.")
    ] = None,
    version: Annotated[int | None, typer.Option("--version", help="Show the one that this entry submitted.")] = None,
    save: Annotated[Path | None, typer.Option("--save", help="Write its files into this folder.")] = None,
) -> Told:
    """List evidence, or read one piece and save its files."""
    handle = session.initiative(key)
    if kind is None and version is None:
        facts = handle.show()["evidence"]
        return Told({"evidence": facts}, lambda page: _evidence_list(facts, page))
    found = handle.evidence(kind, version=version)
    saved = [] if save is None else _saved(handle, found, save)
    facts = {
        "kind": found.kind.value,
        "version": found.version,
        "by": found.by,
        "content": dict(found.content),
        "derived": handle.derived(found),
        "attachments": dict(found.attachments),
        "saved": [str(path) for path in saved],
    }
    return Told(facts, lambda page: _read(facts, page))


@command(app, "history")
def history(
    session: Session,
    key: Key,
    after: Annotated[int, typer.Option("--after", help="Only entries after this version.")] = 0,
) -> Told:
    """Tell everything that happened, oldest first."""
    from provefirst.lifecycle.entry_words import sentence
    from provefirst.lifecycle.facts import entry_of

    handle = session.initiative(key)
    currency = handle.show()["money"]["currency"]
    entries = [entry for entry in handle.history() if entry.version > after]

    def show(page: Page) -> None:
        for entry in entries:
            page.hanging(
                f"{entry.version:>4}  {entry.at[:16].replace('T', ' ')}  ", f"{entry.actor} {sentence(entry, currency)}"
            )

    return Told({"entries": [entry_of(entry) for entry in entries]}, show)


def _status(row: Facts) -> str:
    return words(row["outcome"] or row["status"])


def _evidence_list(facts: list[Facts], page: Page) -> None:
    rows = [
        (
            str(one["version"]), one["kind"], f"{words(one['stage'])} {one['attempt']}", one["by"], one["at"][:10],
            "current" if one["is_current"] else "replaced", ", ".join(sorted(one["attachments"])),
        )
        for one in facts
    ]  # fmt: skip
    page.table(("VERSION", "KIND", "STAGE", "BY", "ON", "STATE", "FILES"), rows)


def _read(facts: Facts, page: Page) -> None:
    import yaml

    page.line(f"{facts['kind']}, version {facts['version']}, by {facts['by']}", "bold")
    for title, values in (("", facts["content"]), ("worked out by the engine", facts["derived"])):
        if values:
            if title:
                page.heading(title)
            page.raw(yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=page.width).rstrip("\n"))
    for name, digest in sorted(facts["attachments"].items()):
        page.line(f"file {name}: {digest}")
    for path in facts["saved"]:
        page.line(f"saved {path}")


def _saved(handle: Handle | RemoteHandle, found: Submission, folder: Path) -> list[Path]:
    """Each file under its own name in `folder`; one that is there already is not overwritten."""
    from provefirst.errors import InvalidInputError

    folder.mkdir(parents=True, exist_ok=True)
    places = {folder / name: digest for name, digest in sorted(found.attachments.items())}
    for path in places:
        if path.exists():
            raise InvalidInputError("save", str(path), "a folder without that file: nothing is overwritten")
    for path, digest in places.items():
        path.write_bytes(handle.file(digest))
    return list(places)
