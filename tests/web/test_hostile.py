"""Hostile text is shown as it was written, on every page that shows it, and runs nowhere."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import expect

from provefirst.evidence import EthicsScreen, Kind
from provefirst.lifecycle import funding, organisation, scheduling
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.deciding import Said, clear, resume
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.reviewing import review, vote
from provefirst.lifecycle.submitting import submit
from provefirst.money import Money
from provefirst.reviews import Ballot, Rating, Review
from provefirst.stages import Choice, Stage
from tests.web.conftest import Visit
from tests.web.serving import Served
from tests.world import World, done, dossier, lesson, proposal, screen, source

CORPUS = (
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    '"><svg onload=window.ran=1>',
    "' autofocus onfocus=window.ran=1 x='",
    "</textarea><script>window.ran=1</script>",
    "</title><script>window.ran=1</script>",
    "{{ 7*7 }} {% raw %} ${7*7} #{7*7}",
    "javascript:window.ran=1",
    "<iframe srcdoc='<script>parent.ran=1</script>'>",
    "&lt;script&gt; &amp; &#x3c;b&#x3e;",
    "<!-- <b>not closed",
    "<a href='javascript:window.ran=1' style='position:fixed;inset:0'>all</a>",
)
ALL = " | ".join(CORPUS)


def told(world: World) -> str:
    """An initiative on which every free text is the corpus."""
    lines = tuple(f"line {text}" for text in CORPUS)
    fields = dict.fromkeys(("problem", "affected", "hypothesis"), ALL) | {"prior_art": lines, "domain": CORPUS[1]}
    asked = proposal(title=CORPUS[0], **fields)
    harm = EthicsScreen.model_validate(screen().model_dump() | {"harms": lines, "groups": lines, "safeguards": ALL})
    workspace = world.workspace
    key = done(open_initiative(workspace, asked, by="olga", screen=harm)).initiative.key
    held = {"condition": f"hold {CORPUS[1]}", "until": "2099-01-01"}
    done(vote(workspace, key, Ballot.model_validate({"choice": "hold", "reason": ALL} | held), by="ella"))
    done(resume(workspace, key, Said(reason=ALL), by="ella"))
    conditional = Ballot(choice=Choice.CONDITIONAL_GO, reason=ALL, conditions=lines[:3])
    done(vote(workspace, key, conditional, by="ella"))
    found = dossier().model_copy(update={"conclusion": ALL, "sources": (source(citation=ALL, carries_over=ALL),)})
    files = {CORPUS[1].replace("/", " "): b"text"}
    done(submit(workspace, key, Kind.RESEARCH_DOSSIER, found, by="dana", files=files))
    ended = lesson().model_copy(update={"lesson": ALL, "would_change_if": ALL})
    done(conclude(workspace, key, ended, by="dana"))
    for peer in ("rita", "rolf"):
        rating = Rating(criterion=f"criterion {CORPUS[1]}", score=2, comment=ALL)
        words = {"summary": ALL, "strengths": ALL, "weaknesses": ALL, "ratings": (rating,)}
        stop = Ballot(choice=Choice.STOP, reason=ALL)
        said = Review(**words, has_conflict_of_interest=False, ballot=stop)  # type: ignore[arg-type]
        done(review(workspace, key, said, by=peer))
    return key


def test_what_was_written_is_shown_and_nothing_of_it_runs(site: Served, visit: Visit) -> None:
    key = told(site.world)
    page = visit("olga")
    home = f"/initiatives/{key}"
    versions = [f"{home}/evidence/{one.version}" for one in site.world.initiative(key).submissions]
    for path in (home, f"{home}/history", f"{home}/memo", "/portfolio?view=table", "/lessons", "/work", *versions):
        page.goto(path)
        assert page.evaluate("window.ran") is None, path
        assert page.locator("main script, main iframe, main [onerror], main [onload], main [style]").count() == 0
    page.goto("/lessons")
    expect(page.locator("blockquote").first).to_have_text(ALL)
    page.goto("/portfolio?view=table")
    expect(page.get_by_role("rowheader")).to_have_text(CORPUS[0])


def spent(world: World) -> str:
    """An initiative at watch, on which every word about money, time and conditions is the corpus."""
    workspace = world.workspace
    key = world.bring_to(world.open(title=CORPUS[2]), Stage.RELEASE)
    conditional = Ballot(choice=Choice.CONDITIONAL_GO, reason=ALL, conditions=(CORPUS[1], CORPUS[5]))
    for member in ("bea", "ben"):
        done(vote(workspace, key, conditional, by=member))
    done(clear(workspace, key, 1, Said(reason=ALL), by="bea"))
    asked = funding.Request(amount=Money(amount=1000_00, currency="EUR"), purpose=CORPUS[1])
    done(funding.release(workspace, key, asked, by="bea"))
    expense = funding.Expense(amount=Money(amount=10_00, currency="EUR"), on=date(2026, 3, 1), what=CORPUS[2])
    done(funding.spend(workspace, key, expense, by="olga"))
    wish = scheduling.Wish(day=world.clock().date() + timedelta(days=2), override=ALL)
    done(scheduling.set_deadline(workspace, key, wish, by="bea"))
    return key


def test_words_about_money_time_and_people_run_nowhere(site: Served, visit: Visit) -> None:
    world = site.world
    named = {"name": CORPUS[0], "expertise": frozenset({"<svg/onload=ran=1>"}), "cost_centre": "<b>x</b>"}
    person = world.workspace.person("olga").model_copy(update=named)
    assert organisation.add_person(world.workspace, person, by="root") is None
    key = spent(world)
    page, home = visit("root"), f"/initiatives/{key}"
    entries = [f"{home}/entries/{number}" for number in range(1, world.initiative(key).version + 1)]
    pages = (home, f"{home}/memo", f"{home}/history", f"{home}/clear/2", f"{home}/migrate", f"{home}/statement",
             "/money", "/money/pools/main", "/portfolio/figures", "/people", "/people/olga")  # fmt: skip
    for path in (*pages, *entries):
        page.goto(path)
        assert page.evaluate("window.ran") is None, path
        assert page.locator("script:not([src]), iframe, [onerror], [onload], main [style], main b b").count() == 0, path
    page.goto("/people/olga")
    expect(page.get_by_role("heading", level=1)).to_have_text(CORPUS[0])
    page.goto(f"{home}/statement")
    expect(page.locator("td .prose").filter(has_text="svg")).to_have_text(CORPUS[2])
    page.goto(home)
    expect(page.get_by_text(f"set at release; cleared by bea: {ALL}")).to_be_visible()


def test_forms_give_hostile_text_back_as_it_was_typed(site: Served, visit: Visit) -> None:
    page = visit("olga")
    page.goto("/open")
    for name in ("title", "problem", "prior_art", "budget", "domain", "goal.value"):
        page.locator(f'[name="{name}"]').fill(ALL)
    page.get_by_role("button", name="Open it").click()
    for name in ("title", "problem", "prior_art", "budget", "domain", "goal.value"):
        assert page.locator(f'[name="{name}"]').input_value() == ALL, name
    assert page.evaluate("window.ran") is None


def test_policies_that_are_hostile_text_come_back_as_they_were_typed(site: Served, visit: Visit) -> None:
    page = visit("root")
    page.goto("/policies/adopt")
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    for stage in ("proposal", "watch"):
        page.locator(f'[name="{stage}"]').fill(ALL)
    page.get_by_role("button", name="See what it changes").click()
    expect(page.get_by_role("alert")).to_contain_text("not right yet")
    for stage in ("proposal", "watch"):
        assert page.locator(f'[name="{stage}"]').input_value() == ALL
    assert page.evaluate("window.ran") is None
    assert page.locator("main script, main iframe, main [onerror], main [onload], main [style]").count() == 0


def test_addresses_and_searches_show_hostile_text_as_text(site: Served, visit: Visit) -> None:
    site.world.bring_to(site.world.open(), Stage.RESEARCH)
    page = visit("olga")
    for text in CORPUS:
        for path in ("/portfolio", "/lessons"):
            page.goto(path)
            page.locator('[name="text"]').fill(text)
            page.get_by_role("button", name="Search").click()
            assert page.locator('[name="text"]').input_value() == text
            assert page.evaluate("window.ran") is None
