"""The permission matrix over HTTP: expected from the table, observed from the server."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from provefirst.people import Role, Verb
from provefirst.permissions import MAY, READING, TABLE
from provefirst.places import config_dir
from provefirst.stages import Stage
from tests.access import matrix as access
from tests.access.test_matrix import expected
from tests.api import matrix
from tests.api.served import Served, served
from tests.world import World

ANY_VERSION = {"If-Match": "*"}
VERBS = tuple(verb for verb in Verb if verb in access.ON_AN_INITIATIVE)


@pytest.mark.parametrize("stage", list(Stage))
def test_every_verb_answers_every_role_in_every_relation_at_each_stage_as_the_table_says(
    stage: Stage, tmp_path: Path
) -> None:
    world = World.make(tmp_path, policy_set=access.POLICIES)
    wrong, seen = [], Counter[str]()
    with served(access.rehearsal(world.workspace)) as api:
        key = access.at(world, stage)
        for handle, (relation, part) in access.SUBJECTS.items():
            for role in Role:
                access.add(world, handle, role)
                for verb in VERBS:
                    answer = _called(api, key, verb, role, stage, handle)
                    found = matrix.TOLD.get(answer.status_code, answer.text)
                    said = expected(verb, role, relation, part, stage)
                    seen[said] += 1
                    if found != said and not (said == "allowed" and found in ("done", "refused")):
                        wrong.append((verb.value, role.value, relation.value, said, answer.text))
            access.add(world, handle, *access.ROLES[handle])
    assert wrong == []
    assert sum(seen.values()) == len(access.SUBJECTS) * len(Role) * len(VERBS)
    assert seen["allowed"] > 30
    assert seen["forbidden"] > 500


def test_what_belongs_to_no_initiative_answers_every_role_as_the_table_says(tmp_path: Path) -> None:
    world = World.make(tmp_path, policy_set=access.POLICIES)
    files = {path.name: path.read_text("utf-8") for path in sorted((config_dir() / "gates").glob("*.yaml"))}
    with served(access.rehearsal(world.workspace)) as api:
        for role in Role:
            access.add(world, "nina", role)
            for verb, sent in matrix.ON_THE_ORGANISATION.items():
                body = {"files": files} if verb is Verb.ADOPT else sent.body
                answer = api.post(sent.path, body, by="nina")
                found = matrix.TOLD.get(answer.status_code, answer.text)
                assert (verb, role, found) == (verb, role, "done" if role in MAY[verb] else "forbidden")


def test_reading_answers_every_role_as_the_table_says(world: World, api: Served) -> None:
    key = world.open()
    for role in Role:
        access.add(world, "nina", role)
        reads = {Verb.LIST: "initiatives", Verb.SHOW: f"initiatives/{key}", Verb.AUDIT: "audit"}
        for verb, path in reads.items():
            expected_status = 200 if role in MAY[verb] else 403
            assert (role, path, api.get(path, by="nina").status_code) == (role, path, expected_status)


def test_no_verb_is_without_an_address() -> None:
    assert set(VERBS) | matrix.ON_THE_ORGANISATION.keys() | READING == {line.verb for line in TABLE}


def test_nobody_approves_their_own_through_a_second_account_with_the_same_address(
    world: World,
) -> None:
    with served(world.workspace) as api:
        ours = {"name": "Olga Twice", "email": "olga@example.org"}
        for handle, roles in (("olga", ["product_owner"]), ("oleg", ["ethics_reviewer", "reviewer", "board_member"])):
            body = {"handle": handle, "roles": roles, **ours}
            assert api.post("people", body, by="root").status_code == 200
        key = world.open()
        answer = api.post(f"initiatives/{key}/votes", matrix.sent(Verb.VOTE, Role.ETHICS_REVIEWER, Stage.PROPOSAL).body,
                          by="oleg", headers=ANY_VERSION)  # fmt: skip
        assert (answer.status_code, answer.json()["reasons"]) == (
            403,
            [f"oleg and olga are one person, and olga is product owner on {key}"],
        )
        again = {
            "handle": "oleg",
            "roles": ["ethics_reviewer"],
            "name": "Olga Twice",
            "email": "OLGA+board@example.org",
        }
        assert api.post("people", again, by="root").status_code == 200
        answer = api.post(f"initiatives/{key}/votes", {"ballot": {"choice": "go", "reason": "It is mine."}},
                          by="oleg", headers=ANY_VERSION)  # fmt: skip
        assert answer.status_code == 403


def _called(api: Served, key: str, verb: Verb, role: Role, stage: Stage, by: str):  # type: ignore[no-untyped-def]
    sent = matrix.sent(verb, role, stage)
    headers = {**ANY_VERSION, **sent.raw.get("headers", {})}
    raw = {name: value for name, value in sent.raw.items() if name != "headers"}
    return api.post(f"initiatives/{key}/{sent.path}", sent.body, by=by, headers=headers, **raw)
