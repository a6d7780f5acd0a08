"""What is no document is refused where it stops being one, and no bytes at all end in a traceback."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provefirst.documents import loading as documents
from provefirst.errors import InvalidInputError
from provefirst.evidence import Proposal, Tries
from provefirst.gates import GatePolicy, PolicySet
from tests.lifecycle.refusals import PROPOSAL, Answer, effort, problem


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "1:1: document: '' is not accepted: a document that is not empty"),
        ("# nothing but a comment\n", "1:1: document: '' is not accepted: a document that is not empty"),
        (b"\xef\xbb\xbf", "1:1: document: '' is not accepted: a document that is not empty"),
        ("just words", "1:1: document: 'just words' is not accepted: " + documents.nodes._FIELDS),
        ("- a\n- b\n", "1:1: document: 'a list' is not accepted: " + documents.nodes._FIELDS),
        ("a: 1\n---\nb: 2\n", "2:1: document: '---' is not accepted: one document in a file"),
        ("%YAML 1.1\n---\na: 1\n", "1:1: document: '%' is not accepted: no directives (%YAML, %TAG)"),
        ("a: *b\n", "1:4: a: '*b' is not accepted: no aliases: write the value out"),
        ("a: &b 1\n", "1:4: a: '&b' is not accepted: no anchors: write the value where it is needed"),
        ("a: {b: [1, &c {}]}\n", "1:12: a.b[1]: '&c' is not accepted: no anchors: write the value where it is needed"),
        ("a: !x 1\n", "1:4: a: '!x' is not accepted: no tags: a value's kind follows from its field"),
        ("<<: {a: 1}\n", "1:1: document: '<<' is not accepted: no merge keys: write the fields out"),
        ("? [a, b]\n: 1\n", "1:3: document: 'a list or mapping' is not accepted: keys are text"),
        ("a:\n\tb: 1\n", "2:1: document: 'b: 1' is not accepted: indent with spaces, not with tabs"),
        (b"a: caf\xe9\n", "1:7: document: b'\\xe9\\n' is not accepted: text in UTF-8"),
        ("ä: 1\nb: ".encode() + b"\xff", "2:4: document: b'\\xff' is not accepted: text in UTF-8"),
        ("a: 1".encode("utf-16"), "1:1: document: b'\\xff\\xfea\\x00' is not accepted: text in UTF-8"),
        ("a: 1\nb: \x00", "2:4: document: 'U+0000' is not accepted: characters that can be shown"),
        ("a: \ud800", "1:4: document: 'U+D800' is not accepted: characters that can be shown"),
        ('a: "\\ud800"', "1:4: a: '\\ud800' is not accepted: no half of a surrogate pair"),
        ("a: '1'\nb: \"\\UFFFFFFFF\"", "2:7: document: " + repr(r'b: "\UFFFFFFFF"')
            + " is not accepted: escapes that stand for a character"),
        ("a: " + "[" * 40, "1:33: a: 'depth 31' is not accepted: lists and mappings at most 30 deep in one another"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused_where_it_stops_being_one(text, refusal):
    assert problem(text) == f"file.yaml:{refusal}"


def test_text_that_is_not_well_formed_is_refused_with_the_line():
    assert problem("a: 'b\n") == (
        "file.yaml:2:1: document: '' is not accepted: well-formed YAML or JSON (found unexpected end of stream)"
    )


@pytest.mark.parametrize("text", ["a: " + "x" * 300, b"a: " + b"x" * 300])
def test_a_document_over_the_limit_is_refused(text):
    assert problem(text, size=200) == (
        "file.yaml:1:1: document: 'more than 200 bytes' is not accepted: a document of at most 200 bytes; "
        "data is attached as a file"
    )


def test_a_very_long_value_is_refused():
    assert problem(effort(assumptions="x" * 20_001)).endswith(" is not accepted: at most 20000 characters, not 20001")


def test_a_very_long_key_is_refused():
    assert problem(f"{'x' * 201}: 1\n").endswith(" is not accepted: at most 200 characters, not 201")


def test_a_billion_laughs_is_refused_at_the_first():
    rows = ['a0: &a0 ["ha", "ha"]', *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
    assert problem("\n".join(rows)) == (
        "file.yaml:1:5: a0: '&a0' is not accepted: no anchors: write the value where it is needed"
    )


def test_python_objects_are_never_made():
    assert problem("a: !!python/object/apply:os.getcwd []\n").endswith(
        " is not accepted: no tags: a value's kind follows from its field"
    )


SIGNS = st.sampled_from(
    [
        *"[]{}:,-?&*!|>'\"%@`#~\\ \n\t\r\x00\ufeff",
        *("- ", ": ", "\n  ", "<<: ", "---\n", "...\n", "!!int ", "&a ", "*a ", "%YAML 1.2\n", "\\U0011FFFF"),
        *("title", "goal", "tries", "leaves", "requires", "budget: ", "findings: {PF502: {accept: "),
        *("null", ".nan", "1e999", "0x", "12 EUR", "2027-01-01", "é", "\U0001f680", "\ud800"),
    ]
)
MODELS_READ = st.sampled_from([Proposal, Tries, GatePolicy, PolicySet, Answer])


def survives(text, model):
    """Any other error than a refusal fails the test."""
    with suppress(InvalidInputError):
        assert isinstance(documents.parse(text, model, where="fuzz"), model)


@given(text=st.one_of(st.binary(), st.text(), st.lists(SIGNS, max_size=40).map("".join)), model=MODELS_READ)
@settings(max_examples=400, deadline=None)
def test_whatever_is_parsed_is_a_model_or_refused(text, model):
    survives(text, model)


@given(at=st.integers(0, len(PROPOSAL)), length=st.integers(0, 12), put=st.lists(SIGNS, max_size=3).map("".join))
@settings(max_examples=400, deadline=None)
def test_a_damaged_document_is_a_model_or_refused(at, length, put):
    survives(PROPOSAL[:at] + put + PROPOSAL[at + length :], Proposal)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(proposal=st.fixed_dictionaries(dict.fromkeys(Proposal.model_fields, VALUES)), model=MODELS_READ)
@settings(max_examples=200, deadline=None)
def test_well_formed_nonsense_is_a_model_or_refused(proposal, model):
    survives(json.dumps(proposal), model)
