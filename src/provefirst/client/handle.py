"""A handle on one initiative: every verb, and everything that can be read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from provefirst.client.organisation import Whoever, in_force
from provefirst.client.study import Study
from provefirst.documents import loading as documents
from provefirst.documents.given import Given, document, kind_of
from provefirst.errors import ForbiddenError, UnknownError
from provefirst.evidence import Kind, Lesson
from provefirst.initiative import Initiative, Submission
from provefirst.kinds import MODELS
from provefirst.ledger import Entry
from provefirst.lifecycle import arriving, deciding, funding, organisation, reporting, scheduling, watching
from provefirst.lifecycle.act import Answer, Done, Refused, forbidden
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.conflicts import Candidate, declare, propose_reviewers
from provefirst.lifecycle.facts import Facts, seen_of
from provefirst.lifecycle.holding import Registration, look, register_data, register_from
from provefirst.lifecycle.reviewing import method_review, review, vote
from provefirst.lifecycle.submitting import ATTACHMENT_LIMIT, submit
from provefirst.lifecycle.viewing import View, as_seen, blob, view
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Money
from provefirst.named import SEALED
from provefirst.people import Verb
from provefirst.reviews import Ballot, Declaration, MethodReview, Review
from provefirst.waiting import Waiting


@dataclass(frozen=True)
class Handle:
    """One initiative. Verbs answer Done or Refused with every reason; `expected` refuses a version gone stale."""

    workspace: Workspace
    whoever: Whoever
    key: str

    @property
    def _on(self) -> tuple[Workspace, str]:
        return self.workspace, self.key

    def _seen(self, answer: Answer) -> Answer:
        """What a verb answers, without what is hidden from whoever used it."""
        return as_seen(self.workspace, answer, by=self.whoever.actor) if isinstance(answer, Done) else answer

    def view(self) -> View:
        """As much of it as whoever asks may see; ForbiddenError where that is nothing."""
        found = view(*self._on, by=self.whoever.person)
        if isinstance(found, Refused):
            forbidden(self.workspace, found, by=self.whoever.person, verb=Verb.SHOW, key=self.key)
            raise ForbiddenError(found.reasons)
        return found

    def state(self) -> Initiative:
        """The initiative as it stands now, without what is hidden from whoever asks."""
        return self.view().initiative

    def show(self) -> Facts:
        """All that is shown of it, as plain values with stable names."""
        found = self.view()
        return seen_of(found, self.workspace.policies(found.initiative.policy), now=self.workspace.clock())

    def waiting(self) -> tuple[Waiting, ...]:
        """What it waits for, and whose turn it is."""
        return self.view().waiting

    def history(self) -> tuple[Entry, ...]:
        """Its entries in the ledger, oldest first."""
        return self.view().entries

    def evidence(self, kind: Kind | str | None = None, *, version: int | None = None) -> Submission:
        """The newest evidence of `kind`, or what entry `version` submitted; UnknownError where there is none."""
        known, found = None if kind is None else kind_of(kind), self.view()
        for submission in reversed(found.initiative.submissions):
            if known in (None, submission.kind) and version in (None, submission.version):
                return submission
        asked = f"{known.value if known else 'evidence'}{f' of entry {version}' if version else ''}"
        allowed = f"evidence submitted on {self.key}; `evidence {self.key}` lists it"
        raise UnknownError("evidence", asked, "; ".join((allowed, *found.hidden)))

    def file(self, digest: str) -> bytes:
        """An attached file by its digest. What is sealed is given to nobody."""
        found = blob(*self._on, digest, by=self.whoever.person)
        if isinstance(found, Refused):
            raise UnknownError("digest", digest, "; ".join(found.reasons))
        return found

    def reviewers(self, *, limit: int = 10) -> tuple[Candidate, ...]:
        """Who could review it, best first; nobody with a conflict of interest."""
        return propose_reviewers(*self._on, limit=limit)

    def derived(self, submission: Submission) -> Facts:
        """What the engine worked out of a submission, without what stays sealed."""
        return {name: value for name, value in submission.derived.items() if name not in SEALED}

    def dossier(self, begins: str | None) -> str | None:
        """The dossier's digest if it begins with these 8 characters or more, else `begins`: which verbs then refuse."""
        current = self.view().dossier if begins is not None and len(begins) >= 8 else ""
        return current if begins and current.startswith(begins) else begins

    def submit(
        self,
        kind: Kind | str,
        given: Given,
        *,
        files: Mapping[str, bytes | Path] | None = None,
        expected: int | None = None,
    ) -> Answer:
        """Submit evidence of `kind`, with attached `files` by name."""
        known = kind_of(kind)
        contents = {name: _content(file) for name, file in (files or {}).items()}
        model = document(MODELS[known], given)
        return self._seen(submit(*self._on, known, model, by=self.whoever.actor, files=contents, expected=expected))

    def production(self) -> Facts:
        """What was claimed, what production shows, and the verdict."""
        return watching.shown(self.workspace, self.state())

    def observe(
        self, given: Given, rows: bytes | Path, *, inputs: bytes | Path | None = None, expected: int | None = None
    ) -> Answer:
        """Bring a period of production, to be judged against what was claimed."""
        period, brought = document(watching.Period, given), None if inputs is None else _content(inputs)
        by, table = self.whoever.actor, _content(rows)
        return self._seen(watching.observe(*self._on, period, table, by=by, inputs=brought, expected=expected))

    def report(self, *, expected: int | None = None) -> Answer:
        """Submit the production report that all observed periods make."""
        return self._seen(reporting.report(*self._on, by=self.whoever.actor, expected=expected))

    def thaw(self, reason: str, *, expected: int | None = None) -> Answer:
        """Let frozen money move again. What was observed before is judged no more."""
        said = document(deciding.Said, {"reason": reason})
        return self._seen(watching.thaw(*self._on, said, by=self.whoever.actor, expected=expected))

    def register(self, given: Given, table: bytes | Path | str) -> Answer:
        """Register data as its owner: part of it becomes the work set, the rest is sealed.

        A text is a URL, from which the engine reads: what comes of it is an entry. What is too large to hold is sampled
        while it is read, and says so.
        """
        request, by = document(Registration, given), self.whoever.actor
        if isinstance(table, bytes):
            return self._seen(register_data(*self._on, request, table, by=by))
        if isinstance(table, str):
            wish = arriving.Request(url=table, about=request)
            return self._seen(arriving.request_data(*self._on, wish, by=by))
        return self._seen(register_from(*self._on, request, table, by=by))

    def look(self, predictions: bytes | Path) -> Answer:
        """Score predictions on the sealed set; the verdict stands in the entry's `derived`."""
        return self._seen(look(*self._on, _content(predictions), by=self.whoever.actor))

    def study(self) -> Study:
        """Tries on the work set, each logged with a line: `study().cross_validate(estimator, name=…)`."""
        return Study(self)

    def declare(self, given: Given) -> Answer:
        """Declare a conflict of interest, or that there is none."""
        return self._seen(declare(*self._on, document(Declaration, given), by=self.whoever.actor))

    def method_review(self, given: Given, *, expected: int | None = None) -> Answer:
        """Review the method before any result is shown; from then on results are."""
        model = document(MethodReview, given)
        return self._seen(method_review(*self._on, model, by=self.whoever.actor, expected=expected))

    def review(self, given: Given, *, dossier: str | None = None, expected: int | None = None) -> Answer:
        """Review the stage's evidence; the ballot in it is the vote."""
        model = document(Review, given)
        return self._seen(review(*self._on, model, by=self.whoever.actor, dossier=dossier, expected=expected))

    def vote(self, given: Given, *, dossier: str | None = None, expected: int | None = None) -> Answer:
        """Vote where the gate asks the board or an ethics reviewer."""
        return self._seen(
            vote(*self._on, document(Ballot, given), by=self.whoever.actor, dossier=dossier, expected=expected)
        )

    def decide(self, *, expected: int | None = None) -> Answer:
        """Take the decision that the votes carry; refused with every reason where they carry none."""
        return self._seen(deciding.decide_now(*self._on, by=self.whoever.actor, expected=expected))

    def resume(self, reason: str, *, expected: int | None = None) -> Answer:
        """Lift a hold."""
        said = document(deciding.Said, {"reason": reason})
        return self._seen(deciding.resume(*self._on, said, by=self.whoever.actor, expected=expected))

    def clear(self, number: int, how: str, *, expected: int | None = None) -> Answer:
        """Clear a condition, saying how it was met."""
        said = document(deciding.Said, {"reason": how})
        return self._seen(deciding.clear(*self._on, number, said, by=self.whoever.actor, expected=expected))

    def release(
        self, amount: Money | str, purpose: str, *, kind: str = "budget", expected: int | None = None
    ) -> Answer:
        """Release a tranche of money."""
        request = document(funding.Request, {"amount": str(amount), "purpose": purpose, "kind": kind})
        return self._seen(funding.release(*self._on, request, by=self.whoever.actor, expected=expected))

    def spend(self, amount: Money | str, what: str, *, on: date, expected: int | None = None) -> Answer:
        """Record money spent on `what`, by the day of its invoice."""
        expense = document(funding.Expense, {"amount": str(amount), "what": what, "on": on})
        return self._seen(funding.spend(*self._on, expense, by=self.whoever.actor, expected=expected))

    def set_deadline(self, day: date, *, override: str | None = None, expected: int | None = None) -> Answer:
        """Set the deadline; a day before the P80 of the estimate needs a reason, and a board member."""
        wish = document(scheduling.Wish, {"day": day, "override": override})
        return self._seen(scheduling.set_deadline(*self._on, wish, by=self.whoever.actor, expected=expected))

    def conclude(self, given: Given, *, expected: int | None = None) -> Answer:
        """Propose how it ends, with its lesson; the product owner's withdrawal ends it at once."""
        return self._seen(conclude(*self._on, document(Lesson, given), by=self.whoever.actor, expected=expected))

    def migrate(self, reason: str, *, policy: str | None = None) -> Answer:
        """Put it under another adopted policy (default: the one in force), on the record."""
        digest = policy or in_force(self.workspace)[0]
        said = document(deciding.Said, {"reason": reason})
        return self._seen(organisation.migrate(*self._on, digest, said, by=self.whoever.actor))


def _content(file: bytes | Path) -> bytes:
    return file if isinstance(file, bytes) else documents.content(file, size=ATTACHMENT_LIMIT)
