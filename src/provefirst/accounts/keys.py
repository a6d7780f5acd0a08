"""Secrets: made at random, kept as a digest, compared in constant time, and never shown in a log.

What has to be read again (the seed of a second factor) is encrypted with a key that lies outside the database.
"""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from provefirst.errors import InvalidInputError, StorageError

KEY_FILE = "secret.key"


def new_secret(prefix: str = "") -> str:
    """256 random bits as text."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret: enough to know it again. It is long and random, so a plain SHA-256 does."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how far they agree."""
    return secrets.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def encrypted(home: Path, text: str) -> str:
    """`text`, readable only with the key of the workspace in `home`."""
    return _lock(home).encrypt(text.encode()).decode()


def decrypted(home: Path, text: str) -> str:
    """What `encrypted` was given; StorageError where the key is another one now."""
    try:
        return _lock(home).decrypt(text.encode()).decode()
    except InvalidToken as problem:
        raise StorageError(f"{home / KEY_FILE} is not the key that this was encrypted with") from problem


def _lock(home: Path) -> Fernet:
    if given := os.environ.get("PROVEFIRST_SECRET_KEY"):
        if len(given) < 32:
            raise InvalidInputError("PROVEFIRST_SECRET_KEY", "(not shown)", "at least 32 characters")
        return Fernet(urlsafe_b64encode(sha256(given.encode()).digest()))
    return Fernet(_key_of(home / KEY_FILE))


def _key_of(file: Path) -> bytes:
    """The key in `file`, made when first asked for. Two processes that make it at once end up with the same one."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        pass
    file.parent.mkdir(parents=True, exist_ok=True)
    own = file.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, Fernet.generate_key())
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(own, file)
    except FileExistsError:
        pass
    finally:
        own.unlink()
    return file.read_bytes()
