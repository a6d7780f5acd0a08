"""Local passwords: Argon2id, and what a password must be."""

from __future__ import annotations

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from provefirst.people import Person

SHORTEST, LONGEST = 12, 256

_HASHES = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
_AT_ONCE = BoundedSemaphore(4)  # each takes 19 MiB: a flood of sign-ins must not take all of it
_COMMON = frozenset(
    """passwordpassword password1234 password12345 123456789012 1234567890123 12345678901234 qwertyuiop12 qwertyuiopas
    qwertyuiop123 administrator letmeinletmein iloveyouiloveyou welcomewelcome changemechangeme 111111111111
    correcthorsebatterystaple provefirstprovefirst abcdefghijkl abc123abc123 qwerty123456 1q2w3e4r5t6y adminadminadmin
    passw0rdpassw0rd p@ssw0rdp@ssw0rd trustno1trustno1 superman1234 football1234 baseball1234 sunshine1234""".split()
)


def password_objections(password: str, person: Person) -> tuple[str, ...]:
    """Why `person` can't have this password. No rule about signs or digits: length is what counts."""
    text = _plain(password)
    reasons = []
    if len(text) < SHORTEST:
        reasons.append(f"password: at least {SHORTEST} characters")
    if len(text) > LONGEST:
        reasons.append(f"password: at most {LONGEST} characters")
    lowered = text.casefold()
    if lowered in _COMMON or len(set(lowered)) < 5:
        reasons.append("password: one that is guessed first")
    own = [person.handle, *(person.email or "").casefold().split("@")[:1], *person.name.casefold().split()]
    if any(len(part) >= 4 and part in lowered and len(lowered.replace(part, "")) < 8 for part in own):
        reasons.append("password: little more than your own name")
    return tuple(reasons)


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _HASHES.hash(_plain(password))


def is_right(password: str, kept: str | None) -> bool:
    """Whether `password` is the one kept. It takes as long where there is none, so that nobody learns who has one."""
    if len(password) > LONGEST:
        password, kept = password[:LONGEST], None
    with _AT_ONCE:
        is_match = _HASHES.verify(_plain(password), kept or _nobodys())
    return is_match and kept is not None


@cache
def _nobodys() -> str:
    return _HASHES.hash("nobody has this password")


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
