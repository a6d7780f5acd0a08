"""A peer judges the method before they see a result, by whichever route they try."""

from __future__ import annotations

from pathlib import Path

import pytest

from provefirst.evidence import Kind
from provefirst.findings import Finding, Level
from provefirst.gates import Closed
from provefirst.lifecycle import organisation, viewing
from provefirst.lifecycle.act import Refused, act
from provefirst.lifecycle.conflicts import declare
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.reviewing import method_review, review
from provefirst.lifecycle.submitting import submit
from provefirst.lifecycle.viewing import Sight, View, view
from provefirst.people import ENGINE, Person, Role, Verb
from provefirst.stages import Choice, Outcome, Stage
from tests.world import INTEREST, METHOD, World, analysis, done, lesson, peer_review

SECRET = "The score came out at 0.987 exactly."
FIRST = "evidence is shown once you have declared that you have no conflict of interest"
SECOND = "results are shown once your method review is in"
THIRD = "what other peers say is shown once your own review is in"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path)


@pytest.fixture
def key(world: World) -> str:
    """An initiative at review, with a result, a finding and a file."""
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    world.submit_stage(key)
    files = {"scores.csv": SECRET.encode()}
    done(submit(world.workspace, key, Kind.ANALYSIS_REPORT, analysis(SECRET), by="dana", files=files))
    measured(world, key)
    done(world.approve(key))
    assert world.initiative(key).stage is Stage.REVIEW
    return key


def measured(world: World, key: str) -> None:
    def write(draft: Draft) -> None:
        finding = Finding(
            code="PF300", level=Level.PASSED, message=SECRET, plots={"roc": world.workspace.blobs.put(b"")}
        )
        draft.write(
            "findings.recorded",
            stage="data_analysis",
            attempt=1,
            cause=1,
            measured_on=draft.initiative.evidence_digest(Stage.DATA_ANALYSIS),
            policy=draft.initiative.policy,
            findings=[finding.model_dump(mode="json")],
        )

    done(act(world.workspace, key, write, by=ENGINE, verb=Verb.DECIDE))


def seen(world: World, key: str, by: str) -> View:
    found = view(world.workspace, key, by=by)
    assert isinstance(found, View)
    return found


def kinds(shown: View) -> set[Kind]:
    return {submission.kind for submission in shown.initiative.submissions}


def test_before_anything_is_declared_only_the_proposal_is_shown(world: World, key: str) -> None:
    shown = seen(world, key, "rolf")
    assert (shown.sight, shown.hidden, kinds(shown)) == (Sight.HEAD, (FIRST, SECOND, THIRD), {Kind.PROPOSAL})
    assert shown.gate == Closed((FIRST,))


def test_once_declared_the_method_is_shown_and_no_result(world: World, key: str) -> None:
    done(declare(world.workspace, key, INTEREST, by="rolf"))
    shown = seen(world, key, "rolf")
    assert (shown.sight, shown.hidden) == (Sight.METHOD, (SECOND, THIRD))
    assert kinds(shown) == {Kind.PROPOSAL, Kind.ETHICS_SCREEN, Kind.RESEARCH_DOSSIER, Kind.EFFORT_ESTIMATE}
    assert shown.initiative.measurements == ()


def test_the_result_is_in_nothing_that_a_blind_reviewer_is_given(world: World, key: str) -> None:
    for step in (None, INTEREST):
        if step is not None:
            done(declare(world.workspace, key, step, by="rolf"))
        assert SECRET not in repr(seen(world, key, "rolf"))


def test_no_file_of_a_result_is_given_to_a_blind_reviewer(world: World, key: str) -> None:
    done(declare(world.workspace, key, INTEREST, by="rolf"))
    initiative = world.initiative(key)
    for digest in viewing.digests(initiative):
        refused = viewing.blob(world.workspace, key, digest, by="rolf")
        assert refused == Refused((f"no file of {key} that you may see has digest {digest[:12]}…", SECOND, THIRD))
    assert len(viewing.digests(initiative)) == 2


def test_the_whole_is_refused_while_anything_is_hidden(world: World, key: str) -> None:
    assert viewing.whole(world.workspace, key, by="rolf") == Refused((FIRST, SECOND, THIRD))
    assert viewing.whole(world.workspace, key, by="anna") is None


def test_a_review_in_one_go_is_told_as_one_that_was_shown_no_result(world: World, key: str) -> None:
    answer = done(review(world.workspace, key, peer_review(summary="Sound, as far as I was shown."), by="rolf"))
    assert [entry.event for entry in answer.entries[:3]] == [
        "method_review.submitted",
        "evidence.submitted",
        "vote.cast",
    ]
    assert answer.entries[0].data["content"]["summary"] == "Sound, as far as I was shown."


