"""A peer judges the method before they see a result, by whichever route they try."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from provefirst.client import Client
from provefirst.errors import ForbiddenError
from provefirst.evidence import Kind
from provefirst.gates import Closed
from provefirst.lifecycle import organisation, viewing
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.conflicts import declare
from provefirst.lifecycle.refusals import refusals
from provefirst.lifecycle.reviewing import method_review, review
from provefirst.lifecycle.viewing import Sight, View, view
from provefirst.people import Person, Role
from provefirst.stages import Choice, Outcome, Stage
from tests.access.looking import SECRET, told_by, with_result
from tests.world import INTEREST, METHOD, World, done, lesson, peer_review

FIRST = "evidence is shown once you have declared that you have no conflict of interest"
SECOND = "results are shown once your method review is in"
THIRD = "what other peers say is shown once your own review is in"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path)


@pytest.fixture
def key(world: World) -> str:
    return with_result(world)


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


def test_no_file_of_a_result_is_given_to_a_blind_reviewer_and_that_they_asked_is_noted(world: World, key: str) -> None:
    done(declare(world.workspace, key, INTEREST, by="rolf"))
    initiative = world.initiative(key)
    for digest in viewing.digests(initiative):
        refused = viewing.blob(world.workspace, key, digest, by="rolf")
        assert refused == Refused((f"no file of {key} that you may see has digest {digest[:12]}…", SECOND, THIRD))
    assert len(viewing.digests(initiative)) == 2
    viewing.blob(world.workspace, key, "0" * 64, by="rolf")
    assert [(one.who, one.what, one.key, one.count) for one in refusals(world.workspace)] == [
        ("rolf", "read_results", key, 2)
    ]


def test_the_client_shows_a_blind_reviewer_no_result_whatever_they_ask_or_do(world: World, key: str) -> None:
    handle = Client(world.workspace, "rolf").initiative(key)
    for do in (lambda: None, lambda: handle.declare(INTEREST), handle.decide):
        assert SECRET not in repr(do()) + told_by(handle)
    assert SECRET in repr(handle.method_review(METHOD)) + told_by(handle)


def test_the_client_shows_nothing_beyond_the_proposal_to_whoever_does_not_say_who_they_are(
    world: World, key: str
) -> None:
    nobody = Client(world.workspace).initiative(key)
    assert nobody.show()["hidden"] == [
        "say who you are to be shown the rest: peers may still have to judge this without it"
    ]
    assert [one.kind for one in nobody.state().submissions] == [Kind.PROPOSAL]
    assert SECRET not in told_by(nobody)


def test_what_a_reviewer_is_shown_carries_the_dossier_of_the_whole(world: World, key: str) -> None:
    assert Client(world.workspace, "rolf").initiative(key).state().dossier == world.initiative(key).dossier


def test_a_condition_may_tell_of_a_result_and_is_shown_with_it(world: World, key: str) -> None:
    for handle in ("rita", "rolf"):
        world.judge_method(key, handle)
        done(review(world.workspace, key, peer_review(Choice.RECYCLE, back_to=Stage.DATA_ANALYSIS), by=handle))
    world.submit_stage(key)
    world.judge_method(key, "rita")
    go = peer_review(Choice.CONDITIONAL_GO, conditions=(SECRET,))
    done(review(world.workspace, key, go, by="rita"))
    assert world.initiative(key).stage is Stage.REVIEW
    assert SECRET not in repr(seen(world, key, "rolf"))


def test_what_a_hold_waits_for_may_tell_of_a_result_and_is_shown_with_it(world: World, key: str) -> None:
    until = world.clock().date() + timedelta(days=9)
    for handle in ("rita", "rolf"):
        world.judge_method(key, handle)
        done(review(world.workspace, key, peer_review(Choice.HOLD, condition=SECRET, until=until), by=handle))
    later = Person(handle="rosa", name="Rosa Name", roles=frozenset({Role.REVIEWER}))
    assert organisation.add_person(world.workspace, later, by="root") is None
    shown = seen(world, key, "rosa")
    assert shown.initiative.hold is not None
    assert (shown.initiative.hold.until, shown.initiative.hold.condition) == (until, FIRST)
    assert SECRET not in repr(shown) + told_by(Client(world.workspace, "rosa").initiative(key))


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
    with pytest.raises(ForbiddenError, match="anna is no longer active"):
        Client(world.workspace, "anna").initiative(key).show()
    assert [(one.who, one.what, one.key) for one in refusals(world.workspace)] == [("anna", "show", key)]
