"""Text from outside: what can't be seen, can't be shown or pretends to be something else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provefirst.errors import InvalidInputError
from provefirst.texts import handle, key, one_line, plain, visible, with_article

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("character", [*BIDI, "\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\uffff", "\U000e0fff"])
def test_a_character_that_cannot_be_shown_is_refused_with_its_place(character):
    with pytest.raises(ValueError, match="can't be shown") as caught:
        plain(f"ab{character}c")
    assert str(caught.value) == f"character U+{ord(character):04X} at position 3 can't be shown: take it out"


@pytest.mark.parametrize("text", ["\u200b\u200b\u200b", "\u00a0\u2003", "\u2060\ufeff\u00ad", "\u2028"])
def test_text_with_nothing_to_be_seen_is_refused(text):
    with pytest.raises(ValueError, match="nothing to be seen"):
        plain(text)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\u2029"])
def test_a_line_has_no_end_in_it(end):
    with pytest.raises(ValueError, match="one line only"):
        one_line(f"title{end}another")


def test_prose_keeps_its_lines_and_tabs():
    assert plain("one\n\ttwo\r\n") == "one\n\ttwo\r\n"


def test_letters_of_every_script_are_kept():
    text = "Größe, размер, 大小, आकार, اندازه\u200cها, 👩\u200d🔬"
    assert plain(text) == text


def test_text_is_composed_so_that_what_looks_alike_is_alike():
    assert plain("Gro\u0308\u00dfe") == "Größe"


@given(st.text())
def test_words_made_out_of_data_can_always_be_shown(text):
    shown = visible(text)
    assert len(shown) == len(text)
    assert not set(shown) & set(BIDI + "\x00\x1b\x7f")


@pytest.mark.parametrize("text", ["", "PF", "PF-0", "PF-01", "pf-1", "PF-1\n", "PF-1 ", "-1", "PF-" + "1" * 10, "ПФ-1"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(InvalidInputError):
        key(text)


def test_a_key_is_kept():
    assert key("PF-12") == "PF-12"


@pytest.mark.parametrize(
    "text", ["", "a", "Olga", "-olga", "olga-", "ol ga", "olga\n", "ölga", "оlga", "o" * 41, "../x"]
)
def test_what_is_no_handle_is_refused(text):
    with pytest.raises(InvalidInputError):
        handle(text)


def test_a_handle_is_kept():
    assert handle("olga.b-2") == "olga.b-2"


def test_a_noun_takes_the_article_that_is_spoken_before_it():
    spoken = ["an accuracy", "a roc_auc", "an average_precision", "an f1_macro", "a log_loss", "an r2", "an rmse"]
    spoken += [
        "an mae",
        "a mape",
        "a brier",
        "a balanced_accuracy",
        "an admin",
        "an ethics reviewer",
        "a user",
        "a unit",
    ]
    assert [with_article(noun.partition(" ")[2]) for noun in spoken] == spoken
