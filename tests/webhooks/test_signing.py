"""Signatures after the specification: its own example, and every way in which a message is not genuine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provefirst.errors import StorageError
from provefirst.webhooks.signing import WINDOW, Maker, NotGenuineError, verify

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BODY = b'{"type":"gate.opened"}'
MAKER = Maker(bytes(range(32)))
SECRET = MAKER.secret("wh_1", 1)


def headers(now: datetime = NOW, message: str = "msg_1", body: bytes = BODY) -> dict[str, str]:
    return MAKER.headers(message, body, [SECRET], now)


def test_the_specifications_own_example_is_genuine() -> None:
    """From the reference libraries of Standard Webhooks."""
    example = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret, now = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime.fromtimestamp(1614265330, UTC)

    assert verify(example, b'{"test": 2432232314}', secret, now=now) == example["webhook-id"]


def test_a_genuine_message_is_known_by_secret_and_by_public_key_and_by_any_of_several() -> None:
    for given in (SECRET, MAKER.public, ("whsec_AAAA", SECRET)):
        assert verify(headers(), BODY, given, now=NOW) == "msg_1"


@pytest.mark.parametrize("given", [SECRET, MAKER.public])
def test_whatever_is_changed_it_is_genuine_no_more(given: str) -> None:
    found = headers()
    later = str(int(found["webhook-timestamp"]) + 1)
    for changed, body in (
        (found, BODY + b" "),
        (found | {"webhook-id": "msg_2"}, BODY),
        (found | {"webhook-timestamp": later}, BODY),
        (found | {"webhook-signature": "v1,AAAA v1a,AAAA v1a,% v2,x nonsense"}, BODY),
        (found | {"webhook-signature": ""}, BODY),
        (found | {"webhook-timestamp": "noon"}, BODY),
        ({"webhook-id": "msg_1"}, BODY),
    ):
        with pytest.raises(NotGenuineError):
            verify(changed, body, given, now=NOW)


def test_another_hooks_secret_and_another_generation_are_different() -> None:
    for other in (MAKER.secret("wh_2", 1), MAKER.secret("wh_1", 2), Maker(bytes(32)).secret("wh_1", 1)):
        with pytest.raises(NotGenuineError):
            verify(headers(), BODY, other, now=NOW)


def test_an_old_message_and_one_from_the_future_are_outside_the_window() -> None:
    for away in (WINDOW, -WINDOW):
        assert verify(headers(), BODY, SECRET, now=NOW + away)
        with pytest.raises(NotGenuineError, match="too far from now"):
            verify(headers(), BODY, SECRET, now=NOW + away * 1.01)


def test_headers_are_known_however_they_are_written() -> None:
    assert verify({name.title(): value for name, value in headers().items()}, BODY, SECRET, now=NOW) == "msg_1"


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = Maker.at(tmp_path, {})

    assert Maker.at(tmp_path, {}) == made
    assert (tmp_path / "keys" / "webhooks.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "keys" / "webhooks.key").chmod(0o644)
    with pytest.raises(StorageError, match="others can read"):
        Maker.at(tmp_path, {})


def test_a_key_that_is_cut_off_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("00ff")
    file.chmod(0o600)

    with pytest.raises(StorageError, match="is not a key of webhooks"):
        Maker.at(tmp_path, {"PROVEFIRST_WEBHOOK_KEY": str(file)})


def test_a_window_can_be_narrower() -> None:
    with pytest.raises(NotGenuineError):
        verify(headers(), BODY, SECRET, now=NOW + timedelta(seconds=2), window=timedelta(seconds=1))
