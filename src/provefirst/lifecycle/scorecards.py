"""Rigor scorecards: how somebody, or a team, works, read from the entries of what they had a part in."""

from __future__ import annotations

from provefirst.errors import InvalidInputError, nearest
from provefirst.history import replay
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.workspace import Workspace
from provefirst.reuse import later, reused
from provefirst.rigor import QUESTIONS, Point, card, points
from provefirst.store.parts import built_on, entries_with


def of_person(workspace: Workspace, handle: str) -> Facts:
    """The scorecard of one person; UnknownError where nobody has that handle."""
    person = workspace.person(handle)
    return {"person": person.handle, "team": None, **_of(workspace, frozenset({handle}))}


def of_team(workspace: Workspace, cost_centre: str) -> Facts:
    """The scorecard of everybody whose cost centre this is; InvalidInputError where it is nobody's."""
    with workspace.store.reading() as work:
        people = work.people()
    handles = frozenset(person.handle for person in people if person.cost_centre == cost_centre)
    if not handles:
        known = sorted({person.cost_centre for person in people if person.cost_centre})
        raise InvalidInputError("team", cost_centre, "somebody's cost centre", nearest=nearest(cost_centre, known))
    return {"person": None, "team": cost_centre, **_of(workspace, handles)}


def _of(workspace: Workspace, handles: frozenset[str]) -> Facts:
    with workspace.store.reading() as work:
        states = [replay(entries) for entries in entries_with(work, handles).values()]
        others = later(built_on(work))
    about = (point for state in states for point in (*points(state), *reused(state, others)))
    found = card(point for point in about if point.by & handles)
    return {
        "people": sorted(handles),
        "total": found.total,
        "questions": [
            {
                "question": score.question,
                "asks": QUESTIONS[score.question],
                "share": score.share,
                "points": [_told(point) for point in score.points],
            }
            for score in found.scores
        ],
    }


def _told(point: Point) -> Facts:
    return {
        "initiative": point.initiative,
        "by": sorted(point.by),
        "earned": point.earned,
        "possible": point.possible,
        "because": point.because,
        "entries": list(point.entries),
    }
