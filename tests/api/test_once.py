"""A write with a key happens once: sent again, at once with others, or with another body under the same key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provefirst.api.examples import BODIES
from tests.api.served import Served, served
from tests.databases import Database
from tests.world import World

OPENING = dict(BODIES["opening"])


@pytest.fixture
def both(any_world: World) -> Iterator[Served]:
    """The API on each kind of database in turn."""
    with served(any_world.workspace) as made:
        yield made


def keyed(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


def test_the_same_request_is_answered_again_and_not_done_again(both: Served) -> None:
    first = both.post("initiatives", OPENING, by="olga", headers=keyed("one"))
    again = both.post("initiatives", OPENING, by="olga", headers=keyed("one"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again.headers["etag"], again.headers["location"]) == (
        first.content,
        first.headers["etag"],
        first.headers["location"],
    )
    assert again.headers["idempotency-replayed"] == "true"
    assert len(both.get("initiatives", by="olga").json()["rows"]) == 1


def test_a_key_stands_for_one_body_and_one_address(both: Served) -> None:
    both.post("initiatives", OPENING, by="olga", headers=keyed("one"))
    other = both.post("initiatives", {**OPENING, "screen": None}, by="olga", headers=keyed("one"))
    elsewhere = both.post("initiatives/PF-1/expenses", dict(BODIES["expense"]), by="olga", headers=keyed("one"))
    assert [answer.status_code for answer in (other, elsewhere)] == [422, 422]
    assert other.json()["type"] == "urn:provefirst:problem:repeated"
    assert len(both.get("initiatives", by="olga").json()["rows"]) == 1


def test_a_key_is_its_owners_own(both: Served) -> None:
    assert both.post("initiatives", OPENING, by="olga", headers=keyed("one")).status_code == 201
    assert both.post("initiatives", OPENING, by="otto", headers=keyed("one")).status_code == 201
    assert len(both.get("initiatives", by="olga").json()["rows"]) == 2


def test_of_many_at_once_one_is_done_and_all_get_its_answer(both: Served) -> None:
    calls = (both.send("POST", "initiatives", by="olga", headers=keyed("one"), json=OPENING) for _ in range(12))
    answers = both.together(*calls)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert len(both.get("initiatives", by="olga").json()["rows"]) == 1


def test_a_refusal_uses_up_no_key_because_nothing_was_written(both: Served) -> None:
    key = both.post("initiatives", OPENING, by="olga").json()["initiative"]["key"]
    go = dict(BODIES["vote"])
    headers = {**keyed("vote"), "If-Match": "*"}
    stop = {"ballot": {"choice": "stop", "reason": "There is no lesson yet."}}
    refused = both.post(f"initiatives/{key}/votes", stop, by="ella", headers=headers)
    assert (refused.status_code, refused.json()["reasons"]) == (
        409,
        ["stop concludes, and no conclusion with its lesson is proposed yet"],
    )
    assert both.post(f"initiatives/{key}/votes", go, by="ella", headers=headers).status_code == 200


def test_what_a_failed_write_left_undone_is_not_answered_for_it(both: Served) -> None:
    stale = {"If-Match": '"99"', **keyed("one")}
    key = both.post("initiatives", OPENING, by="olga").json()["initiative"]["key"]
    assert both.post(f"initiatives/{key}/votes", dict(BODIES["vote"]), by="ella", headers=stale).status_code == 412
    assert both.post(f"initiatives/{key}/votes", dict(BODIES["vote"]), by="ella", headers=stale).status_code == 412


def test_a_secret_is_told_once_and_kept_nowhere(both: Served, database: Database) -> None:
    headers = {**keyed("one"), "X-CSRF-Token": csrf("olga"), "Cookie": "provefirst=olga"}
    made = both.call("POST", "tokens", headers=headers, json=dict(BODIES["token"]))
    again = both.call("POST", "tokens", headers=headers, json=dict(BODIES["token"]))
    assert (made.status_code, again.status_code) == (201, 409)
    assert made.json()["secret"] not in again.text
    assert len(both.get("tokens", by="olga").json()["rows"]) == 1


def test_a_key_that_is_no_key_is_refused(both: Served) -> None:
    for text in ("", "two words", "x" * 201):
        answer = both.post("initiatives", OPENING, by="olga", headers=keyed(text))
        assert (answer.status_code, answer.json()["problems"][0]["field"]) == (422, "Idempotency-Key")


def csrf(secret: str) -> str:
    from provefirst.api.caller import Caller

    return Caller(secret, "session", None, secret).csrf
