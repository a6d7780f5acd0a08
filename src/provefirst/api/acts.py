"""Acts: one table of every verb on an initiative, and how it is called. The routes and the OpenAPI are made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provefirst.api import production
from provefirst.api.bodies import SUBMITTED, Migrating, Observing, Reviewing, Submission, Voting, submission
from provefirst.api.call import Call, require_version
from provefirst.api.files import not_uploaded
from provefirst.evidence import Kind, Lesson
from provefirst.lifecycle import arriving, deciding, funding, organisation, remembering, scheduling
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.breaking_glass import Emergency, break_glass, request_glass
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.conflicts import declare
from provefirst.lifecycle.opening import policy_in_force
from provefirst.lifecycle.reviewing import method_review, review, vote
from provefirst.lifecycle.submitting import attach
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Verb
from provefirst.reviews import Declaration, MethodReview
from provefirst.texts import Document

Run = Callable[[Workspace, str, Call], Answer]


@dataclass(frozen=True, slots=True)
class Act:
    """A verb at an address below the initiative. `reads_first`: it judges or disposes of what lies there."""

    path: str
    verb: Verb
    about: str
    run: Run
    model: type[Document] | None = None
    reads_first: bool = False
    example: str = ""


def _review(workspace: Workspace, key: str, call: Call) -> Answer:
    body = call.document(Reviewing)
    require_version(call, dossier=body.dossier)
    return review(workspace, key, body.review, by=call.by, dossier=body.dossier, expected=call.expected)


def _vote(workspace: Workspace, key: str, call: Call) -> Answer:
    body = call.document(Voting)
    require_version(call, dossier=body.dossier)
    return vote(workspace, key, body.ballot, by=call.by, dossier=body.dossier, expected=call.expected)


def _declare(workspace: Workspace, key: str, call: Call) -> Answer:
    return declare(workspace, key, call.document(Declaration), by=call.by)


def _method_review(workspace: Workspace, key: str, call: Call) -> Answer:
    body = call.document(MethodReview)
    require_version(call)
    return method_review(workspace, key, body, by=call.by, expected=call.expected)


def _answer(workspace: Workspace, key: str, call: Call) -> Answer:
    said = call.document(remembering.Difference)
    return remembering.answer(workspace, key, said, by=call.by, expected=call.expected)


def _request_glass(workspace: Workspace, key: str, call: Call) -> Answer:
    return request_glass(workspace, key, call.document(Emergency), by=call.by)


def _break_glass(workspace: Workspace, key: str, call: Call) -> Answer:
    return break_glass(workspace, key, int(call.request.path_params["number"]), by=call.by)


def _request_data(workspace: Workspace, key: str, call: Call) -> Answer:
    return arriving.request_data(workspace, key, call.document(arriving.Request), by=call.by)


def _decide(workspace: Workspace, key: str, call: Call) -> Answer:
    require_version(call)
    return deciding.decide_now(workspace, key, by=call.by, expected=call.expected)


def _resume(workspace: Workspace, key: str, call: Call) -> Answer:
    said = call.document(deciding.Said)
    require_version(call)
    return deciding.resume(workspace, key, said, by=call.by, expected=call.expected)


def _clear(workspace: Workspace, key: str, call: Call) -> Answer:
    said, number = call.document(deciding.Said), int(call.request.path_params["number"])
    require_version(call)
    return deciding.clear(workspace, key, number, said, by=call.by, expected=call.expected)


def _release(workspace: Workspace, key: str, call: Call) -> Answer:
    body = call.document(funding.Request)
    require_version(call)
    return funding.release(workspace, key, body, by=call.by, expected=call.expected)


def _spend(workspace: Workspace, key: str, call: Call) -> Answer:
    return funding.spend(workspace, key, call.document(funding.Expense), by=call.by, expected=call.expected)


def _deadline(workspace: Workspace, key: str, call: Call) -> Answer:
    wish = call.document(scheduling.Wish)
    require_version(call)
    return scheduling.set_deadline(workspace, key, wish, by=call.by, expected=call.expected)


def _conclude(workspace: Workspace, key: str, call: Call) -> Answer:
    lesson = call.document(Lesson)
    require_version(call)
    return conclude(workspace, key, lesson, by=call.by, expected=call.expected)


def _migrate(workspace: Workspace, key: str, call: Call) -> Answer:
    body = call.document(Migrating)
    require_version(call)
    with workspace.store.reading() as work:
        digest = body.policy or policy_in_force(work)[0]
    said = deciding.Said(reason=body.reason)
    return organisation.migrate(workspace, key, digest, said, by=call.by, expected=call.expected)


def _submitting(kind: Kind) -> Run:
    """Only files that the same person uploaded are attached: a digest alone gives nobody a file."""

    def submit(workspace: Workspace, key: str, call: Call) -> Answer:
        body: Submission = call.document(submission(kind))
        if (refused := not_uploaded(workspace, call.by, body.files.values())) is not None:
            return refused
        document = getattr(body, "document")  # noqa: B009  # each kind's body has its own model of it
        return attach(workspace, key, kind, document, by=call.by, attachments=body.files, expected=call.expected)

    return submit


SUBMITTING: tuple[Act, ...] = tuple(
    Act(
        f"evidence/{kind.value}",
        Verb.SUBMIT,
        f"Submit {kind.value.replace('_', ' ')} as evidence. Approvals of what it replaces become void.",
        _submitting(kind),
        submission(kind),
        example=kind.value,
    )
    for kind in SUBMITTED
)

ACTS: tuple[Act, ...] = (
    *SUBMITTING,
    Act("reviews", Verb.REVIEW, "Review the evidence at the gate; the ballot in it is the vote.", _review, Reviewing,
        reads_first=True, example="review"),
    Act("declarations", Verb.DECLARE, "Declare a conflict of interest, or that there is none.", _declare, Declaration,
        example="declaration"),
    Act("method-reviews", Verb.METHOD_REVIEW, "Review the method at a blind gate, before any result is shown to you.",
        _method_review, MethodReview, reads_first=True, example="method_review"),
    Act("votes", Verb.VOTE, "Vote where the gate asks the board or an ethics reviewer.", _vote, Voting,
        reads_first=True, example="vote"),
    Act("decision", Verb.DECIDE, "Take the decision that the votes carry, or hear every reason why they carry none.",
        _decide, reads_first=True),
    Act("resumption", Verb.RESUME, "Lift a hold. Its date alone lifts nothing.", _resume, deciding.Said,
        reads_first=True, example="said"),
    Act("conditions/{number}/clearance", Verb.CLEAR, "Clear a condition of a conditional go, saying how it was met.",
        _clear, deciding.Said, reads_first=True, example="said"),
    Act("data-requests", Verb.SUBMIT, "Have the engine read the table at a URL, and seal it, as its owner.",
        _request_data, arriving.Request, example="data_request"),
    Act("tranches", Verb.RELEASE, "Release a tranche: the first waits for the release gate, each later one for one"
        " more passed watch gate.", _release, funding.Request, reads_first=True, example="tranche"),
    Act("expenses", Verb.SPEND, "Record money spent out of what was released.", _spend, funding.Expense,
        example="expense"),
    Act("production", Verb.SUBMIT, "Bring rows of production, to be judged against what was claimed: files uploaded"
        " before, by their digests.", production.observe, Observing, example="observing"),
    Act("production/report", Verb.SUBMIT, "Submit the production report that all observed periods make.",
        production.report),
    Act("thaw", Verb.RELEASE, "Let frozen money move again, saying why. What was observed before is judged no more.",
        production.thaw, deciding.Said, reads_first=True, example="said"),
    Act("deadline", Verb.SET_DEADLINE, "Set the deadline: past the gate that frees one, and after an estimate.",
        _deadline, scheduling.Wish, reads_first=True, example="deadline"),
    Act("conclusion", Verb.CONCLUDE, "Propose how it ends, with its lesson. Peers confirm it by votes to stop; a"
        " product owner's withdrawal ends it at once.", _conclude, Lesson, reads_first=True, example="lesson"),
    Act("answers", Verb.SUBMIT, "Say what is different now from an earlier initiative that ended with a no.",
        _answer, remembering.Difference, example="difference"),
    Act("policy", Verb.MIGRATE, "Put it under another adopted policy, on the record. Standing votes become void.",
        _migrate, Migrating, reads_first=True, example="migration"),
    Act("glass", Verb.BREAK_GLASS, "Ask, as an admin, for glass to be broken. A second admin has to confirm it.",
        _request_glass, Emergency, example="emergency"),
    Act("glass/{number}/confirmation", Verb.BREAK_GLASS, "Confirm, as another admin, glass that was asked for.",
        _break_glass),
)  # fmt: skip
"""Every verb on an initiative but for those that are sent data: see `api.files`."""
