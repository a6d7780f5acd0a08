"""Holding data back: a data owner registers it, and a look scores predictions on what was sealed.

The sealed labels are named in the entry but given out by no verb: `viewing.digests` says what may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from provefirst.evidence import Kind, Look, Preregistration
from provefirst.initiative import Initiative, Submission
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.blindness import RANK, Blindness, blindness_of
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.recognising import known_of, past_of
from provefirst.lifecycle.registered import held, looked_at, looks_spent
from provefirst.lifecycle.registering import derived_of, document_of, known_by, plan_of
from provefirst.lifecycle.submitting import ATTACHMENT_LIMIT, submission_objections, write_evidence
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role, Verb
from provefirst.store import holdouts
from provefirst.store.work import Work
from provefirst.texts import Document, Line, Word

if TYPE_CHECKING:
    from provefirst.stats.verdict import Verdict

MEANWHILE: tuple[str, ...] = ("somebody else registered or looked at data meanwhile: try again",)
DATA_LIMIT = 2**30
"""Bytes of a table that may be registered by upload; larger data is read from its URL."""

Known = Literal["before", "at_prediction", "after_outcome", "unknown"]


class KnownAt(Document):
    """When the value of each column is known, by its name."""

    known_at: dict[Word, Known] = Field(max_length=10_000, description="by column")


class Registration(Document):
    """What a data owner says of the data; the rest of a registration is worked out from the data itself."""

    name: Line
    target: Word
    identifier: Word = Field(description="the column by which predictions name their row")
    known_at: dict[Word, Known] = Field(default_factory=dict, max_length=10_000, description="by column")
    time: Word | None = Field(default=None, description="the column that says when; newest rows are sealed")
    group: Word | None = Field(default=None, description="the column of persons or machines; whole ones are sealed")
    positive: Word | None = Field(default=None, description="of two classes, the one that is looked for")
    share: Annotated[float, Field(ge=0.05, le=0.9, allow_inf_nan=False)] = 0.3
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    had_access: tuple[Word, ...] = Field(default=(), max_length=1000, description="who had seen the data before")
    blindness: Blindness | None = Field(default=None, description="as claimed; default: the best that can be shown")


def register_data(workspace: Workspace, key: str, request: Registration, content: bytes, *, by: str) -> Answer:
    """Split and seal the table in `content` (CSV, Parquet, Arrow), in the name of its owner.

    Rows known from an earlier registration stay on their side. InvalidInputError says what is wrong with the table;
    a blindness that can't be shown is refused.
    """
    if len(content) > DATA_LIMIT:
        return Refused((f"{len(content)} bytes are more than the {DATA_LIMIT} that a table may have by upload",))
    from provefirst.holdout.tables import read_table

    return register(workspace, key, request, Table(read_table(content)), by=by)


def register_from(workspace: Workspace, key: str, request: Registration, path: Path, *, by: str) -> Answer:
    """As `register_data`, of a file on this machine; one too large to hold is sampled while it streams by."""
    from provefirst.holdout.sources import load

    loaded = load(path, seed=request.seed)
    drawn_from = loaded.rows if loaded.is_sample else None
    return register(workspace, key, request, Table(loaded.frame, path.name, drawn_from), by=by)


@dataclass(frozen=True)
class Table:
    """A table that was read: from which place, of how many rows where it is a sample, and which entry asked for it."""

    frame: Any
    source: str = ""
    drawn_from: int | None = None
    asked_for: int = 0

    @property
    def origin(self) -> dict[str, Any]:
        return {"source": self.source, "drawn_from": self.drawn_from} if self.source else {}


def register(workspace: Workspace, key: str, request: Registration, table: Table, *, by: str) -> Answer:
    """Split and seal a table that was read, in the name of its owner. MEANWHILE is worth another try."""
    from provefirst.holdout.sealing import seal

    frame = table.frame
    before = workspace.initiative(key)
    with workspace.store.reading() as work:
        known = held(work)
    plan = plan_of(request, frame)
    related = known_of(workspace, frame, plan, known)
    sealed = seal(frame, plan, past_of(workspace, before, related, frame, plan))
    best, why = blindness_of(workspace, before, request, sealed, by, related)
    if request.blindness is not None and RANK[request.blindness] > RANK[best]:
        return Refused(tuple(f"{request.blindness} is claimed, but {reason}" for reason in why))
    document = document_of(workspace, request, sealed, request.blindness or best)
    attachments = {"work.parquet": document.work, "sealed_features.parquet": document.sealed_features}
    derived = {
        **derived_of(workspace, request, sealed),
        **known_by(workspace, before, frame, plan, sealed, related),
        **table.origin,
    }

    def write(draft: Draft) -> Refused | None:
        if reasons := submission_objections(draft.initiative, Kind.DATA_REGISTRATION, document, attachments):
            return Refused(reasons)
        holdouts.lock(draft.work)
        if held(draft.work) != known:
            return Refused(MEANWHILE)
        if table.asked_for:
            if not any(one.version == table.asked_for and one.is_waiting for one in draft.initiative.arrivals):
                return Refused(("it was settled already",))
            draft.write("data.received", request=table.asked_for)
        write_evidence(draft, Kind.DATA_REGISTRATION, document, attachments, derived)
        return None

    return act(workspace, key, write, by=by, verb=Verb.SUBMIT, role=Role.DATA_OWNER)


def look(workspace: Workspace, key: str, predictions: bytes, *, by: str) -> Answer:
    """Score `predictions` (id, prediction[, score]) on the sealed rows: one look of those preregistered.

    The verdict is in the entry's `derived`, and whether it `confirms`: that no result on these rows was seen before
    the preregistration stood. After the last look the set is burnt. InvalidInputError names ids that are
    unknown, missing or doubled; such a file costs no look.
    """
    if len(predictions) > ATTACHMENT_LIMIT:
        return Refused((f"{len(predictions)} bytes are more than the {ATTACHMENT_LIMIT} that predictions may have",))
    before = workspace.initiative(key)
    with workspace.store.reading() as work:
        reasons = _look_objections(workspace, work, before)
    if reasons:
        return Refused(reasons)
    registration, plan = _current(before, Kind.DATA_REGISTRATION), _current(before, Kind.PREREGISTRATION)
    verdict = _scored(workspace, registration, plan, predictions)
    stored = workspace.blobs.put(predictions)

    def write(draft: Draft) -> Refused | None:
        now = draft.initiative
        holdouts.lock(draft.work)
        if reasons := _look_objections(workspace, draft.work, now):
            return Refused(reasons)
        current = (_current(now, Kind.DATA_REGISTRATION).version, _current(now, Kind.PREREGISTRATION).version)
        if current != (registration.version, plan.version):
            return Refused(("registration or preregistration changed meanwhile: no look was spent, try again",))
        earlier = tuple(looked_at(workspace, draft.work, key, registration))
        number, of = sum(len(one.looks) for one in earlier) + 1, int(plan.content["looks"])
        document = Look(number=number, of=of, predictions=stored, registration=registration.digest)
        if reasons := submission_objections(now, Kind.LOOK, document, {}):
            return Refused(reasons)
        bound = {
            "preregistration": plan.digest,
            "confirms": not any(one.was_seen_before(now, plan) for one in earlier),
        }
        write_evidence(draft, Kind.LOOK, document, {}, {**_told(verdict, number, registration), **bound})
        return None

    return act(workspace, key, write, by=by, verb=Verb.LOOK, role=Role.DATA_SCIENTIST)


def _current(initiative: Initiative, kind: Kind) -> Submission:
    found = initiative.current(kind)
    assert found is not None  # noqa: S101  # `_look_objections` came before
    return found


def _look_objections(workspace: Workspace, work: Work, initiative: Initiative) -> tuple[str, ...]:
    missing = tuple(
        f"{kind.value}: not submitted, and a look needs it first"
        for kind in (Kind.PREREGISTRATION, Kind.DATA_REGISTRATION)
        if initiative.current(kind) is None
    )
    if missing:
        return missing
    registration, of = _current(initiative, Kind.DATA_REGISTRATION), _current(initiative, Kind.PREREGISTRATION)
    looks = int(of.content["looks"])
    if (spent := looks_spent(workspace, work, initiative.key, registration)) >= looks:
        return (
            f"{spent} of {looks} looks are spent: the sealed set is burnt; new rows can be registered, or the answer "
            "is inconclusive",
        )
    return ()


def _scored(workspace: Workspace, registration: Submission, plan: Submission, predictions: bytes) -> Verdict:
    from provefirst.holdout.scoring import look_verdict

    prereg = plan.document
    assert isinstance(prereg, Preregistration)  # noqa: S101  # what its kind says
    return look_verdict(
        workspace.blobs.get(registration.derived["labels"]),
        predictions,
        prereg.metric,
        goal=prereg.goal,
        alpha=prereg.alpha,
        looks=prereg.looks,
        seed=int(registration.content["seed"]),
        positive=registration.derived["positive"],
    )


def _told(verdict: Verdict, number: int, registration: Submission) -> dict[str, Any]:
    """What comes back from a look: the verdict and its interval, and what it cost."""
    found = verdict.interval
    return {
        "verdict": verdict.outcome,
        "estimate": found.estimate,
        "low": found.low if found.low > float("-inf") else None,
        "high": found.high if found.high < float("inf") else None,
        "n": found.n,
        "method": found.method,
        "goal": verdict.goal,
        "rows_needed": verdict.rows_needed,
        "blindness": registration.content["blindness"],
        "alpha_spent": verdict.alpha * number / verdict.looks,
        "alpha_left": verdict.alpha * (verdict.looks - number) / verdict.looks,
        "looks_left": verdict.looks - number,
    }
