"""Findings: a check's measured answer, in numbers; words are rendered from them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from provefirst.texts import Digest, Document, Finite, Whole, Word, visible


class Level(StrEnum):
    """How a finding stands to its limit. Only `PASSED` satisfies a gate unless the policy says otherwise by name."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "not_applicable"
    CRASHED = "crashed"


Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}[0-9]{3}$")]
Measure = Annotated[bool | Whole | Finite | Word | None, Field(union_mode="smart")]


class Finding(Document):
    """What one check measured. `measured` and `limit` hold numbers by name; `plots` name blobs by digest."""

    code: Code
    level: Level
    measured: dict[Word, Measure] = Field(default_factory=dict)
    limit: dict[Word, Measure] = Field(default_factory=dict)
    message: Annotated[str, AfterValidator(visible)] = Field(
        default="", max_length=2000, description="rendered from the numbers by the check"
    )
    plots: dict[Word, Digest] = Field(default_factory=dict)
