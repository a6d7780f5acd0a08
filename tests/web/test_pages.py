"""Pages show what their reader may see, to whom is signed in, and do nothing that was not sent from them."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import event, text

from provefirst.evidence import Kind
from provefirst.lifecycle import attempts
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.organisation import adopt
from provefirst.lifecycle.reviewing import review
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Choice, Outcome, Stage
from provefirst.store.outbox import due
from tests.web.conftest import Ask
from tests.web.serving import PASSWORD, Served
from tests.world import analysis, done, dossier, estimate, gate, lesson, peer_review, policies

PAGES = ("/work", "/portfolio", "/portfolio?view=table", "/lessons", "/audit", "/open", "/initiatives/PF-1",
         "/initiatives/PF-1/history", "/initiatives/PF-1/memo", "/initiatives/PF-1/review")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_nobody_reads_a_page_without_signing_in(site: Served, ask: Ask, path: str) -> None:
    site.world.open()
    answer = ask().get(path)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")


def test_a_wrong_password_lets_nobody_in_and_a_right_one_leads_to_where_one_was_going(site: Served, ask: Ask) -> None:
    client = ask()
    wrong = client.http.post("/sign-in", data={"name": "olga", "password": "no", "next": "/lessons"})
    assert wrong.status_code == 401
    assert "the password or the code is wrong" in wrong.text
    right = client.http.post("/sign-in", data={"name": "olga", "password": PASSWORD, "next": "/lessons"})
    assert (right.status_code, right.headers["location"]) == (303, "/lessons")
    assert "HttpOnly" in right.headers["set-cookie"]
    assert client.get("/lessons").status_code == 200


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"])
def test_signing_in_leads_nowhere_else(site: Served, ask: Ask, place: str) -> None:
    answer = ask().http.post("/sign-in", data={"name": "olga", "password": PASSWORD, "next": place})
    assert answer.headers["location"] == "/work"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_guarded_by_its_headers_and_holds_nothing_inline(site: Served, ask: Ask, path: str) -> None:
    site.world.open()
    answer = ask("olga").get(path)
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert " style=" not in answer.text
    assert "<script>" not in answer.text
    assert "<style" not in answer.text
    assert len(answer.content) <= 150_000


def test_a_form_of_another_site_does_nothing(site: Served, ask: Ask) -> None:
    key = site.world.open()
    client = ask("ella")
    fields = {"ballot.choice": "go", "ballot.reason": "Let it begin."}
    foreign = client.http.post(f"/initiatives/{key}/memo", data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    other = client.http.post(f"/initiatives/{key}/memo", data=fields, headers={"Origin": "https://evil.example"})
    assert other.status_code == 403
    assert site.world.initiative(key).votes == ()


def test_a_form_without_its_token_does_nothing_and_keeps_what_was_written(site: Served, ask: Ask) -> None:
    key = site.world.open()
    client = ask("ella")
    answer = client.http.post(f"/initiatives/{key}/memo", data={"ballot.choice": "go", "ballot.reason": "Words kept."})
    assert answer.headers["location"] == f"/initiatives/{key}/memo?kept=1"
    assert site.world.initiative(key).votes == ()
    assert "Words kept." in client.get(f"/initiatives/{key}/memo").text


def test_an_address_that_is_none_is_told_on_a_page(site: Served, ask: Ask) -> None:
    client = ask("olga")
    for path in ("/initiatives/PF-99", "/initiatives/nonsense", "/nowhere", "/initiatives/PF-1/evidence/77"):
        answer = client.get(path)
        assert (answer.status_code, "<h1>" in answer.text) == (404, True), path


SECRET = "The model reaches 0.97 and everybody will cheer."


def test_a_reviewer_reads_no_result_on_any_page_before_judging_the_method(site: Served, ask: Ask) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    done(submit(world.workspace, key, Kind.ANALYSIS_REPORT, analysis(SECRET), by="dana"))
    done(submit(world.workspace, key, Kind.EFFORT_ESTIMATE, estimate(), by="dana"))
    done(world.approve(key))
    shown = next(one.version for one in world.initiative(key).submissions if one.kind is Kind.ANALYSIS_REPORT)
    home = f"/initiatives/{key}"
    paths = [home, f"{home}/history", f"{home}/memo", f"{home}/review", f"{home}/evidence/{shown}", "/work"]

    def reading(handle: str) -> list[str]:
        return [path for path in paths if SECRET in ask(handle).get(path).text]

    assert reading("rolf") == []
    declared = ask("rolf").send(f"{home}/declare", f"{home}/review", has_conflict_of_interest="false", reason="None.")
    assert declared.status_code == 303
    assert reading("rolf") == []
    said = {"summary": "It can be followed.", "has_conflict_of_interest": "false"}
    assert ask("rolf").send(f"{home}/method", f"{home}/review", **said).status_code == 303
    assert reading("rolf") == [f"{home}/review", f"{home}/evidence/{shown}"]
    assert reading("olga") == reading("rolf")


def test_my_work_names_what_waits_and_since_when_and_stops_when_it_is_done(site: Served, ask: Ask) -> None:
    world = site.world
    key = world.open()
    ella = ask("ella")
    assert "your vote" in ella.get("/work").text
    assert 'class="count">1<' in ella.get("/work").text
    done(world.approve(key))
    assert "Nothing waits for you" in ella.get("/work").text
    dana, olga = ask("dana"), ask("olga")
    assert "research dossier to be submitted" in dana.get("/work").text
    assert "data scientist</b>: research dossier to be submitted" in olga.get("/work").text


def test_who_has_voted_is_not_asked_again(site: Served, ask: Ask) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.RELEASE)
    assert "<span>your vote</span>" in ask("bea").get("/work").text
    done(world.approve(key, "bea"))
    assert "<span>your vote</span>" not in ask("bea").get("/work").text
    assert "<span>your vote</span>" in ask("ben").get("/work").text


def test_an_initiative_asks_as_often_and_weighs_little_however_much_was_written_on_it(site: Served, ask: Ask) -> None:
    world, client = site.world, ask("olga")
    key = world.bring_to(world.open(), Stage.RESEARCH)
    asked: list[str] = []
    event.listen(world.workspace.store.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))

    def counts() -> list[int]:
        found = []
        for path in ("", "/memo", "/history", "/submit"):
            client.get(f"/initiatives/{key}{path}")
            asked.clear()
            answer = client.get(f"/initiatives/{key}{path}")
            assert (answer.status_code, len(answer.content) < 150_000) == (200, True)
            found.append(len(asked))
        return found

    few = counts()
    for number in range(250):
        said = dossier().model_copy(update={"conclusion": f"Said for the {number}th time."})
        done(submit(world.workspace, key, Kind.RESEARCH_DOSSIER, said, by="dana"))
    assert counts() == few


def test_filters_stand_in_the_address_and_what_is_unknown_is_left_out(site: Served, ask: Ask) -> None:
    site.world.open(title="One about lungs")
    site.world.open(title="One about skin")
    client = ask("bea")
    found = client.get("/portfolio?text=lungs").text
    assert ("One about lungs" in found, "One about skin" in found) == (True, False)
    assert client.get("/portfolio?stage=nowhere&sort=nothing&view=table").status_code == 200


def test_a_negative_is_shown_as_a_result_with_its_lesson(site: Served, ask: Ask) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.REPLICATION)
    done(conclude(world.workspace, key, lesson(Outcome.NOT_FEASIBLE), by="dana"))
    for peer in ("rita", "rolf"):
        done(review(world.workspace, key, peer_review(Choice.STOP), by=peer))
    shown = ask("olga").get(f"/initiatives/{key}").text
    assert 'class="result not_feasible"' in shown
    assert "More sizes are measured." in shown
    assert "More sizes are measured." in ask("bea").get("/lessons").text


def test_the_audit_page_names_a_tampered_entry_and_only_to_those_who_may_ask(site: Served, ask: Ask) -> None:
    world = site.world
    key = world.open()
    assert ask("olga").send("/audit").status_code == 403
    assert "<b>Whole.</b>" in ask("anna").send("/audit").text
    with world.workspace.store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER entry_no_update"))
        connection.execute(
            text("UPDATE entry SET actor = 'mallory' WHERE initiative = :key AND version = 2"), {"key": key}
        )
    told = ask("anna").send("/audit").text
    assert "<b>Not whole.</b>" in told
    assert f"{key}, entry 2" in told


def test_a_vote_needs_its_role_whatever_the_page_shows(site: Served, ask: Ask) -> None:
    key = site.world.open()
    fields = {"ballot.choice": "go", "ballot.reason": "I want it."}
    answer = ask("dana").send(f"/initiatives/{key}/memo", form="/audit", **fields)
    assert answer.status_code in (303, 403)
    assert site.world.initiative(key).votes == ()


def test_a_memo_shows_an_estimate_that_was_written_before_others_were_asked(site: Served, ask: Ask) -> None:
    world = site.world
    key = world.bring_to(world.open(), Stage.REVIEW)
    with world.workspace.store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER entry_no_update"))
        rows = connection.execute(text("SELECT version, data FROM entry WHERE event = 'evidence.submitted'")).all()
        for version, data in rows:
            entry = json.loads(data)
            entry["derived"] = {name: entry["derived"][name] for name in ("p50", "p80") if name in entry["derived"]}
            changed = {"data": json.dumps(entry), "version": version, "key": key}
            connection.execute(
                text("UPDATE entry SET data = :data WHERE version = :version AND initiative = :key"), changed
            )
    world.workspace._recent.clear()
    shown = ask("bea").get(f"/initiatives/{key}/memo")
    assert shown.status_code == 200
    assert "Half of such efforts are done in" in shown.text


def test_my_work_names_checks_by_what_they_ask_and_an_initiative_once(site: Served, ask: Ask) -> None:
    world = site.world
    asked = gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], findings={"PF301": {}, "PF302": {}})
    assert adopt(world.workspace, policies(research=asked), by="root") is None
    key = world.bring_to(world.open(), Stage.RESEARCH)
    done(submit(world.workspace, key, Kind.RESEARCH_DOSSIER, dossier(), by="dana"))
    with world.workspace.store.reading() as work:
        owed = [one for one in due(work, now=world.clock(), limit=9) if one.stage is Stage.RESEARCH][-1]
    assert attempts.claim(world.workspace, owed, "a run", world.clock())
    assert not isinstance(
        attempts.record(world.workspace, owed, "a run", attempts.measure(world.workspace, owed)), Refused
    )
    shown = ask("olga").get("/work").text
    waits = shown[shown.index('id="others"') : shown.index('id="parts"')]
    assert waits.count(f"<b>{key}</b>") == 1
    assert "Beats the best simple baseline (PF301): skipped" in waits
    assert "“Beats the best simple baseline” (PF301) keeps the gate closed" in ask("dana").get("/work").text
