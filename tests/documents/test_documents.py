"""Documents from outside become models, or are refused with every problem and its place."""

import json
import os
from typing import get_args

import pytest

from provefirst.documents import loading as documents
from provefirst.documents.loading import InvalidDocumentError
from provefirst.errors import InvalidInputError
from provefirst.evidence import EffortEstimate, Goal, MetricName, Proposal
from provefirst.gates import GatePolicy
from provefirst.money import Money
from provefirst.reviews import Rating
from tests.lifecycle.refusals import EFFORT, PROPOSAL, Answer, effort, problem, problems

METRICS = f"one of {', '.join(get_args(MetricName))}"


def test_an_unknown_field_is_refused_with_its_place_and_the_nearest_known_one():
    assert problem(PROPOSAL.replace("  why:", "  wy:"), Proposal) == (
        "file.yaml:8:3: goal.wy: 'wy' is not accepted: known here: metric, value, why; did you mean 'why'?"
    )


def test_a_key_that_stands_twice_is_refused_even_with_the_same_value():
    assert problem(EFFORT + "likely: 8\n") == (
        "file.yaml:5:1: likely: 'likely' is not accepted: a key once; it stands in line 2 already"
    )


def test_a_missing_field_is_told_where_it_belongs():
    assert problem(PROPOSAL.replace("  value: 0.8\n", ""), Proposal) == (
        "file.yaml:5:1: goal.value: nothing is not accepted: it is required: a number"
    )


def test_a_blank_field_is_not_a_value():
    assert problem(effort(assumptions="")) == (
        "file.yaml:4:13: assumptions: nothing is not accepted: text of 3 to 10,000 characters"
    )


def test_a_choice_is_refused_with_the_choices_and_the_nearest():
    assert problem(PROPOSAL.replace("roc_auc", "roc_uac"), Proposal) == (
        f"file.yaml:6:11: goal.metric: 'roc_uac' is not accepted: {METRICS}; did you mean 'roc_auc'?"
    )


def test_a_number_out_of_its_range_is_refused_with_the_range():
    assert problem(effort(optimistic="0")) == (
        "file.yaml:1:13: optimistic: 0 is not accepted: a number above 0 and up to 10,000"
    )


def test_what_the_model_says_of_several_fields_together_is_told_at_their_head():
    assert problem(PROPOSAL.replace("0.8\n", "1.8\n"), Proposal) == (
        "file.yaml:5:1: goal: {'metric': 'roc_auc', 'value': 1.8, 'why': 'Half of the calls would not come.'} "
        "is not accepted: roc_auc lies between 0 and 1"
    )


def test_a_list_where_text_belongs_is_refused():
    assert problem(effort(assumptions="[one, two]")) == (
        "file.yaml:4:1: assumptions: ['one', 'two'] is not accepted: text of 3 to 10,000 characters"
    )


def test_text_where_a_list_belongs_is_refused():
    assert problem(PROPOSAL + "prior_art: Smith 2020\n", Proposal) == (
        "file.yaml:10:12: prior_art: 'Smith 2020' is not accepted: a list of at most 50; "
        "each: text of 3 to 200 characters"
    )


def test_every_problem_is_told_at_once_in_the_order_of_the_text():
    text = PROPOSAL.replace("Which parcels come late", "No").replace("roc_auc", "recall").replace("25000 EUR", "a lot")
    assert problems(text, Proposal) == [
        "file.yaml:1:8: title: 'No' is not accepted: text of 3 to 200 characters",
        f"file.yaml:6:11: goal.metric: 'recall' is not accepted: {METRICS}",
        "file.yaml:9:9: budget: 'a lot' is not accepted: an ISO 4217 code such as EUR",
    ]


def test_a_wrong_item_does_not_make_its_list_too_short_as_well():
    policy = """\
leaves: research
requires: {evidence: [research_dosier]}
approvals: {role: reviewer, quorum: 1}
"""
    [only] = problems(policy, GatePolicy)
    assert only.startswith("file.yaml:2:23: requires.evidence[0]: 'research_dosier' is not accepted: one of proposal,")
    assert only.endswith("; did you mean 'research_dossier'?")


