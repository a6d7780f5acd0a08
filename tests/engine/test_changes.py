"""Whether somebody wrote is noticed, on either kind of database."""

from __future__ import annotations

from provefirst.engine.changes import Changes
from tests.engines import TickingClock
from tests.world import World


def test_nothing_is_seen_where_nothing_was_written(any_world: World):
    changes = Changes(any_world.workspace.store.engine, TickingClock())
    changes.seen()
    assert not changes.seen()
    any_world.workspace.person("olga")
    assert not changes.seen()
    changes.close()


def test_a_run_that_is_owed_is_seen_once(any_world: World):
    changes = Changes(any_world.workspace.store.engine, TickingClock())
    changes.seen()
    any_world.open()
    assert changes.seen()
    assert not changes.seen()
    any_world.open()
    assert changes.seen()
    changes.close()


def test_trouble_with_the_connection_counts_as_a_change(any_world: World):
    changes = Changes(any_world.workspace.store.engine, TickingClock())
    changes.seen()
    assert changes._connection is not None
    changes._connection.driver_connection.close()
    assert changes.seen()
    changes.seen()
    assert not changes.seen()
    changes.close()
