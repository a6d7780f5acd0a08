"""Story 5: it rots. The released model of story 1 is watched; a new microscope makes it worse: money stands still."""

from __future__ import annotations

from datetime import date, timedelta

from provefirst.demo import data
from provefirst.demo.cancer import PILOT
from provefirst.demo.play import Play
from provefirst.demo.words import go, review
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.funding import release
from provefirst.lifecycle.reporting import report
from provefirst.lifecycle.reviewing import review as submit_review
from provefirst.lifecycle.watching import Period, observe

WEEKS = 4
"""Of which the last two are after the microscope was changed."""


def tell(play: Play) -> None:
    """The story."""
    key = play.keys[0]
    play.chapter(
        f"5. It rots: {key} in production",
        "Simulated: four weeks of cases drawn from the real ones; from the third on, by another microscope.",
    )
    today = play.workspace.clock().date()
    for week in range(1, WEEKS + 1):
        begins = today - timedelta(days=7 * (WEEKS - week + 1))
        _observed(play, key, week, begins)
    play.tries("Bert releases the second tranche", lambda: release(play.workspace, key, PILOT, by="bert"))
    _reported(play, key)
    play.tries(
        "Bina releases the second tranche after the report", lambda: release(play.workspace, key, PILOT, by="bina")
    )


def _observed(play: Play, key: str, week: int, begins: date) -> None:
    rows, inputs = data.production(week, is_changed=week > WEEKS // 2)
    period = Period(since=begins, until=begins + timedelta(days=6), complaints=max(0, 4 * (week - 2)))
    answer = observe(play.workspace, key, period, rows, by="dan", inputs=inputs)
    done = play.does(f"Dan brings in week {week}", answer)
    judged, last = done.initiative.production, done.initiative.observations[-1]
    if judged is not None:
        told = f"accuracy {last.estimate:.3f} this week; inputs are told from sealed ones with AUC"
        play.say(f"         {judged.health.value}: {told} {last.more['drift']['auc']:.2f}")


def _reported(play: Play, key: str) -> None:
    play.does("Dan reports it, as the engine has observed it", report(play.workspace, key, by="dan"))
    play.measured(key)
    reading = review(
        go("One bad fortnight."), "It will pass.", strengths="Reported openly.", weaknesses="The texture has changed."
    )
    done: Answer = submit_review(play.workspace, key, reading, by="rana")
    play.does("Rana approves all the same: the gate stays closed", done)
