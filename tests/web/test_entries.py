"""Each entry can be verified where it is read, and each run of the engine is found in Prefect."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from provefirst.stages import Stage
from provefirst.store import outbox
from provefirst.web.site import install
from tests.web.conftest import Ask
from tests.web.serving import Client, Served, running
from tests.world import World


def test_each_entry_is_genuine_until_somebody_changes_it_or_the_one_before(site: Served, ask: Ask) -> None:
    key = site.world.open()
    olga = ask("olga")
    versions = range(1, site.world.initiative(key).version + 1)
    assert ["<b>Genuine.</b>" in olga.get(f"/initiatives/{key}/entries/{one}").text for one in versions] == [
        True for _ in versions
    ]
    with site.world.workspace.store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER entry_no_update"))
        connection.execute(
            text("UPDATE entry SET digest = 'beef' WHERE version = 2 AND initiative = :key"), {"key": key}
        )
    second, third = (ask("olga").get(f"/initiatives/{key}/entries/{one}").text for one in (2, 3))
    assert "does not match its digest" in second
    assert "does not follow from the entry before it" in third


def test_an_entry_that_there_is_not_is_told(site: Served, ask: Ask) -> None:
    key = site.world.open()
    assert [ask("olga").get(f"/initiatives/{key}/entries/{one}").status_code for one in ("0", "999", "x")] == [404] * 3


def test_a_peer_reads_no_hidden_entry_and_sees_that_it_is_genuine(site: Served, ask: Ask) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.REVIEW)
    world.approve(key, "rita")
    hidden = [one.version for one in world.initiative(key).submissions if one.kind.value == "review"][-1]
    shown = ask("rolf").get(f"/initiatives/{key}/entries/{hidden}").text
    assert "<b>Genuine.</b>" in shown
    assert "Said in enough words" not in shown


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:4200"])
def test_a_run_leads_to_prefect_where_it_is_known_where_that_is(world: World, address: str) -> None:
    key = world.open()
    with world.workspace.store.writing() as work:
        (owed,) = outbox.due(work, now=world.clock(), limit=9)
        run = "7d2b1a0e-1111-4222-8333-944455556666"
        assert outbox.change(work, owed, only=("due",), status="done", state="AwaitingEvidence", run_id=run)
    app = FastAPI(openapi_url=None)
    install(app, world.workspace, prefect=address)
    with running(app) as url:
        client = Client(Served(world, app, url), "olga")
        shown = client.get(f"/initiatives/{key}").text
        client.http.close()
    assert "AwaitingEvidence" in shown
    assert (f'href="{address}/runs/flow-run/{run}"' in shown) is bool(address)
