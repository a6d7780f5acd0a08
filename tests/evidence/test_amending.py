"""A preregistration that is changed is marked as made before or after results, and those confirm it no longer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from provefirst.errors import InvalidInputError
from provefirst.evidence import Kind
from provefirst.findings import Finding, Level
from provefirst.lifecycle import attempts
from provefirst.lifecycle.act import Done
from provefirst.lifecycle.claims import claim_of
from provefirst.lifecycle.entry_words import sentence
from provefirst.lifecycle.facts import facts_of
from provefirst.lifecycle.holding import look
from provefirst.lifecycle.submitting import submit
from provefirst.production import Claim
from provefirst.rigor import points
from provefirst.stages import Stage
from provefirst.store.outbox import Attempt
from tests import world
from tests.evidence.studies import orders, prepared, registered
from tests.evidence.test_registering import answers, data, rows
from tests.world import World, done


def amended(here: World, key: str, **changes: object) -> None:
    here.clock.now += timedelta(minutes=1)
    done(submit(here.workspace, key, Kind.PREREGISTRATION, world.preregistration(**changes), by="dana"))
    here.clock.now += timedelta(minutes=1)


def looked(here: World, key: str, frame: pd.DataFrame) -> Mapping[str, Any]:
    """What came back from a look whose predictions are all right."""
    answer = look(here.workspace, key, answers(here, key, frame), by="dana")
    assert isinstance(answer, Done), answer
    here.clock.now += timedelta(minutes=1)
    found = here.initiative(key).current(Kind.LOOK)
    assert found is not None
    return found.derived


def studied(here: World, **prereg: object) -> tuple[str, pd.DataFrame]:
    """An initiative whose sealed orders were looked at once, of two looks."""
    frame, key = orders(), prepared(here, looks=2, **prereg)
    registered(here, key, frame)
    looked(here, key, frame)
    return key, frame


def finding(here: World, key: str, code: str = "PF300") -> Finding:
    state = here.initiative(key)
    found = attempts.measure(here.workspace, Attempt(key, state.stage, state.attempt, 1)).findings
    return next(one for one in found if one.code == code)


def marks(here: World, key: str) -> list[tuple[object, ...]]:
    state = here.initiative(key)
    facts = facts_of(state, here.workspace.policies(state.policy), now=here.clock.now)
    return [(one["changed"], one["looks_seen"], one["after_results"]) for one in facts["amendments"]]


def test_an_amendment_is_marked_as_made_before_or_after_results_were_seen(here: World) -> None:
    key, frame = prepared(here, looks=2), orders()
    amended(here, key, looks=2, margin=0.01)
    registered(here, key, frame)
    looked(here, key, frame)
    amended(here, key, looks=2, margin=0.01, goal=0.7)
    assert marks(here, key) == [(["margin"], 0, False), (["goal"], 1, True)]
    last = here.workspace.initiative(key).version
    with here.workspace.store.reading() as work:
        told = [sentence(entry, "EUR") for entry in work.entries(key) if entry.version == last]
    assert told == [
        "amended preregistration (goal), after 0 tries and 1 look, when results had been seen, "
        "at data analysis, attempt 1"
    ]


def test_a_first_plan_says_what_others_had_seen_of_its_rows_by_then(here: World) -> None:
    frame, first = orders(), prepared(here, looks=3)
    late = here.bring_to(here.open(), Stage.DATA_ANALYSIS)
    registered(here, first, frame)
    registered(here, late, frame)
    looked(here, first, frame)
    amended(here, late, looks=3)
    assert marks(here, late) == []
    with here.workspace.store.reading() as work:
        told = sentence(work.entries(late)[-1], "EUR")
    seen = "after 1 look, when results had been seen"
    assert told == f"submitted preregistration, {seen}, at data analysis, attempt 1"


@pytest.mark.parametrize("code", ["PF300", "PF301"])
def test_a_goal_that_was_set_after_results_opens_no_gate(here: World, code: str) -> None:
    key, _ = studied(here)
    assert finding(here, key, code).level is Level.PASSED
    amended(here, key, looks=2, goal=0.5)
    found = finding(here, key, code)
    assert found.level is Level.FAILED
    assert found.message.endswith(
        "; exploratory, no evidence for a gate: the preregistration was amended after results were seen; new rows can "
        "confirm it"
    )


def test_a_look_on_rows_whose_results_were_seen_before_is_exploratory(here: World) -> None:
    key, frame = studied(here)
    amended(here, key, looks=3, goal=0.5)
    assert looked(here, key, frame)["confirms"] is False
    found = finding(here, key)
    assert (found.measured["verdict"], found.level) == ("feasible", Level.FAILED)
    assert "results on these rows were seen before this was preregistered" in found.message


def test_what_is_preregistered_again_as_it_was_is_confirmed_still(here: World) -> None:
    key, _ = studied(here)
    amended(here, key, looks=2, goal=0.5)
    amended(here, key, looks=2)
    assert finding(here, key).level is Level.PASSED


def test_of_several_plans_none_is_picked_once_results_were_seen(here: World) -> None:
    key, frame = prepared(here, looks=2, goal=0.5), orders()
    amended(here, key, looks=2, goal=0.9)
    registered(here, key, frame)
    looked(here, key, frame)
    amended(here, key, looks=2, goal=0.5)
    assert finding(here, key).level is Level.FAILED


def test_new_rows_confirm_what_was_amended(here: World) -> None:
    key, frame = studied(here)
    seen = rows(here, key, "sealed_features")
    amended(here, key, looks=2, goal=0.8)
    more = pd.concat([frame, orders(200, seed=5, start=300)], ignore_index=True)
    registered(here, key, more)
    assert data(here, key).derived["left_out"] == len(seen)
    assert not seen & (rows(here, key, "sealed_features") | rows(here, key, "work"))
    assert looked(here, key, more)["confirms"] is True
    assert finding(here, key).level is Level.PASSED


def test_a_plan_made_after_somebody_else_saw_results_on_these_rows_is_refused_them(here: World) -> None:
    studied(here)
    late = prepared(here, looks=2)
    with pytest.raises(InvalidInputError, match="rows that are new to be sealed"):
        registered(here, late, orders())


def test_a_look_by_somebody_else_before_the_plan_was_amended_makes_it_exploratory(here: World) -> None:
    frame, first, second = orders(), prepared(here, looks=3), prepared(here, looks=3)
    registered(here, first, frame)
    registered(here, second, frame)
    looked(here, first, frame)
    amended(here, second, looks=3, goal=0.5)
    assert marks(here, second) == [(["goal"], 1, True)]
    assert looked(here, second, frame)["confirms"] is False


def test_what_is_watched_in_production_is_the_metric_that_was_looked_at(here: World) -> None:
    key, _ = studied(here)
    amended(here, key, looks=2, metric="balanced_accuracy")
    claim = claim_of(here.initiative(key))
    assert isinstance(claim, Claim)
    assert claim.metric == "accuracy"


def test_rigor_counts_a_plan_that_came_after_results_as_none_until_new_rows_answered_it(here: World) -> None:
    key, frame = studied(here)
    amended(here, key, looks=2, goal=0.8)

    def scored() -> list[tuple[int, str]]:
        asked = [one for one in points(here.initiative(key)) if one.question == "preregistered"]
        return [(one.earned, one.because) for one in asked]

    first = (2, "preregistered before the data were registered")
    assert scored() == [(0, "amended after results were seen (goal), and not tested on new rows"), first]
    more = pd.concat([frame, orders(200, seed=5, start=300)], ignore_index=True)
    registered(here, key, more)
    looked(here, key, more)
    assert scored() == [(1, "amended after results were seen (goal), and tested on new rows"), first]
