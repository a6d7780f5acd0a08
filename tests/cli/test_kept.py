"""Where `login` keeps its token: in a keyring that works, else in a file of one's own."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as Nothing

import provefirst
from provefirst.client import NotSignedInError, RemoteClient, kept
from provefirst.client.kept import SignIn
from provefirst.errors import InvalidInputError

HERE, THERE = SignIn("https://here.example.org", "pf_here"), SignIn("https://there.example.org", "pf_there")


class Ring(KeyringBackend):
    """A keyring that keeps what it is given for as long as a test runs."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


class LockedRing(Ring):
    """A keyring that nobody unlocked."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked("locked")

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("locked")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of a user with a configuration of their own."""
    for name in ("PROVEFIRST_KEYRING", "PROVEFIRST_SERVER", "PROVEFIRST_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PROVEFIRST_CONFIG", str(tmp_path))
    before = keyring.get_keyring()
    yield tmp_path / "provefirst" / "servers.json"
    keyring.set_keyring(before)


def test_a_keyring_keeps_the_token_and_no_file_does(file: Path) -> None:
    ring = Ring()
    keyring.set_keyring(ring)
    assert kept.keep(HERE) == "the system's keyring"
    assert (HERE.token in file.read_text(), kept.current()) == (False, HERE)
    kept.forget(HERE.server)
    assert (kept.current(), ring.held) == (None, {})


@pytest.mark.parametrize("ring", [LockedRing(), Nothing()], ids=["locked", "none"])
def test_without_a_keyring_that_works_a_file_of_ones_own_keeps_it(file: Path, ring: KeyringBackend) -> None:
    keyring.set_keyring(ring)
    assert kept.keep(HERE) == str(file)
    assert (stat.S_IMODE(file.stat().st_mode), kept.current()) == (0o600, HERE)
    kept.forget(HERE.server)
    assert (kept.current(), HERE.token in file.read_text()) == (None, False)


def test_the_server_signed_in_to_last_is_the_one_that_is_meant(file: Path) -> None:
    keyring.set_keyring(Nothing())
    kept.keep(HERE)
    kept.keep(THERE)
    assert kept.current() == THERE
    kept.forget(HERE.server)
    assert kept.current() == THERE
    said = {"PROVEFIRST_SERVER": HERE.server, "PROVEFIRST_TOKEN": "pf_from_the_environment"}
    assert kept.current(said) == SignIn(HERE.server, "pf_from_the_environment")


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_file_that_was_spoilt_is_told_as_such(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.touch(0o600)
    file.write_text(content)
    with pytest.raises(InvalidInputError, match="sign in again"):
        kept.current({})


def test_no_token_is_shown_by_accident() -> None:
    assert HERE.token not in repr(HERE)


def test_a_client_acts_with_what_was_kept_for_its_server(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(Nothing())
    kept.keep(HERE)
    kept.keep(THERE)
    with provefirst.connect(HERE.server + "/") as client:
        assert isinstance(client, RemoteClient)
        assert client.server.token == HERE.token
    monkeypatch.setenv("PROVEFIRST_TOKEN", "pf_programs")
    assert kept.token_for(HERE.server) == "pf_programs"
    monkeypatch.setenv("PROVEFIRST_SERVER", THERE.server)
    assert (kept.token_for(HERE.server), kept.token_for(THERE.server)) == (HERE.token, "pf_programs")


def test_a_server_without_a_token_is_no_data_folder(file: Path) -> None:
    keyring.set_keyring(Nothing())
    with pytest.raises(NotSignedInError, match="provefirst login https://here"):
        provefirst.connect(HERE.server)
    with pytest.raises(InvalidInputError, match="https"):
        provefirst.connect("ftp://here.example.org")
