"""The organisation's signing key: a file outside the database, and the public ring that says which key followed which.

Who can write to the database should not be able to sign it. A ring begins with a key that signs itself; each later one
is introduced by the one before. So whoever wrote down the first key's id can check every signature since.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import TypeAdapter, ValidationError

from provefirst.checkpoints import Checkpoint, Introduction, KeyClaim, Position, Statement
from provefirst.errors import StorageError
from provefirst.ledger import canonical, instant
from provefirst.texts import Document

VARIABLE = "PROVEFIRST_SIGNING_KEY"
Ring = tuple[Introduction, ...]
_RING: TypeAdapter[Ring] = TypeAdapter(Ring)


class KeyFileError(StorageError):
    """The signing key can't be used as it lies there."""


@dataclass(frozen=True)
class Keys:
    """Where the private key and the public ring are."""

    signing: Path
    public: Path

    @classmethod
    def at(cls, home: Path, environment: Mapping[str, str] | None = None) -> Keys:
        """The keys of the data folder `home`; PROVEFIRST_SIGNING_KEY names another place for the private one."""
        known = os.environ if environment is None else environment
        folder = home / "keys"
        return cls(Path(known.get(VARIABLE) or folder / "signing.pem").absolute(), folder / "ring.json")

    def ring(self) -> Ring:
        """The public keys so far, oldest first; empty where nothing was signed yet."""
        try:
            return _RING.validate_json(self.public.read_bytes())
        except FileNotFoundError:
            return ()
        except ValidationError as problem:
            raise KeyFileError(f"{self.public} is not a ring of keys any more: restore it") from problem

    def sign(self, statement: Statement, heads: tuple[Position, ...] | None, *, now: datetime) -> Checkpoint:
        """`statement` signed by the key in force; it must name that key (see `current`)."""
        ring, private = self._in_force(now)
        return Checkpoint(statement=statement, signature=_signed(private, statement), keys=ring, heads=heads)

    def current(self, *, now: datetime) -> str:
        """The id of the key in force, which is made where there is none yet."""
        return key_id(self._in_force(now)[0][-1].claim.public)

    def rotate(self, *, now: datetime) -> str:
        """Put a new key in force, introduced by the old one, which is destroyed; returns the new one's id.

        The ring is written before the key takes its place: after a crash in between, `_in_force` finishes it.
        """
        ring, old = self._in_force(now)
        new = Ed25519PrivateKey.generate()
        _write_private(self._coming, new)
        claim = KeyClaim(public=_public(new), at=instant(now), by=key_id(ring[-1].claim.public))
        _write(self.public, _text((*ring, Introduction(claim=claim, signature=_signed(old, claim)))), mode=0o644)
        self._coming.replace(self.signing)
        return key_id(claim.public)

    @property
    def _coming(self) -> Path:
        return self.signing.with_name(self.signing.name + ".next")

    def _in_force(self, now: datetime) -> tuple[Ring, Ed25519PrivateKey]:
        ring = self.ring()
        if not ring:
            return self._first(now)
        newest = ring[-1].claim.public
        if self._coming.is_file() and _public(_read_private(self._coming)) == newest:
            self._coming.replace(self.signing)
        private = _read_private(self.signing)
        if _public(private) != newest:
            told = f"{self.signing} holds the key {key_id(_public(private))}, and the one in force is {key_id(newest)}"
            raise KeyFileError(f"{told}: restore it from a backup")
        return ring, private

    def _first(self, now: datetime) -> tuple[Ring, Ed25519PrivateKey]:
        if not self.signing.is_file():
            _write_private(self.signing, Ed25519PrivateKey.generate(), is_first=True)
        private = _read_private(self.signing)
        claim = KeyClaim(public=_public(private), at=instant(now), by=key_id(_public(private)))
        ring = (Introduction(claim=claim, signature=_signed(private, claim)),)
        _write(self.public, _text(ring), mode=0o644)
        return ring, private


