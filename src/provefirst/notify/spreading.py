"""Spreading: of what was written, who is to be told what, on which of their channels, and when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from provefirst.ledger import Entry, instant
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.viewing import view
from provefirst.lifecycle.workspace import Workspace
from provefirst.notify.topics import Topic, When, asked, topic_of, wanted
from provefirst.people import Role
from provefirst.store import notices
from provefirst.store.notices import Row
from provefirst.store.work import Work

EMAIL = "email"
"""The channel that everybody has whose e-mail address is known, where the server sends mail."""


@dataclass(frozen=True, slots=True)
class Word:
    """Something to be told to somebody."""

    handle: str
    topic: Topic
    version: int
    what: str


def spread(workspace: Workspace, now: datetime, *, limit: int = 100) -> int:
    """Work out who is to be told of what was written since last time; returns how many notices that made."""
    with workspace.store.reading() as work:
        waiting = notices.tellings(work, limit=limit)
    return sum(_spread(workspace, telling, now) for telling in waiting)


def _spread(workspace: Workspace, telling: Row, now: datetime) -> int:
    """One telling, all or nothing: of two who spread it at once, one does."""
    with workspace.store.reading() as work:
        words = list(_words(workspace, work, telling))
    with workspace.store.writing() as work:
        if not notices.told(work, telling):
            return 0
        made = list(_notices(workspace, work, telling["initiative"], words, now))
        notices.owe(work, made)
    return len(made)


def _words(workspace: Workspace, work: Work, telling: Row) -> Iterator[Word]:
    key = telling["initiative"]
    entries = [one for one in work.entries(key, after=telling["first"] - 1) if one.version <= telling["version"]]
    parts, owner = notices.parts(work, key), notices.row_of(work, key)["owner"]
    since = instant(entries[0].time)
    for wait in notices.waits(work, key, since=since):
        for handle in sorted(_on(work, wait, parts, owner) - {entries[-1].actor}):
            yield Word(handle, Topic.TURN, telling["version"], asked(wait["role"], wait["what"]))
    for entry in entries:
        if entry.event == "reminder.raised":
            yield from _reminded(work, entry, notices.waits(work, key, since=""), parts, owner)
    if any(topic_of(entry) for entry in entries):
        for handle in sorted(parts):
            yield from _happened(workspace, key, handle, entries)


def _on(work: Work, wait: Row, parts: Mapping[str, str], owner: str) -> set[str]:
    """Whose turn it is: those named, or everybody free to do it."""
    named = set(json.loads(wait["people"]))
    if not wait["role"]:
        return set()
    free = {handle for handle in notices.with_role(work, wait["role"]) if parts.get(handle) in (None, wait["role"])}
    on = (named & free) if named else free - {owner}
    return on - set(json.loads(wait["not_of"]))


def _reminded(work: Work, entry: Entry, waits: tuple[Row, ...], parts: Mapping[str, str], owner: str) -> Iterator[Word]:
    """Whoever is reminded by name of part; where it is put before somebody else, they and the product owner."""
    to, about = str(entry.data["to"]), str(entry.data["about"])
    own = [wait for wait in waits if wait["what"] == about and to.startswith(wait["role"].replace("_", " "))]
    if own:
        for handle in sorted(_on(work, own[0], parts, owner)):
            yield Word(handle, Topic.REMINDER, entry.version, f"still: {asked(own[0]['role'], about)}")
        return
    role = to.replace(" ", "_")
    people = notices.with_role(work, role) if role in tuple(Role) else frozenset({to})
    for handle in sorted(people | {owner}):
        yield Word(handle, Topic.REMINDER, entry.version, "it has waited too long: somebody has to see to it")


def _happened(workspace: Workspace, key: str, handle: str, entries: list[Entry]) -> Iterator[Word]:
    """What happened, but for what `handle` did themself or may not know yet."""
    seen = view(workspace, key, by=handle)
    if isinstance(seen, Refused):
        return
    hidden = {entry.version for entry in seen.entries if "hidden" in entry.data}
    for entry in entries:
        found = topic_of(entry)
        if found is not None and entry.actor != handle and entry.version not in hidden:
            yield Word(handle, found[0], entry.version, found[1])


def _notices(
    workspace: Workspace, work: Work, key: str, words: list[Word], now: datetime
) -> Iterator[dict[str, object]]:
    handles = {word.handle for word in words}
    if not handles:
        return
    wishes, channels = notices.wishes(work, handles), channels_of(workspace, work, handles)
    times = {When.NOW: instant(now), When.DAILY: instant(next_digest(now, workspace.settings.notify.digest_hour))}
    for word in words:
        when = wanted(wishes.get(word.handle, {}), word.topic)
        for channel in channels.get(word.handle, ()) if when is not When.NEVER else ():
            yield {
                "handle": word.handle, "channel": channel, "initiative": key, "version": word.version,
                "topic": word.topic.value, "what": word.what, "next_at": times[when],
            }  # fmt: skip


def channels_of(workspace: Workspace, work: Work, handles: set[str]) -> dict[str, list[str]]:
    """The channels that each of them can be told by."""
    found: dict[str, list[str]] = {}
    if workspace.settings.notify.email:
        found = {handle: [EMAIL] for handle in notices.addresses(work, handles)}
    for row in notices.channels(work, handles):
        found.setdefault(row["handle"], []).append(row["id"])
    return found


def next_digest(now: datetime, hour: int) -> datetime:
    """When the next daily message goes out."""
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
