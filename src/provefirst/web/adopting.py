"""Adopting policies: the files of all gates, looked over with what they change before they are put in force."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import yaml
from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from provefirst.checks.registry import known
from provefirst.documents import policies
from provefirst.documents.loading import InvalidDocumentError
from provefirst.errors import InvalidInputError
from provefirst.gates import PolicySet
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.opening import policy_in_force
from provefirst.people import Verb
from provefirst.permissions import MAY
from provefirst.stages import ORDER
from provefirst.store import overview
from provefirst.web.access import UnseenError, Visitor, require, workspace_of
from provefirst.web.acting import interrupted, visitor_of
from provefirst.web.keeping import Values, forget, kept
from provefirst.web.posted import Posted, posted
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
PLACE = "/policies/adopt"
LARGEST = 64 * 1024
"""Bytes that one gate's file may have."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The file of one gate as it is written, and what is wrong with it."""

    stage: str
    label: str
    text: str
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What adopting would do: what the gates ask for then, what that changes, and how many go on under another set."""

    digest: str
    is_new: bool
    explained: tuple[str, ...]
    changes: tuple[str, ...]
    under_way: int


@router.get(PLACE)
def form(request: Request, visitor: Annotated[Visitor, Depends(require)]) -> Response:
    _require_admin(visitor)
    values, at = kept(workspace_of(request), visitor.handle, PLACE)
    return _page(request, visitor, _texts(request, values), kept_at=at)


@router.post(PLACE)
def adopt(given: Annotated[Posted, Depends(posted)]) -> Response:
    """Look it over; or adopt what was looked over, if it is still just that."""
    if (instead := interrupted(given)) is not None:
        return instead
    visitor, request = visitor_of(given), given.request
    _require_admin(visitor)
    texts = _texts(request, given.values)
    try:
        texts |= _sent(given)
    except InvalidInputError as error:
        return _page(request, visitor, texts, reasons=(str(error),), status=422)
    found = _read(texts)
    if not isinstance(found, PolicySet):
        return _page(request, visitor, texts, problems=found, status=422)
    looked = _looked(request, found)
    if given.does != "send" or given.one("_digest") != found.digest:
        return _page(request, visitor, texts, looked=looked)
    answer = organisation.adopt(given.workspace, found, by=visitor.handle)
    if isinstance(answer, Refused):
        return _page(request, visitor, texts, looked=looked, reasons=answer.reasons, status=403)
    forget(given.workspace, visitor.handle, PLACE)
    return RedirectResponse("/policies?did=adopted", 303)


def _require_admin(visitor: Visitor) -> None:
    if not visitor.person.roles & MAY[Verb.ADOPT]:
        raise UnseenError(("Adopting policies is for admins.",))


def _page(
    request: Request,
    visitor: Visitor,
    texts: dict[str, str],
    *,
    problems: tuple[InvalidInputError, ...] = (),
    looked: Looked | None = None,
    reasons: tuple[str, ...] = (),
    status: int = 200,
    kept_at: str = "",
) -> Response:
    names = {f"{stage.value}.yaml": stage.value for stage in ORDER}
    told = [(str(problem).removeprefix("/"), str(problem.where or "").partition(":")[0]) for problem in problems]
    wrong = {stage: tuple(text for text, where in told if where == name) for name, stage in names.items()}
    rest = tuple(text for text, where in told if where not in names)
    gates = [Gate(stage.value, stage.label, texts[stage.value], wrong[stage.value]) for stage in ORDER]
    return page(
        request, "adopt.html", visitor=visitor, status=status, gates=gates, looked=looked, reasons=(*reasons, *rest),
        count=len(problems), kept_at=kept_at, place=PLACE,
    )  # fmt: skip


def _texts(request: Request, values: Values) -> dict[str, str]:
    """Each gate's file by its stage: as it was written, or as it is in force."""
    with workspace_of(request).store.reading() as work:
        _, current = policy_in_force(work)
    return {stage.value: values.get(stage.value, (written(current, stage.value),))[-1] for stage in ORDER}


def written(policies_: PolicySet, stage: str) -> str:
    """A gate of a set as its file: what goes without saying is left out."""
    gate = next(policies_.at(one) for one in ORDER if one.value == stage)
    content = gate.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.safe_dump({"leaves": stage, **content}, sort_keys=False, allow_unicode=True, width=100)


def _sent(given: Posted) -> dict[str, str]:
    """Files that were chosen, by the stage that each is named after. Others are refused as a folder would be."""
    found = {}
    for file in given.files.get("files", ()):
        name = Path(file.filename or "").name
        if name not in {f"{stage.value}{ending}" for stage in ORDER for ending in (".yaml", ".yml")}:
            stages = ", ".join(stage.value for stage in ORDER)
            raise InvalidInputError("file name", name, f"a stage's name and .yaml; stages: {stages}")
        content = file.file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise InvalidInputError(name, f"{file.size} bytes", f"at most {LARGEST} bytes")
        found[Path(name).stem] = content.decode(errors="replace")
    return found


def _read(texts: dict[str, str]) -> PolicySet | tuple[InvalidInputError, ...]:
    """The set that these files make, read as strictly as from a folder; or every problem, with its file and line."""
    with TemporaryDirectory() as folder:
        for stage, text in texts.items():
            (Path(folder) / f"{stage}.yaml").write_text(text, "utf-8")
        try:
            return policies.load(Path(folder), known())
        except InvalidDocumentError as error:
            return tuple(_without(folder, problem) for problem in error.problems)


def _without(folder: str, problem: InvalidInputError) -> InvalidInputError:
    where = (problem.where or "").removeprefix(folder).lstrip("/")
    return InvalidInputError(problem.field, problem.value, problem.allowed, nearest=problem.nearest, where=where)


def _looked(request: Request, found: PolicySet) -> Looked:
    with workspace_of(request).store.reading() as work:
        digest, current = policy_in_force(work)
        counts = overview.under_policies(work)
    others = sum(count for known_, count in counts.items() if known_ != found.digest)
    changes = policies.difference(current, found)
    return Looked(found.digest, found.digest != digest, policies.explain(found), changes, others)
