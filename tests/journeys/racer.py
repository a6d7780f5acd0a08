"""Twenty processes on one initiative: each opens the workspace for itself, and all do their deeds at once.

`python -m tests.journeys.racer HOME DATABASE_URL KEY` forks them from one process that has everything imported, waits
at a barrier until each is ready, and writes what every one was answered, as JSON, to standard output. It fails where
a process ends with anything but an answer or StaleVersionError.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory

from provefirst.errors import StaleVersionError
from provefirst.evidence import EffortEstimate, Kind, ProductionReport
from provefirst.lifecycle.act import Answer, Done, Refused
from provefirst.lifecycle.funding import Request, release
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.reviewing import review, vote
from provefirst.lifecycle.submitting import submit
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Money
from provefirst.stages import Stage
from provefirst.stats import pert  # noqa: F401  # an estimate imports it, and forked processes have it already
from tests import world as w

SECONDS = 100
TIMES = 3
"""How often each data scientist changes their evidence: not for ever, since each change voids the reviews."""
WHOLE_BUDGET = Money(amount=100_000_00, currency="EUR")
THIRD_OF_WHAT_IS_LEFT = 300_000_00


@dataclass
class Told:
    """What one process was answered."""

    part: str
    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    stale: int = 0
    last: list[str] = field(default_factory=list)
    opened: int = 0


@dataclass
class Racer:
    """One process, `by` somebody on `key`."""

    workspace: Workspace
    key: str
    by: str
    number: int
    told: Told

    def does(self, deed: Callable[[], Answer]) -> Answer | None:
        """The answer to `deed`, noted; None where somebody else wrote first."""
        try:
            answer = deed()
        except StaleVersionError:
            self.told.stale += 1
            return None
        if isinstance(answer, Done):
            self.told.acknowledged += [entry.digest for entry in answer.entries]
            self.told.last = []
        else:
            self.told.refused += 1
            self.told.last = list(answer.reasons)
        return answer

    @property
    def stage(self) -> Stage:
        return self.workspace.initiative(self.key).stage

    def reviews(self) -> None:
        """Until the review gate is passed."""
        while self.stage is Stage.REVIEW:
            self.does(lambda: review(self.workspace, self.key, w.peer_review(), by=self.by))

    def votes(self) -> None:
        """Again and again, whether the gate asks for it or not, until the release gate is passed."""
        while self.stage is not Stage.WATCH:
            self.does(lambda: vote(self.workspace, self.key, w.ballot(), by=self.by))

    def submits(self) -> None:
        """On the version that was read, so that whoever comes between makes it stale: estimates while there may be
        some, and from the moment the release gate opens reports from production."""
        done = Counter[Stage]()
        while done[Stage.WATCH] < TIMES:
            state = self.workspace.initiative(self.key)
            document: EffortEstimate | ProductionReport
            number = self.number * TIMES + done[state.stage]
            if state.stage is Stage.WATCH:
                kind, document = Kind.PRODUCTION_REPORT, w.production().model_copy(update={"rows": 900 + number})
            elif state.stage is Stage.REVIEW and done[Stage.REVIEW] < TIMES:
                kind, document = Kind.EFFORT_ESTIMATE, w.estimate(likely=20 + number)
            else:
                continue
            submits = partial(submit, self.workspace, self.key, kind, document, by=self.by, expected=state.version)
            done[state.stage] += isinstance(self.does(submits), Done)

    def releases(self) -> None:
        """The whole budget, from before the gate is open until it was released, to this process or to another."""
        request = Request(amount=WHOLE_BUDGET, purpose="Pilot")
        while True:
            answer = self.does(lambda: release(self.workspace, self.key, request, by=self.by))
            if isinstance(answer, Done) or (isinstance(answer, Refused) and not _is_locked(answer)):
                return

    def opens(self) -> None:
        """Another initiative, out of a pool that holds three of them."""
        proposal = w.proposal(budget=THIRD_OF_WHAT_IS_LEFT)
        answer = self.does(lambda: open_initiative(self.workspace, proposal, by="olga", screen=w.screen()))
        self.told.opened = int(isinstance(answer, Done))


def _is_locked(refused: Refused) -> bool:
    return any("the release gate is closed" in reason for reason in refused.reasons)


PARTS: dict[str, Callable[[Racer], None]] = {
    "reviews": Racer.reviews,
    "votes": Racer.votes,
    "submits": Racer.submits,
    "releases": Racer.releases,
}
FIELD = (
    *(("reviews", handle) for handle in ("rita", "rolf") * 2),
    *(("votes", handle) for handle in ("bea", "ben") * 2),
    *(("submits", handle) for handle in ("dana",) * 4),
    *(("releases", handle) for handle in ("bea", "ben") * 4),
)
"""Who takes which part: twenty processes."""


def run(number: int, barrier: Barrier, home: Path, url: str, key: str, answers: Path) -> None:
    part, by = FIELD[number]
    workspace = Workspace.open(home, url, clock=w.Clock())
    told = Told(part)
    racer = Racer(workspace, key, by, number, told)
    assert racer.stage is Stage.REVIEW
    barrier.wait(SECONDS)
    PARTS[part](racer)
    last = told.last
    barrier.wait(SECONDS)
    racer.opens()
    told.last = last
    workspace.store.engine.dispose()
    (answers / f"{number}.json").write_text(json.dumps(asdict(told)))


def main(home: str, url: str, key: str) -> int:
    """Run the whole field; its answers go to standard output."""
    forked = multiprocessing.get_context("fork")
    barrier = forked.Barrier(len(FIELD))
    with TemporaryDirectory() as folder:
        answers = Path(folder)
        arguments = [(number, barrier, Path(home), url, key, answers) for number in range(len(FIELD))]
        processes = [forked.Process(target=run, args=given) for given in arguments]
        for process in processes:
            process.start()
        for process in processes:
            process.join(SECONDS)
        failed = [process for process in processes if process.exitcode != 0]
        for process in failed:
            process.kill()
        told = [json.loads(path.read_text()) for path in sorted(answers.iterdir())]
    os.write(sys.stdout.fileno(), json.dumps(told).encode())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
