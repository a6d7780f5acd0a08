"""The blobs that an entry names, and which of them stay with the organisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provefirst.evidence import Kind

NAMING = frozenset({"evidence.submitted", "findings.recorded"})
"""Events whose entries may name blobs."""

_CONTENT = {
    Kind.DATA_REGISTRATION.value: ("work", "sealed_features"),
    Kind.LOOK.value: ("predictions",),
}
_PLAIN = '{"attachments":{},'


@dataclass(frozen=True, slots=True)
class Named:
    """A blob: what the entry calls it, its digest, and whether it is sealed, so that it leaves for nobody."""

    name: str
    digest: str
    is_sealed: bool = False


def names_none(event: str, data: str) -> bool:
    """Whether it shows in an entry's canonical text already that it names no blob: most needn't be read as JSON."""
    if event == "findings.recorded":
        return '"plots":{"' not in data
    if event != "evidence.submitted" or not data.startswith(_PLAIN):
        return event not in NAMING
    return not any(f'"kind":"{kind}"' in data for kind in (*_CONTENT, Kind.TRIES.value))


def blobs_of(event: str, data: Mapping[str, Any]) -> Iterator[Named]:
    """The blobs that an entry names."""
    if event == "evidence.submitted":
        for name, digest in data["attachments"].items():
            yield Named(name, digest)
        for field in _CONTENT.get(data["kind"], ()):
            yield Named(field, data["content"][field])
        if data["kind"] == Kind.TRIES.value:
            for attempt in data["content"]["tries"]:
                yield Named(f"predictions of {attempt['name']}", attempt["predictions"])
        if data["kind"] == Kind.DATA_REGISTRATION.value and "labels" in data["derived"]:
            yield Named("sealed labels", data["derived"]["labels"], is_sealed=True)
    elif event == "findings.recorded":
        for finding in data["findings"]:
            for name, digest in finding["plots"].items():
                yield Named(f"{finding['code']} {name}", digest)
