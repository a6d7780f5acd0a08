"""The labelled proposals of tests/data/proposals.yaml, and how well an index finds what belongs together."""

from __future__ import annotations

from pathlib import Path

import yaml

from provefirst.lifecycle.meanings import Meanings
from provefirst.likeness import Index, Subject

FILE = Path(__file__).parents[1] / "data" / "proposals.yaml"


def groups() -> dict[str, list[Subject]]:
    """The proposals by their group."""
    found = yaml.safe_load(FILE.read_text("utf-8"))
    return {name: [Subject(f"{name}-{n}", *row) for n, row in enumerate(rows, 1)] for name, rows in found.items()}


def index_of(known: dict[str, list[Subject]], index: Index | Meanings) -> Index | Meanings:
    for subjects in known.values():
        for one in subjects:
            index.put(one)
    return index


def recall_at(limit: int, made: Index | Meanings) -> float:
    """The share of a proposal's group that stands among the `limit` most like it, over all proposals."""
    known = groups()
    index = index_of(known, made)
    shares = []
    for name, subjects in known.items():
        for one in subjects:
            found = {match.key for match in index.alike(one, limit=limit, apart_from=one.key)}
            shares.append(sum(other.key in found for other in subjects if other is not one) / (len(subjects) - 1))
            assert name  # every group has a name
    return sum(shares) / len(shares)


def answered(least: float, made: Index | Meanings) -> tuple[float, float]:
    """At a threshold: the share of pairs within a group that are found alike, and of pairs across groups."""
    known = groups()
    index = index_of(known, made)
    size = sum(len(subjects) for subjects in known.values())
    within = across = pairs = 0
    for name, subjects in known.items():
        for one in subjects:
            found = [match.key for match in index.alike(one, limit=size, least=least, apart_from=one.key)]
            same = sum(key.rpartition("-")[0] == name for key in found)
            within, across, pairs = within + same, across + len(found) - same, pairs + len(subjects) - 1
    return within / pairs, across / (size * (size - 1) - pairs)
