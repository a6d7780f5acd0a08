"""Everybody says for themselves when and where they are told, on a page that keeps their secrets."""

from __future__ import annotations

import re

from provefirst.notify import wishes
from provefirst.notify.topics import Topic, When
from tests.web.conftest import Ask
from tests.web.serving import Served

PLACE = "/profile/notices"


def test_what_is_chosen_holds_and_is_shown(site: Served, ask: Ask) -> None:
    olga = ask("olga")
    answer = olga.send(PLACE, turn="daily", evidence="never")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PLACE}?did=chosen")
    found = wishes.wishes(site.world.workspace, by="olga").topics
    assert (found[Topic.TURN], found[Topic.EVIDENCE], found[Topic.PROGRESS]) == (When.DAILY, When.NEVER, When.NOW)
    assert 'name="turn" value="daily" checked' in olga.get(PLACE).text
    assert wishes.wishes(site.world.workspace, by="dana").topics[Topic.TURN] is When.NOW


def test_what_is_not_to_be_chosen_changes_nothing(site: Served, ask: Ask) -> None:
    assert ask("olga").send(PLACE, turn="sometimes").status_code == 422
    assert wishes.wishes(site.world.workspace, by="olga").topics[Topic.TURN] is When.NOW


def test_an_address_is_never_shown_and_is_taken_away_by_its_owner_alone(site: Served, ask: Ask) -> None:
    olga, secret = ask("olga"), "4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
    assert olga.send(f"{PLACE}/addresses", PLACE, address=f"discord://{secret}").status_code == 303
    shown = olga.get(PLACE).text
    assert secret not in shown
    (channel,) = set(re.findall(rf"{PLACE}/addresses/([0-9a-f]{{16}})/remove", shown))
    assert ask("dana").send(f"{PLACE}/addresses/{channel}/remove", PLACE).status_code == 409
    assert olga.send(f"{PLACE}/addresses/{channel}/remove", PLACE).status_code == 303
    assert channel not in olga.get(PLACE).text


def test_an_address_that_leads_inside_is_refused_beside_its_field(ask: Ask) -> None:
    answer = ask("olga").send(f"{PLACE}/addresses", PLACE, address="json://127.0.0.1/")
    assert answer.status_code == 422
    assert 'id="address-wrong"' in answer.text


def test_a_calendar_is_read_without_signing_in_until_its_address_ends(site: Served, ask: Ask) -> None:
    olga, nobody = ask("olga"), ask()
    address = re.findall(r"/calendar/[^<]+[.]ics", olga.send(f"{PLACE}/calendar", PLACE).text)[0]
    answer = nobody.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.text.startswith("BEGIN:VCALENDAR")
    assert address not in olga.get(PLACE).text
    assert olga.send(f"{PLACE}/calendar/end", PLACE).status_code == 303
    assert nobody.get(address).status_code == 404
