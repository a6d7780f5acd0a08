"""Gate policies from a folder of files, one a gate: read strictly, because a policy misread opens a gate by mistake.

`load` raises with every problem of every file, `check` returns them; `explain` and `difference` say in plain words what
a set of policies asks for and what a migration would change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

from provefirst.documents.loading import NOTHING, InvalidDocumentError, Placed, content, parse, placed
from provefirst.documents.policy_words import difference, explain
from provefirst.errors import InvalidInputError, nearest
from provefirst.evidence import Kind
from provefirst.gates import GatePolicy, PolicySet
from provefirst.kinds import BELONGS_TO
from provefirst.ledger import canonical
from provefirst.stages import ORDER, Stage

__all__ = ["Known", "check", "difference", "dump", "explain", "load", "restore"]

Known: TypeAlias = Mapping[str, frozenset[str]]
"""The codes of the checks that are there, each with the names of its parameters."""

_STAGES = tuple(stage.value for stage in ORDER)


def load(folder: Path, known: Known | None = None) -> PolicySet:
    """The policies in `folder`; InvalidDocumentError with every problem. Without `known` no finding code is checked."""
    gates, problems = _collected(folder, known)
    if problems:
        raise InvalidDocumentError(problems)
    return PolicySet(gates={stage: gates[stage] for stage in ORDER})


def check(folder: Path, known: Known | None = None) -> tuple[InvalidInputError, ...]:
    """Every problem of the policies in `folder`; none where `load` would take them."""
    return tuple(_collected(folder, known)[1])


def dump(policies: PolicySet) -> str:
    """`policies` as canonical JSON, as the ledger keeps them."""
    return canonical(policies.model_dump(mode="json"))


def restore(text: str) -> PolicySet:
    """The policies that `dump` wrote, with the digest they had."""
    return parse(text, PolicySet, where="policy")


def _collected(folder: Path, known: Known | None) -> tuple[dict[Stage, GatePolicy], list[InvalidInputError]]:
    problems: list[InvalidInputError] = []
    gates: dict[Stage, GatePolicy] = {}
    claimed: dict[str, Path] = {}
    try:
        paths = _files(folder)
    except OSError as error:
        allowed = f"a folder with one policy file a gate ({error.strerror})"
        return gates, [InvalidInputError("folder", str(folder), allowed)]
    for path in paths:
        problems += _misnamed(path, claimed)
        try:
            read = placed(content(path), GatePolicy, where=str(path))
        except InvalidInputError as error:
            problems += getattr(error, "problems", (error,))
            continue
        problems += tuple(_misplaced(path, read)) or (*_unreachable(read), *_elsewhere(read))
        problems += _unknown(read, known)
        claimed.setdefault(read.document.leaves.value, path)
        gates[read.document.leaves] = read.document
    return gates, [*problems, *_missing(folder, claimed)]


def _files(folder: Path) -> list[Path]:
    """The policy files in `folder`; an editor's hidden ones are none."""
    return sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.name[0] != ".")


def _misnamed(path: Path, claimed: dict[str, Path]) -> Iterator[InvalidInputError]:
    """A file's name says which gate it is the policy of; `claimed` holds the files of the gates so far."""
    if path.stem not in _STAGES:
        alike = nearest(path.stem, _STAGES)
        allowed = f"a stage's name and .yaml; stages: {', '.join(_STAGES)}"
        yield InvalidInputError(
            "file name", path.name, allowed, nearest=alike and f"{alike}.yaml", where=str(path.parent)
        )
    elif (first := claimed.setdefault(path.stem, path)) is not path:
        allowed = f"one file for a gate; {first.name} is there already"
        yield InvalidInputError("file name", path.name, allowed, where=str(path.parent))


def _misplaced(path: Path, read: Placed[GatePolicy]) -> Iterator[InvalidInputError]:
    leaves = read.document.leaves.value
    if path.stem in _STAGES and path.stem != leaves:
        allowed = "the stage that the file is named after"
        yield InvalidInputError("leaves", leaves, allowed, nearest=path.stem, where=read.at("leaves"))


def _missing(folder: Path, claimed: Mapping[str, Path]) -> Iterator[InvalidInputError]:
    for stage in _STAGES:
        if stage not in claimed:
            yield InvalidInputError(f"{stage}.yaml", NOTHING, "every gate needs its policy", where=str(folder))


def _unreachable(read: Placed[GatePolicy]) -> Iterator[InvalidInputError]:
    """Evidence that can't be there yet would keep the gate closed for ever."""
    policy, seen = read.document, set[Kind]()
    for number, kind in enumerate(policy.requires.evidence):
        field, where = f"requires.evidence[{number}]", read.at("requires", "evidence", number)
        if kind in seen:
            yield InvalidInputError(field, kind.value, "each kind once", where=where)
        seen.add(kind)
        if all(stage.position > policy.leaves.position for stage in BELONGS_TO[kind]):
            stages = ", ".join(stage.label for stage in ORDER if stage in BELONGS_TO[kind])
            allowed = f"evidence that can be there by {policy.leaves.label}; this one is submitted at {stages}"
            yield InvalidInputError(field, kind.value, allowed, where=where)


def _elsewhere(read: Placed[GatePolicy]) -> Iterator[InvalidInputError]:
    """What counts at another gate only would seem to be said, and count nowhere."""
    for name, stage in read.document.said_elsewhere.items():
        yield InvalidInputError(
            name, read.document.leaves.value, f"only at the {stage.value} gate", where=read.at(name)
        )


def _unknown(read: Placed[GatePolicy], known: Known | None) -> Iterator[InvalidInputError]:
    """Codes and parameters that no check has: a slip here would ask for what never comes, or for nothing."""
    for code, rule in read.document.requires.findings.items():
        path = ("requires", "findings", code)
        if known is not None and code not in known:
            allowed = f"the code of a check that is there: {', '.join(sorted(known))}"
            yield InvalidInputError(
                ".".join(path), code, allowed, nearest=nearest(code, sorted(known)), where=read.at(*path)
            )
            continue
        for name in rule.parameters:
            if (told := _misparameter(code, name, known)) is not None:
                allowed, alike = told
                yield InvalidInputError(
                    f"{'.'.join(path)}.{name}", name, allowed, nearest=alike, where=read.at(*path, name)
                )


def _misparameter(code: str, name: str, known: Known | None) -> tuple[str, str | None] | None:
    """What is accepted instead of the parameter `name`, and the nearest of it; None where it is fine."""
    if known is None:  # the parameters are not known, but accept misspelt would let only passed through, unnoticed
        alike = next(iter(get_close_matches(name, ["accept"], cutoff=0.8)), None)
        return ("accept or a parameter of the check", alike) if alike else None
    names = ("accept", *sorted(known[code]))
    return None if name in known[code] else (f"known here: {', '.join(names)}", nearest(name, names))
