"""What was learnt is met by whoever asks the like, found by words and facets, and never turned into a success rate."""

from __future__ import annotations

from provefirst.evidence import Kind, Tries, Try
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.reviewing import review
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Choice, Outcome, Reason, Stage
from tests.web.conftest import Ask
from tests.web.serving import Served
from tests.world import World, done, lesson, peer_review, preregistration

FIRST = {"title": "Guess clothes sizes", "problem": "A third of the clothes comes back.", "domain": "retail"}


def ended(world: World, outcome: Outcome = Outcome.NOT_FEASIBLE, *reasons: Reason, **fields: object) -> str:
    key = world.bring_to(world.open(**(FIRST | fields)), Stage.REPLICATION)
    done(conclude(world.workspace, key, lesson(outcome, *reasons), by="dana"))
    for peer in ("rita", "rolf"):
        done(review(world.workspace, key, peer_review(Choice.STOP), by=peer))
    return key


def test_whoever_asks_what_ended_with_a_no_says_on_a_page_what_is_different(site: Served, ask: Ask) -> None:
    world = site.world
    earlier = ended(world)
    key = world.open(**FIRST)
    olga, page = ask("olga"), f"/initiatives/{key}/answer/{earlier}"
    shown = olga.get(f"/initiatives/{key}").text
    assert f'href="{page}"' in shown
    assert "not said yet what is different" in shown
    assert f'href="{page}"' in olga.get("/work").text
    assert f'href="{page}"' not in ask("dana").get(f"/initiatives/{key}").text
    assert "Guess clothes sizes" in olga.get(page).text
    assert ask("dana").send(page, difference="None of my business.").status_code == 403
    assert olga.send(page, difference="Customers now <b>measure</b> themselves.").status_code == 303
    shown = olga.get(f"/initiatives/{key}").text
    assert "Customers now &lt;b&gt;measure&lt;/b&gt; themselves." in shown
    assert f'href="{page}"' not in shown
    done(world.approve(key))
    assert world.initiative(key).stage is Stage.RESEARCH


def test_an_answer_to_what_was_not_found_is_refused_with_its_words_kept(site: Served, ask: Ask) -> None:
    key = site.world.open()
    answer = ask("olga").send(f"/initiatives/{key}/answer/PF-9", difference="What I wrote.")
    assert answer.status_code == 409
    assert "What I wrote." in answer.text


def test_what_asks_the_like_is_shown_while_a_question_is_written(site: Served, ask: Ask) -> None:
    world = site.world
    earlier, running = ended(world), world.open(title="Predict returned clothes", domain="retail")
    shown = ask("olga").get("/open/similar?text=Which+clothes+sizes+fit").text
    assert earlier in shown
    assert "More sizes" not in shown.split(running)[0] or "Said in enough words." in shown
    assert "asked now, at proposal" in ask("olga").get("/open/similar?text=returned+clothes").text
    assert "You may be the first" in ask("olga").get("/open/similar?text=zebra+stripes").text


def test_lessons_are_narrowed_by_words_and_facets_that_stand_in_the_address(site: Served, ask: Ask) -> None:
    world = site.world
    ended(world)
    ended(world, Outcome.INCONCLUSIVE, Reason.DATA_INSUFFICIENT, title="Hear broken pumps", domain="plants")
    client = ask("bea")
    both = client.get("/lessons").text
    assert ("2 lessons" in both, 'href="/lessons?outcome=inconclusive"' in both) == (True, True)
    pumps = client.get("/lessons?text=pump").text
    assert ("Hear broken pumps" in pumps, "Guess clothes sizes" in pumps) == (True, False)
    retail = client.get("/lessons?domain=retail").text
    assert ("Guess clothes sizes" in retail, "Hear broken pumps" in retail) == (True, False)
    assert client.get("/lessons?outcome=none&reason=none").text.count("<article") == 2


def test_a_scorecard_shows_points_with_their_entries_and_no_outcome(site: Served, ask: Ask) -> None:
    world = site.world
    key = ended(world)
    shown = ask("olga").get("/people/rita/rigor").text
    assert f'href="/initiatives/{key}/entries/' in shown
    assert "feasible" not in shown
    assert "Nothing to score yet" in ask("olga").get("/people/bea/rigor").text
    assert ask("olga").get("/people/nobody/rigor").status_code == 404
    assert [one.kind for one in world.initiative(key).submissions if one.kind is Kind.LESSON] == [Kind.LESSON]


def test_every_try_that_was_logged_is_counted_and_shown_to_those_who_may_see_it(site: Served, ask: Ask) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    done(submit(world.workspace, key, Kind.PREREGISTRATION, preregistration(), by="dana"))
    for number in (1, 2):
        one = Try(name=f"<b>forest {number}</b>", params={"trees": 100 * number})
        done(submit(world.workspace, key, Kind.TRIES, Tries(tries=(one,)), by="dana"))
    shown = ask("olga").get(f"/initiatives/{key}").text
    assert "<b>2</b> tries were logged on the work set" in shown
    assert "&lt;b&gt;forest 2&lt;/b&gt;" in shown
    assert "trees 200" in shown
    assert "forest 2" not in ask("rita").get(f"/initiatives/{key}").text
