"""Pages and API are one application behind one guard, and neither speaks in the other's place."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from provefirst.api.app import create_app
from tests.web.serving import PASSWORD, Client, Served, given_passwords, running
from tests.world import World


@pytest.fixture
def together(world: World) -> Iterator[Served]:
    world.clock.now = datetime.now(UTC)
    given_passwords(world)
    app = create_app(world.workspace)
    with running(app) as url:
        yield Served(world, app, url)


@pytest.fixture
def ella(together: Served) -> Iterator[Client]:
    client = Client(together, "ella")
    yield client
    client.http.close()


def test_a_page_is_guarded_as_the_api_is_and_keeps_its_own_policy(ella: Client) -> None:
    answer = ella.get("/work")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-request-id"]


def test_a_form_votes_through_the_guard_and_the_api_shows_it(together: Served, ella: Client) -> None:
    key = together.world.open()
    fields = {"ballot.choice": "go", "ballot.reason": "It may begin."}
    assert ella.send(f"/initiatives/{key}/memo", **fields).status_code == 303
    shown = ella.http.get(f"/api/v1/initiatives/{key}").json()
    assert shown["stage"] == "research"


def test_programs_are_told_problems_and_people_are_told_pages(ella: Client) -> None:
    page = ella.get("/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    problem = ella.http.get("/api/v1/nowhere", headers={"Accept": "application/json"})
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")
    for path in ("/api/v1/initiatives/PF-99", "/nowhere"):
        told = ella.http.get(path, headers={"Accept": "application/json"})
        assert told.headers["content-type"] == "application/problem+json", path


def test_pages_are_no_part_of_what_the_api_describes(together: Served) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        described = together.app.openapi()
    assert [path for path in described["paths"] if not path.startswith("/api/v1/")] == []


def test_whoever_signs_in_on_the_page_is_known_to_the_api(together: Served) -> None:
    nobody = Client(together)
    assert nobody.http.post("/sign-in", data={"name": "olga", "password": PASSWORD}).status_code == 303
    assert nobody.http.get("/api/v1/me").json()["handle"] == "olga"
    nobody.http.close()
