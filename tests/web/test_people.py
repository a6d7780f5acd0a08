"""Who is here is seen by all and changed by admins alone; what gates ask for is said, and changed on the record."""

from __future__ import annotations

import re

import pytest

from provefirst.lifecycle import organisation
from provefirst.people import Role
from provefirst.stages import Stage
from tests.web.conftest import Ask
from tests.web.serving import PASSWORD, Served
from tests.world import gate, policies

NEW = {"handle": "nora", "name": "Nora <b>New</b>", "roles": "reviewer", "email": "nora@example.org"}


def test_an_invited_person_comes_in_by_the_link_that_was_shown_once(site: Served, ask: Ask) -> None:
    root, nora = ask("root"), ask()
    shown = root.send("/people", **NEW).text
    link = re.findall(r"http://[^<\s]+(/join/[^<\s]+)", shown)[0]
    assert "nora" not in root.get("/people").text
    assert nora.http.post(link, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert nora.get("/work").status_code == 200
    assert "Nora &lt;b&gt;New&lt;/b&gt;" in root.get("/people?text=nora").text
    assert site.world.workspace.person("nora").roles == {Role.REVIEWER}


@pytest.mark.parametrize("who", ["olga", "anna", "bea"])
def test_nobody_but_an_admin_invites_changes_or_lets_go(site: Served, ask: Ask, who: str) -> None:
    client = ask(who)
    shown = client.get("/people/dana").text
    assert ("Change it" in shown, "Invite somebody" in client.get("/people").text) == (False, False)
    assert client.send("/people", "/profile", **NEW).status_code == 403
    changed = {"name": "Dana", "roles": "admin"}
    assert client.send("/people/dana", "/profile", **changed).status_code == 403
    assert client.send("/people/dana/reset", "/profile").status_code == 403
    assert site.world.workspace.person("dana").roles == {Role.DATA_SCIENTIST}


def test_addresses_are_for_admins_auditors_and_nobody_else(site: Served, ask: Ask) -> None:
    person = site.world.workspace.person("dana").model_copy(update={"email": "dana@example.org"})
    assert organisation.add_person(site.world.workspace, person, by="root") is None
    seen = [who for who in ("root", "anna", "olga", "rita") if "dana@example.org" in ask(who).get("/people/dana").text]
    assert seen == ["root", "anna"]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(site: Served, ask: Ask) -> None:
    answer = ask("root").send("/people", **NEW | {"handle": "Not A Handle"})
    assert answer.status_code == 422
    assert 'id="f-handle-wrong"' in answer.text
    assert 'value="Nora &lt;b&gt;New&lt;/b&gt;"' in answer.text


def test_the_last_admin_stays_one_and_whoever_leaves_is_signed_out(site: Served, ask: Ask) -> None:
    root, dana = ask("root"), ask("dana")
    refused = root.send("/people/root", name="Root", roles="auditor", is_active="true")
    assert refused.status_code == 409
    assert "the last active admin" in refused.text.casefold()
    left = {"name": "Dana", "roles": "data_scientist", "is_active": "false"}
    assert root.send("/people/dana", **left).status_code == 303
    assert dana.get("/work").status_code == 303
    assert "has left" in root.get("/people/dana").text


def test_a_change_makes_nobody_up(site: Served, ask: Ask) -> None:
    assert ask("root").send("/people/zoe", "/people", name="Zoe", roles="admin").status_code == 404
    assert "zoe" not in ask("root").get("/people").text.casefold()


def test_the_page_says_what_a_gate_asks_for_and_how_many_stand_under_each_set(site: Served, ask: Ask) -> None:
    world = site.world
    world.open()
    first = world.initiative("PF-1").policy
    stricter = policies(research=gate(Stage.RESEARCH, ["research_dossier"], quorum=3))  # type: ignore[list-item]
    assert organisation.adopt(world.workspace, stricter, by="root") is None
    world.open()
    shown = ask("olga").get("/policies").text
    assert "3 reviewers who agree" in shown
    assert [int(count) for count in re.findall(r'<td class="num">(\d+)</td>', shown)] == [1, 1]
    earlier = ask("olga").get(f"/policies/{first}").text
    assert "The research gate asks for 3 approvals by reviewers" in earlier
    assert ask("olga").get(f"/policies/{'0' * 64}").status_code == 404


def test_an_admin_puts_an_initiative_under_the_policy_in_force_after_reading_what_changes(
    site: Served, ask: Ask
) -> None:
    world = site.world
    key = world.open()
    root, page = ask("root"), f"/initiatives/{key}/migrate"
    assert "Put it under the policy in force" not in root.get(f"/initiatives/{key}").text
    stricter = policies(research=gate(Stage.RESEARCH, ["research_dossier"], quorum=3))  # type: ignore[list-item]
    assert organisation.adopt(world.workspace, stricter, by="root") is None
    assert "Put it under the policy in force" in root.get(f"/initiatives/{key}").text
    assert "The research gate asks for 3 approvals by reviewers" in root.get(page).text
    assert ask("olga").send(page, reason="I want it so.").status_code == 403
    assert root.send(page, reason="The board asked for it.").status_code == 303
    assert world.initiative(key).policy == stricter.digest
