"""Nobody is kept out: contrast, names and order of every page, narrow screens, print, and the keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.conftest import Visit
from tests.web.serving import PASSWORD, Served
from tests.web.staged import PAGES, staged

RULES = {
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
"""In the dark a page has the same parts in other colours: what of WCAG is about colours is looked at again."""


def everywhere(visit: Visit, **options: Any) -> list[tuple[str, Page]]:
    """A browser of each person, and every page in it by turns."""
    browsers = {who: visit(who, **options) for who in dict.fromkeys(who for who, _ in PAGES)}
    return [(path, browsers[who]) for who, path in PAGES]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(site: Served, visit: Visit, scheme: str) -> None:
    staged(site.world)
    found = []
    # axe is put into the page by its test, which the pages' own policy rightly forbids.
    for path, page in everywhere(visit, color_scheme=scheme, bypass_csp=True):
        page.goto(path)
        page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        for violation in Axe().run(page, options={"runOnly": RULES[scheme]}).response["violations"]:
            found += [f"{path}: {violation['id']}: {node['html'][:150]}" for node in violation["nodes"][:3]]
    assert found == []


def test_no_page_scrolls_sideways_at_320_pixels(site: Served, visit: Visit) -> None:
    staged(site.world)
    wide = []
    for path, page in everywhere(visit, viewport={"width": 320, "height": 640}):
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        wide += [f"{path} as {width}"] if width > 320 else []
    assert wide == []


def test_the_memo_prints_without_menu_form_and_buttons(site: Served, visit: Visit) -> None:
    staged(site.world)
    page = visit("ella")
    page.goto("/initiatives/PF-4/memo")
    expect(page.get_by_role("button", name="Cast my vote")).to_be_visible()
    page.emulate_media(media="print")
    for gone in (".masthead", "form.act", ".foot", ".button"):
        assert [one.is_visible() for one in page.locator(gone).all()].count(True) == 0, gone
    expect(page.get_by_role("heading", name="The strongest reason against")).to_be_visible()
    assert len(page.pdf(format="A4")) > 10_000


def test_a_vote_is_cast_by_the_keyboard_alone(site: Served, visit: Visit) -> None:
    key = site.world.open()
    page = visit()
    page.goto("/sign-in")
    press_to(page, "name")
    page.keyboard.type("ella")
    press_to(page, "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    press_to(page, text="Read and vote")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/initiatives/{key}/memo")
    press_to(page, "ballot.choice")
    page.keyboard.press("Space")
    press_to(page, "ballot.reason")
    page.keyboard.type("It may begin.")
    press_to(page, text="Cast my vote")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your vote is in.")).to_be_visible()


def press_to(page: Page, name: str = "", *, text: str = "") -> None:
    """Press Tab until the focus is on the field with this name, or on what says this."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focus = page.evaluate("[document.activeElement.name ?? '', document.activeElement.innerText ?? '']")
        if (name and focus[0] == name) or (text and text in focus[1]):
            return
    raise AssertionError(f"the keyboard reaches no {name or text}")


def test_times_are_the_readers_own_and_tell_the_exact_utc(site: Served, visit: Visit) -> None:
    site.world.open()
    page = visit("olga", timezone_id="Asia/Tokyo", locale="de-DE")
    page.goto("/initiatives/PF-1")
    moment = page.locator("time[title]").first
    exact = moment.get_attribute("title") or ""
    assert exact.endswith("Z")
    hour = (int(exact[11:13]) + 9) % 24
    assert f"{hour:02d}:" in moment.inner_text()
    assert "100.000\u00a0€" in page.locator("data.money").first.inner_text()
