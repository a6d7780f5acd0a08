"""Throttling of sign-ins: each failure makes the next try wait longer, and nobody is locked out for good.

Counted by account and address together, by address, and by account. The last waits for half a minute at most, so that
whoever guesses at somebody's password from many places can't keep them out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import RowMapping

from provefirst.ledger import instant
from provefirst.store import accounts
from provefirst.store.accounts import ThrottleRow
from provefirst.store.work import Work


@dataclass(frozen=True, slots=True)
class Brake:
    """How many failures are free, how long the longest wait is, and after what time all is forgotten."""

    free: int
    longest: timedelta
    forgotten_after: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long to wait after so many failures: twice as long after each."""
        beyond = failures - self.free
        if beyond < 0:
            return timedelta()
        return min(timedelta(seconds=2 ** min(beyond, 20)), self.longest)


BRAKES = {
    "both": Brake(5, timedelta(minutes=15), timedelta(days=1)),
    "address": Brake(30, timedelta(minutes=15), timedelta(days=1)),
    "account": Brake(50, timedelta(seconds=30), timedelta(hours=1)),
}


def seconds_to_wait(work: Work, account: str, address: str, now: datetime) -> int:
    """For how many seconds no further try is taken. Until this transaction ends, no other try is looked at."""
    work.lock(f"sign-ins from {address}")
    work.lock(f"sign-ins as {account}")
    ends = [datetime.fromisoformat(row["free_at"]) for _, _, row in _rows(work, account, address) if row]
    return max(0, *(ceil((end - now).total_seconds()) for end in ends)) if ends else 0


def failed(work: Work, account: str, address: str, now: datetime) -> None:
    """Count a failure. It is counted before the password is looked at, so that tries at once don't slip through."""
    for name, key, row in _rows(work, account, address):
        brake = BRAKES[name]
        is_known = row is not None and now - datetime.fromisoformat(row["last_at"]) < brake.forgotten_after
        failures = 1 + (row["failures"] if row is not None and is_known else 0)
        free_at = instant(now + brake.wait(failures))
        values = {"key": key, "failures": failures, "last_at": instant(now), "free_at": free_at}
        accounts.put(work, ThrottleRow, values, "key")
    accounts.drop_before(work, ThrottleRow, "last_at", instant(now - timedelta(days=2)))


def succeeded(work: Work, account: str, address: str) -> None:
    """Forget the failures of this account, here; the address keeps its own but for this try."""
    for name, key, row in _rows(work, account, address):
        if name == "address" and row is not None:
            values = {"failures": max(0, row["failures"] - 1), "free_at": row["last_at"]}
            accounts.change(work, ThrottleRow, values, key=key)
        else:
            accounts.drop(work, ThrottleRow, key=key)


def undone(work: Work, account: str, address: str, now: datetime) -> None:
    """Take the failure of this very try back, and no other: it was neither one nor a success."""
    for _, key, row in _rows(work, account, address):
        if row is not None:
            values = {"failures": max(0, row["failures"] - 1), "free_at": instant(now)}
            accounts.change(work, ThrottleRow, values, key=key)


def _rows(work: Work, account: str, address: str) -> Iterator[tuple[str, str, RowMapping | None]]:
    keys = {"both": f"both {account} {address}", "address": f"address {address}", "account": f"account {account}"}
    for name, key in keys.items():
        yield name, key, accounts.find(work, ThrottleRow, key=key)
