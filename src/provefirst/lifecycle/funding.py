"""Release and spend: money moves only through a gate that stands open, and never more than it freed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from provefirst.glass import Glass
from provefirst.initiative import Initiative
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.exchanging import Exchanged, difference, exchanged
from provefirst.lifecycle.settle import written
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Account, Money, Move
from provefirst.people import ENGINE, Verb
from provefirst.stages import Choice, Stage
from provefirst.texts import Document, Line, one_line

Reference = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), AfterValidator(one_line)]


class Request(Document):
    """Money to be released as the next tranche: `exploration` within the cap, or `budget` past the release gate."""

    amount: Money
    purpose: Line
    kind: Literal["budget", "exploration"] = "budget"


class Expense(Document):
    """Money spent out of what was released."""

    amount: Money
    what: Line
    on: date = Field(description="the day of the invoice")
    reference: Reference = Field(default="", description="the invoice's number; booked once")


def release(workspace: Workspace, key: str, request: Request, *, by: str, expected: int | None = None) -> Answer:
    """Release a tranche. The first waits for the release gate, each later one for one more passed watch gate."""

    def write(draft: Draft) -> Refused | None:
        initiative, amount = draft.initiative, request.amount.amount
        glass = _broken_for(draft, request)
        if reasons := _objections(initiative, request, is_awaited=glass is None) or _own(draft):
            return Refused(reasons)
        source = Account.REQUESTED if request.kind == "exploration" else Account.APPROVED
        draft.write(
            "tranche.released",
            number=len(initiative.tranches) + 1,
            kind=request.kind,
            amount=amount,
            purpose=request.purpose,
            waits_for=f"glass {glass.number}" if glass else _waited_for(initiative, request),
            moves=written([Move(source, Account.RELEASED, amount)]),
        )
        if glass is not None:
            draft.write("glass.used", number=glass.number)
        return None

    return act(workspace, key, write, by=by, verb=Verb.RELEASE, expected=expected)


def spend(workspace: Workspace, key: str, expense: Expense, *, by: str, expected: int | None = None) -> Answer:
    """Record money spent out of what was released."""
    return spend_all(workspace, key, [expense], by=by, expected=expected)


def spend_all(
    workspace: Workspace, key: str, expenses: Sequence[Expense], *, by: str, expected: int | None = None
) -> Answer:
    """Record several expenses at once, or none of them. Past most of what was released, its people are told."""

    def write(draft: Draft) -> Refused | None:
        share = draft.policies.at(Stage.RELEASE).alarm_share
        was_alarming = _is_alarming(draft.initiative, share)
        for expense in expenses:
            booked = exchanged(draft.work, expense.amount, draft.initiative.books.currency)
            if isinstance(booked, Refused):
                return booked
            if reasons := expense_objections(draft.initiative, in_books(expense, booked), today=draft.now.date()):
                return Refused(reasons)
            amount = booked.money.amount
            moves = written([Move(Account.RELEASED, Account.SPENT, amount)])
            named = {"reference": expense.reference} if expense.reference else {}
            day = expense.on.isoformat()
            paid = _paid(draft.initiative, expense, booked)
            draft.write("money.spent", amount=amount, what=expense.what, on=day, moves=moves, **named, **paid)
        if _is_alarming(draft.initiative, share) and not was_alarming:
            _alarm(draft)
        return None

    return act(workspace, key, write, by=by, verb=Verb.SPEND, expected=expected)


def in_books(expense: Expense, booked: Exchanged) -> Expense:
    """The expense by what it came to in the currency of the books."""
    return expense.model_copy(update={"amount": booked.money})


def _paid(initiative: Initiative, expense: Expense, booked: Exchanged) -> dict[str, Any]:
    """What was paid in another currency, and what the change of its rate since it was asked for has cost."""
    if booked.said is None:
        return {}
    return {"paid": booked.said, "difference": difference(initiative, expense.amount, booked.money)}


def expense_objections(initiative: Initiative, expense: Expense, *, today: date, booked: int = 0) -> tuple[str, ...]:
    """Why an expense can't be booked, where `booked` minor units will have been before it."""
    books, amount = initiative.books, expense.amount
    reasons = [*_standing(initiative), *_currency(initiative, amount)]
    if amount.amount > (left := max(books.on(Account.RELEASED) - booked, 0)):
        reasons.append(f"{amount} is more than the {Money(amount=left, currency=books.currency)} released and unspent")
    if (still := _stands_still(initiative)) and expense.on > still:
        reasons.append(f"money stands still since {still.isoformat()}: only earlier invoices are paid")
    if expense.on > today:
        reasons.append(f"on: {expense.on.isoformat()} lies in the future")
    if expense.reference and expense.reference in initiative.references:
        reasons.append(f"reference {expense.reference} is booked already")
    return tuple(reasons)


