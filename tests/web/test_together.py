"""Pages and API are one application behind one guard, and neither speaks in the other's place."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from provefirst.accounts import invitations
from provefirst.api.app import create_app
from provefirst.lifecycle.workspace import Workspace
from provefirst.web import work
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


def test_a_database_that_is_gone_is_told_on_a_page_with_no_word_of_its_own(together: Served, ella: Client) -> None:
    with together.world.workspace.store.engine.begin() as connection:
        connection.execute(text("DROP TABLE session"))
    answer = ella.get("/work")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "The storage did not answer in time" in answer.text
    assert "SELECT" not in answer.text
    program = ella.http.get("/api/v1/me", headers={"Accept": "application/json"})
    assert (program.status_code, program.headers["content-type"]) == (503, "application/problem+json")


def test_what_nobody_foresaw_is_told_on_a_page_without_a_traceback(
    together: Served, ella: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(*_: object) -> None:
        raise ZeroDivisionError("the secret of the machine")

    monkeypatch.setattr(work, "_tasks", breaking)
    answer = ella.get("/work")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert answer.headers["x-request-id"] in answer.text
    assert "ZeroDivision" not in answer.text
    assert "secret of the machine" not in answer.text


def test_the_first_admin_sets_the_place_up_by_the_link_that_the_server_prints(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path).prepare()
    secret = invitations.first_start(workspace)
    with running(create_app(workspace)) as url, httpx.Client(base_url=url, headers={"Accept": "text/html"}) as http:
        assert "first" in http.get(f"/setup/{secret}").text.casefold()
        said = {"handle": "Ada", "name": "Ada <Admin>", "password": PASSWORD, "again": PASSWORD}
        refused = http.post(f"/setup/{secret}", data=said)
        assert (refused.status_code, "Ada &lt;Admin&gt;" in refused.text) == (422, True)
        assert http.post(f"/setup/{secret}", data=said | {"handle": "ada"}).status_code == 303
        assert "My work" in http.get("/work").text
        assert http.post(f"/setup/{secret}", data=said | {"handle": "eve"}).status_code == 422
