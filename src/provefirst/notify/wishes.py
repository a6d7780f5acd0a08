"""Wishes: each person says of what, when and where they want to be told. Nobody says it for anybody else."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from provefirst.accounts.keys import digest, encrypted, new_secret
from provefirst.errors import InvalidInputError, UnknownError, nearest
from provefirst.ledger import instant
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.workspace import Workspace
from provefirst.notify.sending import Message, mail_to, send, service_of
from provefirst.notify.spreading import EMAIL
from provefirst.notify.topics import Topic, When, wanted
from provefirst.store import notices
from provefirst.store.notices import Row

MOST = 10
"""Addresses of their own that one person may have."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody is told. `mail` is their e-mail address where the server sends mail."""

    topics: Mapping[Topic, When]
    mail: str
    channels: tuple[Row, ...]
    has_calendar: bool
    problems: tuple[Row, ...]


def wishes(workspace: Workspace, *, by: str) -> Wishes:
    """How `by` is told."""
    with workspace.store.reading() as work:
        topics, calendar = notices.wish(work, by)
        mail = notices.addresses(work, {by}).get(by, "") if workspace.settings.notify.email else ""
        channels, problems = notices.channels(work, {by}), notices.problems(work, by)
    return Wishes({topic: wanted(topics, topic) for topic in Topic}, mail, channels, bool(calendar), problems)


def choose(workspace: Workspace, topics: Mapping[str, str], *, by: str) -> None:
    """Say when to be told of what. What is not named stays as it is."""
    for name, when in topics.items():
        if name not in tuple(Topic):
            raise UnknownError("topic", name, f"one of {', '.join(Topic)}", nearest=nearest(name, list(Topic)))
        if when not in tuple(When):
            raise InvalidInputError(name, when, f"one of {', '.join(When)}", nearest=nearest(when, list(When)))
    with workspace.store.writing() as work:
        before, calendar = notices.wish(work, by)
        notices.keep_wish(work, by, {**before, **topics}, calendar)


def add(workspace: Workspace, address: str, *, by: str) -> Refused | None:
    """Have `by` told at an address of their own too."""
    name = service_of(address.strip(), workspace.settings.notify.services)
    own = secrets.token_hex(8)
    row = {"id": own, "handle": by, "name": name, "address": encrypted(workspace.home, address.strip())}
    with workspace.store.writing() as work:
        if len(notices.channels(work, {by})) >= MOST:
            return Refused((f"{MOST} addresses are enough: take one away first",))
        notices.add_channel(work, row | {"added_at": instant(workspace.clock())})
    return None


def remove(workspace: Workspace, channel: str, *, by: str) -> Refused | None:
    """Tell `by` nothing more at an address of theirs."""
    with workspace.store.writing() as work:
        is_gone = notices.remove_channel(work, by, channel)
    return None if is_gone else Refused(("there is no such address of yours",))


def try_out(workspace: Workspace, channel: str, *, by: str) -> Refused | None:
    """Send `by` a message now, to see whether it arrives."""
    from provefirst.accounts.keys import decrypted

    found = wishes(workspace, by=by)
    known = {row["id"]: row["address"] for row in found.channels}
    if channel == EMAIL and found.mail:
        address = mail_to(workspace.settings.notify.email, found.mail)
    elif channel in known:
        address = decrypted(workspace.home, known[channel])
    else:
        return Refused(("there is no such address of yours",))
    body = "If you read this, messages arrive here. Nothing is asked of you."
    problem = send(address, Message("provefirst: a try", body))
    return Refused((f"it was not taken: {problem}",)) if problem else None


def new_calendar(workspace: Workspace, *, by: str) -> str:
    """A secret under which the dates of `by` can be read; the one before is good for nothing from now on."""
    secret = new_secret()
    with workspace.store.writing() as work:
        topics, _ = notices.wish(work, by)
        notices.keep_wish(work, by, topics, digest(secret))
    return secret


def drop_calendar(workspace: Workspace, *, by: str) -> None:
    """Let nobody read the dates of `by` any more."""
    with workspace.store.writing() as work:
        topics, _ = notices.wish(work, by)
        notices.keep_wish(work, by, topics, "")
