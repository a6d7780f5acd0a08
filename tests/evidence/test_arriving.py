"""Data registered by URL: asked for on the ledger, read by the engine, and sealed before anybody has them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fsspec
import pandas as pd
import pytest

from provefirst.client import Client
from provefirst.errors import InvalidInputError
from provefirst.evidence import Kind
from provefirst.holdout import sources
from provefirst.lifecycle import arriving, attempts
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.arriving import Request, receive, request_data
from provefirst.lifecycle.facts import facts_of
from provefirst.lifecycle.holding import Registration
from provefirst.lifecycle.settings import Settings
from provefirst.stages import Stage
from provefirst.store.outbox import Attempt
from tests.evidence.studies import csv, orders, prepared
from tests.evidence.test_registering import ABOUT, data
from tests.world import World, done

BUCKET = "memory://bucket"


@pytest.fixture
def bucket(here: World) -> Iterator[str]:
    """A folder in memory, as a bucket would be elsewhere, from which the engine may read."""
    allow(here, f"{BUCKET}/")
    yield BUCKET
    if fsspec.filesystem("memory").exists("/bucket"):
        fsspec.filesystem("memory").rm("/bucket", recursive=True)


def allow(here: World, *places: str, **limits: int) -> None:
    settings: Settings = here.workspace.settings
    data_ = settings.data.model_copy(update={"places": places, **limits})
    here.workspace.settings = settings.model_copy(update={"data": data_})


def kept(frame: pd.DataFrame, url: str) -> str:
    with fsspec.open(url, "wb") as file:
        frame.to_csv(file, index=False) if url.endswith("csv") else frame.to_parquet(file)
    return url


def asked(here: World, key: str, url: str, **about: object) -> int:
    """The version of the entry that asks for the table at `url`."""
    request = Request(url=url, about=Registration.model_validate({**ABOUT, **about}))
    return done(request_data(here.workspace, key, request, by="hans")).entries[0].version


def read(here: World, key: str, cause: int) -> None:
    """What the engine's run does."""
    receive(here.workspace, Attempt(key, Stage.DATA_ANALYSIS, 1, cause))


def told(here: World, key: str) -> list[tuple[str, list[str]]]:
    state = here.initiative(key)
    facts = facts_of(state, here.workspace.policies(state.policy), now=here.clock.now)
    return [(one["status"], one["reasons"]) for one in facts["arrivals"]]


def registered_from(here: World, key: str) -> list[str]:
    return [one.kind.value for one in here.initiative(key).submissions if one.kind is Kind.DATA_REGISTRATION]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_data_are_registered_by_url_as_if_they_had_been_uploaded(here: World, bucket: str, kind: str) -> None:
    frame, first, second = orders(), prepared(here), prepared(here)
    owner, url = Client(here.workspace, "hans"), kept(frame, f"{bucket}/orders.{kind}")
    request = owner.initiative(first).register(ABOUT, url)
    assert request
    assert (registered_from(here, first), told(here, first)) == ([], [("waiting", [])])
    read(here, first, done(request).entries[0].version)
    assert owner.initiative(second).register(ABOUT, csv(frame))
    by_url, by_upload = data(here, first), data(here, second)
    assert by_url.content["fingerprint"] == by_upload.content["fingerprint"]
    assert by_url.content["work"] == by_upload.content["work"]
    assert (by_url.derived["source"], by_url.derived["drawn_from"], by_url.by) == (url, None, "hans")
    assert told(here, first) == [("read", [])]
    assert not (here.workspace.home / arriving.READING / first).exists()


def test_a_run_is_owed_for_it(here: World, bucket: str) -> None:
    key = prepared(here)
    cause = asked(here, key, f"{bucket}/orders.csv")
    due = attempts.due(here.workspace, here.clock.now)
    assert Attempt(key, Stage.DATA_ANALYSIS, 1, cause) in due


def test_data_too_large_to_hold_are_sampled_and_the_sample_is_stated(
    here: World, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "CELLS", 6000 * 6)
    monkeypatch.setattr(sources, "WHOLE", 1000)
    key, url = prepared(here), kept(orders(20_000), f"{bucket}/many.csv")
    read(here, key, asked(here, key, url))
    assert data(here, key).derived["drawn_from"] == 20_000
    assert 5000 < data(here, key).content["rows"] < 7000


