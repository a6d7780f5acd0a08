"""Tokens kept on this machine: in the system's keyring where there is one, else in a file that nobody else may read."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provefirst.errors import InvalidInputError, StorageError

SERVICE = "provefirst"
FILE = "servers.json"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A server, and the token that one acts there with."""

    server: str
    token: str

    def __repr__(self) -> str:
        return f"SignIn({self.server})"


def keep(sign_in: SignIn) -> str:
    """Keep a token, and act on its server from now on; where it is kept."""
    known = _read()
    in_keyring = _keyring_set(sign_in)
    servers = {**known.get("servers", {}), sign_in.server: "" if in_keyring else sign_in.token}
    _write({"current": sign_in.server, "servers": servers})
    return "the system's keyring" if in_keyring else str(_file())


def current(environment: Mapping[str, str] | None = None) -> SignIn | None:
    """What one acts with: PROVEFIRST_SERVER and PROVEFIRST_TOKEN, else what was kept last."""
    known = os.environ if environment is None else environment
    if known.get("PROVEFIRST_SERVER") and known.get("PROVEFIRST_TOKEN"):
        return SignIn(known["PROVEFIRST_SERVER"], known["PROVEFIRST_TOKEN"])
    kept = _read()
    server = kept.get("current", "")
    token = kept.get("servers", {}).get(server, "") or (_keyring_get(server) if server else "")
    return SignIn(server, token) if token else None


def token_for(server: str) -> str:
    """What one acts with on `server`: PROVEFIRST_TOKEN, unless it is said to be for another, else what was kept."""
    if (token := os.environ.get("PROVEFIRST_TOKEN")) and os.environ.get("PROVEFIRST_SERVER", server) == server:
        return token
    return _read().get("servers", {}).get(server, "") or _keyring_get(server)


def forget(server: str) -> None:
    """Let go of the token for a server."""
    kept = _read()
    servers = {known: token for known, token in kept.get("servers", {}).items() if known != server}
    _write({"current": "" if kept.get("current") == server else kept.get("current", ""), "servers": servers})
    if (ring := _keyring()) is not None and _keyring_get(server):
        ring.delete_password(SERVICE, server)


def _file() -> Path:
    given = os.environ.get("PROVEFIRST_CONFIG") or os.environ.get("XDG_CONFIG_HOME")
    return (Path(given) if given else Path.home() / ".config") / "provefirst" / FILE


def _read() -> dict[str, Any]:
    """What is kept; refused where others can read it: the token may be theirs by now."""
    path = _file()
    try:
        mode = path.stat().st_mode
        content = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise StorageError(f"{path} can't be read ({problem.strerror})") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        allowed = "a file that only you can read: chmod 600 it, and revoke the token if others could have read it"
        raise InvalidInputError("servers", str(path), allowed)
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidInputError("servers", str(path), "what `provefirst login` wrote: delete it, and sign in again")
    return found


def _write(kept: Mapping[str, Any]) -> None:
    """Replace the file as a whole; it is never there with other permissions."""
    path = _file()
    partial = path.with_name(f".{FILE}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(kept, file)
        partial.replace(path)
    except OSError as problem:
        partial.unlink(missing_ok=True)
        raise StorageError(f"{path} can't be written ({problem.strerror})") from None


def _keyring() -> Any:
    """The system's keyring; None where none is installed, or none that keeps anything."""
    if os.environ.get("PROVEFIRST_KEYRING") == "0":
        return None
    try:
        import keyring
        from keyring.backends.fail import Keyring as Nothing
    except ImportError:
        return None
    found = keyring.get_keyring()
    return None if isinstance(found, Nothing) or "null" in type(found).__module__ else keyring


def _keyring_set(sign_in: SignIn) -> bool:
    ring = _keyring()
    if ring is None:
        return False
    try:
        ring.set_password(SERVICE, sign_in.server, sign_in.token)
    except Exception:  # a keyring that is locked or gone raises what its backend likes: the file is there for that
        return False
    return True


def _keyring_get(server: str) -> str:
    ring = _keyring()
    try:
        return (ring.get_password(SERVICE, server) or "") if ring is not None else ""
    except Exception:  # as above
        return ""
