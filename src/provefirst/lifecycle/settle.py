"""Settling: what the votes on a draft have decided is decided, in the same transaction as the vote."""

from __future__ import annotations

from collections.abc import Sequence

from provefirst.evidence import Lesson
from provefirst.gates import Open, agreed
from provefirst.lifecycle.draft import Draft
from provefirst.money import Account, Move
from provefirst.people import ENGINE
from provefirst.reviews import Vote
from provefirst.stages import Choice, Stage


def settle(draft: Draft) -> None:
    """Take the decision that the votes carry, if they carry one."""
    if not draft.initiative.is_open:
        return
    if votes := agreed(draft.policies, draft.initiative):
        _CARRY_OUT[votes[0].ballot.choice](draft, votes)
    elif isinstance(gate := draft.gate, Open):
        _go(draft, gate)


def conclude(draft: Draft, lesson: Lesson, *, lesson_digest: str, by: Sequence[str]) -> None:
    """End the initiative: everything unspent goes back to the pool, what stood open is closed."""
    _close_from(draft, Stage.PROPOSAL, f"concluded: {lesson.outcome.value}")
    if moves := draft.initiative.books.unspent:
        draft.write("money.returned", actor=ENGINE, moves=written(moves))
    draft.write(
        "initiative.concluded",
        actor=ENGINE,
        outcome=lesson.outcome.value,
        reasons=[reason.value for reason in lesson.reasons],
        lesson=lesson_digest,
        by=list(by),
    )


def written(moves: Sequence[Move]) -> list[list[str | int]]:
    """Moves of money as an entry holds them."""
    return [[move.source.value, move.target.value, move.amount] for move in moves]


def _go(draft: Draft, gate: Open) -> None:
    stage, attempt = draft.initiative.stage, draft.initiative.attempt
    unlocks = draft.policies.at(stage).unlocks
    _decided(draft, gate.choice, gate.votes, conditions=list(gate.conditions))
    draft.write(
        "gate.opened",
        actor=ENGINE,
        stage=stage.value,
        attempt=attempt,
        exploration_cap=unlocks.exploration_cap,
        deadline=unlocks.deadline,
    )
    if stage is Stage.RELEASE and (asked := draft.initiative.books.on(Account.REQUESTED)):
        moves = written([Move(Account.REQUESTED, Account.APPROVED, asked)])
        draft.write("budget.approved", actor=ENGINE, amount=asked, moves=moves)
    _enter(draft, stage.next or stage)  # watch goes round: each production report is an attempt of its own


def _recycle(draft: Draft, votes: Sequence[Vote]) -> None:
    back_to = votes[0].ballot.back_to or Stage.PROPOSAL
    _decided(draft, Choice.RECYCLE, votes, back_to=back_to.value)
    _close_from(draft, back_to, f"recycled to {back_to.label}")
    _enter(draft, back_to)


def _hold(draft: Draft, votes: Sequence[Vote]) -> None:
    if draft.initiative.hold is not None:
        return
    ballots = [vote.ballot for vote in votes]
    condition = "; ".join(dict.fromkeys(ballot.condition for ballot in ballots if ballot.condition))
    until = max(ballot.until for ballot in ballots if ballot.until)
    _decided(draft, Choice.HOLD, votes, condition=condition, until=until.isoformat())


def _stop(draft: Draft, votes: Sequence[Vote]) -> None:
    if (proposed := draft.initiative.proposed) is None:
        return
    _decided(draft, Choice.STOP, votes)
    lesson = Lesson.model_validate(proposed.content)
    conclude(draft, lesson, lesson_digest=proposed.digest, by=[vote.by for vote in votes])


_CARRY_OUT = {Choice.RECYCLE: _recycle, Choice.HOLD: _hold, Choice.STOP: _stop}


def _decided(draft: Draft, choice: Choice, votes: Sequence[Vote], **more: object) -> None:
    draft.write(
        "decision.made",
        actor=ENGINE,
        stage=draft.initiative.stage.value,
        attempt=draft.initiative.attempt,
        choice=choice.value,
        by=[vote.by for vote in votes],
        reasons=[vote.ballot.reason for vote in votes],
        dossier=draft.initiative.dossier,
        **more,
    )


def _enter(draft: Draft, stage: Stage) -> None:
    attempt = draft.initiative.attempts.get(stage, 0) + 1
    draft.write("stage.entered", actor=ENGINE, stage=stage.value, attempt=attempt)


def _close_from(draft: Draft, stage: Stage, because: str) -> None:
    """Close every open gate from `stage` on; a deadline that such a gate freed is withdrawn with it."""
    for opening in sorted(draft.initiative.openings.values(), key=lambda opening: opening.stage.position):
        if opening.stage.position >= stage.position:
            name, attempt = opening.stage.value, opening.attempt
            draft.write("gate.closed", actor=ENGINE, stage=name, attempt=attempt, because=because)
    is_freed = any(opening.deadline for opening in draft.initiative.openings.values())
    if draft.initiative.deadline is not None and not is_freed:
        draft.write("deadline.withdrawn", actor=ENGINE, because=because)