@pytest.mark.parametrize(
    ("frame", "about", "why"),
    [
        (None, {}, "a URL that can be read"),
        (orders(), {"target": "siez"}, "did you mean 'size'"),
        (pd.concat([orders(), orders()]), {}, "an identifier of its own"),
        (orders(), {"had_access": ["dana"], "blindness": "sealed"}, "dana had access before"),
    ],
)
def test_what_can_not_be_registered_is_refused_on_the_ledger_and_its_owner_is_told(
    here: World, bucket: str, frame: pd.DataFrame | None, about: dict[str, object], why: str
) -> None:
    key, url = prepared(here), f"{bucket}/orders.csv"
    if frame is not None:
        kept(frame, url)
    read(here, key, asked(here, key, url, **about))
    [(status, reasons)] = told(here, key)
    assert (status, any(why in reason for reason in reasons), registered_from(here, key)) == ("refused", True, [])
    last = Client(here.workspace, "hans").initiative(key).history()[-1]
    assert (last.event, last.data["to"]) == ("reminder.raised", "hans")


def test_it_is_read_once_however_often_the_run_is_sent(here: World, bucket: str) -> None:
    key = prepared(here)
    cause = asked(here, key, kept(orders(), f"{bucket}/orders.csv"))
    for _ in range(3):
        read(here, key, cause)
    assert registered_from(here, key) == ["data_registration"]
    assert told(here, key) == [("read", [])]


def test_nothing_is_asked_for_that_may_not_be_read(here: World) -> None:
    key = prepared(here)
    with pytest.raises(InvalidInputError, match="nothing, as things are set"):
        asked(here, key, f"{BUCKET}/orders.csv")
    allow(here, f"{BUCKET}/")
    request = Request(url=f"{BUCKET}/orders.csv", about=Registration.model_validate(ABOUT))
    refused = request_data(here.workspace, key, request, by="dana")
    assert isinstance(refused, Refused)
    assert "dana is not data owner" in refused.reasons[0]


def test_what_was_allowed_when_it_was_asked_for_must_be_allowed_when_it_is_read(here: World, bucket: str) -> None:
    key = prepared(here)
    cause = asked(here, key, kept(orders(), f"{bucket}/orders.csv"))
    allow(here)
    read(here, key, cause)
    [(status, [reason])] = told(here, key)
    assert (status, "nothing, as things are set" in reason) == ("refused", True)


def test_the_same_table_is_not_asked_for_twice_while_it_is_read(here: World, bucket: str) -> None:
    key, url = prepared(here), kept(orders(), f"{bucket}/orders.csv")
    asked(here, key, url)
    again = request_data(here.workspace, key, Request(url=url, about=Registration.model_validate(ABOUT)), by="hans")
    assert isinstance(again, Refused)
    assert again.reasons == (f"{url} is being read already",)


def test_a_run_leaves_alone_what_another_reads_and_removes_what_killed_ones_left(here: World, bucket: str) -> None:
    key = prepared(here)
    cause = asked(here, key, kept(orders(), f"{bucket}/orders.csv"))
    place = here.workspace.home / arriving.READING
    alive, dead = place / f"{key}-{cause}", place / f"{key}-{cause}-dead"
    for folder in (alive, dead):
        folder.mkdir(parents=True)
    os.utime(dead, (0, 0))
    read(here, key, cause)
    assert told(here, key) == [("read", [])]
    assert list(place.iterdir()) == [alive]


def test_what_was_given_up_can_be_asked_for_again(here: World, bucket: str) -> None:
    key, url = prepared(here), kept(orders(), f"{bucket}/orders.csv")
    cause = asked(here, key, url)
    run = next(one for one in attempts.due(here.workspace, here.clock.now) if one.cause == cause)
    attempts.sent(here.workspace, run, "run", here.clock.now)
    attempts.again(here.workspace, replace(run, runs=attempts.RUNS), "no room on the disk", here.clock.now)
    assert told(here, key) == [("refused", ["the run that was to read it failed 5 times"])]
    assert asked(here, key, url) > cause


def test_a_file_that_is_not_there_is_refused_by_name(here: World) -> None:
    with pytest.raises(InvalidInputError, match="no such file"):
        Client(here.workspace, "hans").initiative(prepared(here)).register(ABOUT, Path("nowhere.csv"))
