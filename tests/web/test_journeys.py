"""The four roles bring an initiative from proposal to released money, and another to an honest no, by pages alone.

Once with JavaScript and once without: what it adds is comfort, and nothing depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from provefirst.stages import Outcome, Stage
from tests.web.conftest import Visit
from tests.web.serving import PASSWORD, Served

SAID = "Said in enough words."


def sign_in(page: Page, handle: str) -> Page:
    page.goto("/sign-in")
    page.get_by_label("Your handle or e-mail address").fill(handle)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    return page


def fill(page: Page, fields: Mapping[str, str]) -> None:
    """Fill in fields by their names in the document; a choice is made by its value."""
    for name, value in fields.items():
        found = page.locator(f'[name="{name}"]')
        kind = found.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            page.locator(f'[name="{name}"][value="{value}"]').check()
        elif found.first.evaluate("one => one.tagName") == "SELECT":
            found.select_option(value)
        else:
            found.fill(value)


def open_initiative(page: Page, title: str) -> str:
    """As a product owner: left half-way, continued, and sent."""
    page.get_by_role("link", name="Open an initiative").click()
    fill(page, {"title": title, "problem": "It takes a week.", "affected": "Patients who wait."})
    page.get_by_role("button", name="Keep for later").click()
    page.goto("/work")
    page.get_by_role("link", name="A new initiative").click()
    assert page.locator('[name="problem"]').input_value() == "It takes a week."
    fill(
        page,
        {
            "hypothesis": "Features tell them apart in 93 of 100 cases.",
            "goal.metric": "accuracy",
            "goal.value": "0.93",
            "goal.why": "The second reading is as good.",
            "budget": "100000 EUR",
            "screen.harms": "A tumour is missed",
            "screen.groups": "Older patients",
            "screen.personal_data": "pseudonymous",
            "screen.discrimination_risk": "low",
            "screen.safeguards": SAID,
        },
    )
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_text("It is open.")).to_be_visible()
    return page.url.partition("/initiatives/")[2].partition("?")[0]


def vote(page: Page, key: str, **fields: str) -> None:
    page.goto("/work")
    page.get_by_role("link", name=f"Read and vote {key}").click()
    fill(page, {"ballot.choice": "go", "ballot.reason": SAID, **fields})
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.get_by_text("Your vote is in.")).to_be_visible()


def submit(page: Page, key: str, kind: str, fields: Mapping[str, str]) -> None:
    page.goto(f"/initiatives/{key}/submit")
    page.get_by_role("link", name=kind).click()
    fill(page, fields)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("Submitted.")).to_be_visible()


def review(page: Page, key: str, choice: str = "go", **fields: str) -> None:
    """As a peer: an interest declared, the method judged where the gate is blind, then the whole."""
    page.goto("/work")
    page.get_by_role("link", name=f"Review {key}").click()
    if page.get_by_role("button", name="Declare").is_visible():
        fill(page, {"has_conflict_of_interest": "false", "reason": "We never worked together."})
        page.get_by_role("button", name="Declare").click()
        page.get_by_role("link", name="Review it").click()
    if page.get_by_role("button", name="Send, and show me the results").is_visible():
        fill(page, {"summary": SAID, "ratings[0].score": "3", "ratings[0].comment": SAID})
        fill(page, {"has_conflict_of_interest": "false"})
        page.get_by_role("button", name="Send, and show me the results").click()
        page.goto(f"/initiatives/{key}/review")
        expect(page.locator('[name="ratings[0].score"][value="3"]')).to_be_checked()
    fill(page, {"summary": SAID, "strengths": SAID, "weaknesses": SAID, "has_conflict_of_interest": "false"})
    fill(page, {"ballot.choice": choice, "ballot.reason": SAID, **fields})
    page.get_by_role("button", name="Send review and vote").click()
    expect(page.get_by_text("Your review is in")).to_be_visible()


DOSSIER = {
    "sources[0].citation": "Street, Wolberg, Mangasarian 1993",
    "sources[0].metric": "accuracy",
    "sources[0].reported": "0.975",
    "sources[0].rows": "569",
    "sources[0].is_code_public": "false",
    "sources[0].is_data_public": "true",
    "sources[0].carries_over": SAID,
    "conclusion": SAID,
}
REPLICATION = {name.replace("sources[0]", "original"): value for name, value in DOSSIER.items() if "[" in name}


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_four_roles_bring_a_question_to_released_money(site: Served, visit: Visit, script: bool) -> None:
    people = {who: sign_in(visit(java_script_enabled=script), who) for who in ("olga", "dana", "ella", "rita", "rolf")}
    key = open_initiative(people["olga"], "Tell benign from malignant")
    vote(people["ella"], key)
    submit(people["dana"], key, "Research dossier", DOSSIER)
    review(people["rita"], key)
    submit(people["dana"], key, "Replication report", {"mode": "public_data", "method": SAID, **REPLICATION})
    review(people["rita"], key)
    submit(people["dana"], key, "Analysis report", {"summary": SAID, "model": SAID, "limitations": SAID})
    days = {"optimistic": "20", "likely": "40", "pessimistic": "90", "assumptions": SAID}
    submit(people["dana"], key, "Effort estimate", days)
    review(people["rita"], key)
    review(people["rita"], key)
    review(people["rolf"], key)
    assert site.world.initiative(key).stage is Stage.RELEASE
    board = [sign_in(visit(java_script_enabled=script), who) for who in ("bea", "ben")]
    board[0].goto(f"/initiatives/{key}/release")
    fill(board[0], {"amount": "40000 EUR", "purpose": "Pilot in one ward"})
    board[0].get_by_role("button", name="Release the money").click()
    expect(board[0].get_by_role("alert")).to_contain_text("Money is locked: the release gate is closed")
    assert board[0].locator('[name="purpose"]').input_value() == "Pilot in one ward"
    for member in board:
        vote(member, key)
    board[0].goto(f"/initiatives/{key}/release")
    fill(board[0], {"amount": "40000 EUR", "purpose": "Pilot in one ward"})
    board[0].get_by_role("button", name="Release the money").click()
    expect(board[0].get_by_text("The tranche is released.")).to_be_visible()
    people["olga"].goto(f"/initiatives/{key}")
    expect(people["olga"].get_by_text("Pilot in one ward").first).to_be_visible()
    assert [tranche.amount for tranche in site.world.initiative(key).tranches] == [40_000_00]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_honest_no_is_proposed_confirmed_by_peers_and_found_by_the_next_who_asks(
    site: Served, visit: Visit, script: bool
) -> None:
    world = site.world
    key = world.bring_to(world.open(title="Guess clothes sizes that people wear"), Stage.REPLICATION)
    dana = sign_in(visit(java_script_enabled=script), "dana")
    dana.goto(f"/initiatives/{key}")
    dana.get_by_role("link", name="Propose how it ends").click()
    fill(dana, {"outcome": "not_feasible", "reasons": "data_insufficient", "lesson": "Sizes depend on taste."})
    fill(dana, {"would_change_if": "Customers say what they kept."})
    dana.get_by_role("button", name="Propose it").click()
    expect(dana.get_by_text("Proposed: not feasible")).to_be_visible()
    for peer in ("rita", "rolf"):
        page = sign_in(visit(java_script_enabled=script), peer)
        page.goto(f"/initiatives/{key}")
        review(page, key, "stop")
    assert world.initiative(key).conclusion is not None
    dana.goto(f"/initiatives/{key}")
    expect(dana.locator(".result.not_feasible")).to_contain_text("Sizes depend on taste.")
    assert world.initiative(key).books.returned == 100_000_00
    olga = sign_in(visit(java_script_enabled=script), "olga")
    olga.goto("/open")
    fill(olga, {"title": "Guess what sizes people wear"})
    if not script:
        olga.get_by_role("button", name="Look for similar ones").click()
    expect(olga.locator("[data-similar]")).to_contain_text("Sizes depend on taste.")
    assert world.initiative(key).conclusion.outcome is Outcome.NOT_FEASIBLE
