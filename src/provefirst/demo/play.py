"""How a story is told: each act is a real verb, and what comes back is printed, refusals first of all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from provefirst.errors import ProvefirstError
from provefirst.gates import Open
from provefirst.lifecycle.act import Answer, Done, Refused
from provefirst.lifecycle.workspace import Workspace
from provefirst.store.outbox import of_initiative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provefirst.engine.engine import Engine


class UnexpectedError(ProvefirstError):
    """The story did not go as it was written: the demo would not be telling the truth."""


@dataclass
class Play:
    """A stage for the stories: where they play, who starts the runs, and where they are told."""

    workspace: Workspace
    engine: Engine
    console: Console
    refusals: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def chapter(self, title: str, about: str) -> None:
        self.console.print()
        self.console.rule(f"[bold]{escape(title)}[/]", align="left", style="cyan")
        self.console.print(escape(about), style="italic", highlight=False)

    def say(self, text: str) -> None:
        self.console.print(f"  {escape(text)}", highlight=False)

    def does(self, what: str, answer: Answer) -> Done:
        """`what` happens; it must."""
        if isinstance(answer, Refused):
            raise UnexpectedError(f"{what}: refused: {'; '.join(answer.reasons)}")
        self.console.print(f"  [green]done[/]     {escape(what)}", highlight=False)
        return answer

    def tries(self, what: str, attempt: Callable[[], Answer | Refused | None]) -> None:
        """`what` is tried and refused; every reason is printed. It must be refused."""
        try:
            answer = attempt()
        except ProvefirstError as problem:
            answer = Refused((str(problem),))
        if not isinstance(answer, Refused):
            raise UnexpectedError(f"{what}: was not refused")
        self.refusals.append((what, answer.reasons))
        self.console.print(f"  [yellow]refused[/]  {escape(what)}", highlight=False)
        for reason in answer.reasons:
            self.console.print(f"           [dim]because[/] {escape(reason)}", highlight=False)

    def measured(self, key: str) -> None:
        """Let the engine do what it owes, and print what it found on the evidence at the stage where `key` is."""
        self.settled(key)
        initiative = self.workspace.initiative(key)
        required = self.workspace.policies(initiative.policy).at(initiative.stage).requires.findings
        others: dict[str, list[str]] = {}
        for finding in initiative.measurements[-1].findings:
            level = finding.level.value.replace("_", " ")
            if finding.code in required:
                self.console.print(f"  [cyan]{finding.code}[/]    {level}: {escape(finding.message)}", highlight=False)
            else:
                others.setdefault(level, []).append(finding.code)
        for level, codes in others.items():
            self.console.print(f"           [dim]{level}: {', '.join(codes)}[/]", highlight=False)

    def settled(self, key: str) -> None:
        """Let the engine run what it owes, and say how the newest run of `key` ended."""
        with self.waiting("the engine runs the stage"):
            self.engine.settle()
        with self.workspace.store.reading() as work:
            run = of_initiative(work, key)[-1]
        name = f"{key}/{run['stage']}/attempt-{run['attempt']}"
        self.console.print(f"  [dim]flow     {name} ended in {escape(run['state'])}[/]", highlight=False)

    def passes(self, what: str, answer: Answer) -> None:
        """`what` is the vote that opens the gate."""
        done = self.does(what, answer)
        opened = [entry.data["stage"] for entry in done.entries if entry.event == "gate.opened"]
        if not opened:
            reasons = "; ".join(() if isinstance(done.gate, Open) else done.gate.reasons)
            raise UnexpectedError(f"{what}: the gate did not open: {reasons}")
        self.console.print(f"  [bold green]open[/]     the {opened[0].replace('_', ' ')} gate", highlight=False)
        self.settled(done.initiative.key)

    @contextmanager
    def waiting(self, for_what: str) -> Iterator[None]:
        """A sign of life while something takes its time; plain text where nobody watches."""
        if self.console.is_terminal:
            with self.console.status(escape(for_what)):
                yield
        else:
            yield