def test_more_problems_than_anybody_reads_are_cut_off():
    text = "".join(f"field_{number}: 1\n" for number in range(200))
    with pytest.raises(InvalidDocumentError) as refusal:
        documents.parse(text, EffortEstimate, where="file.yaml")
    assert (len(refusal.value.problems), refusal.value.is_cut) == (50, True)
    assert str(refusal.value).endswith("\n… and more")


def test_the_refusal_carries_the_first_problem_as_data():
    with pytest.raises(InvalidInputError) as refusal:
        documents.parse(effort(likely="soon"), EffortEstimate, where="file.yaml")
    error = refusal.value
    assert (error.field, error.value, error.allowed, error.where) == (
        "likely", "soon", "a number above 0 and up to 10,000", "file.yaml:2:9"
    )  # fmt: skip


def test_a_field_with_a_name_that_can_break_lines_is_shown_without_breaking_them():
    assert problem(EFFORT + '"a\\nb": 1\n') == (
        "file.yaml:5:1: 'a\\nb': 'a\\nb' is not accepted: known here: optimistic, likely, pessimistic, assumptions, "
        "items"
    )


def test_a_file_that_is_not_there_is_refused_with_the_nearest_one(tmp_path):
    (tmp_path / "effort.yaml").write_text(EFFORT)
    with pytest.raises(InvalidInputError) as refusal:
        documents.read(tmp_path / "efort.yaml", EffortEstimate)
    assert (refusal.value.allowed, refusal.value.nearest) == ("no such file", "effort.yaml")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InvalidInputError) as refusal:
        documents.read(tmp_path, EffortEstimate)
    assert refusal.value.allowed == "a file, not a folder"


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path, name):
    with pytest.raises(InvalidInputError):
        documents.read(tmp_path / name, EffortEstimate)


@pytest.mark.timeout(20)
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(InvalidInputError):
        documents.read(tmp_path / "pipe.yaml", EffortEstimate)


def test_a_large_file_is_not_read_whole(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"x" * 10_000)
    assert len(documents.content(path, size=100)) == 101


def test_a_file_is_read(tmp_path):
    path = tmp_path / "effort.yaml"
    path.write_text(EFFORT)
    assert documents.read(path, EffortEstimate) == documents.parse(EFFORT, EffortEstimate, where="it")


def test_a_proposal_is_read():
    assert documents.parse(PROPOSAL, Proposal, where="file.yaml") == Proposal(
        title="Which parcels come late",
        problem="Customers call because nobody tells them.",
        affected="Customers, drivers and the help desk.",
        hypothesis="Lateness can be told an hour ahead with an AUC of 0.8.",
        goal=Goal(metric="roc_auc", value=0.8, why="Half of the calls would not come."),
        budget=Money(amount=25000_00, currency="EUR"),
    )


def test_json_says_the_same_as_yaml():
    read = documents.parse(PROPOSAL, Proposal, where="file.yaml")
    for indent in (None, 2, "\t"):
        written = json.dumps(read.model_dump(mode="json"), indent=indent)
        assert documents.parse(written, Proposal, where="file.json") == read


def test_json_may_have_tabs_between_values_and_keeps_those_within():
    assert documents.parse('{\t"word":\t"a\\tb \\ud83d\\ude80"\t}', Answer, where="x") == (
        Answer.model_construct(word="a\tb 🚀", whole=None, number=None, is_so=None, day=None, either=None)
    )


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"", b"---\n", b"# a comment\n"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_marks_and_line_ends_of_other_systems_are_read(before, line_end):
    text = before + EFFORT.encode().replace(b"\n", line_end)
    assert documents.parse(text, EffortEstimate, where="x") == documents.parse(EFFORT, EffortEstimate, where="y")


def test_a_score_is_a_number_among_few():
    read = documents.parse("criterion: Data\nscore: 3\ncomment: Well described.", Rating, where="x")
    assert read == Rating(criterion="Data", score=3, comment="Well described.")


def test_the_place_of_a_field_that_was_left_out_is_that_of_what_would_hold_it():
    read = documents.placed(PROPOSAL, Proposal, where="file.yaml")
    places = [read.at("goal", "value"), read.at("goal"), read.at("goal", "more"), read.at("domain")]
    assert places == ["file.yaml:7:10", "file.yaml:5:1", "file.yaml:5:1", "file.yaml:1:1"]
