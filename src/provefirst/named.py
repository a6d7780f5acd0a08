"""The blobs that an entry names, and which of them stay with the organisation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provefirst.evidence import Kind

NAMING = frozenset({"evidence.submitted", "findings.recorded", "production.observed"})
"""Events whose entries may name blobs."""

_CONTENT = {
    Kind.DATA_REGISTRATION.value: ("work", "sealed_features"),
    Kind.LOOK.value: ("predictions",),
}
SEALED = ("labels", "sealed_hashes", "worked_hashes", "marks")
"""What the engine keeps of a registration: the labels, and the hashes by which rows are known again."""
_IN_CONTENT = re.compile(f'"kind":"(?:{"|".join((*_CONTENT, Kind.TRIES.value))})"')
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
    return _IN_CONTENT.search(data) is None


def blobs_of(event: str, data: Mapping[str, Any]) -> Iterator[Named]:
    """The blobs that an entry names."""
    if event == "production.observed":
        for name in ("file", "inputs"):
            if digest := data.get(name):
                yield Named(f"production {name}", digest)
    elif event == "evidence.submitted":
        for name, digest in data["attachments"].items():
            yield Named(name, digest)
        yield from _of_content(data["kind"], data["content"], data["derived"])
    elif event == "findings.recorded":
        for finding in data["findings"]:
            for name, digest in finding["plots"].items():
                yield Named(f"{finding['code']} {name}", digest)


def _of_content(kind: str, content: Mapping[str, Any], derived: Mapping[str, Any]) -> Iterator[Named]:
    for field in _CONTENT.get(kind, ()):
        yield Named(field.replace("_", " "), content[field])
    if kind == Kind.TRIES.value:
        for attempt in content["tries"]:
            if attempt["predictions"] is not None:
                yield Named(f"predictions of {attempt['name']}", attempt["predictions"])
    if kind == Kind.DATA_REGISTRATION.value:
        for field in SEALED:
            if field in derived:
                yield Named(field.replace("_", " "), derived[field], is_sealed=True)
