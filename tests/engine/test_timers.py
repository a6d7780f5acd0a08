"""Time reminds through a flow of its own; it never approves."""

from __future__ import annotations

from provefirst.engine.engine import Engine
from provefirst.engine.server import PrefectServer
from provefirst.lifecycle import reminders
from tests.engines import SECONDS, eventually, runs_of
from tests.world import World


def reminded(world: World, key: str) -> list[str]:
    with world.workspace.store.reading() as work:
        return [entry.data["to"] for entry in work.entries(key) if entry.event == "reminder.raised"]


def test_what_waited_long_is_reminded_of_once(engine: Engine, live_world: World, prefect: PrefectServer):
    live_world.clock.pass_days(-reminders.PATIENCE.days - 1)  # a runner's processes know the true time only
    key = live_world.open()
    engine.settle(SECONDS)
    live_world.clock.pass_days(reminders.PATIENCE.days + 1)
    engine.remind()
    eventually(lambda: reminded(live_world, key) != [])
    assert reminded(live_world, key) == ["ethics reviewer"]
    seen = timers(engine, prefect)
    engine.remind()
    eventually(lambda: timers(engine, prefect) > seen)
    assert reminded(live_world, key) == ["ethics reviewer"]
    assert live_world.initiative(key).openings == {}


def timers(engine: Engine, prefect: PrefectServer) -> int:
    """How many runs of the timers have come to their end."""
    runs = [run for run in runs_of(engine.workspace, prefect) if run["name"].startswith("timers/")]
    return len([run for run in runs if run["state_type"] == "COMPLETED"])
