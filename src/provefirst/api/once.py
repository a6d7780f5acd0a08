"""Once: a request's writes are one transaction with its answer, so that one sent again is answered and not done again.

The verbs know nothing of it. They are handed a workspace whose store opens one transaction for the whole request, at
the first write; what a verb takes for a transaction is a part of that one. A refusal takes everything back, the key
included: nothing was written, and the same request may succeed later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from fastapi import Response

from provefirst.api.problems import Problem
from provefirst.ledger import instant
from provefirst.lifecycle.workspace import Workspace
from provefirst.store import requests
from provefirst.store.database import part
from provefirst.store.work import Store, Work

KEPT = timedelta(days=7)
"""For how long an answer is kept."""


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key, whose it is, and the digest of what was asked under it."""

    person: str
    text: str
    asked: str


@dataclass(frozen=True, slots=True)
class Answered:
    """How a write is answered. A secret in it is shown once, and kept nowhere."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    is_done: bool = True
    is_secret: bool = False
    media_type: str = "application/json"

    def response(self) -> Response:
        return Response(self.body, self.status, dict(self.headers), self.media_type)


def told(problem: Problem) -> Answered:
    """A problem as an answer: nothing was done."""
    answer = problem.response()
    return Answered(
        problem.status, bytes(answer.body), problem.headers, is_done=False, media_type=str(answer.media_type)
    )


class _TakenBackError(Exception):
    """Ends the transaction of a request that did nothing."""

    def __init__(self, answer: Answered) -> None:
        self.answer = answer
        super().__init__()


class _KnownError(Exception):
    """The key was used before."""

    def __init__(self, answer: Answered) -> None:
        self.answer = answer
        super().__init__()


def once(workspace: Workspace, key: Key | None, run: Callable[[Workspace], Answered]) -> Answered:
    """Let `run` write on a workspace whose transactions are one, together with the answer under `key`."""
    try:
        if key is not None:
            with workspace.store.reading() as work:
                if (row := requests.answered(work, key.person, key.text)) is not None:
                    return _repeated(row, key)
        with ExitStack() as stack:
            held = _HeldStore(workspace.store.engine, workspace.store, stack, _claiming(workspace, key))
            answer = run(replace(workspace, store=held))
            if not answer.is_done:
                raise _TakenBackError(answer)
            if key is not None and held.begun:
                _keep(held.begun[0], key, answer)
        return answer
    except (_TakenBackError, _KnownError) as ended:
        return ended.answer


@dataclass(frozen=True)
class _HeldStore(Store):
    """One transaction of the store `under` it, for everything that is written through it."""

    under: Store
    stack: ExitStack
    claim: Callable[[Work], None]
    begun: list[Work] = field(default_factory=list)

    @contextmanager
    def writing(self) -> Iterator[Work]:
        if not self.begun:
            work = self.stack.enter_context(self.under.writing())
            self.claim(work)
            self.begun.append(work)
        with part(self.begun[0].connection):
            yield self.begun[0]

    @contextmanager
    def reading(self) -> Iterator[Work]:
        if self.begun:
            yield self.begun[0]
            return
        with self.under.reading() as work:
            yield work


def _claiming(workspace: Workspace, key: Key | None) -> Callable[[Work], None]:
    def claim(work: Work) -> None:
        if key is None:
            return
        now = workspace.clock()
        requests.forget(work, instant(now - KEPT))
        row = requests.claim(work, key.person, key.text, key.asked, instant(now))
        if row is not None:
            raise _KnownError(_repeated(row, key))

    return claim


def _keep(work: Work, key: Key, answer: Answered) -> None:
    body = b"" if answer.is_secret else answer.body
    headers = json.dumps(dict(answer.headers))
    status = 0 if answer.is_secret else answer.status
    requests.keep(work, key.person, key.text, status=status, headers=headers, body=body)


def _repeated(row: requests.Kept, key: Key) -> Answered:
    if row.asked != key.asked:
        detail = "a key stands for one request: take a new one for another address, version or body"
        return told(Problem(422, "repeated", detail))
    if not row.status:
        detail = "this was done already; the secret in its answer was shown once and is kept nowhere"
        return told(Problem(409, "refused", detail, {"reasons": [detail]}))
    headers = {**json.loads(row.headers), "Idempotency-Replayed": "true"}
    return Answered(row.status, row.body, headers, is_done=False)
