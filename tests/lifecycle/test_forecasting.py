"""Forecasts from a ledger: only of what is known, and never by person."""

import json

from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.forecasting import calibration
from provefirst.stages import Choice, Stage
from tests import world as w
from tests.lifecycle.answers import votes
from tests.world import World, done


def test_what_peers_thought_is_scored_once_it_is_known(any_world: World):
    world = any_world
    no = world.bring_to(world.open(forecast=0.9), Stage.RESEARCH)
    world.submit_stage(no)
    assert calibration(world.workspace) == {"roles": []}
    done(conclude(world.workspace, no, w.lesson(), by="dana"))
    done(votes(world, no, Choice.STOP, "rita", "rolf", forecast=0.25))
    found = calibration(world.workspace)["roles"]
    assert [(one["role"], one["n"], one["brier"]) for one in found] == [
        ("product_owner", 1, 0.9**2),
        ("reviewer", 2, 0.25**2),
    ]
    assert (found[0]["bins"][0]["share"], found[0]["bins"][0]["share_high"]) == (0.0, 0.975)


def test_nobody_is_named(world: World):
    key = world.bring_to(world.open(forecast=0.00001), Stage.WATCH)
    assert world.initiative(key).stage is Stage.WATCH
    told = json.dumps(calibration(world.workspace))
    assert "product_owner" in told
    assert [handle for handle in w.PEOPLE if f'"{handle}"' in told] == []
