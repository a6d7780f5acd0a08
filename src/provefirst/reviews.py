"""Reviews by peers, and votes: what a person says at a gate, bound to what lay before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import Field, model_validator

from provefirst.ledger import Data
from provefirst.people import Role
from provefirst.stages import Choice, Stage
from provefirst.texts import Digest, Document, Line, Probability, Prose


class Ballot(Document):
    """A choice with what it needs: conditions for conditional_go, a stage for recycle, condition and date for hold."""

    choice: Choice
    reason: Prose
    conditions: tuple[Line, ...] = Field(default=(), max_length=20, description="conditional_go: what must be cleared")
    back_to: Stage | None = Field(default=None, description="recycle: the earlier stage to go back to")
    condition: Line | None = Field(default=None, description="hold: what it waits for")
    until: date | None = Field(default=None, description="hold: the day to look again")
    forecast: Probability | None = Field(
        default=None, description="how likely it is that this proves feasible; scored by role, never by person"
    )

    @model_validator(mode="after")
    def _complete(self) -> Ballot:
        needs = {
            Choice.CONDITIONAL_GO: (("conditions", bool(self.conditions)),),
            Choice.RECYCLE: (("back_to", self.back_to is not None),),
            Choice.HOLD: (("condition", self.condition is not None), ("until", self.until is not None)),
        }
        owners = {name: choice for choice, fields in needs.items() for name, _ in fields}
        for name, is_there in needs.get(self.choice, ()):
            if not is_there:
                raise ValueError(f"{self.choice.value} needs {name}")
        for name, choice in owners.items():
            if choice is not self.choice and getattr(self, name):
                raise ValueError(f"{name} belongs to {choice.value}, not to {self.choice.value}")
        return self


class Rating(Document):
    """One line of the rubric, scored 1 (poor) to 4 (excellent) against its anchors."""

    criterion: Line
    score: Literal[1, 2, 3, 4]
    comment: Prose


class Declaration(Document):
    """Whether somebody who may judge an initiative has an interest in how it ends; said before it is shown to them."""

    has_conflict_of_interest: bool
    reason: Prose = Field(description="what the interest is, or why there is none")


class MethodReview(Document):
    """What a peer says of the method before any result is shown to them."""

    summary: Prose
    ratings: tuple[Rating, ...] = Field(default=(), max_length=30, description="the rubric's blind criteria")
    has_conflict_of_interest: Literal[False] = Field(description="a reviewer with a conflict declares it and declines")


class Review(Document):
    """A peer's review of a stage's evidence: the method first, then a ballot."""

    summary: Prose
    strengths: Prose
    weaknesses: Prose
    ratings: tuple[Rating, ...] = Field(default=(), max_length=30)
    has_conflict_of_interest: Literal[False] = Field(description="a reviewer with a conflict declares it and declines")
    ballot: Ballot


@dataclass(frozen=True, slots=True)
class Vote:
    """A ballot as cast: by whom, in which role, at which gate, over which dossier."""

    by: str
    role: Role
    stage: Stage
    attempt: int
    dossier: Digest
    ballot: Ballot
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class MethodOpinion:
    """A peer's review of the method, given before they saw a result."""

    by: str
    stage: Stage
    attempt: int
    content: Data
    at: datetime
    version: int
