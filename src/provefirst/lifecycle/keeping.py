"""Keeping: projections made anew, and the whole of a workspace in one file and back."""

from __future__ import annotations

import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from provefirst.errors import BrokenLedgerError, InvalidInputError, StorageError
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.workspace import Workspace
from provefirst.store import projections

DATABASE = "provefirst.db"
_BLOBS = "blobs"

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds, or what came back from one."""

    file: Path
    files: int
    size: int


def rebuild(workspace: Workspace) -> int:
    """Make every projection anew from the ledger, in one transaction; returns the number of entries read."""
    with workspace.store.writing() as work:
        return projections.rebuild(work)


def backup(workspace: Workspace, file: Path, tell: Tell = lambda done, of: None) -> Kept | Refused:
    """Write database and attached files to `file`, a tar archive, while others go on working."""
    if workspace.store.engine.dialect.name != "sqlite":
        return Refused(("this workspace is on PostgreSQL: back it up with pg_dump, and its attached files beside it",))
    if "://" in workspace.blobs.place:
        return Refused(
            (f"attached files are at {workspace.blobs.place}: back them up there, and the database by hand",)
        )
    if file.exists():
        return Refused((f"{file} is there already, and a backup overwrites nothing",))
    partial = file.with_name(f".{file.name}.part")
    try:
        count = _write(workspace, partial, tell)
        partial.replace(file)
    except OSError as problem:
        raise StorageError(f"the backup could not be written ({problem.strerror or problem})") from problem
    finally:
        partial.unlink(missing_ok=True)
    return Kept(file, count, file.stat().st_size)


def restore(workspace: Workspace, file: Path, tell: Tell = lambda done, of: None) -> Kept | Refused:
    """Bring back what `backup` wrote, into a data folder that has no database yet."""
    if workspace.store.engine.dialect.name != "sqlite" or "://" in workspace.blobs.place:
        return Refused(("a backup is restored to a data folder with SQLite and its own attached files",))
    database = Path(workspace.store.engine.url.database or "")
    if database.exists():
        return Refused((f"{workspace.home} has a database already, and a restore overwrites nothing",))
    try:
        with (
            tarfile.open(file, "r:") as archive,
            TemporaryDirectory(dir=_made(workspace.home), prefix=".restore-") as aside,
        ):
            count = _unpack(archive, Path(aside), Path(workspace.blobs.place), tell)
            _sound(Path(aside) / DATABASE)
            (Path(aside) / DATABASE).replace(database)
    except (tarfile.TarError, EOFError) as problem:
        why = " ".join(str(problem).split())
        raise InvalidInputError("file", str(file), f"a backup that `provefirst backup` wrote ({why})") from None
    except OSError as problem:
        raise StorageError(f"{file} could not be restored ({problem.strerror or problem})") from problem
    return Kept(file, count, file.stat().st_size)


def _write(workspace: Workspace, partial: Path, tell: Tell) -> int:
    with TemporaryDirectory(dir=partial.parent, prefix=".backup-") as aside, tarfile.open(partial, "x") as archive:
        snapshot = Path(aside) / DATABASE
        _copy(Path(workspace.store.engine.url.database or ""), snapshot)
        archive.add(snapshot, DATABASE)
        # Files come after the database: what its entries name was stored before them.
        found = sorted(_stored(Path(workspace.blobs.place)))
        for number, path in enumerate(found):
            tell(number, len(found))
            archive.add(path, f"{_BLOBS}/{path.parent.name}/{path.name}", recursive=False)
        tell(len(found), len(found))
    return len(found)


def _copy(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as problem:
        raise StorageError(f"the database could not be copied: {problem}") from problem


def _stored(place: Path) -> Iterator[Path]:
    return (path for path in place.glob("??/*") if len(path.name) == 62 and path.is_file())


def _unpack(archive: tarfile.TarFile, aside: Path, blobs: Path, tell: Tell) -> int:
    """Take out the database and each file whose content still has its digest; nothing else is looked at."""
    members = [member for member in archive if member.isreg()]
    if DATABASE not in {member.name for member in members}:
        raise tarfile.ReadError("it holds no database")
    for number, member in enumerate(members):
        tell(number, len(members))
        content = archive.extractfile(member)
        assert content is not None  # noqa: S101  # only regular files are here
        if member.name == DATABASE:
            with (aside / DATABASE).open("wb") as target:
                while chunk := content.read(2**20):
                    target.write(chunk)
            continue
        data = content.read()
        digest = sha256(data).hexdigest()
        if member.name != f"{_BLOBS}/{digest[:2]}/{digest[2:]}":
            raise tarfile.ReadError(f"{member.name!r} was changed or does not belong here")
        place = blobs / digest[:2] / digest[2:]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return len(members) - 1


def _sound(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as copy:
            [answer] = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as problem:
        answer = str(problem)
    if answer != "ok":
        raise BrokenLedgerError("backup", 0, f"its database is damaged: {answer}")


def _made(home: Path) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    return home
