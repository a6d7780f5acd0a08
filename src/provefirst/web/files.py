"""Files of an initiative: to be saved, or shown as a drawing where they are one. What is sealed is given to nobody."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Response

from provefirst.errors import UnknownError
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.viewing import blob
from provefirst.web.route import pages
from provefirst.web.sight import Seen, seen

router = pages()
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
_LOCKED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A drawing may colour itself, and do nothing else."""


@router.get("/initiatives/{key}/files/{digest}")
def file(found: Annotated[Seen, Depends(seen)], digest: Digest) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{found.key}-{digest[:12]}"'}
    return Response(_content(found, digest), 200, headers | _guarded(), "application/octet-stream")


@router.get("/initiatives/{key}/plots/{digest}")
def plot(found: Annotated[Seen, Depends(seen)], digest: Digest) -> Response:
    """A plot that a check drew. Only those: what somebody attached is never shown as a page of ours."""
    drawn = {each for one in found.state.measurements for finding in one.findings for each in finding.plots.values()}
    if digest not in drawn:
        raise UnknownError("plot", digest[:12], f"a plot of {found.key} that you may see")
    return Response(_content(found, digest), 200, _guarded(), "image/svg+xml")


def _content(found: Seen, digest: str) -> bytes:
    content = blob(found.workspace, found.key, digest, by=found.visitor.handle)
    if isinstance(content, Refused):
        raise UnknownError("file", digest[:12], "; ".join(content.reasons))
    return content


def _guarded() -> dict[str, str]:
    return {
        "Content-Security-Policy": _LOCKED,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
        "Vary": "Cookie",
    }
