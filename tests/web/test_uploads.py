"""A large file comes in pieces: what is broken off goes on where it was, and is nobody else's."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from provefirst.stages import Stage
from provefirst.web import pieces
from tests.web.conftest import Ask, Visit
from tests.web.serving import Client, Served
from tests.web.test_journeys import DOSSIER, fill

SMALL = 1000


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE", SMALL)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    file = tmp_path / "notes.bin"
    file.write_bytes(os.urandom(5 * SMALL + 123))
    return file


def form(site: Served, page: Page) -> str:
    key = site.world.bring_to(site.world.open(), Stage.RESEARCH)
    page.goto(f"/initiatives/{key}/submit/research_dossier")
    fill(page, DOSSIER)
    return key


def test_what_is_broken_off_goes_on_where_it_was(site: Served, visit: Visit, notes: Path) -> None:
    page = visit("dana")
    key = form(site, page)
    sent: list[int] = []

    def breaking(route: Route) -> None:
        sent.append(int(route.request.url.partition("at=")[2]))
        if len(sent) == 4:
            route.fulfill(status=500, body="", content_type="text/html")
        else:
            route.continue_()

    page.route("**/uploads/*", breaking)
    page.get_by_label("Other files").set_input_files(notes)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("Broken off at")).to_be_visible()
    assert site.world.initiative(key).stage is Stage.RESEARCH
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("Submitted.")).to_be_visible()
    assert sent == [0, 1000, 2000, 3000, 3000, 4000, 5000]
    digest = site.world.initiative(key).submissions[-1].attachments["notes.bin"]
    assert site.world.workspace.blobs.get(digest) == notes.read_bytes()
    assert left(site) == []


def test_whoever_loads_the_page_anew_and_chooses_the_file_again_goes_on(
    site: Served, visit: Visit, notes: Path
) -> None:
    page = visit("dana")
    key = form(site, page)
    page.route("**/uploads/*at=2000", lambda route: route.fulfill(status=500, body="", content_type="text/html"))
    page.get_by_label("Other files").set_input_files(notes)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("Broken off at")).to_be_visible()
    page.unroute("**/uploads/*at=2000")
    page.reload()
    fill(page, DOSSIER)
    page.get_by_label("Other files").set_input_files(notes)
    with page.expect_request("**/uploads/*at=*") as first:
        page.get_by_role("button", name="Submit", exact=True).click()
    assert first.value.url.endswith("at=2000")
    expect(page.get_by_text("Submitted.")).to_be_visible()
    assert "notes.bin" in site.world.initiative(key).submissions[-1].attachments


def test_without_a_script_the_file_comes_with_its_form(site: Served, visit: Visit, notes: Path) -> None:
    page = visit("dana", java_script_enabled=False)
    key = form(site, page)
    page.get_by_label("Other files").set_input_files(notes)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("Submitted.")).to_be_visible()
    assert "notes.bin" in site.world.initiative(key).submissions[-1].attachments


def test_pieces_follow_one_another_and_are_no_more_than_was_said(site: Served, ask: Ask) -> None:
    dana = ask("dana")
    csrf = token(dana)
    begun = begin(dana, csrf)
    assert (begun["offset"], begun["size"]) == (0, 10)
    address = f"/uploads/{begun['id']}"
    assert put(dana, csrf, f"{address}?at=5", b"12345") == (409, 0)
    assert put(dana, csrf, f"{address}?at=0", b"12345") == (200, 5)
    assert put(dana, csrf, f"{address}?at=0", b"12345") == (409, 5)
    assert put(dana, csrf, f"{address}?at=5", b"1234567")[0] == 422
    assert begin(dana, csrf)["offset"] == 5


def test_nobody_finds_adds_to_or_attaches_what_somebody_else_sent(site: Served, ask: Ask) -> None:
    dana, dirk = ask("dana"), ask("dirk")
    begun = begin(dana, token(dana))
    assert put(dana, token(dana), f"/uploads/{begun['id']}?at=0", b"1234567890") == (200, 10)
    assert put(dirk, token(dirk), f"/uploads/{begun['id']}?at=0", b"x")[0] == 404
    key = site.world.bring_to(site.world.open(), Stage.RESEARCH)
    path = f"/initiatives/{key}/submit/research_dossier"
    assert dirk.send(path, **DOSSIER, **{"sent:attach": begun["id"]}).status_code == 404


def test_a_piece_needs_a_sign_in_its_token_and_a_role_that_writes(ask: Ask) -> None:
    dana, bea, nobody = ask("dana"), ask("bea"), ask()
    begun = begin(dana, token(dana))
    address = f"/uploads/{begun['id']}?at=0"
    assert put(dana, "", address, b"x")[0] == 403
    assert put(nobody, "", address, b"x")[0] == 303
    assert bea.http.post("/uploads", data={"_csrf": token(bea), "name": "a", "size": "3"}).status_code == 403
    assert dana.http.post("/uploads", data={"name": "a", "size": "3"}).status_code == 401


@pytest.mark.parametrize(
    "fields", [{"size": "0"}, {"size": "-1"}, {"size": "9" * 14}, {"name": ""}, {"name": "a\x00b"}]
)
def test_a_file_that_can_not_be_is_not_begun(ask: Ask, fields: dict[str, str]) -> None:
    dana = ask("dana")
    asked = {"_csrf": token(dana), "name": "a.csv", "size": "10", "changed": "1"} | fields
    assert dana.http.post("/uploads", data=asked).status_code == 422


def test_what_was_never_finished_goes_away_after_a_day_and_the_oldest_before_the_newest(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = site.world.workspace.home
    for number in range(pieces.MOST + 3):
        pieces.begin(home, "dana", f"{number}.csv", 10, "").add(b"12", 0)
    assert len(left(site)) == 2 * pieces.MOST
    monkeypatch.setattr(pieces, "KEPT", -1.0)
    pieces.begin(home, "dana", "new.csv", 10, "")
    assert [Path(name).suffix for name in left(site)] == [".json"]


def begin(client: Client, csrf: str) -> dict[str, int]:
    asked = {"_csrf": csrf, "name": "a.csv", "size": "10", "changed": "1"}
    found: dict[str, int] = client.http.post("/uploads", data=asked).json()
    return found


def put(client: Client, csrf: str, address: str, piece: bytes) -> tuple[int, int]:
    answer = client.http.put(address, content=piece, headers={"X-CSRF": csrf})
    is_json = answer.headers.get("content-type") == "application/json"
    return answer.status_code, answer.json()["offset"] if is_json else -1


def token(client: Client) -> str:
    return re.findall(r'name="_csrf" value="([^"]+)"', client.get("/profile").text)[0]


def left(site: Served) -> list[str]:
    return sorted(file.name for file in (site.world.workspace.home / "uploads").rglob("*.*"))
