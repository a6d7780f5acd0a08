"""The same question in other words is recognised, and what is not is left alone."""

from collections import Counter

import pytest

from provefirst.likeness import ALIKE, Index, Subject
from provefirst.terms import counted, stem
from tests.memory.labelled import answered, groups, recall_at


def subject(key: str, text: str) -> Subject:
    return Subject(key, text, "", "", "", "")


def index(*subjects: Subject) -> Index:
    made = Index()
    for one in subjects:
        made.add(one.key, one.terms)
    return made


def test_the_labelled_set_is_as_large_as_it_is_said_to_be():
    known = groups()
    assert (len(known), {len(one) for one in known.values()}) == (16, {4})


def test_nine_of_ten_that_ask_the_same_are_among_the_five_best():
    assert recall_at(5, Index()) >= 0.9


def test_at_the_threshold_most_that_ask_the_same_are_found_and_hardly_any_other():
    within, across = answered(ALIKE, Index())
    assert within >= 0.8
    assert across <= 0.002


@pytest.mark.parametrize("words", [("returns", "returned", "returning"), ("parcel", "parcels"), ("copy", "copied")])
def test_endings_make_no_other_word(words):
    assert len({stem(word) for word in words}) == 1


def test_what_every_proposal_says_counts_for_nothing():
    assert counted(("We want a model to predict 90 % of cases by machine learning", 1)) == Counter()


def test_it_is_told_by_which_words_as_they_were_written():
    known = index(subject("PF-1", "Parcels returned for their size"), subject("PF-2", "Failing pumps"))
    [match] = known.alike(subject("PF-3", "Sizes and returns of parcels"))
    assert (match.key, sorted(match.shared)) == ("PF-1", ["parcels", "returns", "sizes"])


def test_an_initiative_is_not_like_itself():
    one = subject("PF-1", "Failing pumps")
    assert index(one).alike(one, apart_from="PF-1") == []


def test_a_proposal_written_anew_is_known_by_its_new_words_alone():
    known = index(subject("PF-1", "Failing pumps"), subject("PF-2", "Vine leaves"))
    known.alike(subject("", "pumps"))
    known.add("PF-1", subject("PF-1", "Bread and salad").terms)
    assert known.alike(subject("", "pumps")) == []
    assert [match.key for match in known.alike(subject("", "salad"))] == ["PF-1"]


def test_a_text_that_says_nothing_is_like_nothing():
    assert index(subject("PF-1", "Failing pumps")).alike(subject("", "the and 12 %")) == []
