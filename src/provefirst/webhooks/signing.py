"""Signing messages, and checking them on the other side, as https://www.standardwebhooks.com says.

No secret lies in the database: each is made from one key in a file, the hook's id and how often it was rotated.
"""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provefirst.errors import ProvefirstError, StorageError

VARIABLE = "PROVEFIRST_WEBHOOK_KEY"
SECRET, PUBLIC = "whsec_", "whpk_"
WINDOW = timedelta(minutes=5)
"""How far a message's time may be from the receiver's: an older one may be a replay."""
_KEY_BYTES = 32


class NotGenuineError(ProvefirstError):
    """A message that doesn't bear its sender's signature, or is not of now."""


@dataclass(frozen=True)
class Maker:
    """Makes the hooks' secrets from the key in a file."""

    key: bytes

    @classmethod
    def at(cls, home: Path, environment: Mapping[str, str] | None = None) -> Maker:
        """The maker of the data folder `home`, or of PROVEFIRST_WEBHOOK_KEY; its key is made at first use."""
        known = os.environ if environment is None else environment
        file = Path(known.get(VARIABLE) or home / "keys" / "webhooks.key")
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not file.exists():
                _create(file)
            if os.name == "posix" and file.stat().st_mode & 0o077:
                raise StorageError(f"others can read {file}: chmod 600 it, and rotate every hook if they did")
            key = bytes.fromhex(file.read_text("ascii").strip())
        except (OSError, ValueError) as problem:
            raise StorageError(f"the key of webhooks {file} can't be read: {problem}") from problem
        if len(key) != _KEY_BYTES:
            raise StorageError(f"{file} is not a key of webhooks: {_KEY_BYTES} bytes in hex")
        return cls(key)

    @property
    def id(self) -> str:
        """What the key is called: a hook made by another one can't be signed for."""
        return sha256(self.key).hexdigest()[:16]

    def secret(self, hook: str, generation: int) -> str:
        """The secret of a hook, as its receiver is given it."""
        return SECRET + b64encode(self._made(f"secret {hook} {generation}")).decode()

    @property
    def public(self) -> str:
        """The public key of `v1a` signatures: a receiver that has it can't sign itself."""
        raw = self._signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return PUBLIC + b64encode(raw).decode()

    def headers(self, message: str, body: bytes, given: Sequence[str], now: datetime) -> dict[str, str]:
        """The three headers: a `v1` signature for each secret in `given`, and one `v1a`."""
        timestamp = str(int(now.timestamp()))
        content = _content(message, timestamp, body)
        signatures = [f"v1,{_hmac(secret, content)}" for secret in given]
        signatures.append(f"v1a,{b64encode(self._signer.sign(content)).decode()}")
        return {
            "webhook-id": message,
            "webhook-timestamp": timestamp,
            "webhook-signature": " ".join(signatures),
        }

    @property
    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._made("v1a"))

    def _made(self, purpose: str) -> bytes:
        return hmac.digest(self.key, purpose.encode(), "sha256")


def verify(
    headers: Mapping[str, str], body: bytes, given: str | Sequence[str], *, now: datetime, window: timedelta = WINDOW
) -> str:
    """The id of a message that is genuine, for receivers; NotGenuineError where it isn't, or is older than `window`.

    `given` is the secret (whsec_…) or the public key (whpk_…), or several of them. A message that comes twice within
    the window has the same id: act on it once.
    """
    named = {name.lower(): value for name, value in headers.items()}
    try:
        message, timestamp = named["webhook-id"], named["webhook-timestamp"]
        signatures = named["webhook-signature"].split(" ")
        sent = int(timestamp)
    except (KeyError, ValueError):
        raise NotGenuineError("a header of the signature is missing or not understood") from None
    if abs(now.timestamp() - sent) > window.total_seconds():
        raise NotGenuineError("its time is too far from now")
    content = _content(message, timestamp, body)
    known = (given,) if isinstance(given, str) else tuple(given)
    if not any(_fits(key, signature, content) for key in known for signature in signatures):
        raise NotGenuineError("none of its signatures is right")
    return message


def _fits(key: str, signature: str, content: bytes) -> bool:
    version, _, value = signature.partition(",")
    if version == "v1" and key.startswith(SECRET):
        return hmac.compare_digest(_hmac(key, content).encode(), value.encode())
    if version == "v1a" and key.startswith(PUBLIC):
        try:
            Ed25519PublicKey.from_public_bytes(b64decode(key.removeprefix(PUBLIC))).verify(b64decode(value), content)
        except (InvalidSignature, ValueError):
            return False
        return True
    return False


def _hmac(secret: str, content: bytes) -> str:
    return b64encode(hmac.digest(b64decode(secret.removeprefix(SECRET)), content, "sha256")).decode()


def _content(message: str, timestamp: str, body: bytes) -> bytes:
    return f"{message}.{timestamp}.".encode() + body


def _create(file: Path) -> None:
    try:
        opened = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:  # another process was quicker
        return
    with os.fdopen(opened, "w") as stream:
        stream.write(secrets.token_hex(_KEY_BYTES) + "\n")
