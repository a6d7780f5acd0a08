"""Messages over real HTTP: owed with the entry, tried again until taken, and never sent inside unasked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from provefirst.errors import InvalidInputError, UnknownError
from provefirst.lifecycle.act import Refused
from provefirst.store import webhooks as stored
from provefirst.store.retries import BACK_OFF, LEASE
from provefirst.webhooks import delivering, hooks
from provefirst.webhooks.delivering import deliver_due
from provefirst.webhooks.hooks import Shown
from provefirst.webhooks.signing import verify
from tests.webhooks.receiver import Receiver, receiving
from tests.world import World

HERE = frozenset({"localhost"})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def hooked(world: World, receiver: Receiver, *events: str) -> Shown:
    shown = hooks.add(world.workspace, receiver.url, by="root", events=events, allowed=HERE)
    assert isinstance(shown, Shown)
    return shown


def deliver(world: World) -> int:
    return deliver_due(world.workspace, world.clock.now, allowed=HERE)


def messages(world: World, shown: Shown) -> list[tuple[str, int, str]]:
    return [(row["status"], row["tries"], row["problem"]) for row in hooks.messages(world.workspace, shown.hook.id)]


def test_what_happened_is_told_signed_and_once(any_world: World, receiver: Receiver) -> None:
    world = any_world
    shown = hooked(world, receiver, "initiative.opened", "stage.entered")
    key = world.open()

    assert deliver(world) == 2
    assert deliver(world) == 0
    ids = [
        verify(got.headers, got.body, given, now=world.clock.now)
        for got in receiver.got
        for given in (shown.secret, shown.public)
    ]
    assert len(set(ids)) == 2
    opened = world.initiative(key).opened_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert [json.loads(got.body) for got in receiver.got] == [
        {"type": "initiative.opened", "timestamp": opened, "data": {"initiative": key, "version": 1}},
        {"type": "stage.entered", "timestamp": opened, "data": {"initiative": key, "version": 5, "stage": "proposal"}},
    ]


def test_without_events_everything_is_told_the_organisations_own_entries_too(world: World, receiver: Receiver) -> None:
    from provefirst.lifecycle.organisation import fund
    from provefirst.money import Money

    hooked(world, receiver)
    assert fund(world.workspace, Money(amount=1, currency="EUR"), by="root") is None

    assert deliver(world) == 1
    assert json.loads(receiver.got[0].body)["type"] == "pool.funded"


def test_a_message_that_was_not_taken_waits_longer_each_time_and_fails_at_last(
    world: World, receiver: Receiver
) -> None:
    shown = hooked(world, receiver, "initiative.opened")
    receiver.statuses = [500]
    world.open()

    for wait in BACK_OFF:
        assert deliver(world) == 0
        world.clock.now += wait - timedelta(microseconds=1)
        assert deliver(world) == 0  # not before its time
        world.clock.now += timedelta(microseconds=1)
    deliver(world)
    world.clock.pass_days(30)
    deliver(world)

    assert len(receiver.got) == len(BACK_OFF) + 1
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert messages(world, shown) == [("failed", len(BACK_OFF) + 1, "it answered 500")]


def test_a_receiver_that_comes_back_gets_what_it_missed(world: World, receiver: Receiver) -> None:
    shown = hooked(world, receiver, "initiative.opened")
    receiver.statuses = [503, 204]
    world.open()
    world.open()

    deliver(world)
    assert len(receiver.got) == 1  # the second waits: the receiver is down
    world.clock.now += BACK_OFF[0]
    assert deliver(world) == 2

    assert [status for status, _, _ in messages(world, shown)] == ["sent", "sent"]


def test_nothing_is_owed_for_what_was_rolled_back(world: World, receiver: Receiver) -> None:
    shown = hooked(world, receiver)

    def give_up() -> None:
        with world.workspace.store.writing() as work:
            stored.announce(work, work.entries("ORG"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        give_up()

    assert messages(world, shown) == []


def test_a_message_that_was_taken_up_and_never_heard_of_again_is_sent_later(world: World, receiver: Receiver) -> None:
    hooked(world, receiver, "initiative.opened")
    world.open()
    with world.workspace.store.writing() as work:
        (delivery,) = stored.due(work, at="9", limit=9)
        assert stored.lease(work, delivery, world.clock.now)
        assert not stored.lease(work, delivery, world.clock.now)

    assert deliver(world) == 0
    world.clock.now += LEASE
    assert deliver(world) == 1


def test_a_redirect_is_not_followed(world: World, receiver: Receiver) -> None:
    shown = hooked(world, receiver, "initiative.opened")
    receiver.statuses, receiver.headers = [307], {"location": receiver.url + "/elsewhere"}
    world.open()
    deliver(world)

    assert [got.path for got in receiver.got] == ["/hook"]
    assert messages(world, shown) == [("due", 1, "it answered 307")]


def test_a_receiver_that_is_gone_is_told_nothing_more(world: World, receiver: Receiver) -> None:
    shown = hooked(world, receiver)
    receiver.statuses = [410]
    world.open()
    deliver(world)
    world.open()
    deliver(world)

    (hook,) = hooks.listing(world.workspace)
    assert (hook.is_active, hook.problem) == (False, "it answered 410: it wants no more")
    assert len(receiver.got) == 1
    assert isinstance(hooks.rotate(world.workspace, shown.hook.id, by="root"), Shown)
    assert hooks.listing(world.workspace)[0].is_active


def test_an_endless_answer_is_cut_off(world: World, receiver: Receiver) -> None:
    shown = hooked(world, receiver, "initiative.opened")

    def pour(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(100):
                handler.wfile.write(bytes(10_000))
        except OSError:
            pass  # the sender hung up, as it should

    receiver.answer = pour
    world.open()

    assert deliver(world) == 0
    assert messages(world, shown) == [("due", 1, "its answer is longer than 65536 bytes")]


def test_a_receiver_that_dawdles_is_left_at_the_deadline(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    monkeypatch.setattr(delivering, "SECONDS", 0.3)
    shown = hooked(world, receiver, "initiative.opened")
    is_over = threading.Event()

    def dawdle(handler: BaseHTTPRequestHandler) -> None:
        """A byte of the header at a time: no single read is ever late."""
        try:
            for _ in range(200):
                handler.wfile.write(b"H")
                if is_over.wait(0.05):
                    return
        except OSError:
            pass

    receiver.answer = dawdle
    world.open()
    try:
        assert deliver(world) == 0
    finally:
        is_over.set()
    status, tries, problem = messages(world, shown)[0]
    assert (status, tries) == ("due", 1)
    assert problem.startswith(("ReadTimeout", "RemoteProtocolError"))


def test_an_address_inside_is_refused_unless_its_host_was_allowed(world: World, receiver: Receiver) -> None:
    shown = hooked(world, receiver, "initiative.opened")
    with world.workspace.store.writing() as work:
        stored.change(work, shown.hook.id, url=receiver.url.replace("http:", "https:"))
    world.open()

    assert deliver_due(world.workspace, world.clock.now, allowed=()) == 0
    assert receiver.got == []
    ((_, _, problem),) = messages(world, shown)
    assert problem.endswith("which is not on the open internet")


def test_after_a_rotation_both_secrets_hold_for_a_day(world: World, receiver: Receiver) -> None:
    old = hooked(world, receiver, "initiative.opened")
    new = hooks.rotate(world.workspace, old.hook.id, by="root")
    assert isinstance(new, Shown)
    assert new.secret != old.secret
    world.open()
    deliver(world)
    world.clock.now += hooks.OVERLAP
    world.open()
    deliver(world)

    first, second = receiver.got
    at_first = world.clock.now - hooks.OVERLAP
    assert verify(first.headers, first.body, old.secret, now=at_first)
    assert verify(first.headers, first.body, new.secret, now=at_first)
    assert verify(second.headers, second.body, new.secret, now=world.clock.now)
    assert second.headers["webhook-signature"].count("v1,") == 1


def test_no_secret_lies_in_the_database(world: World, receiver: Receiver) -> None:
    shown = hooked(world, receiver)
    world.open()

    content = b"".join(path.read_bytes() for path in world.workspace.home.glob("provefirst.db*"))
    assert shown.hook.id.encode() in content
    assert shown.secret.removeprefix("whsec_").encode() not in content


def test_a_hook_made_with_another_key_is_not_signed_for(world: World, receiver: Receiver) -> None:
    shown = hooked(world, receiver, "initiative.opened")
    (world.workspace.home / "keys" / "webhooks.key").unlink()
    world.open()

    assert deliver(world) == 0
    assert receiver.got == []
    assert messages(world, shown)[0][2] == "its secret was made from another key: rotate it"


def test_only_an_admin_adds_rotates_and_removes(world: World, receiver: Receiver) -> None:
    shown = hooked(world, receiver)
    refused = Refused(("webhooks are for: admin",))

    assert hooks.add(world.workspace, receiver.url, by="olga", allowed=HERE) == refused
    assert hooks.rotate(world.workspace, shown.hook.id, by="anna") == refused
    assert hooks.remove(world.workspace, shown.hook.id, by="dana") == refused
    assert hooks.remove(world.workspace, shown.hook.id, by="root") is None
    assert hooks.listing(world.workspace) == ()


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "https://me:secret@example.org/", "ftp://example.org", "https://", "nonsense", "file:///x"],
)
def test_an_address_that_can_not_be_a_hook_is_refused(world: World, url: str) -> None:
    with pytest.raises(InvalidInputError):
        hooks.add(world.workspace, url, by="root", allowed=HERE)


def test_an_event_that_does_not_exist_is_refused_with_the_nearest(world: World) -> None:
    with pytest.raises(UnknownError) as refused:
        hooks.add(world.workspace, "https://example.org/", by="root", events=["gate.open"])

    assert refused.value.nearest == "gate.opened"
