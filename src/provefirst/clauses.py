"""Clauses of a gate's policy: what it asks for, whose votes open it, what it frees, what production may show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from provefirst.evidence import Kind
from provefirst.findings import Code, Level
from provefirst.money import CEILING
from provefirst.people import Role
from provefirst.texts import Document, Finite, Whole, Word


class FindingRule(Document):
    """What a gate asks of one finding: which levels satisfy it, and the check's own parameters."""

    accept: tuple[Literal[Level.PASSED, Level.WARNING, Level.SKIPPED, Level.NOT_APPLICABLE], ...] = Field(
        default=(Level.PASSED,), min_length=1, description="what satisfies the gate; failed and crashed never do"
    )
    parameters: dict[Word, bool | Whole | Finite | Word] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: object) -> object:
        """In a policy file the parameters stand beside `accept`: `PF502: {alpha: 0.025}`."""
        if isinstance(value, Mapping) and "parameters" not in value:
            rest = {name: given for name, given in value.items() if name != "accept"}
            kept = {"accept": value["accept"]} if "accept" in value else {}
            return {**kept, "parameters": rest}
        return value


class Requires(Document):
    """The evidence and findings a gate waits for. A gate that asks for nothing is not a gate."""

    evidence: tuple[Kind, ...] = Field(min_length=1)
    findings: dict[Code, FindingRule] = Field(default_factory=dict)


class Approvals(Document):
    """Whose votes open the gate, and how many persons of them."""

    role: Literal[Role.REVIEWER, Role.BOARD_MEMBER, Role.ETHICS_REVIEWER]
    quorum: int = Field(ge=1, le=100)
    independent_of: tuple[Literal["author", "product_owner", "cost_centre"], ...] = Field(
        default=("author", "product_owner"), min_length=1
    )


class Unlocks(Document):
    """What an open gate frees beside the next stage. The budget is freed by the release gate alone."""

    exploration_cap: int = Field(
        default=0, ge=0, le=CEILING, description="minor units that may be released for exploration"
    )
    deadline: bool = False


class Reminders(Document):
    """When those whose turn it is are reminded, and when it is put before somebody else. Time never approves."""

    after_days: int = Field(default=7, ge=1, le=366, description="days on which nothing happens")
    escalate_after_days: int | None = Field(default=None, ge=1, le=3660, description="days that something waits")
    escalate_to: Role = Role.ADMIN


class WatchLimits(Document):
    """What a released model may show in production beside its metric before it is degraded. None: shown, not judged."""

    drift: Finite | None = Field(
        default=None, ge=0.5, lt=1, description="AUC by which live inputs may be told from the sealed ones"
    )
    complaints: Finite | None = Field(default=None, gt=0, lt=1, description="complaints for each row, at most")
    opt_outs: Finite | None = Field(default=None, gt=0, lt=1, description="people leaving for each row, at most")
    gap: Finite | None = Field(
        default=None,
        gt=0,
        le=1,
        description="by how much the metric of a group may be worse than that of all others; for a metric without an"
        " upper end as a share of what was claimed",
    )

    @property
    def judged(self) -> Mapping[str, float]:
        """The limits that are set, by the name of what they limit."""
        return {name: limit for name in type(self).model_fields if (limit := getattr(self, name)) is not None}


USUAL_ALARM = 80
"""Per cent of what was released that may be spent before its people are told, where no policy says another share."""
