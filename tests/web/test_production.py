"""How a released model does stands on its page, and is reported and freed from there, by whom it may."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from provefirst.evidence import Kind
from provefirst.lifecycle.organisation import add_person
from provefirst.lifecycle.watching import observe
from provefirst.people import Person, Role
from tests.watch.test_watching import released, rows, week
from tests.web.conftest import Ask, Visit
from tests.web.serving import Served
from tests.world import World, done


def broken(world: World) -> str:
    """A model that held for a week and then did not."""
    key = released(world)
    for number, share in enumerate((0.96, 0.6, 0.6), start=1):
        done(observe(world.workspace, key, week(number), rows(share), by="dana"))
    return key


def test_it_is_shown_reported_and_let_move_again_from_its_page(site: Served, ask: Ask) -> None:
    key = broken(site.world)
    home = f"/initiatives/{key}"
    page = ask("dana").get(home).text
    assert "In production: broken" in page
    assert "Money is frozen since" in page
    assert "0.72 on 600 rows" in page
    assert page.count('class="dot"') == 3 + 1  # each period, and the verdict
    assert "exploratory" not in page
    assert f'href="{home}/report"' in ask("dana").get(f"{home}/submit").text
    assert ask("dana").send(f"{home}/report").headers["location"] == f"{home}?did=reported"
    told = site.world.initiative(key).current(Kind.PRODUCTION_REPORT)
    assert told is not None
    assert (told.content["rows"], told.content["estimate"]) == (600, pytest.approx(0.72))
    assert ask("bea").send(f"{home}/thaw", reason="The camera was changed back.").status_code == 303
    assert site.world.initiative(key).freeze is None
    assert "In production" not in ask("olga").get(home).text  # what was observed before is judged no more


def test_neither_act_is_open_to_whom_it_is_not(site: Served, ask: Ask) -> None:
    key = broken(site.world)
    before = site.world.initiative(key).version
    refused = ask("olga").send(f"/initiatives/{key}/report")
    assert refused.status_code == 403
    assert "Olga is not data scientist" in refused.text
    assert ask("dana").send(f"/initiatives/{key}/thaw", reason="It is mine.").status_code == 403
    assert site.world.initiative(key).version == before


def test_who_may_not_see_results_yet_is_told_nothing_of_production(site: Served, ask: Ask) -> None:
    key = broken(site.world)
    newcomer = Person(handle="rosa", name="Rosa Name", roles=frozenset({Role.REVIEWER, Role.BOARD_MEMBER}))
    assert add_person(site.world.workspace, newcomer, by="root") is None
    page = ask("rosa").get(f"/initiatives/{key}").text
    assert "kept back" in page
    assert "In production" not in page
    assert "Money is frozen" not in page
    told = ask("rosa").get(f"/initiatives/{key}/thaw").text
    assert "you may not see why" in told
    assert "0.7" not in told


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_everybody_and_on_a_phone(site: Served, visit: Visit, scheme: str) -> None:
    key = broken(site.world)
    page = visit("dana", color_scheme=scheme, viewport={"width": 320, "height": 700}, bypass_csp=True)
    page.goto(f"/initiatives/{key}")
    page.get_by_text("Every period, and what it is judged by").click()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator("#production").inner_text() == "In production: broken"
