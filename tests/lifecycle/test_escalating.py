"""A policy says when to remind and before whom to put what waits; one that says nothing keeps its digest."""

from __future__ import annotations

import json

import pytest

from provefirst.clauses import Reminders
from provefirst.documents.policies import difference, explain
from provefirst.evidence import Kind
from provefirst.gates import GatePolicy, PolicySet
from provefirst.ledger import canonical, digest_of
from provefirst.lifecycle import organisation
from provefirst.lifecycle.reminders import raise_due
from provefirst.people import Role
from provefirst.stages import Stage
from tests.world import World, gate, policies


def paced(**said: object) -> PolicySet:
    proposal = gate(Stage.PROPOSAL, [Kind.PROPOSAL, Kind.ETHICS_SCREEN], Role.ETHICS_REVIEWER)
    return policies(proposal=proposal.model_copy(update={"reminders": Reminders.model_validate(said)}))


def adopted(world: World, policy_set: PolicySet) -> World:
    assert organisation.adopt(world.workspace, policy_set, by="root") is None
    return world


def reminded(world: World, key: str, days: int) -> list[tuple[str, str]]:
    """What was raised after so many more days."""
    world.clock.pass_days(days)
    before = world.initiative(key).version
    raise_due(world.workspace, now=world.clock())
    with world.workspace.store.reading() as work:
        written = work.entries(key, after=before)
    return [(one.data["to"], one.data["about"]) for one in written]


def test_a_policy_that_says_nothing_of_reminders_has_the_digest_it_always_had() -> None:
    plain = policies()
    content = json.loads(canonical(plain.model_dump(mode="json")))
    assert [gate for gate in content["gates"].values() if "reminders" in gate] == []
    assert plain.digest == digest_of(content)
    assert PolicySet.model_validate_json(canonical(content)).digest == plain.digest
    assert paced().digest != plain.digest


def test_a_policy_that_paces_itself_is_read_as_it_was_written() -> None:
    own = paced(after_days=2, escalate_after_days=5, escalate_to="board_member")
    assert PolicySet.model_validate_json(canonical(own.model_dump(mode="json"))) == own


def test_each_policy_keeps_its_own_pace(any_world: World) -> None:
    world = any_world
    slow = world.open()
    quick = adopted(world, paced(after_days=2)).open()
    patient = adopted(world, paced(after_days=30)).open()
    assert [len(reminded(world, key, 0)) for key in (slow, quick, patient)] == [0, 0, 0]
    assert len(reminded(world, quick, 2)) == 1
    assert len(reminded(world, slow, 5)) == 1
    assert len(reminded(world, patient, 22)) == 0
    assert len(reminded(world, patient, 1)) == 1


def test_what_waits_too_long_is_put_before_somebody_else(world: World) -> None:
    key = adopted(world, paced(after_days=2, escalate_after_days=5)).open()
    assert reminded(world, key, 2) == [("ethics reviewer", "1 of 1 approvals still to be given")]
    assert reminded(world, key, 3) == [
        ("ethics reviewer", "1 of 1 approvals still to be given"),
        ("admin", "1 of 1 approvals still to be given: ethics reviewer has been waited for, for 5 days"),
    ]


@pytest.mark.parametrize("said", [{"after_days": 0}, {"escalate_after_days": 0}, {"escalate_to": "boss"}, {"days": 1}])
def test_a_pace_that_is_none_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="reminders"):
        GatePolicy.model_validate(gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER]).model_dump() | {"reminders": said})


def test_the_pace_is_explained_and_so_is_another_one() -> None:
    own = paced(after_days=2, escalate_after_days=5)
    assert explain(own)[0].endswith(
        "After 2 days without anything those whose turn it is are reminded, and after 5 days of waiting an admin and "
        "the product owner are told."
    )
    assert difference(policies(), own) == (
        "The proposal gate has another pace: after 2 days without anything those whose turn it is are reminded, and "
        "after 5 days of waiting an admin and the product owner are told; so far: after 7 days without anything those "
        "whose turn it is are reminded.",
    )
