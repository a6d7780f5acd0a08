"""A workspace: one organisation's database, blobs and clock, handed to every verb."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock

from provefirst.errors import BrokenLedgerError, StorageError, UnknownError, nearest
from provefirst.gates import PolicySet
from provefirst.history import replay
from provefirst.initiative import Initiative
from provefirst.ledger import digest_of
from provefirst.lifecycle.meanings import index_for
from provefirst.lifecycle.recall import Recall
from provefirst.lifecycle.settings import Settings, settings
from provefirst.people import Person
from provefirst.store import listing
from provefirst.store.blobs import Blobs
from provefirst.store.database import connect
from provefirst.store.schema import is_prepared, migrate
from provefirst.store.work import Store, Work

KEPT = 512
"""Initiatives whose replayed state is kept in memory, so that a verb reads only what was written since."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Workspace:
    """Where one organisation's initiatives live. Time comes from `clock`, so that tests can say what day it is."""

    home: Path
    store: Store
    blobs: Blobs
    settings: Settings
    clock: Callable[[], datetime] = utc_now
    recall: Recall = field(default_factory=Recall, repr=False)
    _recent: OrderedDict[str, Initiative] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def open(
        cls, home: Path | str | None = None, database_url: str | None = None, *, clock: Callable[[], datetime] = utc_now
    ) -> Workspace:
        """The workspace in the data folder `home`, as its settings say. Nothing is created; see `prepare`."""
        found = settings(home)
        store = Store(connect(database_url or found.database_url))
        recall = Recall(index_for(found.memory.similarity))
        return cls(found.home, store, Blobs(found.blobs_url), found, clock, recall)

    @property
    def prefix(self) -> str:
        """What the keys of new initiatives begin with."""
        return self.settings.initiatives.key_prefix

    @property
    def pool(self) -> str:
        """The pool that money comes from where none is named."""
        return self.settings.initiatives.pool

    def prepare(self) -> Workspace:
        """Create the folder and bring the database to this version's schema."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StorageError(f"{self.home} can't be made: {problem.strerror}") from problem
        migrate(self.store.engine)
        return self

    def is_prepared(self) -> bool:
        """Whether there is a workspace here at all; looking does not create one."""
        url = self.store.engine.url
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            return False
        return is_prepared(self.store.engine)

    def initiative(self, key: str) -> Initiative:
        """The initiative with `key` as it stands now; UnknownError where there is none."""
        with self.store.reading() as work:
            return self.load(work, key)

    def load(self, work: Work, key: str) -> Initiative:
        """As `initiative`, within a transaction. What was replayed before is continued, if its head still stands."""
        known = self._recall(key)
        if known is not None:
            newer = work.entries(key, after=known.version - 1)
            if newer and newer[0].digest == known.head:
                return replay(newer[1:], after=known)
        entries = work.entries(key)
        if not entries or entries[0].event != "initiative.opened":
            known_keys = [row["key"] for row in listing.initiatives(work, limit=2000)]
            raise UnknownError("initiative", key, "no such initiative", nearest=nearest(key, known_keys))
        return replay(entries)

    def remember(self, state: Initiative) -> None:
        """Keep `state` for the next verb; only what is committed may be remembered."""
        with self._lock:
            self._recent[state.key] = state
            self._recent.move_to_end(state.key)
            while len(self._recent) > KEPT:
                self._recent.popitem(last=False)

    def person(self, handle: str) -> Person:
        """The person with `handle`; UnknownError where there is none."""
        with self.store.reading() as work:
            return work.person(handle)

    def policies(self, digest: str) -> PolicySet:
        """The policy set with `digest`."""
        with self.store.reading() as work:
            return policies_of(work, digest)

    def _recall(self, key: str) -> Initiative | None:
        with self._lock:
            return self._recent.get(key)


def policies_of(work: Work, digest: str) -> PolicySet:
    """The policy set with `digest`, read within a transaction and checked against the digest."""
    content = work.policy(digest)
    if content is None:
        raise BrokenLedgerError("policy", 0, f"no policy set has digest {digest[:12]}…")
    return _parsed(content, digest)


@lru_cache(maxsize=64)
def _parsed(content: str, digest: str) -> PolicySet:
    try:
        is_whole = digest_of(json.loads(content)) == digest  # as written: a key that policies got since is unsaid
    except ValueError:
        is_whole = False
    if not is_whole:
        raise BrokenLedgerError("policy", 0, f"the policy set {digest[:12]}… was changed")
    return PolicySet.model_validate_json(content)
