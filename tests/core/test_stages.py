"""Stages stand in one order, and each is left through the gate of its name."""

from provefirst.stages import ORDER, Choice, Stage


def test_the_stages_stand_in_the_order_of_the_lifecycle():
    assert [stage.value for stage in ORDER] == [
        "proposal", "research", "replication", "data_analysis", "review", "release", "watch",
    ]  # fmt: skip


def test_nothing_follows_the_last_stage():
    assert Stage.WATCH.next is None


def test_every_other_stage_is_followed_by_the_one_after_it():
    assert [stage.next for stage in ORDER[:-1]] == list(ORDER[1:])


def test_a_stage_knows_its_place():
    assert [stage.position for stage in ORDER] == [0, 1, 2, 3, 4, 5, 6]


def test_only_go_and_conditional_go_approve():
    assert [choice for choice in Choice if choice.is_approval] == [Choice.GO, Choice.CONDITIONAL_GO]
