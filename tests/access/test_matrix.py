"""The permission matrix, in full: what the table says, against what the verbs do."""

from __future__ import annotations

from pathlib import Path

from provefirst.accounts.access_words import woven
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.viewing import View, view
from provefirst.people import PARTS, Role, Verb
from provefirst.permissions import MAY, READING, TABLE, Relation, grant
from provefirst.stages import Stage
from tests.access import matrix
from tests.world import World

NOTHING_TO_DO = frozenset(
    {
        (Verb.RESUME, Role.REVIEWER),
        (Verb.RESUME, Role.BOARD_MEMBER),
        (Verb.RESUME, Role.ETHICS_REVIEWER),
        (Verb.CLEAR, Role.REVIEWER),
        (Verb.CLEAR, Role.BOARD_MEMBER),
        (Verb.CLEAR, Role.ETHICS_REVIEWER),
        (Verb.MIGRATE, Role.ADMIN),
        *((Verb.DECIDE, role) for role in MAY[Verb.DECIDE]),
    }
)
"""Allowed, and refused in the matrix all the same: nothing is on hold there, no condition is set, nothing decided."""


def expected(verb: Verb, role: Role, relation: Relation, part: Role | None, stage: Stage) -> str:
    """What the table says comes of it; `allowed` leaves open whether there is anything to be done."""
    line = grant(verb, role)
    is_other_part = role in PARTS and part is not None and part is not role
    is_not_asked = verb is Verb.VOTE and (role is Role.ETHICS_REVIEWER) != (stage is Stage.PROPOSAL)  # by its policy
    if line is None or relation not in line.relations or is_other_part or is_not_asked:
        return "forbidden"
    return "allowed" if stage in line.stages else "refused"


def test_every_verb_answers_every_role_in_every_relation_at_every_stage_as_the_table_says(tmp_path: Path) -> None:
    world = World.make(tmp_path, policy_set=matrix.POLICIES)
    workspace = matrix.rehearsal(world.workspace)
    wrong: list[tuple[str, str, str, str, str, Answer]] = []
    done, cases = set(), 0
    for stage in Stage:
        key = matrix.at(world, stage)
        for handle, (relation, part) in matrix.SUBJECTS.items():
            for role in Role:
                matrix.add(world, handle, role)
                for verb, call in matrix.ON_AN_INITIATIVE.items():
                    answer = call(workspace, key, handle)
                    found, said = matrix.told(answer), expected(verb, role, relation, part, stage)
                    cases += 1
                    if found == "done":
                        done.add((verb, role))
                    if found != said and not (said == "allowed" and found in ("done", "refused")):
                        wrong.append((stage.value, verb.value, role.value, relation.value, said, answer))
            matrix.add(world, handle, *matrix.ROLES[handle])
    assert wrong == []
    assert cases == len(Stage) * len(matrix.SUBJECTS) * len(Role) * len(matrix.ON_AN_INITIATIVE)
    granted = {(line.verb, line.role) for line in TABLE if line.verb in matrix.ON_AN_INITIATIVE}
    assert done == granted - NOTHING_TO_DO


def test_what_belongs_to_no_initiative_answers_every_role_as_the_table_says(tmp_path: Path) -> None:
    world = World.make(tmp_path, policy_set=matrix.POLICIES)
    workspace = matrix.rehearsal(world.workspace)
    for role in Role:
        matrix.add(world, "nina", role)
        for verb, call in matrix.ON_THE_ORGANISATION.items():
            found = matrix.told(call(workspace, "nina"))
            assert (verb, role, found) == (verb, role, "done" if role in MAY[verb] else "forbidden")


def test_an_auditor_may_read_everything_and_change_nothing() -> None:
    assert {verb for verb in Verb if Role.AUDITOR in MAY[verb]} == READING


def test_no_verb_is_without_a_line_or_without_a_case_in_these_tests() -> None:
    assert {verb for verb in Verb if not MAY[verb]} == set()
    assert matrix.ON_AN_INITIATIVE.keys() | matrix.ON_THE_ORGANISATION.keys() | READING == set(Verb)


def test_no_two_lines_of_the_table_speak_of_the_same_verb_and_role() -> None:
    pairs = [(line.verb, line.role) for line in TABLE]
    assert sorted(pairs) == sorted(set(pairs))


def test_the_page_shows_the_table_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    assert woven(page) == page


READS = frozenset({Verb.SHOW, Verb.READ_METHOD, Verb.READ_RESULTS, Verb.READ_REVIEWS})


def readable(role: Role, relation: Relation, handle: str, stage: Stage, asked: Role) -> frozenset[Verb]:
    """What the table lets somebody read: all, or (peers, at a gate that peers decide) what needs nothing first."""
    is_peer = role is Role.REVIEWER and relation in (Relation.NONE, Relation.REVIEWER)
    if not is_peer or asked is not Role.REVIEWER:
        return READS
    at_once = frozenset(line.verb for line in TABLE if line.verb in READS and line.role is role and not line.when)
    has_judged_method = handle == "rita" and stage in (Stage.REVIEW, Stage.WATCH)
    return at_once | ({Verb.READ_METHOD, Verb.READ_RESULTS} if has_judged_method else frozenset())


def test_reading_answers_every_role_in_every_relation_at_every_stage_as_the_table_says(tmp_path: Path) -> None:
    world = World.make(tmp_path, policy_set=matrix.POLICIES)
    for stage in Stage:
        key = matrix.at(world, stage)
        asked = world.workspace.policies(world.initiative(key).policy).at(stage).approvals.role
        for handle, (relation, _) in matrix.SUBJECTS.items():
            for role in Role:
                matrix.add(world, handle, role)
                shown = view(world.workspace, key, by=handle)
                assert isinstance(shown, View)
                told = {verb for verb in READS if shown.may(verb)}
                assert (stage, handle, role, told) == (
                    stage, handle, role, readable(role, relation, handle, stage, asked),
                )  # fmt: skip
            matrix.add(world, handle, *matrix.ROLES[handle])
