"""No page asks the database more often for many initiatives than for few."""

from __future__ import annotations

from sqlalchemy import event

from provefirst.evidence import Kind
from provefirst.lifecycle.organisation import add_person
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Stage
from provefirst.web import site as web
from tests.web.conftest import Ask
from tests.web.serving import Served
from tests.world import World, analysis, done, estimate

ONE = "/initiatives/{key}"
PAGES: dict[str, tuple[str, str]] = {
    "/sign-in": ("", ""), "/work": ("ella", ""), "/portfolio": ("bea", ""), "/portfolio.csv": ("bea", ""),
    "/portfolio.xlsx": ("bea", ""), "/portfolio/figures": ("bea", ""), "/portfolio/forecasts": ("bea", ""),
    "/money": ("bea", ""), "/money/pools/{pool}": ("bea", "/money/pools/main?since=2026-01-01"),
    "/money/pools/{pool}/statement.{ending}": ("bea", "/money/pools/main/statement.csv"),
    "/open": ("olga", ""), "/open/similar": ("olga", "/open/similar?text=question"), "/lessons": ("olga", ""),
    "/audit": ("anna", ""), "/people": ("root", ""), "/people/{handle}": ("root", "/people/olga"),
    "/people/{handle}/rigor": ("olga", "/people/dana/rigor"), "/rigor": ("olga", "/rigor?team=lab"),
    "/policies": ("root", ""), "/policies/adopt": ("root", ""), "/policies/{digest}": ("root", "/policies"),
    "/profile": ("olga", ""), "/profile/notices": ("olga", ""),
    ONE: ("olga", "{one}"), f"{ONE}/history": ("olga", "{one}/history"), f"{ONE}/statement": ("bea", "{one}/statement"),
    f"{ONE}/statement.{{ending}}": ("bea", "{one}/statement.xlsx"), f"{ONE}/memo": ("bea", "{one}/memo"),
    f"{ONE}/entries/{{version}}": ("olga", "{one}/entries/3"),
    f"{ONE}/evidence/{{version}}": ("olga", "{one}/evidence/3"),
    f"{ONE}/submit": ("dana", "{one}/submit"), f"{ONE}/submit/{{kind}}": ("dana", "{one}/submit/analysis_report"),
    f"{ONE}/data": ("hans", "{one}/data"), f"{ONE}/look": ("dana", "{one}/look"),
    f"{ONE}/review": ("rita", "{one}/review"), f"{ONE}/declare": ("rita", "{one}/declare"),
    f"{ONE}/method": ("rita", "{one}/method"),
    f"{ONE}/clear/{{number}}": ("rita", "{one}/clear/1"), f"{ONE}/answer/{{earlier}}": ("olga", "{one}/answer/PF-2"),
    f"{ONE}/{{name}}": ("dana", "{one}/conclude"),
}  # fmt: skip
"""Every page by its route: who looks, and at which address, where that is another."""

NO_PAGE = {
    "/calendar/{secret}.ics", "/join/{secret}", "/setup/{secret}", f"{ONE}/files/{{digest}}", f"{ONE}/live",
    f"{ONE}/plots/{{digest}}",
}  # fmt: skip
"""What shows one thing to whom has its address, and a stream that ends only with its page."""


def test_every_page_is_looked_at_here() -> None:
    routes = {
        route.path
        for part in web._PARTS
        for route in part.router.routes
        if "GET" in (getattr(route, "methods", ()) or ())
    }
    assert routes == set(PAGES) | NO_PAGE


def test_pages_ask_the_database_as_often_for_thirty_initiatives_as_for_three(site: Served, ask: Ask) -> None:
    world = site.world
    team = world.workspace.person("dana").model_copy(update={"cost_centre": "lab"})
    assert add_person(world.workspace, team, by="root") is None
    key = world.bring_to(world.open(budget=1000), Stage.DATA_ANALYSIS)
    done(submit(world.workspace, key, Kind.ANALYSIS_REPORT, analysis(), by="dana"))
    done(submit(world.workspace, key, Kind.EFFORT_ESTIMATE, estimate(), by="dana"))
    _open(world, 2)
    few = _counts(site, ask, key)
    _open(world, 27)
    assert _counts(site, ask, key) == few


def _open(world: World, count: int) -> None:
    """One after the other to research, concluded never: what waits for whom grows with them."""
    for number in range(count):
        opened = world.open(budget=1000, title=f"Question {number} of {count}")
        if number % 3 == 0:
            world.bring_to(opened, Stage.RESEARCH)


def _counts(site: Served, ask: Ask, key: str) -> dict[str, int]:
    """How often each page asks, the second time that it is looked at."""
    asked: list[str] = []
    engine = site.world.workspace.store.engine

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    browsers = {who: ask(who) for who in {who for who, _ in PAGES.values()}}
    found = {}
    for route, (who, address) in PAGES.items():
        path = (address or route).replace("{one}", f"/initiatives/{key}")
        browsers[who].get(path)
        asked.clear()
        answer = browsers[who].get(path)
        assert answer.status_code in (200, 303), path
        found[route] = len(asked)
    event.remove(engine, "before_cursor_execute", note)
    return found