def key_id(public: str) -> str:
    """What a public key is called."""
    return sha256(bytes.fromhex(public)).hexdigest()[:16]


def signature_objections(checkpoint: Checkpoint, *, ring: Ring = (), pinned: str | None = None) -> tuple[str, ...]:
    """Why `checkpoint` is not what the organisation signed.

    Its own keys must begin with `ring`, or be the beginning of it; with `pinned`, that key must be among them.
    """
    carried = checkpoint.keys
    known, other = (ring, carried) if len(ring) > len(carried) else (carried, ring)
    if known[: len(other)] != other:
        return (f"it was signed under other keys than this organisation's ({key_id(ring[0].claim.public)})",)
    if reasons := ring_objections(known):
        return reasons
    ids = [key_id(introduction.claim.public) for introduction in known]
    if pinned is not None and pinned not in ids:
        return (f"the key {pinned} is not among those that it was signed under ({', '.join(ids)})",)
    return _statement_objections(checkpoint, known, ids)


def _statement_objections(checkpoint: Checkpoint, ring: Ring, ids: Sequence[str]) -> tuple[str, ...]:
    statement = checkpoint.statement
    if statement.key not in ids:
        return (f"its key {statement.key} was introduced by nobody",)
    number = ids.index(statement.key)
    if not _is_signed(ring[number].claim.public, checkpoint.signature, statement):
        return ("its signature is wrong: it was changed after signing",)
    if statement.at < ring[number].claim.at:
        return (f"it is older than its key {statement.key}",)
    if number + 1 < len(ring) and statement.at > ring[number + 1].claim.at:
        return (f"it was signed with {statement.key} after that key was replaced",)
    return ()


def ring_objections(ring: Sequence[Introduction]) -> tuple[str, ...]:
    """Where one key was not introduced by the one before it."""
    for before, after in pairwise((ring[0], *ring)):
        claim, by = after.claim, before.claim.public
        if claim.by != key_id(by) or claim.at < before.claim.at or not _is_signed(by, after.signature, claim):
            return (f"the key {key_id(claim.public)} was not introduced by the one before it",)
    return ()


def _signed(private: Ed25519PrivateKey, document: Document) -> str:
    return private.sign(_bytes(document)).hex()


def _is_signed(public: str, signature: str, document: Document) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), _bytes(document))
    except InvalidSignature:
        return False
    return True


def _bytes(document: Document) -> bytes:
    return canonical(document.model_dump(mode="json")).encode()


def _text(ring: Ring) -> bytes:
    return (json.dumps([introduction.model_dump(mode="json") for introduction in ring], indent=2) + "\n").encode()


def _public(private: Ed25519PrivateKey) -> str:
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _read_private(path: Path) -> Ed25519PrivateKey:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise KeyFileError(f"others can read the signing key {path}: chmod 600 it, and rotate it if they did")
        private = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise KeyFileError(f"the signing key {path} is gone: restore it from a backup") from None
    except OSError as problem:
        raise KeyFileError(f"the signing key {path} can't be read: {problem.strerror}") from problem
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFileError(f"{path} is not a private key in PEM without a password") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"{path} is a key of another kind than Ed25519")
    return private


def _write_private(path: Path, private: Ed25519PrivateKey, *, is_first: bool = False) -> None:
    content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(path, content, mode=0o600, is_first=is_first)


def _write(path: Path, content: bytes, *, mode: int, is_first: bool = False) -> None:
    """Write whole or not at all; with `is_first` what another process put there in the meantime stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:  # made 0600
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise StorageError(f"{path} can't be written: {problem.strerror or problem}") from problem
    new = Path(file.name)
    try:
        new.chmod(mode)
        if is_first:
            path.hardlink_to(new)
        else:
            new.replace(path)
    except FileExistsError:
        pass
    finally:
        new.unlink(missing_ok=True)
