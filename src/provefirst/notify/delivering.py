"""Delivering: what each person is to be told by now goes out as one message a channel, until it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby

from provefirst.accounts.keys import decrypted
from provefirst.errors import StorageError
from provefirst.ledger import instant
from provefirst.lifecycle.workspace import Workspace
from provefirst.notify.sending import Message, mail_to, send
from provefirst.notify.spreading import EMAIL, spread
from provefirst.store import notices
from provefirst.store.notices import Notice
from provefirst.store.overview import titles
from provefirst.store.work import Work


def tell_due(workspace: Workspace, now: datetime, *, limit: int = 500) -> int:
    """Spread what was written, then send what is due; returns how many messages were taken."""
    spread(workspace, now)
    with workspace.store.reading() as work:
        due = notices.due(work, at=instant(now), limit=limit)
    messages = [list(group) for _, group in groupby(due, key=lambda one: (one.handle, one.channel))]
    return sum(_deliver(workspace, group, now) for group in messages)


def message_of(workspace: Workspace, due: list[Notice], known: Mapping[str, str]) -> Message:
    """What one person is told: a line for each thing, under the initiative that it is about."""
    return Message(f"provefirst: {_subject(due, known)}", "\n\n".join(_paragraphs(workspace, due, known)))


def _subject(due: list[Notice], known: Mapping[str, str]) -> str:
    keys = list(dict.fromkeys(one.initiative for one in due))
    if len(keys) > 1:
        return f"{len(due)} things on {len(keys)} initiatives"
    return f"{keys[0]} {known.get(keys[0], '')}: {due[0].what if len(due) == 1 else f'{len(due)} things'}"[:200]


def _paragraphs(workspace: Workspace, due: list[Notice], known: Mapping[str, str]) -> Iterator[str]:
    home = workspace.settings.address
    for key, group in groupby(due, key=lambda one: one.initiative):
        lines = [f"- {'waits for you: ' if one.topic == 'turn' else ''}{one.what}" for one in group]
        yield "\n".join([f"{key} {known.get(key, '')}", *dict.fromkeys(lines), f"{home}/initiatives/{key}"])
    yield f"When you are told of what: {home}/profile/notices"


def _deliver(workspace: Workspace, due: list[Notice], now: datetime) -> bool:
    """One message. Its notices are leased first, so that nobody else sends them meanwhile."""
    with workspace.store.writing() as work:
        leased = [one for one in due if notices.lease(work, one, now)]
        address = _address(workspace, work, due[0])
        known = titles(work, {one.initiative for one in due})
    if not leased:
        return False
    problem = send(address, message_of(workspace, leased, known)) if address else "there is no such address any more"
    with workspace.store.writing() as work:
        for one in leased:
            notices.settle(work, one, problem, now)
    return not problem


def _address(workspace: Workspace, work: Work, notice: Notice) -> str:
    """Where a channel leads; empty where it leads nowhere any more."""
    if notice.channel == EMAIL:
        server, person = workspace.settings.notify.email, notices.addresses(work, {notice.handle})
        return mail_to(server, person[notice.handle]) if server and person else ""
    for row in notices.channels(work, {notice.handle}):
        if row["id"] == notice.channel:
            try:
                return decrypted(workspace.home, row["address"])
            except StorageError:
                return ""
    return ""
