"""The same question in entirely other words is recognised by a model that its package carries."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from provefirst.errors import InvalidInputError
from provefirst.lifecycle import meanings
from provefirst.lifecycle.meanings import OTHER_WORDS, Meanings, index_for, on_the_scale_of_words
from provefirst.lifecycle.workspace import Workspace
from provefirst.likeness import ALIKE, Index, Subject
from tests import parts
from tests import world as w
from tests.memory.labelled import answered, recall_at
from tests.world import World

TUMOURS = Subject("PF-1", "Tell benign from malignant tumours", "Each biopsy is read by two physicians.", "", "", "")
CANCER = Subject("PF-2", "Classify cancer", "Doctors look twice at every tissue sample.", "", "", "")
PUMPS = Subject("PF-3", "Failing pumps", "Bearings wear out unseen.", "", "", "")


def by_meaning(*known: Subject) -> Meanings:
    parts.embeddings()
    made = Meanings()
    for one in known:
        made.put(one)
    return made


def test_nine_of_ten_that_ask_the_same_are_among_the_five_best() -> None:
    assert recall_at(5, by_meaning()) >= 0.9


def test_at_the_threshold_most_that_ask_the_same_are_found_and_hardly_any_other() -> None:
    within, across = answered(ALIKE, by_meaning())
    assert within >= 0.8
    assert across <= 0.002


def test_what_shares_no_word_is_found_and_said_to_be_in_other_words() -> None:
    words = Index()
    words.put(TUMOURS)
    assert words.alike(CANCER) == []
    match, other = by_meaning(TUMOURS, PUMPS).alike(CANCER)
    assert (match.key, match.shared, other.key) == ("PF-1", (OTHER_WORDS,), "PF-3")
    assert match.score > 2 * other.score


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refused)
    assert by_meaning(TUMOURS).alike(CANCER)


def test_what_is_written_anew_is_known_by_that_alone_and_is_not_like_itself() -> None:
    known = by_meaning(TUMOURS, PUMPS)
    assert known.alike(CANCER)[0].key == "PF-1"
    known.put(Subject("PF-1", "Bread and salad", "", "", "", ""))
    assert (len(known), known.alike(CANCER, least=ALIKE)) == (2, [])
    assert [match.key for match in known.alike(PUMPS, apart_from="PF-3", least=ALIKE)] == []


def test_nothing_known_is_like_nothing() -> None:
    assert by_meaning().alike(CANCER) == []


def test_the_scale_of_words_has_the_same_threshold_and_keeps_the_order() -> None:
    told = [on_the_scale_of_words(cosine) for cosine in (-0.2, 0.0, 0.2, meanings.SAME, 0.7, 1.0)]
    assert told == sorted(told)
    assert (told[0], told[3], told[-1]) == (0.0, pytest.approx(ALIKE), pytest.approx(1.0))


def test_the_settings_choose_it(tmp_path: Path) -> None:
    parts.embeddings()
    (tmp_path / "provefirst.toml").write_text('[memory]\nsimilarity = "meanings"\n')
    world = World.make(tmp_path)
    first = world.open()
    second = world.open(title="Garments come back", problem="Clothes are sent home again because they do not fit.")
    assert isinstance(world.workspace.recall.index, Meanings)
    found = Workspace.open(tmp_path, clock=world.clock)
    with found.store.reading() as work:
        [match, *_] = found.recall.alike(work, Subject("", *_said(world, second)), limit=5, least=0.0)
    assert (match.key, first != second) == (second, True)


def test_where_its_package_is_missing_the_setting_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meanings, "find_spec", lambda name: None)
    with pytest.raises(InvalidInputError, match=r"memory.similarity.*pip install 'provefirst\[embeddings\]'"):
        index_for("meanings")
    assert isinstance(index_for("words"), Index)


def _said(world: World, key: str) -> tuple[str, str, str, str, str]:
    proposal = world.initiative(key).current(w.Kind.PROPOSAL).content  # type: ignore[union-attr]
    return tuple(proposal[name] for name in ("title", "problem", "affected", "hypothesis", "domain"))  # type: ignore[return-value]
