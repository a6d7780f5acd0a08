"""What belongs to no single initiative: people, policies, and the audit."""

from __future__ import annotations

from pathlib import Path as File
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response

from provefirst.api.bodies import Adopting
from provefirst.api.call import Call, reading, writing
from provefirst.api.caller import refuse
from provefirst.api.described import answers, writes
from provefirst.api.reads import json_answer
from provefirst.documents import policies
from provefirst.errors import UnknownError
from provefirst.gates import PolicySet
from provefirst.integrity import auditing
from provefirst.ledger import ORGANISATION
from provefirst.lifecycle import organisation
from provefirst.lifecycle.opening import policy_in_force
from provefirst.lifecycle.workspace import policies_of
from provefirst.people import Person, Role, Verb
from provefirst.permissions import MAY

router = APIRouter(prefix="/api/v1", tags=["Organisation"])
Asked = Annotated[Call, Depends(reading)]
Written = Annotated[Call, Depends(writing)]
Handle = Annotated[str, Path(pattern=r"^[a-z][a-z0-9._-]{0,38}[a-z0-9]$")]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
KEEPERS = frozenset({Role.ADMIN, Role.AUDITOR})


@router.get("/people", **answers("People", summary="Who is known here. To admins and auditors, all that is known."))
def people(call: Asked) -> Response:
    with call.workspace.store.reading() as work:
        found, me = work.people(), work.person(call.by)
    is_keeper = bool(me.roles & KEEPERS)
    return json_answer({"rows": [_person(one, is_whole=is_keeper or one == me) for one in found], "next": None})


@router.post(
    "/people",
    **writes(
        "Done",
        verb=Verb.ADD_PERSON,
        summary="Add a person, or change what is known of them.",
        model=Person,
        example="person",
    ),
)
def save_person(call: Written) -> Response:
    body = call.document(Person)
    return call.write(lambda workspace: organisation.add_person(workspace, body, by=call.by))


@router.post(
    "/people/{handle}/deactivation",
    **writes("Done", 404, verb=Verb.ADD_PERSON, summary="Let somebody act no more. It all stays."),
)
def deactivate(handle: Handle, call: Written) -> Response:
    person = call.workspace.person(handle).model_copy(update={"is_active": False})
    return call.write(lambda workspace: organisation.add_person(workspace, person, by=call.by))


@router.get("/policies", **answers("Listed", summary="Policy sets ever adopted, the one in force last."))
def adopted(call: Asked) -> Response:
    with call.workspace.store.reading() as work:
        found = [entry for entry in work.entries(ORGANISATION) if entry.event == "policy.adopted"]
    return json_answer(
        {"rows": [{"digest": one.data["digest"], "by": one.actor, "at": one.at} for one in found], "next": None}
    )


@router.get("/policies/in-force", **answers("Policies", 404, summary="What gates ask for now."))
def in_force(call: Asked) -> Response:
    with call.workspace.store.reading() as work:
        return json_answer(_policies(*policy_in_force(work)))


@router.get("/policies/{digest}", **answers("Policies", 404, summary="What gates ask for under an adopted policy."))
def policy_set(digest: Digest, call: Asked) -> Response:
    with call.workspace.store.reading() as work:
        if work.policy(digest) is None:
            raise UnknownError("digest", digest, "the digest of an adopted policy set")
        return json_answer(_policies(digest, policies_of(work, digest)))


@router.post(
    "/policies",
    **writes("Done", verb=Verb.ADOPT, summary="Adopt policies for what is opened from now on.", model=Adopting,
             example="policies"),
)  # fmt: skip
def adopt(call: Written) -> Response:
    body = call.document(Adopting)
    found = _loaded(body)
    return call.write(lambda workspace: organisation.adopt(workspace, found, by=call.by))


@router.get("/audit", **answers("Told", verb=Verb.AUDIT, summary="Verify the ledger, and name what is bad."))
def audit(call: Asked) -> Response:
    only(call, Verb.AUDIT)
    found = auditing.verify(call.workspace)
    bad = [{"stream": one.stream, "version": one.version, "problem": one.problem} for one in found.bad]
    counted = {"streams": found.streams, "entries": found.entries, "blobs": found.blobs}
    return json_answer({"is_sound": bool(found), **counted, "checkpoints": found.checkpoints, "bad": bad})


def only(call: Call, verb: Verb) -> None:
    """Refuse whoever has none of the roles that may use `verb`."""
    if not call.workspace.person(call.by).roles & MAY[verb]:
        allowed = ", ".join(sorted(role.label for role in MAY[verb]))
        refuse(call.request, f"{verb.value} is for: {allowed}")


def _person(person: Person, *, is_whole: bool) -> dict[str, Any]:
    shown = {
        "handle": person.handle,
        "name": person.name,
        "roles": sorted(role.value for role in person.roles),
        "is_active": person.is_active,
    }
    more = {"email": person.email, "manager": person.manager, "cost_centre": person.cost_centre}
    return {**shown, **more, "expertise": sorted(person.expertise)} if is_whole else shown


def _policies(digest: str, found: PolicySet) -> dict[str, Any]:
    gates = found.model_dump(mode="json")["gates"]
    return {"digest": digest, "gates": gates, "explained": list(policies.explain(found))}


def _loaded(body: Adopting) -> PolicySet:
    """The policies in what was sent, read by the one strict way there is: from files, in a folder that goes away."""
    from provefirst.checks.registry import known  # late: looking for checks reads what is installed

    with TemporaryDirectory() as folder:
        for name, text in body.files.items():
            (File(folder) / name).write_text(text, encoding="utf-8")
        return policies.load(File(folder), known())
