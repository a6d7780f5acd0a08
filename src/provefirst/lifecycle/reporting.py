"""Reporting: what the watch gate is told of production is built from what was observed, and typed in by nobody."""

from __future__ import annotations

from provefirst.evidence import Kind
from provefirst.lifecycle.act import Answer, Refused
from provefirst.lifecycle.claims import built_from
from provefirst.lifecycle.submitting import attach
from provefirst.lifecycle.workspace import Workspace


def report(workspace: Workspace, key: str, *, by: str, expected: int | None = None) -> Answer:
    """Submit the production report that all observed periods make, as the model's data scientist."""
    built = built_from(workspace.initiative(key))
    if isinstance(built, Refused):
        return built
    return attach(workspace, key, Kind.PRODUCTION_REPORT, built, by=by, attachments={}, expected=expected)