def _is_alarming(initiative: Initiative, share: int) -> bool:
    """Whether `share` per cent of what was ever released is spent."""
    spent = initiative.books.on(Account.SPENT)
    released = spent + initiative.books.on(Account.RELEASED)
    return released > 0 and spent * 100 >= released * share


def _alarm(draft: Draft) -> None:
    books = draft.initiative.books
    spent = Money(amount=books.on(Account.SPENT), currency=books.currency)
    left = Money(amount=books.on(Account.RELEASED), currency=books.currency)
    about = f"{spent} are spent and {left} of what was released are left: the next tranche waits for its gate"
    draft.write("reminder.raised", actor=ENGINE, to=f"product owner ({draft.initiative.owner})", about=about)


def _broken_for(draft: Draft, request: Request) -> Glass | None:
    """Glass broken so that this tranche need not wait for production evidence, where it would have to."""
    if request.kind != "budget" or not _later_tranche(draft.initiative):
        return None
    return next((one for one in draft.initiative.glass if one.lets(Verb.RELEASE, draft.now)), None)


def _objections(initiative: Initiative, request: Request, *, is_awaited: bool) -> tuple[str, ...]:
    reasons = [*_standing(initiative), *_currency(initiative, request.amount)]
    amount = request.amount.amount
    if initiative.hold is not None:
        reasons.append(f"on hold until {initiative.hold.until.isoformat()}: {initiative.hold.condition}")
    reasons += _frozen(initiative)
    if request.kind == "exploration":
        reasons += _exploration(initiative, request)
    elif not initiative.is_passed(Stage.RELEASE):
        reasons.append(
            f"money is locked: the release gate is closed, and {initiative.key} is at {initiative.stage.label}"
        )
    else:
        reasons += _later_tranche(initiative) if is_awaited else []
        if amount > initiative.books.on(Account.APPROVED):
            left = _money(initiative, Account.APPROVED)
            reasons.append(f"{request.amount} is more than the {left} approved and not yet released")
    return tuple(reasons)


def _exploration(initiative: Initiative, request: Request) -> list[str]:
    left = min(initiative.exploration_cap - initiative.explored, initiative.books.on(Account.REQUESTED))
    if request.amount.amount <= left:
        return []
    cap = Money(amount=max(left, 0), currency=initiative.books.currency)
    return [f"money is locked: {request.amount} is more than the {cap} that the passed gates free for exploration"]


def _later_tranche(initiative: Initiative) -> list[str]:
    released = sum(tranche.kind == "budget" for tranche in initiative.tranches)
    watched = initiative.times_passed(Stage.WATCH) if initiative.is_passed(Stage.WATCH) else 0
    if released <= watched:
        return []
    passed = f"the watch gate was passed {watched} times, not {released}"
    return [f"tranche {released + 1} waits for production evidence: {passed}"]


def _waited_for(initiative: Initiative, request: Request) -> str:
    if request.kind == "exploration":
        return "exploration cap"
    released = sum(tranche.kind == "budget" for tranche in initiative.tranches)
    return f"watch gate, attempt {released}" if released else "release gate"


def _own(draft: Draft) -> tuple[str, ...]:
    if draft.actor in draft.initiative.authors or draft.actor == draft.initiative.owner:
        return (f"{draft.actor} would release money for their own work",)
    return ()


def _standing(initiative: Initiative) -> list[str]:
    if initiative.conclusion is not None:
        return [f"{initiative.key} is concluded: {initiative.conclusion.outcome.value}"]
    return []


def _frozen(initiative: Initiative) -> list[str]:
    """By which figure it is broken is for whoever may see results."""
    if initiative.freeze is None:
        return []
    return [f"money is frozen: {initiative.freeze.because.partition(':')[0]}; watch show says by what"]


def _stands_still(initiative: Initiative) -> date | None:
    """Since when nothing more may be spent: a freeze, or a hold."""
    if initiative.freeze is not None:
        return initiative.freeze.since
    held = [decision.at.date() for decision in initiative.decisions if decision.choice is Choice.HOLD]
    return held[-1] if initiative.hold is not None and held else None


def _currency(initiative: Initiative, amount: Money) -> list[str]:
    if amount.currency != initiative.books.currency:
        return [f"{initiative.key} is in {initiative.books.currency}, not in {amount.currency}"]
    return [] if amount.amount else ["amount: nothing is not an amount"]


def _money(initiative: Initiative, account: Account) -> Money:
    return Money(amount=initiative.books.on(account), currency=initiative.books.currency)
