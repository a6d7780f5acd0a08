"""Rubrics: what a peer asks of a stage's evidence, and what each score means."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from provefirst.documents.loading import read
from provefirst.stages import Stage
from provefirst.texts import Document, Line


class Criterion(Document):
    """One line of a rubric, with an anchor for each score from 1 (poor) to 4 (excellent)."""

    name: Line
    question: Line
    is_blind: bool = Field(description="rated before the result is shown")
    anchors: tuple[Line, ...] = Field(min_length=4, max_length=4, description="what a score of 1, 2, 3 and 4 means")


class Rubric(Document):
    """What reviews of some stages are rated on."""

    title: Line
    stages: tuple[Stage, ...] = Field(min_length=1)
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=30)

    @model_validator(mode="after")
    def _named_once(self) -> Rubric:
        names = [criterion.name for criterion in self.criteria]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"each criterion once: {', '.join(twice)}")
        return self


def load(folder: Path) -> tuple[Rubric, ...]:
    """Every rubric in `folder`, by file name."""
    return tuple(read(path, Rubric) for path in sorted(folder.glob("*.yaml")))


def for_stage(rubrics: tuple[Rubric, ...], stage: Stage) -> Rubric | None:
    """The rubric that reviews at `stage` are rated on; None where there is none."""
    return next((rubric for rubric in rubrics if stage in rubric.stages), None)
