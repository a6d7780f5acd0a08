"""Somebody who looks for a result wherever a client may show one."""

from __future__ import annotations

from provefirst.client import Handle
from provefirst.client.remote_handle import RemoteHandle
from provefirst.errors import UnknownError
from provefirst.evidence import Kind
from provefirst.findings import Finding, Level
from provefirst.lifecycle.act import act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.submitting import submit
from provefirst.people import ENGINE, Verb
from provefirst.stages import Stage
from tests.world import World, analysis, done

SECRET = "The score came out at 0.987 exactly."


def with_result(world: World) -> str:
    """An initiative at review, with a result in its evidence, in a file and in a finding."""
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    world.submit_stage(key)
    files = {"scores.csv": SECRET.encode()}
    done(submit(world.workspace, key, Kind.ANALYSIS_REPORT, analysis(SECRET), by="dana", files=files))
    _measured(world, key)
    done(world.approve(key))
    assert world.initiative(key).stage is Stage.REVIEW
    return key


def told_by(handle: Handle | RemoteHandle) -> str:
    """Everything that a client can be made to tell of an initiative, in one text."""
    told = [handle.show(), handle.state(), handle.history(), handle.waiting()]
    for kind in Kind:
        try:
            found = handle.evidence(kind)
            told += [found, handle.derived(found), *(handle.file(digest) for digest in found.attachments.values())]
        except UnknownError as refused:
            told.append(refused)
    return repr(told)


def _measured(world: World, key: str) -> None:
    def write(draft: Draft) -> None:
        finding = Finding(
            code="PF300", level=Level.PASSED, message=SECRET, plots={"roc": world.workspace.blobs.put(b"")}
        )
        draft.write(
            "findings.recorded",
            stage="data_analysis",
            attempt=1,
            cause=1,
            measured_on=draft.initiative.evidence_digest(Stage.DATA_ANALYSIS),
            policy=draft.initiative.policy,
            findings=[finding.model_dump(mode="json")],
        )

    done(act(world.workspace, key, write, by=ENGINE, verb=Verb.DECIDE))
