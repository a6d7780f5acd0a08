"""Time reminds through a flow of its own; it never approves."""

from __future__ import annotations

import pytest

from provefirst.engine.engine import Engine
from provefirst.engine.server import PrefectServer
from provefirst.lifecycle import reminders
from tests.engines import SECONDS, eventually, runs_of
from tests.world import World


def reminded(world: World, key: str) -> list[str]:
    with world.workspace.store.reading() as work:
        return [entry.data["to"] for entry in work.entries(key) if entry.event == "reminder.raised"]


def test_what_waited_long_is_reminded_of_once(engine: Engine, live_world: World, prefect: PrefectServer):
    if engine.runs.mode != "embedded":
        pytest.skip("timers in prefect mode are not shown yet")
    key = live_world.open()
    engine.settle(SECONDS)
    live_world.clock.pass_days(reminders.PATIENCE.days + 1)
    engine.remind()
    eventually(lambda: reminded(live_world, key) != [])
    assert reminded(live_world, key) == ["ethics reviewer"]
    engine.remind()
    eventually(lambda: len([run for run in runs_of(engine.workspace, prefect) if run["name"][:7] == "timers/"]) >= 2)
    assert reminded(live_world, key) == ["ethics reviewer"]
    assert live_world.initiative(key).openings == {}
