"""Conflicts of interest, declared and worked out, and who is proposed to review."""

from __future__ import annotations

from pathlib import Path

import pytest

from provefirst.clauses import Approvals
from provefirst.conflicts import Ties, conflicts
from provefirst.evidence import Kind
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.conflicts import Candidate, declare, propose_reviewers
from provefirst.lifecycle.reviewing import review, vote
from provefirst.lifecycle.submitting import submit
from provefirst.people import Person, Role
from provefirst.stages import Outcome, Stage
from tests.world import INTEREST, PEOPLE, World, ballot, done, dossier, gate, lesson, peer_review, policies


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path)


def give(world: World, handle: str, *roles: Role, **facts: object) -> None:
    fields = {"handle": handle, "name": "Some Body", "roles": frozenset(roles or PEOPLE[handle])}
    person = Person.model_validate(fields | facts)
    assert organisation.add_person(world.workspace, person, by="root") is None


def proposed(world: World, key: str) -> list[str]:
    return [candidate.handle for candidate in propose_reviewers(world.workspace, key)]


def at_research(world: World) -> str:
    key = world.bring_to(world.open(), Stage.RESEARCH)
    world.submit_stage(key)
    return key


def test_who_reports_to_an_author_cannot_review_and_is_not_proposed(world: World) -> None:
    give(world, "rita", manager="mia")
    give(world, "mia", Role.AUDITOR, manager="dana")
    key = at_research(world)
    assert review(world.workspace, key, peer_review(), by="rita") == Refused(("rita reports to dana",))
    assert "rita" not in proposed(world, key)


def test_whom_the_product_owner_reports_to_cannot_review(world: World) -> None:
    give(world, "olga", manager="rita")
    key = at_research(world)
    assert review(world.workspace, key, peer_review(), by="rita") == Refused(("olga reports to rita",))


def test_who_worked_with_an_author_within_a_year_cannot_review(world: World) -> None:
    other = world.bring_to(world.open(), Stage.RESEARCH)
    for handle in ("dana", "dirk"):
        summary = dossier().model_copy(update={"conclusion": f"Written by {handle}."})
        done(submit(world.workspace, other, Kind.RESEARCH_DOSSIER, summary, by=handle))
    key = at_research(world)
    refused = review(world.workspace, key, peer_review(), by="dirk")
    assert refused == Refused(tuple(f"dirk worked on {other} together with {author}" for author in ("dana", "olga")))
    assert "dirk" not in proposed(world, key)
    world.clock.pass_days(366)
    done(review(world.workspace, key, peer_review(), by="dirk"))


def test_having_reviewed_somebody_is_no_conflict(world: World) -> None:
    world.bring_to(world.open(), Stage.REPLICATION)
    key = at_research(world)
    done(review(world.workspace, key, peer_review(), by="rita"))


def test_the_same_cost_centre_counts_where_the_policy_says_so(tmp_path: Path) -> None:
    rule = gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER])
    asked = Approvals(role=Role.REVIEWER, quorum=1, independent_of=("author", "product_owner", "cost_centre"))
    for name, policy, is_refused in (
        ("lax", policies(), False),
        ("strict", policies(research=rule.model_copy(update={"approvals": asked})), True),
    ):
        world = World.make(tmp_path / name, policy_set=policy)
        give(world, "rita", cost_centre="K 12")
        give(world, "dana", cost_centre="K 12")
        key = at_research(world)
        answer = review(world.workspace, key, peer_review(), by="rita")
        assert isinstance(answer, Refused) is is_refused
        if is_refused:
            assert answer == Refused(("rita and dana are of the same cost centre, K 12",))


def test_a_declared_conflict_bars_a_board_member_as_well(world: World) -> None:
    key = world.bring_to(world.open(), Stage.RELEASE)
    conflict = INTEREST.model_copy(update={"has_conflict_of_interest": True, "reason": "I own shares in it."})
    done(declare(world.workspace, key, conflict, by="bea"))
    assert vote(world.workspace, key, ballot(), by="bea") == Refused(
        ("bea declared a conflict of interest: I own shares in it.",)
    )


def test_declaring_gives_nobody_a_part_yet(world: World) -> None:
    key = at_research(world)
    done(declare(world.workspace, key, INTEREST, by="dirk"))
    assert "dirk" not in world.initiative(key).parts


def test_those_who_know_most_are_proposed_first_and_then_those_with_least_to_do(world: World) -> None:
    give(world, "rolf", expertise=["biopsy", "cell nuclei", "shipping"])
    give(world, "nick", Role.REVIEWER)
    busy = at_research(world)
    done(review(world.workspace, busy, peer_review(), by="rita"))
    key = at_research(world)
    first, *others = propose_reviewers(world.workspace, key)
    assert first == Candidate("rolf", ("biopsy", "cell nuclei"), 0)
    assert [(one.handle, one.load) for one in others] == [("dirk", 0), ("nick", 0), ("otto", 0), ("rita", 1)]


def test_reviews_of_what_has_ended_are_no_load(world: World) -> None:
    over = at_research(world)
    done(review(world.workspace, over, peer_review(), by="rita"))
    done(conclude(world.workspace, over, lesson(Outcome.WITHDRAWN), by="olga"))
    assert {one.handle: one.load for one in propose_reviewers(world.workspace, at_research(world))}["rita"] == 0


def test_a_circle_of_managers_ends() -> None:
    one = Person(handle="one", name="One", roles=frozenset({Role.REVIEWER}))
    two = Person(handle="two", name="Two", roles=frozenset({Role.DATA_SCIENTIST}))
    ties = Ties(managers={"one": "six", "six": "one"})
    assert conflicts(one, [two], ties) == ()
