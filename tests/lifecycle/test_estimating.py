"""What is worked out of an estimate, and what a deadline is held against."""

import pytest

from provefirst.deadlines import working_day
from provefirst.errors import InvalidInputError
from provefirst.evidence import EffortEstimate, Kind
from provefirst.initiative import Initiative
from provefirst.lifecycle.scheduling import latest_p80
from provefirst.lifecycle.submitting import submit
from provefirst.reference import LEAST
from provefirst.stages import Stage
from provefirst.stats.pert import ThreePoint, total
from tests import world as w
from tests.lifecycle.answers import TODAY, promises, refused
from tests.world import World, done

ITEMS = [
    {"name": "Pipeline", "optimistic": 5, "likely": 8, "pessimistic": 20},
    {"name": "Screens", "optimistic": 10, "likely": 12, "pessimistic": 30},
]


@pytest.fixture
def analysing(world: World) -> str:
    return world.bring_to(world.open(), Stage.DATA_ANALYSIS)


def estimates(world: World, key: str, by: str = "dana", **points: object) -> dict:
    """What the engine derived from an estimate by `by`."""
    document = w.estimate(**points)
    state: Initiative = done(submit(world.workspace, key, Kind.EFFORT_ESTIMATE, document, by=by)).initiative
    return dict(state.submissions[-1].derived)


def test_one_estimate_is_its_own_plan(world, analysing):
    found = estimates(world, analysing)
    effort = ThreePoint(20, 40, 90)
    assert (found["p50"], found["p80"], found["p95"]) == (effort.p50, effort.p80, effort.quantile(0.95))
    assert (found["plan_p50"], found["plan_p80"], found["plan_p95"]) == (found["p50"], found["p80"], found["p95"])
    assert (found["estimators"], found["factor"], found["factor_n"]) == (1, 1.0, 0)


def test_items_are_summed_by_simulation_and_not_by_their_quantiles(world, analysing):
    found = estimates(world, analysing, optimistic=15, likely=20, pessimistic=50, items=ITEMS)
    parts = [ThreePoint(5, 8, 20), ThreePoint(10, 12, 30)]
    assert found["p80"] == total(parts, found["seed"], found["draws"]).p80
    assert found["p80"] < sum(part.p80 for part in parts)


def test_three_points_that_are_not_the_sum_are_refused():
    said = {"optimistic": 1, "likely": 2, "pessimistic": 3, "assumptions": w.WORDS, "items": ITEMS}
    with pytest.raises(ValueError, match="optimistic is the sum of the items: 15"):
        EffortEstimate.model_validate(said)


def test_estimators_who_disagree_make_a_wider_plan_than_either(world, analysing):
    own = estimates(world, analysing, optimistic=10, likely=12, pessimistic=15)
    both = estimates(world, analysing, by="dirk", optimistic=40, likely=60, pessimistic=90)
    assert both["estimators"] == 2
    assert own["p80"] < both["plan_p50"] < both["plan_p80"] < both["plan_p95"]
    assert both["plan_p50"] < both["p50"]


def test_an_estimator_who_thinks_again_counts_once(world, analysing):
    estimates(world, analysing)
    again = estimates(world, analysing, likely=41)
    assert (again["estimators"], again["plan_p80"]) == (1, again["p80"])


def live(world: World, days: int) -> None:
    """Bring one to production so many working days after its release gate."""
    key = world.bring_to(world.open(), Stage.WATCH)
    since = working_day(world.clock().date(), days)
    world.clock.pass_days((since - world.clock().date()).days + 1)
    report = w.production().model_copy(update={"since": since, "until": since})
    done(submit(world.workspace, key, Kind.PRODUCTION_REPORT, report, by="dana"))


def test_past_efforts_that_took_longer_lengthen_the_next_plan(world):
    said = ThreePoint(20, 40, 90).p50
    for _ in range(LEAST):
        live(world, round(2 * said))
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    found = estimates(world, key)
    assert found["factor_n"] == LEAST
    assert found["factor"] == pytest.approx(2, rel=0.02)
    assert found["plan_p80"] == found["p80"] * found["factor"]
    state = world.initiative(key)
    today = world.clock().date()
    assert latest_p80(state, today) == working_day(today, found["plan_p80"])


def test_a_deadline_is_held_against_what_all_estimators_say(world):
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    estimates(world, key, by="dirk", optimistic=150, likely=200, pessimistic=250)
    world.bring_to(key, Stage.WATCH)
    state = world.initiative(key)
    day = working_day(TODAY, ThreePoint(20, 40, 90).p80 + 1)
    assert latest_p80(state, TODAY) > day
    assert refused(promises(world, key, day)) == (
        f"{day} is before the P80 of the estimate, {latest_p80(state, TODAY)}: say why",
    )


def test_nonsense_is_no_estimate(world, analysing):
    with pytest.raises((InvalidInputError, ValueError)):
        estimates(world, analysing, items=[{"name": "x", "optimistic": 2, "likely": 1, "pessimistic": 3}])
