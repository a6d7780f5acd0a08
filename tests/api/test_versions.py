"""Versions: what was read is said with what is written, and nobody writes over what they have not seen."""

from __future__ import annotations

from provefirst.api.acts import ACTS
from provefirst.api.examples import BODIES
from tests.api.served import Served
from tests.world import World

VOTE = dict(BODIES["vote"])


def test_what_is_shown_says_its_version(api: Served, world: World) -> None:
    key = world.open()
    shown = api.get(f"initiatives/{key}", by="ella")
    assert shown.headers["etag"] == f'"{world.initiative(key).version}"' == f'"{shown.json()["version"]}"'


def test_a_version_gone_stale_is_refused_with_the_one_that_is_there(api: Served, world: World) -> None:
    key = world.open()
    answer = api.post(f"initiatives/{key}/votes", VOTE, by="ella", headers={"If-Match": '"1"'})
    version = world.initiative(key).version
    problem = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (412, f'"{version}"')
    assert (problem["initiative"], problem["expected"], problem["found"]) == (key, 1, version)
    assert world.initiative(key).version == version


def test_whatever_judges_or_disposes_must_say_what_it_read(api: Served, world: World) -> None:
    key = world.open()
    for act in ACTS:
        path = act.path.replace("{number}", "1")
        body = dict(BODIES[act.example]) if act.example else None
        answer = api.post(f"initiatives/{key}/{path}", body, by="root")
        assert (act.path, answer.status_code == 428) == (act.path, act.reads_first)


def test_a_vote_may_name_the_dossier_instead(api: Served, world: World) -> None:
    key = world.open()
    dossier = api.get(f"initiatives/{key}", by="ella").json()["dossier"]
    stale = api.post(f"initiatives/{key}/votes", {**VOTE, "dossier": "0" * 64}, by="ella")
    assert (stale.status_code, stale.json()["reasons"]) == (
        409,
        ["the dossier has changed since you read it: read it again before you vote"],
    )
    assert api.post(f"initiatives/{key}/votes", {**VOTE, "dossier": dossier}, by="ella").status_code == 200


def test_a_condition_that_is_no_version_is_refused(api: Served, world: World) -> None:
    key = world.open()
    for text in ("5", 'W/"5"', '"five"', '"0"'):
        answer = api.post(f"initiatives/{key}/votes", VOTE, by="ella", headers={"If-Match": text})
        assert (answer.status_code, answer.json()["problems"][0]["field"]) == (422, "If-Match")
