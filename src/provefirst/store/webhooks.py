"""Webhooks in the database: addresses, and the messages they are owed from the entry on until they took them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update

from provefirst.ledger import Entry, canonical
from provefirst.store import retries
from provefirst.store.tables import DeliveryRow, WebhookRow, table
from provefirst.store.work import Work

_HOOKS, _DELIVERIES = table(WebhookRow), table(DeliveryRow)
_ALL = select(_HOOKS).order_by(_HOOKS.c.added_at, _HOOKS.c.id)


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that is told of `events` (of all where there is none), and how far its secret has been rotated."""

    id: str
    url: str
    events: tuple[str, ...]
    secret_key: str
    generation: int
    previous_until: str
    added_by: str
    added_at: str
    is_active: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way."""

    hook: Hook
    initiative: str
    version: int
    message: str
    body: str
    tries: int


def announce(work: Work, entries: Sequence[Entry]) -> None:
    """Write what the hooks are owed for `entries`, in the transaction of the entries.

    A message says that something happened and where, never what was said: who may know that asks for it.
    """
    rows = []
    for hook in hooks(work):
        for entry in entries:
            if hook.is_active and (not hook.events or entry.event in hook.events):
                rows.append({"hook": hook.id, **_message(entry)})
    if rows:
        work.connection.execute(insert(_DELIVERIES), rows)


def hooks(work: Work) -> tuple[Hook, ...]:
    """Every hook, the oldest first."""
    found = work.connection.execute(_ALL).mappings()
    return tuple(_hook(row) for row in found)


def add(work: Work, hook: Hook) -> None:
    values = {name: getattr(hook, name) for name in WebhookRow.model_fields}
    work.connection.execute(insert(_HOOKS), values | {"events": canonical(list(hook.events))})


def change(work: Work, hook: str, **values: object) -> bool:
    """Set `values` of a hook; whether there is one."""
    return work.connection.execute(update(_HOOKS).where(_HOOKS.c.id == hook).values(**values)).rowcount == 1


def remove(work: Work, hook: str) -> bool:
    """Take a hook away with all it is owed; whether there was one."""
    work.connection.execute(delete(_DELIVERIES).where(_DELIVERIES.c.hook == hook))
    return work.connection.execute(delete(_HOOKS).where(_HOOKS.c.id == hook)).rowcount == 1


def due(work: Work, *, at: str, limit: int) -> tuple[Delivery, ...]:
    """What is to be sent by now, the longest waiting first."""
    known = {hook.id: hook for hook in hooks(work) if hook.is_active}
    is_due = (_DELIVERIES.c.status == "due", _DELIVERIES.c.next_at <= at, _DELIVERIES.c.hook.in_(known))
    order = (_DELIVERIES.c.next_at, _DELIVERIES.c.initiative, _DELIVERIES.c.version)
    rows = work.connection.execute(select(_DELIVERIES).where(*is_due).order_by(*order).limit(limit)).mappings()
    return tuple(
        Delivery(known[row["hook"]], row["initiative"], row["version"], row["message"], row["body"], row["tries"])
        for row in rows
    )


def lease(work: Work, delivery: Delivery, now: datetime) -> bool:
    """Take a message for oneself for a while; whether nobody else has."""
    return retries.lease(work, _DELIVERIES, _key(delivery), delivery.tries, now=now)


def settle(work: Work, delivery: Delivery, values: Mapping[str, object]) -> bool:
    """Note how sending a leased message went."""
    return retries.settle(work, _DELIVERIES, _key(delivery), delivery.tries, values)


def owed(work: Work, hook: str, *, limit: int = 100) -> tuple[dict[str, Any], ...]:
    """A hook's messages, the newest first."""
    order = (_DELIVERIES.c.next_at.desc(), _DELIVERIES.c.version.desc())
    found = select(_DELIVERIES).where(_DELIVERIES.c.hook == hook).order_by(*order).limit(limit)
    return tuple({str(name): row[name] for name in row} for row in work.connection.execute(found).mappings())


def _key(delivery: Delivery) -> dict[str, object]:
    return {"hook": delivery.hook.id, "initiative": delivery.initiative, "version": delivery.version}


def _message(entry: Entry) -> dict[str, object]:
    data = {"initiative": entry.initiative, "version": entry.version}
    if isinstance(stage := entry.data.get("stage"), str):
        data["stage"] = stage
    return {
        "initiative": entry.initiative,
        "version": entry.version,
        "message": f"msg_{entry.digest[:32]}",
        "body": canonical({"type": entry.event, "timestamp": entry.at, "data": data}),
        "status": "due",
        "tries": 0,
        "next_at": entry.at,
        "sent_at": "",
        "problem": "",
    }


def _hook(row: RowMapping) -> Hook:
    values = dict(row) | {"events": tuple(json.loads(row["events"])), "is_active": bool(row["is_active"])}
    return Hook(**values)
