"""Delivering: what is due is sent, each message until its receiver took it or patience ends."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpcore

from provefirst.errors import InvalidInputError
from provefirst.guard import ForbiddenAddressError, GuardedNetwork
from provefirst.ledger import instant
from provefirst.lifecycle.workspace import Workspace
from provefirst.store import webhooks as stored
from provefirst.store.retries import failed
from provefirst.store.webhooks import Delivery, Hook
from provefirst.webhooks.signing import Maker
from provefirst.webhooks.targets import target_of

ALLOWED = "PROVEFIRST_WEBHOOK_HOSTS"
SECONDS, ANSWER_BYTES = 15.0, 64 * 2**10


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered; status 0 where it didn't."""

    status: int
    problem: str = ""

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


def allowed_hosts(environment: Mapping[str, str] | None = None) -> frozenset[str]:
    """Hosts inside that messages may go to: PROVEFIRST_WEBHOOK_HOSTS, set by whoever runs the server, by commas."""
    known = os.environ if environment is None else environment
    return frozenset(host.strip().lower() for host in known.get(ALLOWED, "").split(",") if host.strip())


def deliver_due(
    workspace: Workspace, now: datetime, *, allowed: Collection[str] | None = None, limit: int = 100
) -> int:
    """Send what is due by `now`; returns how many were taken. At least once each: a receiver may see one again.

    After a failure the rest of that hook's messages wait for another turn, so that one that is down costs one timeout.
    """
    hosts = allowed_hosts() if allowed is None else allowed
    with workspace.store.reading() as work:
        waiting = stored.due(work, at=instant(now), limit=limit)
    maker, taken, down = (Maker.at(workspace.home) if waiting else None), 0, set[str]()
    for delivery in waiting:
        if maker is None or delivery.hook.id in down:
            continue
        with workspace.store.writing() as work:
            if not stored.lease(work, delivery, now):
                continue
        answer = send(delivery, maker, now, hosts)
        if not answer.is_taken:
            down.add(delivery.hook.id)
        taken += answer.is_taken
        _settle(workspace, delivery, answer, now)
    return taken


def send(delivery: Delivery, maker: Maker, now: datetime, allowed: Collection[str]) -> Answer:
    """Post one message, to one address, following nothing."""
    hook, body = delivery.hook, delivery.body.encode()
    if hook.secret_key != maker.id:
        return Answer(0, "its secret was made from another key: rotate it")
    headers = {"content-type": "application/json", "user-agent": "provefirst"}
    headers |= maker.headers(delivery.message, body, secrets_of(hook, maker, now), now)
    try:
        target_of(hook.url, allowed)
        return _post(hook.url, headers, body, allowed)
    except (ForbiddenAddressError, InvalidInputError) as problem:
        return Answer(0, str(problem))
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as problem:
        return Answer(0, f"{type(problem).__name__}: {problem}")


def secrets_of(hook: Hook, maker: Maker, now: datetime) -> tuple[str, ...]:
    """The secrets to sign with: the one in force, and for a while after a rotation the one before it."""
    generations = [hook.generation]
    if hook.generation > 1 and instant(now) < hook.previous_until:
        generations.append(hook.generation - 1)
    return tuple(maker.secret(hook.id, generation) for generation in generations)


def _post(url: str, headers: Mapping[str, str], body: bytes, allowed: Collection[str]) -> Answer:
    network = GuardedNetwork(allowed, time.monotonic() + SECONDS)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)
    with (
        httpcore.ConnectionPool(network_backend=network, max_connections=1) as pool,
        pool.stream(
            "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}
        ) as response,
    ):
        size = 0
        for piece in response.iter_stream():  # read, so that the receiver can finish; kept nowhere
            size += len(piece)
            if size > ANSWER_BYTES:
                return Answer(0, f"its answer is longer than {ANSWER_BYTES} bytes")
        return Answer(response.status, "" if response.status < 300 else f"it answered {response.status}")


def _settle(workspace: Workspace, delivery: Delivery, answer: Answer, now: datetime) -> None:
    is_gone = answer.status == 410
    taken = {"status": "sent", "sent_at": instant(now), "problem": ""}
    with workspace.store.writing() as work:
        stored.settle(
            work,
            delivery,
            taken if answer.is_taken else failed(delivery.tries, answer.problem, now, is_final=is_gone),
        )
        if is_gone:
            stored.change(work, delivery.hook.id, is_active=False, problem="it answered 410: it wants no more")
