"""The demo as a whole: found the organisation, start the engine, tell the stories, sum up."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from provefirst.demo import again, cancer, hurry, rot, sizes
from provefirst.demo.people import found
from provefirst.demo.play import Play
from provefirst.engine import logs
from provefirst.engine.run import running
from provefirst.errors import InvalidInputError
from provefirst.lifecycle.workspace import Workspace


@dataclass(frozen=True)
class Told:
    """What the demo left behind."""

    home: str
    initiatives: tuple[str, ...]
    refusals: tuple[tuple[str, tuple[str, ...]], ...]
    seconds: float

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def run(console: Console, home: Path | str | None = None, *, database_url: str | None = None) -> Told:
    """Tell the stories in the data folder `home`, which must not hold a ledger yet."""
    began = time.monotonic()
    workspace = Workspace.open(home, database_url)
    if workspace.is_prepared():
        raise InvalidInputError(
            "home",
            str(workspace.home),
            "a folder without a ledger: look at this one by `provefirst list`, or name another",
        )
    console.print("[bold]provefirst demo[/]: prove first, fund after. Five stories, through the real engine.")
    logs.configure(as_json=False, level=logging.WARNING)
    found(workspace)
    with running(workspace) as engine:
        play = Play(workspace, engine, console)
        for story in (cancer, sizes, again, hurry, rot):
            story.tell(play)
        engine.settle()
    seconds = time.monotonic() - began
    _sum_up(console, play, seconds)
    return Told(str(workspace.home), tuple(play.keys), tuple(play.refusals), round(seconds, 1))


def _sum_up(console: Console, play: Play, seconds: float) -> None:
    console.print()
    console.rule("[bold]What is left[/]", align="left", style="cyan")
    for key in play.keys:
        initiative = play.workspace.initiative(key)
        end = initiative.conclusion.outcome.value.replace("_", " ") if initiative.conclusion else initiative.stage.label
        console.print(f"  {key}  {initiative.title}: {end}", highlight=False)
    console.print(f"  {len(play.refusals)} refusals, each with its reasons; {seconds:.0f} seconds.", highlight=False)
    console.print(
        f"  Look closer:  provefirst show {play.keys[0]}   provefirst lessons search   provefirst up", highlight=False
    )
