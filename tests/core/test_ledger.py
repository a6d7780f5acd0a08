"""The ledger: one form of JSON, one instant in UTC, and a chain in which every change shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provefirst.errors import BrokenLedgerError, InvalidInputError
from provefirst.ledger import GENESIS, Entry, Event, canonical, digest_of, follow, instant, seal, verify
from tests.core.stories import researched
from tests.world import NOON

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CHANGES = {
    "initiative": "PF-2",
    "event": "budget.approved",
    "actor": "dirk",
    "at": "2026-03-02T12:03:30.000000Z",
    "data": {"stage": "release"},
}


def chain() -> list[Entry]:
    return researched().entries


def complaint(entries: list[Entry]) -> str:
    with pytest.raises(BrokenLedgerError) as caught:
        verify(entries)
    return str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), {"a": [float("nan")]}])
def test_a_number_that_is_none_has_no_canonical_form(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(value)


def test_canonical_json_has_sorted_keys_no_blanks_and_plain_letters():
    assert canonical({"b": [1, 2.5, None], "a": {"ü": True}}) == '{"a":{"ü":true},"b":[1,2.5,null]}'


@given(JSON.filter(lambda value: "\ud800" not in str(value)))
def test_canonical_json_is_the_same_after_a_round_trip(value):
    import json

    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(st.dictionaries(st.text(max_size=5), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_change_a_digest(value):
    assert digest_of(dict(reversed(value.items()))) == digest_of(value)


def test_a_naive_time_is_refused_and_told_how_it_could_be_meant():
    with pytest.raises(InvalidInputError) as caught:
        instant(datetime(2026, 3, 2, 12))  # noqa: DTZ001  # that is the point
    assert str(caught.value) == (
        "at: '2026-03-02T12:00:00' is not accepted: a time with its zone; did you mean '2026-03-02T12:00:00+00:00'?"
    )


def test_an_instant_is_written_in_utc_to_the_microsecond():
    east = timezone(timedelta(hours=5, minutes=30))
    assert instant(datetime(2026, 1, 1, 2, 0, tzinfo=east)) == "2025-12-31T20:30:00.000000Z"


@given(st.datetimes(min_value=datetime(1900, 1, 1)), st.datetimes(min_value=datetime(1900, 1, 1)))  # noqa: DTZ001
def test_instants_sort_as_text_as_they_do_in_time(one, other):
    one, other = one.replace(tzinfo=UTC), other.replace(tzinfo=UTC)
    assert (instant(one) < instant(other)) == (one < other)


def test_a_clock_that_went_back_does_not_take_the_ledger_with_it():
    assert follow(NOON - timedelta(days=1), instant(NOON)) == instant(NOON)


def test_a_clock_that_went_on_is_followed():
    assert follow(NOON + timedelta(days=1), instant(NOON)) == instant(NOON + timedelta(days=1))


def test_a_whole_chain_verifies():
    assert verify(chain()) is None


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("place", [0, 3, -1], ids=["first", "middle", "newest"])
def test_a_changed_field_shows_at_its_entry(field, place):
    entries = chain()
    entries[place] = replace(entries[place], **{field: CHANGES[field]})
    version = entries[place].version
    assert complaint(entries).startswith(f"{entries[place].initiative}: entry {version}: ")


@pytest.mark.parametrize("field", ["event", "actor", "data"])
def test_what_was_changed_does_not_match_its_digest(field):
    entries = chain()
    entries[2] = replace(entries[2], **{field: CHANGES[field]})
    assert complaint(entries) == "PF-1: entry 3: was changed: its content does not match its digest"


def test_a_changed_digest_shows_although_the_content_is_whole():
    entries = chain()
    entries[-1] = replace(entries[-1], digest="f" * 64)
    assert complaint(entries).endswith("was changed: its content does not match its digest")


def test_an_entry_sealed_anew_after_a_change_no_longer_carries_the_next():
    entries = chain()
    old = entries[2]
    event = Event(old.event, "dirk", old.data)
    entries[2] = seal(event, initiative=old.initiative, version=3, at=old.at, previous=old.previous)
    assert complaint(entries) == "PF-1: entry 4: does not follow from the entry before it"


def test_a_missing_entry_is_named():
    entries = chain()
    del entries[2]
    assert complaint(entries) == "PF-1: entry 3: missing: entry 4 stands in its place"


def test_two_entries_in_each_others_place_are_named():
    entries = chain()
    entries[1], entries[2] = entries[2], entries[1]
    assert complaint(entries) == "PF-1: entry 2: missing: entry 3 stands in its place"


def test_a_chain_that_does_not_begin_at_nothing_is_broken():
    event = Event("initiative.opened", "olga", {})
    stray = seal(event, initiative="PF-1", version=1, at=instant(NOON), previous="a" * 64)
    assert complaint([stray]) == "PF-1: entry 1: does not follow from the entry before it"


def test_an_entry_earlier_than_the_one_before_it_is_named():
    first = seal(Event("a.b", "olga", {}), initiative="PF-1", version=1, at=instant(NOON), previous=GENESIS)
    back = instant(NOON - timedelta(seconds=1))
    second = seal(Event("a.c", "olga", {}), initiative="PF-1", version=2, at=back, previous=first.digest)
    assert complaint([first, second]) == "PF-1: entry 2: is earlier than the entry before it"


def test_an_entry_of_another_stream_does_not_pass_for_one_of_this():
    entries = chain()
    old = entries[-1]
    event = Event(old.event, old.actor, old.data)
    entries[-1] = seal(event, initiative="PF-2", version=old.version, at=old.at, previous=old.previous)
    assert complaint(entries) == f"PF-2: entry {old.version}: belongs to another stream"


def test_the_time_of_an_entry_has_its_zone():
    assert chain()[0].time == NOON
