"""Revisiting: lessons whose conditions have come true, as entries. The engine tells of it; nobody has to look again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from provefirst.evidence import Kind
from provefirst.initiative import Initiative
from provefirst.ledger import Entry
from provefirst.lifecycle.act import Done, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import ENGINE, Verb
from provefirst.store import remembered
from provefirst.store.work import Work
from provefirst.terms import counted


def raise_revisits(workspace: Workspace, *, now: datetime) -> int:
    """Write an entry on every concluded initiative one of whose conditions is met; returns how many were written."""
    with workspace.store.reading() as work:
        met = list(_met(work, now))
    return sum(_raise(workspace, row, because, now) for row, because in met)


def _met(work: Work, now: datetime) -> Iterator[tuple[Facts, str]]:
    waiting = remembered.revisits(work, is_open=True)
    today = now.date().isoformat()
    for row in waiting:
        if row["kind"] == "date" and row["wanted"] <= today:
            yield row, f"the day to look again has come: {row['wanted']}"
    if watched := [row for row in waiting if row["kind"] != "date"]:
        since = min(row["since"] for row in watched)
        kinds = (Kind.DATA_REGISTRATION, Kind.RESEARCH_DOSSIER)
        told: set[tuple[str, str]] = set()
        for entry in remembered.submitted_since(work, kinds, since):
            for row in watched:
                place = (row["initiative"], row["kind"])
                if place not in told and entry.at > row["since"] and (because := _because(row, entry)):
                    told.add(place)
                    yield row, because


def _because(row: Facts, entry: Entry) -> str:
    """Why evidence that was submitted elsewhere meets the condition; empty where it does not."""
    content, kind = entry.data["content"], entry.data["kind"]
    if row["kind"] == "rows" and kind == Kind.DATA_REGISTRATION.value:
        is_it = content["name"].casefold() == row["name"].casefold() and content["rows"] >= int(row["wanted"])
        return f"{content['name']} now has {content['rows']} rows ({entry.initiative})" if is_it else ""
    if row["kind"] == "source" and kind == Kind.RESEARCH_DOSSIER.value:
        wanted = set(counted((row["wanted"], 1))) or {row["wanted"].casefold()}
        for source in content["sources"]:
            if wanted <= set(counted((source["citation"], 1))):
                return f"a source is known now ({entry.initiative}): {source['citation']}"
    return ""


def _raise(workspace: Workspace, row: Facts, because: str, now: datetime) -> bool:
    def write(draft: Draft) -> Refused | None:
        if not _is_concluded(draft.initiative) or _is_raised(draft, row):
            return Refused(("it is raised already",))
        draft.write("revisit.raised", condition=row["kind"], because=because[:2000])
        draft.write(
            "reminder.raised", to=f"product owner ({draft.initiative.owner})", about=f"look again: {because}"[:2000]
        )
        return None

    return isinstance(act(workspace, row["initiative"], write, by=ENGINE, verb=Verb.DECIDE), Done)


def _is_concluded(initiative: Initiative) -> bool:
    return initiative.conclusion is not None


def _is_raised(draft: Draft, row: Facts) -> bool:
    found = remembered.revisits(draft.work, initiative=row["initiative"])
    return any(one["kind"] == row["kind"] and one["met_at"] for one in found)