def test_once_the_method_review_is_in_results_are_shown_and_it_can_not_be_changed(world: World, key: str) -> None:
    done(method_review(world.workspace, key, METHOD, by="rolf"))
    shown = seen(world, key, "rolf")
    assert (shown.sight, shown.hidden) == (Sight.RESULTS, (THIRD,))
    assert SECRET in repr(shown)
    assert viewing.blob(world.workspace, key, max(viewing.digests(shown.initiative)), by="rolf") is not None
    assert method_review(world.workspace, key, METHOD, by="rolf") == Refused(
        ("rolf has reviewed the method already, and has seen results since",)
    )


def test_what_a_peer_said_stays_hidden_until_ones_own_review_is_in(world: World, key: str) -> None:
    opinion = "A peer's very own opinion."
    world.judge_method(key, "rita")
    done(review(world.workspace, key, peer_review(summary=opinion), by="rita"))
    world.judge_method(key, "rolf")
    shown = seen(world, key, "rolf")
    assert opinion not in repr(shown)
    assert [vote.by for vote in shown.initiative.votes if vote.stage is Stage.REVIEW] == []
    assert "1 of 2" not in repr(shown.gate)
    done(review(world.workspace, key, peer_review(Choice.RECYCLE, back_to=Stage.RESEARCH), by="rolf"))
    assert opinion in repr(seen(world, key, "rolf"))


def test_a_reviewer_who_is_also_an_auditor_reads_as_a_reviewer(world: World, key: str) -> None:
    both = Person(handle="anna", name="Anna Name", roles=frozenset({Role.AUDITOR, Role.REVIEWER}))
    assert organisation.add_person(world.workspace, both, by="root") is None
    assert seen(world, key, "anna").sight is Sight.HEAD


def test_a_second_account_sees_no_further_than_the_reviewer(world: World, key: str) -> None:
    for handle, role in (("rolf", Role.REVIEWER), ("rolfs-eyes", Role.AUDITOR)):
        person = Person(handle=handle, name="Rolf Name", email="rolf@example.org", roles=frozenset({role}))
        assert organisation.add_person(world.workspace, person, by="root") is None
    assert seen(world, key, "rolfs-eyes").sight is Sight.HEAD


@pytest.mark.parametrize("handle", ["olga", "dana", "anna", "bea", "ella", "root", "hans"])
def test_whoever_is_no_peer_sees_all_of_it(world: World, key: str, handle: str) -> None:
    shown = seen(world, key, handle)
    assert (shown.sight, shown.hidden, shown.initiative) == (Sight.ALL, (), world.initiative(key))


def test_who_declares_a_conflict_may_read_and_never_review(world: World, key: str) -> None:
    conflict = INTEREST.model_copy(update={"has_conflict_of_interest": True, "reason": "We are married."})
    done(declare(world.workspace, key, conflict, by="rolf"))
    assert seen(world, key, "rolf").sight is Sight.ALL
    for refused in (
        method_review(world.workspace, key, METHOD, by="rolf"),
        declare(world.workspace, key, INTEREST, by="rolf"),
    ):
        assert isinstance(refused, Refused)
        assert "declared a conflict of interest" in refused.reasons[0]


def test_after_the_end_everybody_sees_everything(world: World, key: str) -> None:
    from provefirst.lifecycle.concluding import conclude

    done(conclude(world.workspace, key, lesson(Outcome.WITHDRAWN), by="olga"))
    assert seen(world, key, "rolf").sight is Sight.ALL


def test_a_new_attempt_asks_for_the_method_anew(world: World, key: str) -> None:
    world.judge_method(key, "rita")
    for handle in ("rita", "rolf"):
        world.judge_method(key, handle)
        done(review(world.workspace, key, peer_review(Choice.RECYCLE, back_to=Stage.DATA_ANALYSIS), by=handle))
    world.bring_to(key, Stage.REVIEW)
    assert seen(world, key, "rolf").sight is Sight.HEAD


def test_a_gate_that_shows_results_at_once_takes_no_method_review(world: World) -> None:
    key = world.bring_to(world.open(), Stage.RESEARCH)
    assert method_review(world.workspace, key, METHOD, by="rolf") == Refused(
        ("the research gate shows results at once: review them with the method",)
    )


def test_somebody_who_left_sees_nothing(world: World, key: str) -> None:
    gone = Person(handle="anna", name="Anna Name", roles=frozenset({Role.AUDITOR}), is_active=False)
    assert organisation.add_person(world.workspace, gone, by="root") is None
    assert view(world.workspace, key, by="anna") == Refused(("anna is no longer active",))
