"""Whose scorecard it is, and what is read for it."""

import pytest
from sqlalchemy import event

from provefirst.errors import InvalidInputError, UnknownError
from provefirst.lifecycle import scorecards
from provefirst.lifecycle.organisation import add_person
from provefirst.stages import Stage
from tests.world import World


def reports(found: dict) -> list[tuple[str, str]]:
    return [(point["initiative"], about["question"]) for about in found["questions"] for point in about["points"]]


def test_it_holds_what_somebody_did_on_every_initiative_and_nothing_of_others(world: World):
    keys = [world.bring_to(world.open(), Stage.DATA_ANALYSIS) for _ in range(2)]
    found = scorecards.of_person(world.workspace, "dana")
    assert [key for key, question in reports(found) if question == "reproducible"] == keys
    assert scorecards.of_person(world.workspace, "olga")["questions"] == []


def test_who_did_nothing_yet_has_no_score(world: World):
    found = scorecards.of_person(world.workspace, "dirk")
    assert (found["total"], found["questions"]) == (None, [])


def test_a_team_is_everybody_of_a_cost_centre(world: World):
    for handle in ("dana", "rita"):
        person = world.workspace.person(handle).model_copy(update={"cost_centre": "analytics"})
        assert add_person(world.workspace, person, by="root") is None
    world.bring_to(world.open(), Stage.RELEASE)
    found = scorecards.of_team(world.workspace, "analytics")
    by = {handle for about in found["questions"] for point in about["points"] for handle in point["by"]}
    assert (found["people"], by) == (["dana", "rita"], {"dana", "rita"})


def test_nobody_has_no_scorecard(world: World):
    with pytest.raises(UnknownError) as caught:
        scorecards.of_person(world.workspace, "dina")
    assert "did you mean 'dana'?" in str(caught.value)
    with pytest.raises(InvalidInputError):
        scorecards.of_team(world.workspace, "nowhere")


def test_it_asks_the_database_as_often_for_ten_initiatives_as_for_one(world: World):
    asked: list[str] = []
    counts = []
    event.listen(world.workspace.store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    for more in (1, 9):
        for _ in range(more):
            world.bring_to(world.open(), Stage.REPLICATION)
        asked.clear()
        scorecards.of_person(world.workspace, "dana")
        counts.append(len(asked))
    assert counts[0] == counts[1]
