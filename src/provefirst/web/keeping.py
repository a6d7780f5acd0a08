"""Keeping: what somebody wrote in a form and has not sent, by the page it is on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from provefirst.ledger import instant
from provefirst.lifecycle.workspace import Workspace
from provefirst.store import drafts

Values = Mapping[str, tuple[str, ...]]
NONE: Values = MappingProxyType({})
PLACE = re.compile(r"/open|/policies/adopt|/initiatives/[A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,8}/[a-z_/0-9A-Z-]{1,60}")
_LARGEST = 256 * 1024


def keep(workspace: Workspace, handle: str, place: str, values: Values) -> bool:
    """Keep what was written on the page at `place`; whether there was anything to keep."""
    written = {name: list(given) for name, given in values.items() if name[:1] != "_"}
    content = json.dumps(written)
    if not PLACE.fullmatch(place) or len(content) > _LARGEST or not any(any(given) for given in written.values()):
        return False
    with workspace.store.writing() as work:
        drafts.keep(work, handle, place, content, instant(workspace.clock()))
    return True


def kept(workspace: Workspace, handle: str, place: str) -> tuple[Values, str]:
    """What was written there and when; nothing and an empty text where nothing was."""
    with workspace.store.reading() as work:
        found = drafts.find(work, handle, place)
    return (read(found[0]), found[1]) if found else (NONE, "")


def forget(workspace: Workspace, handle: str, place: str) -> None:
    with workspace.store.writing() as work:
        drafts.drop(work, handle, place)


def read(content: str) -> Values:
    """What `keep` wrote, or what came through a sign-in; nothing where it is neither."""
    try:
        found = json.loads(content[:_LARGEST])
    except ValueError:
        return NONE
    if not isinstance(found, dict):
        return NONE
    values = {
        name: tuple(value for value in given if isinstance(value, str))
        for name, given in found.items()
        if isinstance(given, list)
    }
    return MappingProxyType(values)
