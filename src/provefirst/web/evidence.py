"""A piece of evidence: what was submitted, by whom, and what changed since the version before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from provefirst.errors import UnknownError
from provefirst.initiative import Submission
from provefirst.lifecycle.viewing import shown
from provefirst.web.render import page
from provefirst.web.route import pages
from provefirst.web.sight import Seen, seen
from provefirst.web.words import number

router = pages()


@router.get("/initiatives/{key}/evidence/{version}")
def evidence(
    request: Request, found: Annotated[Seen, Depends(seen)], version: Annotated[int, Path(ge=1, le=10**9)]
) -> Response:
    one = next((each for each in found.state.submissions if each.version == version), None)
    if one is None:
        raise UnknownError("evidence", version, f"a version of {found.key} that submitted evidence which you may see")
    before = [each for each in found.state.submissions if each.kind is one.kind and each.version < version]
    return page(
        request, "evidence.html", visitor=found.visitor, seen=found, one=shown(one, found.state),
        before=before[-1].version if before else None, changes=_changes(before[-1], one) if before else (),
    )  # fmt: skip


def _changes(old: Submission, new: Submission) -> tuple[tuple[str, str, str], ...]:
    """Each field that says something else now: its name, what it said and what it says."""
    before, after = _flat(old.content), _flat(new.content)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return tuple((name, before.get(name, "nothing"), after.get(name, "nothing")) for name in names)


def _flat(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, Mapping):
        parts = [_flat(inner, f"{path}, {name}" if path else str(name)) for name, inner in value.items()]
    elif isinstance(value, list | tuple):
        parts = [_flat(inner, f"{path} {place}") for place, inner in enumerate(value, start=1)]
    else:
        return {path.replace("_", " "): number(value)}
    return {name: text for part in parts for name, text in part.items()}
