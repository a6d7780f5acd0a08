"""The courier carries mail and webhooks by itself, with no Prefect near, and outlives what fails under it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from provefirst.engine.courier import Courier
from provefirst.webhooks import hooks
from provefirst.webhooks.hooks import Shown
from tests.notify.conftest import Mailbox
from tests.webhooks.receiver import Receiver, receiving
from tests.world import World


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def test_people_and_programs_are_told_by_itself(
    mailed: World, mailbox: Mailbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVEFIRST_WEBHOOK_HOSTS", "localhost")
    mailed.clock.now = datetime.now(UTC)
    made = hooks.add(mailed.workspace, receiver.url, by="root", events=("initiative.opened",))
    assert isinstance(made, Shown)
    courier = Courier(mailed.workspace, turn=0.02)
    courier.start()
    try:
        mailed.open()
        assert until(lambda: len(mailbox.got) == 1 and len(receiver.got) == 1)
    finally:
        courier.stop(5)


def test_a_round_that_fails_is_followed_by_another(
    mailed: World, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = iter([OSError("the database is away")])
    clock = mailed.workspace.clock

    def ticking() -> datetime:
        for problem in failing:
            raise problem
        return clock()

    mailed.open()
    monkeypatch.setattr(mailed.workspace, "clock", ticking)
    courier = Courier(mailed.workspace, turn=0.02)
    courier.start()
    try:
        assert until(lambda: len(mailbox.got) == 1)
    finally:
        courier.stop(5)
