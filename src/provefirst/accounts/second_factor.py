"""The second factor: codes of an authenticator (TOTP), each good once, and recovery codes for the day it is lost."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp

from provefirst.accounts.keys import decrypted, digest, encrypted, is_same
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.workspace import Workspace
from provefirst.store import accounts
from provefirst.store.accounts import CredentialRow, RecoveryRow
from provefirst.store.work import Work

STEP = 30
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Seed:
    """What an authenticator is given: by hand, or as an address in a QR code. Told once."""

    secret: str
    uri: str

    def __repr__(self) -> str:
        return "Seed(…)"


def begin_second_factor(workspace: Workspace, *, by: str) -> Seed | Refused:
    """Make a seed. It counts from when a code of it is confirmed."""
    seed = pyotp.random_base32(32)
    with workspace.store.writing() as work:
        row = accounts.find(work, CredentialRow, handle=by)
        if row is None:
            return Refused((f"{by} signs in elsewhere, and has no second factor here",))
        if row["is_confirmed"]:
            return Refused((f"{by} has a second factor: drop it first",))
        accounts.change(work, CredentialRow, {"totp": encrypted(workspace.home, seed), "totp_step": 0}, handle=by)
    return Seed(seed, pyotp.TOTP(seed).provisioning_uri(name=by, issuer_name="provefirst"))


def confirm_second_factor(workspace: Workspace, code: str, *, by: str) -> tuple[str, ...] | Refused:
    """Confirm the seed by a code of it; returns recovery codes, which are told once."""
    with workspace.store.writing() as work:
        row = accounts.find(work, CredentialRow, handle=by)
        if row is None or not row["totp"] or row["is_confirmed"]:
            return Refused(("no second factor waits to be confirmed",))
        if not _is_code(workspace, work, by, code, workspace.clock()):
            return Refused(("the code is wrong: is the clock of your device right?",))
        accounts.change(work, CredentialRow, {"is_confirmed": True}, handle=by)
        codes = tuple("".join(secrets.choice(_LETTERS) for _ in range(16)) for _ in range(RECOVERY_CODES))
        accounts.drop(work, RecoveryRow, handle=by)
        for one in codes:
            accounts.add(work, RecoveryRow, {"handle": by, "digest": digest(one)})
    return tuple("-".join(one[place : place + 4] for place in range(0, 16, 4)) for one in codes)


def drop_second_factor(workspace: Workspace, code: str, *, by: str) -> Refused | None:
    """Go back to the password alone, by a code that is still good."""
    with workspace.store.writing() as work:
        if not accepts(workspace, work, by, code, workspace.clock()):
            return Refused(("the code is wrong",))
        forget(work, by)
    return None


def forget(work: Work, handle: str) -> None:
    """Take the second factor away: also when an admin lets somebody choose a new password."""
    accounts.change(work, CredentialRow, {"totp": "", "totp_step": 0, "is_confirmed": False}, handle=handle)
    accounts.drop(work, RecoveryRow, handle=handle)


def accepts(workspace: Workspace, work: Work, handle: str, code: str, now: datetime) -> bool:
    """Whether `code` is good, now and for the first time; it is spent by that."""
    typed = "".join(sign for sign in code.lower() if sign.isalnum())[:40]
    if accounts.drop(work, RecoveryRow, handle=handle, digest=digest(typed)):
        return True
    return _is_code(workspace, work, handle, typed, now)


def _is_code(workspace: Workspace, work: Work, handle: str, code: str, now: datetime) -> bool:
    row = accounts.find(work, CredentialRow, handle=handle)
    if row is None or not row["totp"]:
        return False
    codes = pyotp.TOTP(decrypted(workspace.home, row["totp"]))
    step = int(now.timestamp()) // STEP
    good = [near for near in (step - 1, step, step + 1) if is_same(codes.at(near * STEP), code.strip())]
    if not good or good[-1] <= row["totp_step"]:  # a code that was seen on its way is not good again
        return False
    return bool(
        accounts.change(work, CredentialRow, {"totp_step": good[-1]}, handle=handle, totp_step=row["totp_step"])
    )
