"""Keeping: rebuild, backup and restore."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from provefirst.cli.answers import refused
from provefirst.cli.session import Session, Told, command

app = typer.Typer(rich_markup_mode=None)


@command(app, "rebuild")
def rebuild(session: Session) -> Told:
    """Make every list and sum anew from the ledger."""
    from provefirst.lifecycle.keeping import rebuild as anew

    count = anew(session.local().workspace)
    return Told(
        {"done": True, "entries": count}, lambda page: page.line(f"lists and sums are made anew from {count} entries")
    )


@command(app, "backup")
def backup(
    session: Session, file: Annotated[Path, typer.Argument(help="The file to write, such as backup.tar.")]
) -> Told:
    """Write the whole data folder to one file."""
    from provefirst.lifecycle import keeping
    from provefirst.lifecycle.act import Refused

    workspace = session.local().workspace
    with _progress("copying files", is_quiet=session.is_json) as tell:
        kept = keeping.backup(workspace, file, tell)
    if isinstance(kept, Refused):
        return refused(kept.reasons)
    told = f"{kept.file} holds the database and {kept.files} attached files, {kept.size:,} bytes"
    facts = {"done": True, "file": str(kept.file), "files": kept.files, "size": kept.size}
    return Told(facts, lambda page: page.line(told))


@command(app, "restore")
def restore(session: Session, file: Annotated[Path, typer.Argument(help="What `backup` wrote.")]) -> Told:
    """Bring a backup back into an empty data folder (--home)."""
    from provefirst.lifecycle import keeping
    from provefirst.lifecycle.act import Refused
    from provefirst.lifecycle.workspace import Workspace

    workspace = Workspace.open(session.home)
    session.closing.callback(workspace.store.engine.dispose)
    with _progress("restoring files", is_quiet=session.is_json) as tell:
        kept = keeping.restore(workspace, file, tell)
    if isinstance(kept, Refused):
        return refused(kept.reasons)
    workspace.prepare()
    told = (
        f"{workspace.home} holds the database and {kept.files} attached files; check it with: provefirst audit verify"
    )
    facts = {"done": True, "home": str(workspace.home), "files": kept.files}
    return Told(facts, lambda page: page.line(told))


@contextmanager
def _progress(what: str, *, is_quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error where somebody watches; nothing otherwise."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
