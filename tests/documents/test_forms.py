"""Forms name every field of a document, and say what it takes and what it is for."""

import pytest

from provefirst.documents import loading as documents
from provefirst.documents.loading import InvalidDocumentError
from provefirst.evidence import EffortEstimate, Kind, Proposal
from provefirst.gates import GatePolicy
from provefirst.kinds import MODELS


@pytest.mark.parametrize("model", [*MODELS.values(), GatePolicy], ids=lambda model: model.__name__)
def test_a_template_left_blank_is_refused_for_its_blanks_alone(model):
    with pytest.raises(InvalidDocumentError) as refusal:
        documents.parse(documents.template(model), model, where="template")
    assert {problem.value for problem in refusal.value.problems} == {documents.NOTHING}


def test_a_template_names_every_field_and_says_what_it_takes():
    assert documents.template(EffortEstimate) == (
        """\
# Effort to bring it into production, in working days (Monday to Friday): as a whole, or the sum of its items.
# A line that begins with '#' and a name is optional: take the '#' away to use it.

# a number above 0 and up to 10,000
optimistic:
# a number above 0 and up to 10,000
likely:
# a number above 0 and up to 10,000
pessimistic:
# text of 3 to 10,000 characters
assumptions:
# parts of the work; the three points above are their sums; a list of at most 200; each: fields: name,
# optimistic, likely, pessimistic (optional)
#items: []
"""
    )


def test_what_a_template_offers_holds_what_is_taken_without_it():
    lines = documents.template(GatePolicy).splitlines()
    offered = [line for line in lines if (line.lstrip()[0:1] == "#" and line.lstrip()[1:2] != " ") or line[:3] == "#  "]
    assert offered == [
        "  #findings: {}",
        '  #independent_of: ["author", "product_owner"]',
        "#unlocks:",
        "#  exploration_cap: 0",
        "#  deadline: false",
        '#earlier: "answered"',
        "#blind: null",
        "#reminders:",
        "#  after_days: 7",
        "#  escalate_after_days: null",
        '#  escalate_to: "admin"',
        "#spending_alarm: null",
        "#watch:",
        "#  drift: null",
        "#  complaints: null",
        "#  opt_outs: null",
        "#  gap: null",
    ]


def test_a_field_is_explained_with_what_it_takes_and_what_it_is_for():
    explained = {help_.path: str(help_) for help_ in documents.explain(Proposal)}
    assert [explained[path] for path in ("goal.value", "wished_deadline", "budget")] == [
        "goal.value (required; a number): in the metric's own unit; accuracy and its like from 0 to 1",
        "wished_deadline (optional, else null; a date such as 2027-03-31, or nothing): "
        "a wish: nothing is promised by it",
        "budget (required; money such as 25000 EUR): requested; locked until the board releases it",
    ]


def test_fields_of_nested_models_are_explained_after_the_field_that_holds_them():
    paths = [help_.path for help_ in documents.explain(MODELS[Kind.DATA_REGISTRATION])][1:7]
    assert paths == ["rows", "columns", "columns[].name", "columns[].dtype", "columns[].known_at", "target"]
