"""Forms lose nothing: not where they are refused, nor where a sign-in ends, somebody else was first, or both vote."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from provefirst.evidence import Kind
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Stage
from tests.web.conftest import Ask, Visit
from tests.web.serving import PASSWORD, Served
from tests.web.test_journeys import DOSSIER, SAID, fill
from tests.world import done, dossier, production


def test_what_is_wrong_stands_beside_its_field_and_what_was_written_stays(site: Served, visit: Visit) -> None:
    page = visit("olga")
    page.goto("/open")
    fill(page, {"title": "Ab", "problem": "Words that stay.", "goal.value": "much", "budget": "12,5 EUR"})
    page.get_by_role("button", name="Open it").click()
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_attribute("aria-invalid", "true")
    assert title.input_value() == "Ab"
    described = (title.get_attribute("aria-describedby") or "").split()
    assert "3 to 200 characters" in page.locator(f"#{described[-1]}").inner_text()
    assert page.locator('[name="problem"]').input_value() == "Words that stay."
    assert page.locator('[name="goal.value"]').input_value() == "much"
    expect(page.get_by_role("alert")).to_contain_text("fields below are not right yet")


def test_a_sign_in_that_ends_in_the_middle_of_a_form_loses_nothing(site: Served, visit: Visit) -> None:
    key = site.world.open()
    page = visit("ella")
    page.goto(f"/initiatives/{key}/memo")
    fill(page, {"ballot.choice": "go", "ballot.reason": "Thought about for an hour."})
    site.world.clock.pass_days(1)
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.get_by_role("alert")).to_contain_text("What you wrote comes along")
    page.get_by_label("Your handle or e-mail address").fill("ella")
    page.get_by_label("Password", exact=True).fill("wrong at first")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.locator('[name="ballot.reason"]').input_value() == "Thought about for an hour."
    expect(page.locator('[name="ballot.choice"][value="go"]')).to_be_checked()
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.get_by_text("Your vote is in.")).to_be_visible()


def test_two_browsers_that_vote_at_once_both_have_their_vote(site: Served, visit: Visit) -> None:
    key = site.world.bring_to(site.world.open(), Stage.RELEASE)
    pages = [visit(handle) for handle in ("bea", "ben")]
    for page in pages:
        page.goto(f"/initiatives/{key}/memo")
        fill(page, {"ballot.choice": "go", "ballot.reason": SAID})
    for page in pages:
        page.get_by_role("button", name="Cast my vote").click(no_wait_after=True)
    for page in pages:
        expect(page.get_by_text("Your vote is in.")).to_be_visible()
    assert sorted(vote.by for vote in site.world.initiative(key).votes if vote.stage is Stage.RELEASE) == ["bea", "ben"]


def test_a_vote_on_what_has_changed_since_it_was_read_is_refused_and_its_words_stay(site: Served, visit: Visit) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.RESEARCH)
    world.submit_stage(key)
    page = visit("rita")
    page.goto(f"/initiatives/{key}/review")
    fill(page, {"has_conflict_of_interest": "false", "reason": SAID})
    page.get_by_role("button", name="Declare").click()
    page.goto(f"/initiatives/{key}/review")
    fill(page, {"summary": "Read on Monday.", "strengths": SAID, "weaknesses": SAID, "ballot.reason": SAID})
    fill(page, {"ballot.choice": "go", "has_conflict_of_interest": "false"})
    changed = dossier().model_copy(update={"conclusion": "Said in other words now."})
    done(submit(world.workspace, key, Kind.RESEARCH_DOSSIER, changed, by="dana"))
    page.get_by_role("button", name="Send review and vote").click()
    expect(page.get_by_role("alert")).to_contain_text("has changed since you read it")
    assert page.locator('[name="summary"]').input_value() == "Read on Monday."
    page.get_by_role("button", name="Send review and vote").click()
    expect(page.get_by_text("Your review is in")).to_be_visible()


def test_who_acts_on_an_older_version_is_told_and_can_send_it_again(site: Served, visit: Visit) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.WATCH)
    page = visit("bea")
    page.goto(f"/initiatives/{key}/release")
    fill(page, {"amount": "1000 EUR", "purpose": "A first step"})
    done(submit(world.workspace, key, Kind.PRODUCTION_REPORT, production(), by="dana"))
    page.get_by_role("button", name="Release the money").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else wrote")
    assert page.locator('[name="purpose"]').input_value() == "A first step"
    page.get_by_role("button", name="Release the money").click()
    expect(page.get_by_text("The tranche is released.")).to_be_visible()


def test_a_file_stays_where_its_form_is_refused(site: Served, ask: Ask, visit: Visit) -> None:
    key = site.world.bring_to(site.world.open(), Stage.RESEARCH)
    page = visit("dana")
    page.goto(f"/initiatives/{key}/submit/research_dossier")
    notes = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"what we read"}
    page.get_by_label("Other files").set_input_files(notes)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("notes.txt, kept from before")).to_be_visible()
    fill(page, DOSSIER)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("Submitted.")).to_be_visible()
    page.get_by_role("link", name="notes.txt").click(trial=True)
    digest = site.world.initiative(key).submissions[-1].attachments["notes.txt"]
    assert ask("olga").get(f"/initiatives/{key}/files/{digest}").content == b"what we read"
    assert ask("olga").get(f"/initiatives/{key}/files/{'0' * 64}").status_code == 404


def test_a_digest_alone_gives_nobody_a_file(site: Served, ask: Ask) -> None:
    key = site.world.bring_to(site.world.open(), Stage.RESEARCH)
    digest = site.world.workspace.blobs.put(b"somebody else's")
    path = f"/initiatives/{key}/submit/research_dossier"
    answer = ask("dana").send(path, **DOSSIER, **{"kept:theirs": digest})
    assert answer.status_code == 409
    assert "did not send yourself" in answer.text


def test_a_form_is_kept_while_it_is_filled_in_where_a_script_may_run(site: Served, visit: Visit) -> None:
    page = visit("olga")
    page.goto("/open")
    page.locator('[name="title"]').press_sequentially("Typed and left")
    expect(page.locator(".saved")).to_have_text("Kept as a draft.")
    other = visit("olga")
    other.goto("/open")
    assert other.locator('[name="title"]').input_value() == "Typed and left"


def test_a_source_can_be_added_without_a_script(site: Served, visit: Visit) -> None:
    key = site.world.bring_to(site.world.open(), Stage.RESEARCH)
    page = visit("dana", java_script_enabled=False)
    page.goto(f"/initiatives/{key}/submit/research_dossier")
    fill(page, {"sources[0].citation": "The first one"})
    page.get_by_role("button", name="Another one").click()
    assert page.locator('[name="sources[0].citation"]').input_value() == "The first one"
    assert page.locator('[name="sources[1].citation"]').input_value() == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"right": "10", "wrong": "30"}, "From 0.75 on"),
        ({"right": "10", "wrong": "30", "upkeep": "5000", "cases": "1000"}, "From 0.875 on"),
        ({"right": "10", "wrong": "0", "upkeep": "20000", "cases": "1000"}, "there is no goal worth reaching"),
        ({"right": "10"}, "It takes one more number: what a wrong one costs."),
        ({"right": "10", "wrong": "1", "upkeep": "5"}, "how many cases share the upkeep"),
        ({"right": "ten", "wrong": "1"}, "A number is needed, such as 12.50: what a right answer is worth."),
        ({"right": "10", "wrong": "-1"}, "All of these are zero or more."),
    ],
)
def test_help_to_choose_a_goal_reckons_from_when_on_it_pays(ask: Ask, given: dict[str, str], said: str) -> None:
    fields = {f"reckon.{name}": value for name, value in given.items()} | {"title": "What I wrote"}
    answer = ask("olga").send("/open", **fields, _do="reckon")
    assert answer.status_code == 200
    assert said in answer.text
    assert "What I wrote" in answer.text


@pytest.mark.parametrize("charset", ["utf-7", "punycode", "undefined", "utf-16"])
@pytest.mark.parametrize("place", ["/sign-in", "/open"])
def test_a_form_is_read_as_utf_8_only(ask: Ask, place: str, charset: str) -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="title"\r\n\r\n+2AA-\r\n--B--\r\n'
    kind = {"Content-Type": f"multipart/form-data; boundary=B; charset={charset}"}
    answer = ask("olga").http.post(place, content=body, headers=kind)
    assert (answer.status_code, "utf-8" in answer.text) == (422, True)
