"""Arriving: data registered by URL. A data owner asks, the engine reads, and what comes of it is an entry either way.

Until that entry is written, nobody has the table: what was read is sealed before any of it is named anywhere.
"""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated

from pydantic import Field

from provefirst.arrivals import Arrival
from provefirst.errors import InvalidInputError
from provefirst.evidence import Kind
from provefirst.initiative import Initiative
from provefirst.kinds import BELONGS_TO
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.holding import MEANWHILE, Registration, Table, register
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import ENGINE, Role, Verb
from provefirst.store.outbox import Attempt
from provefirst.texts import Document

READING = "reading"
"""The folder, in the data folder, where tables lie while they are read."""
LEFT_AFTER = 2 * 86_400
"""Seconds after which nobody reads into a folder any more."""
_AGAIN = 3


class Request(Document):
    """A table at a URL, and what its owner says of it."""

    url: Annotated[str, Field(min_length=1, max_length=1000)]
    about: Registration


def request_data(workspace: Workspace, key: str, request: Request, *, by: str) -> Answer:
    """Ask the engine to read and seal the table at a URL, as its owner. InvalidInputError where it may not be read."""
    from provefirst.holdout.fetching import check_place

    place = check_place(request.url, workspace.settings.data.as_places())

    def write(draft: Draft) -> Refused | None:
        now = draft.initiative
        if now.stage not in BELONGS_TO[Kind.DATA_REGISTRATION]:
            return Refused((f"data are registered at data analysis, and {now.key} is at {now.stage.label}",))
        if any(one.place == place for one in waiting(now)):
            return Refused((f"{place} is being read already",))
        draft.write("data.requested", place=place, about=request.about.model_dump(mode="json"))
        return None

    return act(workspace, key, write, by=by, verb=Verb.SUBMIT, role=Role.DATA_OWNER)


def waiting(initiative: Initiative) -> tuple[Arrival, ...]:
    """What the engine has still to read for the current attempt."""
    here = (initiative.stage, initiative.attempt)
    return tuple(one for one in initiative.arrivals if one.is_waiting and (one.stage, one.attempt) == here)


def receive(workspace: Workspace, attempt: Attempt) -> None:
    """Read and seal what the entry that caused this run asked for, if it did and nobody has yet."""
    found = next(
        (one for one in waiting(workspace.initiative(attempt.initiative)) if one.version == attempt.cause), None
    )
    if found is None:
        return
    try:
        reasons = _registered(workspace, attempt.initiative, found)
    except InvalidInputError as problem:
        reasons = (str(problem),)
    if reasons:
        _refuse(workspace, attempt.initiative, found, reasons)


def _registered(workspace: Workspace, key: str, arrival: Arrival) -> tuple[str, ...]:
    """Why it could not be registered; empty where it was."""
    from provefirst.holdout.fetching import fetched
    from provefirst.holdout.sources import load

    request = Registration.model_validate(dict(arrival.about))
    folder = _folder(workspace, f"{key}-{arrival.version}-")
    try:
        with fetched(arrival.place, workspace.settings.data.as_places(), folder) as path:
            loaded = load(path, seed=request.seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    drawn_from = loaded.rows if loaded.is_sample else None
    table = Table(loaded.frame, arrival.place, drawn_from, asked_for=arrival.version)
    reasons = MEANWHILE
    for _ in range(_AGAIN):
        if reasons == MEANWHILE:
            answer = register(workspace, key, request, table, by=arrival.by)
            reasons = answer.reasons if isinstance(answer, Refused) else ()
    return reasons


def _folder(workspace: Workspace, begin: str) -> Path:
    """A new folder whose name begins so: another run may still read into its own. What killed runs left is removed."""
    place = workspace.home / READING
    place.mkdir(parents=True, exist_ok=True)
    for left in place.glob("*"):
        with suppress(FileNotFoundError):  # another run was quicker
            if time.time() - left.stat().st_mtime > LEFT_AFTER:
                shutil.rmtree(left, ignore_errors=True)
    return Path(mkdtemp(prefix=begin, dir=place))


def _refuse(workspace: Workspace, key: str, arrival: Arrival, reasons: tuple[str, ...]) -> None:
    def write(draft: Draft) -> Refused | None:
        if all(one.version != arrival.version for one in waiting(draft.initiative)):
            return Refused(("it was settled already",))
        draft.write("data.refused", request=arrival.version, reasons=list(reasons))
        about = f"the data at {arrival.place} could not be registered: {reasons[0]}"
        draft.write("reminder.raised", to=arrival.by, about=about)
        return None

    act(workspace, key, write, by=ENGINE, verb=Verb.DECIDE)
