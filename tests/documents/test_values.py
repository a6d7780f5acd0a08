"""A value in a document is what is plainly written there, and nothing that an older YAML would make of it."""

from datetime import date

import pytest

from provefirst.documents import loading as documents
from provefirst.evidence import Proposal
from provefirst.money import Money
from tests.lifecycle.refusals import PROPOSAL, Answer, effort, problem


@pytest.mark.parametrize(
    "written", ["no", "yes", "on", "off", "y", "1.10", "007", "0x1F", "12:30", "2027-03-31", "true"]
)
def test_text_stays_as_it_is_written(written):
    assert documents.parse(f"word: {written}", Answer, where="file.yaml") == Answer(word=written)


@pytest.mark.parametrize("written", ["yes", "no", "on", "off", "y", "n", "1", "0", "'true'"])
def test_only_true_and_false_are_answers(written):
    assert problem(f"is_so: {written}", Answer).startswith("file.yaml:1:8: is_so: ")


@pytest.mark.parametrize(
    "written", ["12:30", "1_000", "1,000", "3.0", "1e3", "true", "'5'", "five", "0b11", "0o9", "--1"]
)
def test_what_is_not_plainly_a_whole_number_is_none(written):
    assert problem(f"whole: {written}", Answer).startswith("file.yaml:1:8: whole: ")


def test_a_number_with_separators_is_refused_with_the_number_that_was_meant():
    assert problem(effort(likely="1_000")) == (
        "file.yaml:2:9: likely: '1_000' is not accepted: a number above 0 and up to 10,000; did you mean '1000'?"
    )


def test_a_number_in_quotes_is_text():
    assert problem(effort(likely="'8'")) == (
        "file.yaml:2:9: likely: '8' is not accepted: a number above 0 and up to 10,000, without quotes"
    )


@pytest.mark.parametrize("written", [".nan", ".NaN", ".inf", "-.inf", "+.Inf", "1e999", "-1e999"])
@pytest.mark.parametrize("field", ["number", "either"])
def test_a_number_that_is_not_finite_is_refused(field, written):
    assert problem(f"{field}: {written}", Answer).endswith("; finite")


def test_a_number_of_very_many_digits_is_refused():
    assert problem(f"whole: {'9' * 5000}", Answer).startswith("file.yaml:1:8: whole: ")


@pytest.mark.parametrize("written", ["2027-02-30", "20270101", "0", "2027-01-01T00:00:00", "31.3.2027", "tomorrow"])
def test_what_is_no_day_is_refused(written):
    assert problem(f"day: {written}", Answer).startswith("file.yaml:1:6: day: ")


@pytest.mark.parametrize(
    ("written", "value"),
    [("010", 10), ("0o14", 12), ("0x1F", 31), ("-3", -3), ("+3", 3), ("0", 0), ("9" * 30, int("9" * 30))],
)
def test_whole_numbers_follow_the_core_rules(written, value):
    assert documents.parse(f"whole: {written}", Answer, where="file.yaml").whole == value


@pytest.mark.parametrize(
    ("written", "value"), [("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("-0.25", -0.25), ("8", 8.0)]
)
def test_numbers_follow_the_core_rules(written, value):
    assert documents.parse(f"number: {written}", Answer, where="file.yaml").number == value


@pytest.mark.parametrize(("written", "value"), [("true", True), ("1", 1), ("1.0", 1.0), ("'1'", "1"), ("no", "no")])
def test_where_several_kinds_may_stand_the_kind_is_the_one_written(written, value):
    either = documents.parse(f"either: {written}", Answer, where="file.yaml").either
    assert (type(either), either) == (type(value), value)


@pytest.mark.parametrize("written", ["", "~", "null", "Null"])
def test_nothing_is_nothing_where_nothing_may_stand(written):
    text = "".join(f"{name}: {written}\n" for name in Answer.model_fields)
    assert documents.parse(text, Answer, where="file.yaml") == Answer()


def test_a_day_is_a_day_with_quotes_or_without():
    for written in ("2027-03-31", "'2027-03-31'"):
        assert documents.parse(f"day: {written}", Answer, where="file.yaml").day == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("written", "allowed"),
    [
        ("25000", "an amount and a currency, such as '250000 EUR' or '12.50 EUR'"),
        ("-5 EUR", "an amount and a currency, such as '250000 EUR' or '12.50 EUR'"),
        ("1.234 EUR", "at most 2 decimals in EUR"),
        ("5 EURO", "an ISO 4217 code such as EUR; did you mean 'EUR'?"),
    ],
)
def test_what_is_no_money_is_refused(written, allowed):
    assert problem(PROPOSAL.replace("25000 EUR", written), Proposal) == (
        f"file.yaml:9:9: budget: {written!r} is not accepted: {allowed}"
    )


def test_money_by_its_fields_is_held_to_minor_units():
    assert problem(PROPOSAL.replace("25000 EUR", "{amount: 12.5, currency: EUR}"), Proposal) == (
        "file.yaml:9:18: budget.amount: 12.5 is not accepted: a whole number from 0 to 1,000,000,000,000,000"
    )


@pytest.mark.parametrize("written", ["25000 EUR", "25,000.00 EUR", "'25000 EUR'", "{amount: 2500000, currency: EUR}"])
def test_money_is_written_as_text_or_by_its_fields(written):
    text = PROPOSAL.replace("25000 EUR", written)
    assert documents.parse(text, Proposal, where="file.yaml").budget == Money(amount=25000_00, currency="EUR")
