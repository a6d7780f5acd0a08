"""Policies are adopted and checkpoints signed on pages, by those who may, after they saw what it does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from provefirst.gates import PolicySet
from provefirst.integrity import auditing
from provefirst.lifecycle.opening import policy_in_force
from provefirst.stages import ORDER
from provefirst.web.adopting import _read, written
from tests.web.conftest import Ask, Visit
from tests.web.serving import Client, Served


def in_force(site: Served) -> tuple[str, PolicySet]:
    with site.world.workspace.store.reading() as work:
        return policy_in_force(work)


def stricter(site: Served) -> str:
    """The research gate's file, with one more peer."""
    said = written(in_force(site)[1], "research")
    found = re.sub(r"quorum: \d", "quorum: 2", said) if "quorum" in said else said + "  quorum: 2\n"
    assert found != said
    return found


def test_a_set_that_is_written_out_is_read_as_the_same_set(site: Served) -> None:
    digest, policies = in_force(site)
    found = _read({stage.value: written(policies, stage.value) for stage in ORDER})
    assert isinstance(found, PolicySet)
    assert found.digest == digest


def test_an_admin_sees_what_a_set_changes_and_then_adopts_it(site: Served, visit: Visit) -> None:
    site.world.open()
    before = in_force(site)[0]
    page = visit("root")
    page.goto("/policies")
    page.get_by_role("link", name="Adopt another set").click()
    file = {"name": "research.yaml", "mimeType": "text/yaml", "buffer": stricter(site).encode()}
    page.get_by_label("Choose files").set_input_files([file])
    page.get_by_role("button", name="See what it changes").click()
    expect(page.get_by_text("The research gate asks for 2 approvals")).to_be_visible()
    expect(page.get_by_text("1 initiative that is under way goes on under the set it has")).to_be_visible()
    assert in_force(site)[0] == before
    page.get_by_role("button", name="Adopt it").click()
    expect(page.get_by_text("It is in force.")).to_be_visible()
    assert in_force(site)[0] != before


def test_what_was_changed_after_it_was_looked_at_is_looked_at_again(site: Served, ask: Ask) -> None:
    before = in_force(site)[0]
    answer = ask("root").send("/policies/adopt", research=stricter(site), _do="send", _digest=before)
    assert (answer.status_code, "What it changes" in answer.text) == (200, True)
    assert in_force(site)[0] == before


def test_every_problem_stands_beside_its_gate_with_its_line_and_what_was_written_stays(site: Served, ask: Ask) -> None:
    lines = ("leaves: research", "requires:", "  evidence: [reserch_dossier]", "approvals: {role: reviewer, quorum: 1}")
    wrong = "\n".join([*lines, "blnd: true", ""])
    answer = ask("root").send("/policies/adopt", research=wrong, _do="look")
    assert answer.status_code == 422
    beside = answer.text[answer.text.index('id="research-wrong"') :].partition("</ul>")[0]
    assert "research.yaml:3" in beside
    assert "research_dossier" in beside
    assert "research.yaml:5" in beside
    assert "reserch_dossier" in answer.text[answer.text.index('name="research"') :]
    assert "/tmp" not in answer.text


def test_only_admins_adopt(site: Served, ask: Ask) -> None:
    before = in_force(site)[0]
    assert ask("bea").get("/policies/adopt").status_code == 403
    assert "Adopt another set" not in ask("bea").get("/policies").text
    answer = ask("bea").send("/policies/adopt", form="/audit", research=stricter(site), _do="look")
    assert answer.status_code == 403
    assert in_force(site)[0] == before


def test_what_was_written_is_kept_for_later(site: Served, ask: Ask) -> None:
    client = ask("root")
    answer = client.send("/policies/adopt", research="leaves: research # not yet", _do="keep")
    assert answer.headers["location"] == "/policies/adopt?kept=1"
    assert "# not yet" in client.get("/policies/adopt").text
    assert "Another set of policies" in client.get("/work").text


@pytest.mark.parametrize("who", ["anna", "root"])
def test_a_checkpoint_is_signed_and_the_ledger_is_held_against_it(site: Served, visit: Visit, who: str) -> None:
    site.world.open()
    page = visit(who)
    page.goto("/audit")
    page.get_by_role("button", name="Sign a checkpoint").click()
    expect(page.get_by_text("Signed. It is the first below")).to_be_visible()
    assert page.get_by_role("region", name="Checkpoints, as a table").locator("tbody tr").count() == 1
    assert auditing.verify(site.world.workspace).checkpoints == 1


def test_others_sign_nothing(site: Served, ask: Ask) -> None:
    assert "Sign a checkpoint" not in ask("bea").get("/audit").text
    assert _signed(ask("bea")) == 403
    assert auditing.verify(site.world.workspace).checkpoints == 0


def test_what_was_tampered_with_is_not_signed(site: Served, ask: Ask) -> None:
    key = site.world.open()
    with site.world.workspace.store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER entry_no_update"))
        changed = text("UPDATE entry SET actor = 'mallory' WHERE initiative = :key AND version = 2")
        connection.execute(changed, {"key": key})
    client = ask("anna")
    answer = client.send("/audit/checkpoint", form="/audit")
    assert answer.status_code == 409
    assert "Not signed" in answer.text
    assert key in answer.text


def _signed(client: Client) -> int:
    return client.send("/audit/checkpoint", form="/audit").status_code
