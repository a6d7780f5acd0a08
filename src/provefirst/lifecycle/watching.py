"""Watching: rows of production come in and are judged against what was claimed; a broken model freezes its money."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from pydantic import Field, model_validator

from provefirst.evidence import Kind
from provefirst.initiative import Initiative
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.claims import claim_of
from provefirst.lifecycle.deciding import Said
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.facts import Facts, production_of
from provefirst.lifecycle.judging import judge
from provefirst.lifecycle.submitting import ATTACHMENT_LIMIT
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Money
from provefirst.people import ENGINE, Role, Verb
from provefirst.production import FALSE_ALARM, Claim, Observation
from provefirst.stages import Stage
from provefirst.texts import Document, Whole, Word


class Period(Document):
    """What one period of production is reported with, beside its rows."""

    since: date
    until: date
    groups: tuple[Word, ...] = Field(default=(), max_length=20, description="columns of the rows to compare within")
    complaints: Whole = Field(default=0, ge=0, description="complaints about what it decided")
    opt_outs: Whole = Field(default=0, ge=0, description="people who asked to be left out of it")
    cost: Money | None = Field(default=None, description="what running it cost in that period")
    value: Money | None = Field(default=None, description="what it was worth in that period, as measured by its owner")

    @model_validator(mode="after")
    def _ordered(self) -> Period:
        if self.until < self.since:
            raise ValueError("until is before since")
        return self


def observe(
    workspace: Workspace,
    key: str,
    period: Period,
    rows: bytes,
    *,
    by: str,
    inputs: bytes | None = None,
    source: str = "file",
    expected: int | None = None,
) -> Answer:
    """Take in rows of production (truth, prediction[, score]), and inputs to hold against the sealed ones; judge."""
    if too_long := [len(given) for given in (rows, inputs or b"") if len(given) > ATTACHMENT_LIMIT]:
        return Refused((f"{too_long[0]} bytes are more than the {ATTACHMENT_LIMIT} that a file may have",))
    before = workspace.initiative(key)
    if reasons := _objections(workspace, before, period):
        return Refused(reasons)
    claim = claim_of(before)
    if isinstance(claim, Refused):
        return claim
    figures = _figures(workspace, before, claim, period, rows, inputs)
    kept = {"file": workspace.blobs.put(rows), "inputs": workspace.blobs.put(inputs) if inputs else None}

    def write(draft: Draft) -> Refused | None:
        if reasons := _objections(workspace, draft.initiative, period):
            return Refused(reasons)
        draft.write("production.observed", source=source, **figures, **kept)
        judge(draft, claim)
        return None

    who, role = (Verb.DECIDE, None) if by == ENGINE else (Verb.SUBMIT, Role.DATA_SCIENTIST)
    return act(workspace, key, write, by=by, verb=who, role=role, expected=expected)


def thaw(workspace: Workspace, key: str, said: Said, *, by: str, expected: int | None = None) -> Answer:
    """Let money move again, as a board member, saying why. What was observed so far is then judged no more."""

    def write(draft: Draft) -> Refused | None:
        if draft.initiative.freeze is None:
            return Refused((f"the money of {key} is not frozen",))
        if draft.actor in draft.initiative.authors | {draft.initiative.owner}:
            return Refused((f"{draft.actor} would let money move for their own work",))
        draft.write("money.thawed", reason=said.reason)
        return None

    return act(workspace, key, write, by=by, verb=Verb.RELEASE, expected=expected)


def shown(workspace: Workspace, initiative: Initiative) -> Facts:
    """All that is known of production: the claim, each period, the verdict, what it cost and was worth."""
    claim = claim_of(initiative)
    promised = None if isinstance(claim, Refused) else {
        "metric": claim.metric, "estimate": claim.estimate, "bound": claim.bound, "goal": claim.goal,
    }  # fmt: skip
    periods = [_told(one) for one in initiative.observations]
    money = {
        name: sum(one[name]["amount"] for one in periods if one[name] and one[name]["currency"] == currency)
        for currency in (initiative.books.currency,)
        for name in ("cost", "value")
    }
    return {
        "key": initiative.key,
        "claim": promised,
        "production": production_of(initiative),
        "periods": periods,
        "currency": initiative.books.currency,
        **money,
        "alarm_at": initiative.production.alarm_at if initiative.production else -math.log(FALSE_ALARM),
    }


def _objections(workspace: Workspace, initiative: Initiative, period: Period) -> tuple[str, ...]:
    if initiative.conclusion is not None:
        return (f"{initiative.key} is concluded: {initiative.conclusion.outcome.value}",)
    if initiative.stage is not Stage.WATCH or not initiative.is_passed(Stage.RELEASE):
        return (f"production is watched once it is released, and {initiative.key} is at {initiative.stage.label}",)
    reasons = []
    if period.until > (today := workspace.clock().date()):
        reasons.append(f"until: {period.until.isoformat()} is after today, {today.isoformat()}")
    if (last := max((one.until for one in initiative.observations), default=None)) and period.since <= last:
        reasons.append(f"since: {period.since.isoformat()} is counted already, up to {last.isoformat()}")
    for name in ("cost", "value"):
        money = getattr(period, name)
        if money is not None and money.currency != initiative.books.currency:
            reasons.append(f"{name}: {initiative.key} is in {initiative.books.currency}, not in {money.currency}")
    return tuple(reasons)


def _figures(
    workspace: Workspace, initiative: Initiative, claim: Claim, period: Period, rows: bytes, inputs: bytes | None
) -> dict[str, Any]:
    from provefirst.holdout import live  # late: pandas and scikit-learn take their time

    registration = initiative.current(Kind.DATA_REGISTRATION)
    positive = registration.derived.get("positive") if registration else None
    found = live.measured(rows, claim.metric, positive, period.groups)
    drifted = None
    if inputs is not None and registration is not None:
        drifted = live.drift(inputs, workspace.blobs.get(registration.content["sealed_features"]))
    return {
        **period.model_dump(mode="json", exclude={"groups"}),
        "metric": claim.metric,
        "rows": found.rows,
        "estimate": found.estimate,
        "error": found.error,
        "right": found.right,
        "groups": list(found.groups),
        "drift": drifted,
    }


def _told(one: Observation) -> Facts:
    days = {"since": one.since.isoformat(), "until": one.until.isoformat()}
    figures = {"rows": one.rows, "estimate": one.estimate, "error": one.error}
    more = {
        name: one.more.get(name) for name in ("complaints", "opt_outs", "groups", "drift", "cost", "value", "source")
    }
    return {"number": one.number, **days, **figures, **more}


def next_day(initiative: Initiative) -> date | None:
    """The first day that was not observed yet; None before it is released."""
    if (opening := initiative.openings.get(Stage.RELEASE)) is None:
        return None
    last = max((one.until for one in initiative.observations), default=opening.at.date())
    return last + timedelta(days=1) if initiative.observations else last
