"""Story 3: asked again. Somebody else proposes clothes sizes in other words, and meets the lesson of the first."""

from __future__ import annotations

from provefirst.demo.play import Play
from provefirst.demo.sizes import SCREEN
from provefirst.demo.words import go
from provefirst.evidence import Goal, Proposal
from provefirst.lifecycle.deciding import decide_now
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.remembering import Difference, answer, lesson
from provefirst.lifecycle.reviewing import vote
from provefirst.money import Money

PROPOSAL = Proposal(
    title="A size advisor for the shop",
    problem="Parcels are sent back because customers ordered the wrong size of clothes.",
    affected="Customers who trust the advice.",
    hypothesis="Weight, height and what somebody kept before tell the size in at least 65 of 100 orders.",
    goal=Goal(metric="accuracy", value=0.65, why="From there on advice saves more parcels than it sends back."),
    budget=Money(amount=90_000_00, currency="EUR"),
    domain="retail",
    data_kind="tabular",
)
DIFFERENCE = (
    "Since spring, 31,000 customers have told us how what they kept fits, and agreed that we use it: "
    "what the first initiative lacked."
)


def tell(play: Play) -> None:
    """The story."""
    play.chapter(
        "3. Clothes sizes, asked again: the lesson is met",
        "Pedro was not there the first time. The ledger was.",
    )
    workspace, first = play.workspace, play.keys[-1]
    done = play.does(
        "Pedro opens it in words of his own", open_initiative(workspace, PROPOSAL, by="pedro", screen=SCREEN)
    )
    key = done.initiative.key
    play.keys.append(key)
    met = done.initiative.resemblances[first]
    play.say(
        f"         {first} asked the like, and ended not feasible. Alike by {met.score:.2f}: {', '.join(met.shared)}"
    )
    play.does("Ellen finds no harm in asking", vote(workspace, key, go("The safeguards are the same."), by="ellen"))
    play.tries("Pedro has the gate decided", lambda: decide_now(workspace, key, by="pedro"))
    said = Difference(earlier=first, difference=DIFFERENCE)
    play.passes("Pedro says what is different now", answer(workspace, key, said, by="pedro"))
    play.say(f"         built on by: {', '.join(one['initiative'] for one in lesson(workspace, first)['answered_by'])}")
