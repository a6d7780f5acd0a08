"""Auditing: the ledger verified, signed, and one initiative of it given away in a file that speaks for itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provefirst.cli.answers import refused
from provefirst.cli.family import family
from provefirst.cli.page import Page
from provefirst.cli.session import DONE, FAILED, Facts, Key, Session, Told, command

if TYPE_CHECKING:
    from provefirst.chain import Bad
    from provefirst.integrity.auditing import Audit

app = typer.Typer(rich_markup_mode=None)
audit = family(app, "audit", "Whether the ledger is whole, and showing it to others.")

KeyId = Annotated[
    str | None, typer.Option("--key", show_default=False, help="Id of a key that you wrote down: it must have signed.")
]


@command(audit, "verify")
def verify(
    session: Session,
    bundle: Annotated[Path | None, typer.Argument(help="A bundle; without one, the whole ledger here.")] = None,
    checkpoint: Annotated[
        list[str] | None,
        typer.Option("--checkpoint", show_default=False, help="A file, folder or URL with checkpoints. Repeatable."),
    ] = None,
    key: KeyId = None,
) -> Told:
    """Check the whole ledger, or a bundle; name the first bad entry."""
    if bundle is not None:
        return _bundle(bundle, key)
    from provefirst.integrity import auditing

    workspace = session.local().workspace
    with _progress("verifying", is_quiet=session.is_json) as tell:
        found = auditing.verify(workspace, checkpoints=tuple(checkpoint or ()), key=key, progress=tell)
    return _audited(found)


@command(audit, "export")
def export(
    session: Session, key: Key, file: Annotated[Path, typer.Argument(help="The file to write, such as PF-12.zip.")]
) -> Told:
    """Write one initiative to a file that anybody can check."""
    from provefirst.integrity import bundling
    from provefirst.lifecycle import viewing
    from provefirst.texts import key as named

    client = session.local()
    if (hidden := viewing.whole(client.workspace, named(key), by=client.person)) is not None:
        return refused(hidden.reasons)
    made = bundling.export(client.workspace, named(key), file)
    contents, statement = made.contents, made.checkpoint.statement
    facts = {
        "done": True,
        "file": str(made.file),
        "entries": contents.entries,
        "files": len(contents.blobs),
        "withheld": dict(contents.withheld),
        "key": statement.key,
    }

    def show(page: Page) -> None:
        page.line(f"{made.file} holds {contents.entries} entries and {len(contents.blobs)} files", "bold")
        for digest, why in contents.withheld.items():
            page.item(f"withheld: {digest[:12]}…, {why}")
        page.line(f"signed by the key {statement.key}")

    return Told(facts, show)


@command(audit, "keys")
def keys(session: Session) -> Told:
    """List the keys that checkpoints were signed with."""
    from provefirst.integrity.signing import Keys, key_id

    ring = Keys.at(session.local().workspace.home).ring()
    rows = [(key_id(each.claim.public), each.claim.at, each.claim.public) for each in ring]

    def show(page: Page) -> None:
        if not rows:
            page.line("Nothing was signed yet: the first checkpoint makes the first key.")
            return
        page.table(("key", "since", "public key (Ed25519)"), rows)

    return Told({"keys": [{"id": id_, "since": since, "public": public} for id_, since, public in rows]}, show)


@command(audit, "rotate")
def rotate(session: Session) -> Told:
    """Put a new signing key in force, introduced by the old one."""
    from provefirst.integrity.signing import Keys

    workspace = session.local().workspace
    made = Keys.at(workspace.home).rotate(now=workspace.clock())
    return Told({"done": True, "key": made}, lambda page: page.line(f"the key {made} signs from now on"))


@command(app, "checkpoint")
def checkpoint(
    session: Session,
    to: Annotated[
        str | None,
        typer.Option("--to", show_default=False, help="A folder, a file ending in .json, or a URL, best elsewhere."),
    ] = None,
) -> Told:
    """Sign how far the ledger has come."""
    from provefirst.integrity import auditing, shelf

    workspace = session.local().workspace
    with _progress("reading", is_quiet=session.is_json) as tell:
        signed = auditing.checkpoint(workspace, progress=tell)
    place, said = shelf.put(signed, to or shelf.shelf_of(workspace.home)), signed.statement
    told = f"{place}: {said.entries} entries in {said.streams} streams, signed by the key {said.key}"
    facts = {"done": True, "file": place, "streams": said.streams, "entries": said.entries, "root": said.root}
    return Told({**facts, "key": said.key}, lambda page: page.line(told))


def _audited(found: Audit) -> Told:
    facts = {
        "ok": bool(found),
        "streams": found.streams,
        "entries": found.entries,
        "files": found.blobs,
        "checkpoints": found.checkpoints,
        "problems": _problems(found.bad),
    }

    def show(page: Page) -> None:
        for bad in found.bad:
            page.line(str(bad))
        told = f"broken: {len({bad.stream for bad in found.bad})}" if found.bad else "the ledger is whole"
        held = f"held against {found.checkpoints} checkpoints"
        if not found.checkpoints:
            held = "no checkpoint says whether the newest were cut off: make one with `provefirst checkpoint`"
        page.line(
            f"{told}: {found.entries} entries in {found.streams} streams and {found.blobs} files were read", "bold"
        )
        page.line(held)

    return Told(facts, show, DONE if found else FAILED)


def _bundle(file: Path, key: str | None) -> Told:
    from provefirst.integrity import unbundling

    found = unbundling.check(file, key=key)
    facts: Facts = {
        "ok": bool(found),
        "initiative": found.initiative,
        "entries": found.entries,
        "files": found.blobs,
        "withheld": dict(found.withheld),
        "at": found.at,
        "keys": list(found.keys),
        "problems": _problems(found.bad),
    }

    def show(page: Page) -> None:
        for bad in found.bad:
            page.line(str(bad))
        told = "broken" if found.bad else "whole"
        page.line(f"{file} is {told}: {found.initiative}, {found.entries} entries and {found.blobs} files", "bold")
        for digest, why in found.withheld.items():
            page.item(f"withheld: {digest[:12]}…, {why}")
        page.line(f"signed {found.at} under the key {found.keys[0]}")
        if key is None:
            page.line("A bundle can't vouch for its own key: compare its id with what the organisation publishes.")

    return Told(facts, show, DONE if found else FAILED)


def _problems(bad: Sequence[Bad]) -> list[Facts]:
    return [{"initiative": each.stream, "version": each.version, "problem": each.problem} for each in bad]


@contextmanager
def _progress(what: str, *, is_quiet: bool) -> Iterator[Callable[[int], None]]:
    """A count on standard error where somebody watches; nothing otherwise."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.completed:,} entries"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done: bar.update(task, completed=done)
