"""Cases for checks: an initiative with evidence in memory, made by the real verbs' own model of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from provefirst.checks.case import Case
from provefirst.checks.material import Claim, Material, Roles
from provefirst.checks.registry import find, run
from provefirst.evidence import Kind
from provefirst.findings import Finding
from provefirst.holdout.splitting import split
from provefirst.initiative import Initiative, Submission
from provefirst.stages import Stage
from provefirst.texts import Document
from tests.world import NOON


class Files(dict[str, bytes]):
    """Blobs in memory."""

    def write(self, content: bytes) -> str:
        digest = sha256(content).hexdigest()
        self[digest] = content
        return digest


def case_with(
    kind: Kind, document: Document, files: Mapping[str, bytes] | None = None, *, stage: Stage = Stage.REPLICATION
) -> Case:
    """A case with one piece of evidence and its files."""
    blobs = Files()
    attachments = {name: blobs.write(content) for name, content in (files or {}).items()}
    submission = Submission(
        kind=kind,
        stage=stage,
        attempt=1,
        by="dana",
        at=NOON,
        version=1,
        digest="0" * 64,
        content=document.model_dump(mode="json"),
        attachments=attachments,
        derived={},
    )
    initiative = Initiative("PF-1", 1, stage=stage, attempts=MappingProxyType({stage: 1}), submissions=(submission,))
    return Case(initiative, blobs.__getitem__, blobs.write)


def material(
    frame: pd.DataFrame,
    target: str = "y",
    *,
    claim: Claim | None = None,
    answers: pd.DataFrame | None = None,
    sealed: np.ndarray[Any, Any] | None = None,
    **roles: Any,
) -> Material:
    """A table split honestly (or at `sealed`) and claimed on."""
    chosen = Roles(target=target, **roles)
    parts = split(frame, target, share=0.4, seed=1, time=chosen.time, group=chosen.group)
    mask = parts.sealed if sealed is None else sealed
    return Material(
        work=frame[~mask].reset_index(drop=True),
        sealed=frame[mask].reset_index(drop=True),
        roles=chosen,
        claim=claim or Claim("accuracy", 0.8),
        split=parts.kind,
        blindness="sealed",
        seed=1,
        answers=answers,
    )


def found(code: str, given: Material, **parameters: Any) -> Finding:
    """What the check says about this material."""
    blobs = Files()
    return run(find(code), Case(Initiative("PF-1"), blobs.__getitem__, blobs.write, given=given), parameters)


def answering(given: Material, *, right: float, seed: int = 5) -> Material:
    """The material with a claimed model that is right in that share of the sealed rows (binary targets 0 and 1)."""
    truth = given.sealed[given.roles.target].to_numpy().astype(int)
    wrong = np.zeros(truth.size, dtype=bool)
    wrong[np.random.default_rng(seed).permutation(truth.size)[: round((1 - right) * truth.size)]] = True
    said = np.where(wrong, 1 - truth, truth)
    return replace(given, answers=pd.DataFrame({"prediction": said, "score": said * 0.8 + 0.1}))


def shop(rows: int = 600, seed: int = 0, noise: float = 1.0) -> pd.DataFrame:
    """Orders: the target `y` follows two of the columns, one of them not in a straight line."""
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "a": generator.normal(size=rows),
            "b": generator.normal(size=rows),
            "c": generator.normal(size=rows),
            "colour": generator.choice(["red", "green", "blue"], size=rows),
        }
    )
    signal = 2 * frame["a"] + 2 * (np.abs(frame["b"]) - 0.8) + noise * generator.normal(size=rows)
    return frame.assign(y=(signal > 0).astype(int))
