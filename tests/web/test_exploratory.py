"""What confirms nothing that was preregistered is called so wherever its verdict is shown."""

from __future__ import annotations

from provefirst.lifecycle import attempts
from provefirst.lifecycle.act import Refused
from provefirst.stages import Stage
from provefirst.store.outbox import due
from tests.evidence.test_amending import amended, studied
from tests.web.conftest import Ask
from tests.web.serving import Served


def test_a_verdict_of_a_plan_that_came_after_results_is_exploratory_on_every_page(site: Served, ask: Ask) -> None:
    world = site.world
    key, _ = studied(world)
    amended(world, key, looks=2, goal=0.5)
    with world.workspace.store.reading() as work:
        owed = [one for one in due(work, now=world.clock(), limit=99) if one.stage is Stage.DATA_ANALYSIS][-1]
    assert attempts.claim(world.workspace, owed, "a run", world.clock())
    found = attempts.measure(world.workspace, owed)
    assert not isinstance(attempts.record(world.workspace, owed, "a run", found), Refused)
    reader = ask("olga")
    for page in (f"/initiatives/{key}", f"/initiatives/{key}/memo"):
        shown = reader.get(page).text
        assert "easible, exploratory" in shown, page
        assert "Exploratory: no evidence for a gate." in shown, page
    assert "The plan was changed after results were seen, by dana" in reader.get(f"/initiatives/{key}/memo").text
