"""A page that is open follows its initiative by itself, keeps what is written on it, and does without events too."""

from __future__ import annotations

import json
import time

import pytest
from playwright.sync_api import expect

from provefirst.evidence import Kind
from provefirst.lifecycle import attempts, organisation
from provefirst.lifecycle.reviewing import vote
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Stage
from provefirst.store import outbox
from provefirst.web import live
from tests.web.conftest import Ask, Visit
from tests.web.serving import Served
from tests.world import World, ballot, done, dossier, gate, policies


def measured(world: World) -> str:
    """An initiative on which the engine is owed a measurement that nobody makes."""
    asked = gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], findings={"PF301": {}})
    assert organisation.adopt(world.workspace, policies(research=asked), by="root") is None
    key = world.bring_to(world.open(), Stage.RESEARCH)
    done(submit(world.workspace, key, Kind.RESEARCH_DOSSIER, dossier(), by="dana"))
    return key


def test_what_others_do_appears_and_what_one_opened_stays_open(site: Served, visit: Visit) -> None:
    key = site.world.open()
    page = visit("olga")
    page.goto(f"/initiatives/{key}")
    expect(page.get_by_text("1 of 1 approvals still to be given", exact=True)).to_be_visible()
    page.evaluate("window.sameDocument = true")
    done(site.world.approve(key))
    expect(page.get_by_text("Research dossier to be submitted")).to_be_visible()
    expect(page.locator(".track .here")).to_contain_text("Research")
    assert page.evaluate("window.sameDocument") is True


def test_a_vote_is_counted_on_the_memo_of_whoever_is_writing_theirs(site: Served, visit: Visit) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.RELEASE)
    page = visit("bea")
    page.goto(f"/initiatives/{key}/memo")
    expect(page.get_by_text("0 votes so far.")).to_be_visible()
    page.locator('[name="ballot.reason"]').fill("I am still writing.")
    done(vote(world.workspace, key, ballot(), by="ben"))
    expect(page.get_by_text("1 vote so far.")).to_be_visible()
    assert page.locator('[name="ballot.reason"]').input_value() == "I am still writing."
    expect(page.locator("[data-stale]")).to_be_hidden()


def test_whoever_reads_what_has_changed_is_told_before_they_vote(site: Served, visit: Visit) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.RELEASE)
    page = visit("bea")
    page.goto(f"/initiatives/{key}/memo")
    stricter = policies(watch=gate(Stage.WATCH, [Kind.PRODUCTION_REPORT], quorum=2))
    assert organisation.adopt(world.workspace, stricter, by="root") is None
    said = organisation.Said(reason="The board asked for it.")
    done(organisation.migrate(world.workspace, key, stricter.digest, said, by="root"))
    expect(page.get_by_text("What you read has changed meanwhile.")).to_be_visible()


def test_the_page_says_what_the_engine_is_doing(site: Served, visit: Visit) -> None:
    world = site.world
    key = measured(world)
    page = visit("olga")
    page.goto(f"/initiatives/{key}")
    expect(page.locator("[data-said]")).to_contain_text("The engine is about to measure the evidence. Since")
    with world.workspace.store.writing() as work:
        (owed,) = [one for one in outbox.due(work, now=world.clock(), limit=9) if one.stage is Stage.RESEARCH][-1:]
        assert outbox.change(work, owed, only=("due",), status="claimed", claimed_at="2026-03-02T12:00:00.000000Z")
    expect(page.locator("[data-said]")).to_contain_text("The engine measures the evidence. Since")


def claimed(world: World) -> outbox.Attempt:
    """The measurement that is owed, taken by a run."""
    with world.workspace.store.reading() as work:
        owed = [one for one in outbox.due(work, now=world.clock(), limit=9) if one.stage is Stage.RESEARCH][-1]
    assert attempts.claim(world.workspace, owed, "a run", world.clock())
    return owed


def told(world: World, owed: outbox.Attempt, done_: int) -> None:
    with world.workspace.store.writing() as work:
        outbox.tell(work, owed, done_, 9, "PF301")


def test_the_page_follows_the_checks_one_by_one(site: Served, visit: Visit) -> None:
    world = site.world
    key = measured(world)
    page = visit("olga")
    page.goto(f"/initiatives/{key}")
    expect(page.locator("[data-checking]")).to_be_hidden()
    owed = claimed(world)
    told(world, owed, 3)
    expect(page.get_by_text("3 of 9 done, now: Beats the best simple baseline (PF301)")).to_be_visible()
    told(world, owed, 7)
    expect(page.get_by_text("7 of 9 done")).to_be_visible()
    assert page.get_by_role("progressbar").evaluate("one => [one.value, one.max]") == [7, 9]
    with world.workspace.store.writing() as work:
        assert outbox.change(work, owed, only=("claimed",), status="finished", state="GateOpen")
    expect(page.locator("[data-checking]")).to_be_hidden()


def test_without_a_script_each_loading_says_how_far_the_checks_are(site: Served, visit: Visit) -> None:
    key = measured(site.world)
    told(site.world, claimed(site.world), 4)
    page = visit("olga", java_script_enabled=False)
    page.goto(f"/initiatives/{key}")
    expect(page.get_by_text("Checks are running. 4 of 9 done")).to_be_visible()
    assert page.get_by_role("progressbar").get_attribute("value") == "4"


def test_without_events_a_page_that_waits_for_the_engine_is_loaded_again(site: Served, visit: Visit) -> None:
    key = measured(site.world)
    page = visit("olga")
    page.route("**/live", lambda route: route.fulfill(status=503, body="too many"))
    page.goto(f"/initiatives/{key}")
    with page.expect_event("load"):
        pass


def test_without_a_script_the_browser_is_asked_to_look_again_only_while_the_engine_works(
    site: Served, ask: Ask
) -> None:
    waits = '<noscript><meta http-equiv="refresh" content="5"></noscript>'
    key = measured(site.world)
    assert waits in ask("olga").get(f"/initiatives/{key}").text
    assert waits not in ask("olga").get(f"/initiatives/{site.world.open()}").text


def test_events_are_for_those_who_are_signed_in_and_only_so_many(
    site: Served, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = site.world.open()
    assert ask().get(f"/initiatives/{key}/live").status_code == 303
    monkeypatch.setattr(live, "MOST", 1)
    with ask("olga").http.stream("GET", f"/initiatives/{key}/live") as first:
        lines = first.iter_lines()  # held, as giving it up ends the stream
        line = next(line for line in lines if line.startswith("data: "))
        assert json.loads(line.removeprefix("data: "))["version"] == site.world.initiative(key).version
        assert ask("ella").get(f"/initiatives/{key}/live").status_code == 503
    end = time.monotonic() + 20
    while live._Open.count and time.monotonic() < end:
        time.sleep(0.05)
    assert live._Open.count == 0
