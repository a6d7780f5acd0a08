"""The text that is hashed is the ledger's own, byte for byte, and following it says what the ledger would say."""

import math
from hashlib import sha256
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from provefirst.chain import COLUMNS, Bad, Chain, Signed, text_of
from provefirst.ledger import GENESIS, Entry, Event, canonical, digest_of, seal, verify
from provefirst.store.work import row_of

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
data = st.dictionaries(texts, values, max_size=5)
AT = "2026-03-02T12:00:00.000000Z"


def row(entry: Entry) -> list[Any]:
    stored = row_of(entry)
    return [stored[name] for name in COLUMNS]


def stream(length: int = 3, name: str = "PF-1") -> list[list[Any]]:
    rows, previous = [], GENESIS
    for version in range(1, length + 1):
        event = Event("reminder.raised", "engine", {"about": f"number {version}"})
        entry = seal(event, initiative=name, version=version, at=AT, previous=previous)
        rows.append(row(entry))
        previous = entry.digest
    return rows


def bad_of(rows: list[list[Any]], expected: dict[str, dict[int, Signed]] | None = None) -> list[Bad]:
    chain = Chain(expected or {})
    chain.feed(rows)
    chain.close()
    return chain.bad


@settings(max_examples=400)
@given(texts, st.integers(1, 10**9), texts, texts, texts, data)
def test_the_text_that_is_hashed_is_the_ledgers_own_byte_for_byte(
    name: str, version: int, event: str, actor: str, at: str, content: dict[str, Any]
) -> None:
    previous = digest_of(content)
    found = [name, version, event, actor, at, canonical(content), previous, ""]

    assert text_of(found) == canonical([name, version, event, actor, at, content, previous])
    assert sha256(text_of(found).encode()).hexdigest() == digest_of(
        [name, version, event, actor, at, content, previous]
    )


@settings(max_examples=200)
@given(st.lists(st.tuples(texts, texts, data), min_size=1, max_size=6), texts)
def test_what_the_ledger_finds_sound_is_found_sound(events: list[tuple[str, str, dict[str, Any]]], name: str) -> None:
    entries, previous = [], GENESIS
    for version, (event, actor, content) in enumerate(events, start=1):
        entry = seal(Event(event, actor, content), initiative=name, version=version, at=AT, previous=previous)
        entries.append(entry)
        previous = entry.digest
    verify(entries)

    assert bad_of([row(entry) for entry in entries]) == []


def test_every_stream_that_is_bad_is_named_with_its_first_bad_entry() -> None:
    rows = [*stream(3, "PF-1"), *stream(3, "PF-2"), *stream(4, "PF-3")]
    rows[1][3] = "somebody"
    rows[2][3] = "somebody"
    del rows[7]

    assert bad_of(rows) == [
        Bad("PF-1", 2, "was changed: its content does not match its digest"),
        Bad("PF-3", 2, "missing: entry 3 stands in its place"),
    ]


def test_an_entry_that_is_no_text_is_named_and_the_next_stream_still_read() -> None:
    rows = [*stream(2, "PF-1"), *stream(2, "PF-2")]
    rows[1][5] = None
    rows[3][5] = "\udcff"

    assert bad_of(rows) == [
        Bad("PF-1", 2, "was changed: a field is not text"),
        Bad("PF-2", 2, "was changed: a field is not text"),
    ]


def test_an_entry_before_the_first_and_one_that_stands_there_twice_are_named() -> None:
    before, twice = stream(2, "PF-1"), stream(2, "PF-2")
    before.insert(0, [*before[0][:1], 0, *before[0][2:]])
    twice.insert(1, twice[0])

    assert bad_of([*before, *twice]) == [
        Bad("PF-1", 0, "stands before the first entry"),
        Bad("PF-2", 1, "stands there twice"),
    ]


def test_an_entry_earlier_than_the_one_before_is_named_though_its_seal_is_right() -> None:
    first = stream(1)[0]
    early = seal(Event("x.y", "engine", {}), initiative="PF-1", version=2, at="2025" + AT[4:], previous=first[7])

    assert bad_of([first, row(early)]) == [Bad("PF-1", 2, "is earlier than the entry before it")]


def test_newest_entries_that_were_cut_off_are_missed_by_a_checkpoint() -> None:
    rows = stream(5)
    expected = {"PF-1": {5: Signed(rows[4][7], "the checkpoint")}}

    assert bad_of(rows[:3]) == []
    assert bad_of(rows[:3], expected) == [Bad("PF-1", 4, "missing: the checkpoint has 5 entries here")]


def test_a_stream_that_vanished_is_missed_by_a_checkpoint() -> None:
    expected = {"PF-2": {2: Signed("0" * 64, "the checkpoint")}}

    assert bad_of(stream(2), expected) == [
        Bad("PF-2", 1, "missing with its whole stream: the checkpoint has 2 entries")
    ]


def test_a_stream_sealed_anew_is_not_what_the_checkpoint_has() -> None:
    expected = {"PF-1": {2: Signed("0" * 64, "the checkpoint")}}

    assert bad_of(stream(3), expected) == [
        Bad("PF-1", 2, "is not the one that the checkpoint has: the stream was written anew")
    ]


def test_fed_in_pieces_it_finds_the_same() -> None:
    rows = [*stream(5, "PF-1"), *stream(5, "PF-2")]
    rows[7][4] = "2026-03-02T12:00:00.000001Z"
    for size in (1, 2, 3, 10):
        chain = Chain()
        for piece in range(math.ceil(len(rows) / size)):
            chain.feed(rows[piece * size : (piece + 1) * size])
        chain.close()

        assert chain.bad == bad_of(rows)
        assert [(head.stream, head.version) for head in chain.heads] == [("PF-1", 5)]
