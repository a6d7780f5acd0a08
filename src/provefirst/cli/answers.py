"""What a verb answered, told: what was written and how the gate stands now, or every reason why it was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from provefirst.cli.page import Page
from provefirst.cli.session import REFUSED, Facts, Told

if TYPE_CHECKING:
    from provefirst.lifecycle.act import Answer, Done, Refused


def refused(reasons: Sequence[str]) -> Told:
    """A refusal, with every reason."""

    def show(page: Page) -> None:
        page.line("Refused. Nothing was changed:", "bold")
        for reason in reasons:
            page.item(reason)

    return Told({"refused": list(reasons)}, show, REFUSED)


def answered(answer: Answer) -> Told:
    """What a verb on an initiative did."""
    from provefirst.lifecycle.act import Refused
    from provefirst.lifecycle.facts import done_of

    if isinstance(answer, Refused):
        return refused(answer.reasons)
    return Told(done_of(answer), lambda page: _show(answer, page))


def changed(refusal: Refused | None, facts: Facts, told: str) -> Told:
    """What a verb on the organisation did: `told`, unless it was refused."""
    if refusal is not None:
        return refused(refusal.reasons)
    return Told({"done": True, **facts}, lambda page: page.line(told))


def _show(done: Done, page: Page) -> None:
    from provefirst.gates import Open
    from provefirst.lifecycle.entry_words import sentence

    now = done.initiative
    for entry in done.entries:
        actor = "the engine" if entry.actor == "engine" else entry.actor
        page.line(f"{actor} {sentence(entry, now.books.currency)}")
    if now.conclusion is not None:
        page.line(f"{now.key} has its result: {now.conclusion.outcome.value.replace('_', ' ')}.", "bold")
        return
    if done.entries and done.entries[-1].data.get("kind") == "lesson":
        page.line("It ends so once enough peers vote to stop; `provefirst show` counts them.")
    place = f"{now.key} is at {now.stage.label}, attempt {now.attempt} (version {now.version})."
    if isinstance(done.gate, Open):
        page.line(f"{place} Its gate is open.", "bold")
        return
    page.line(f"{place} Its gate waits for:", "bold")
    for reason in done.gate.reasons:
        page.item(reason)
