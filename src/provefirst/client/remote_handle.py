"""A handle on one initiative over HTTP: every verb, and everything that can be read of it by whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from provefirst.client.server import BINARY, Server
from provefirst.client.study import Study
from provefirst.documents import loading as documents
from provefirst.documents.given import Given, document, kind_of, values_of
from provefirst.errors import UnknownError
from provefirst.evidence import Kind, Lesson
from provefirst.gates import Closed, Open
from provefirst.history import replay
from provefirst.initiative import Initiative, Submission
from provefirst.kinds import MODELS
from provefirst.ledger import Entry
from provefirst.lifecycle import deciding, funding, scheduling
from provefirst.lifecycle.act import Answer, Done, Refused
from provefirst.lifecycle.conflicts import Candidate
from provefirst.lifecycle.facts import Facts
from provefirst.lifecycle.holding import DATA_LIMIT, Registration
from provefirst.lifecycle.submitting import ATTACHMENT_LIMIT
from provefirst.lifecycle.watching import Period
from provefirst.money import Money
from provefirst.people import Role
from provefirst.reviews import Ballot, Declaration, MethodReview, Review
from provefirst.stages import Stage
from provefirst.texts import Document
from provefirst.waiting import Waiting


@dataclass(frozen=True)
class RemoteHandle:
    """One initiative. Verbs answer Done or Refused with every reason; `expected` refuses a version gone stale."""

    server: Server
    key: str

    def state(self) -> Initiative:
        """The initiative as it stands now; where some of it is hidden from whoever asks, as far as it is told."""
        return state_of(self.show(), self.history())

    def show(self) -> Facts:
        """All that is shown of it, as plain values with stable names."""
        found: Facts = self.server.get(self._at())
        return found

    def waiting(self) -> tuple[Waiting, ...]:
        """What it waits for, and whose turn it is."""
        return tuple(
            Waiting(Role(one["role"]) if one["role"] else None, tuple(one["people"]), one["what"])
            for one in self.show()["waiting"]
        )

    def history(self) -> tuple[Entry, ...]:
        """Its entries in the ledger, oldest first."""
        return entries_of(self.server, self.key)

    def evidence(self, kind: Kind | str | None = None, *, version: int | None = None) -> Submission:
        """The newest evidence of `kind`, or what entry `version` submitted; UnknownError where there is none."""
        known = None if kind is None else kind_of(kind)
        rows = self.server.get(self._at("evidence"), kind=known.value if known else "")["rows"]
        for row in rows:
            if version in (None, row["version"]):
                return _submission(row)
        asked = f"{known.value if known else 'evidence'}{f' of entry {version}' if version else ''}"
        raise UnknownError("evidence", asked, f"evidence submitted on {self.key}; `evidence {self.key}` lists it")

    def file(self, digest: str) -> bytes:
        """An attached file by its digest. What is sealed is given to nobody."""
        return self.server.content(self._at(f"files/{digest}"))

    def reviewers(self, *, limit: int = 10) -> tuple[Candidate, ...]:
        """Who could review it, best first; nobody with a conflict of interest."""
        rows = self.server.get(self._at("reviewers"), limit=limit)["rows"]
        return tuple(Candidate(row["handle"], tuple(row["knows"]), row["load"]) for row in rows)

    def derived(self, submission: Submission) -> Facts:
        """What the engine worked out of a submission. What stays sealed was not sent."""
        return dict(submission.derived)

    def dossier(self, begins: str | None) -> str | None:
        """The dossier's digest if it begins with these 8 characters or more, else `begins`: which verbs then refuse."""
        current = self.show()["dossier"] if begins is not None and len(begins) >= 8 else ""
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
        model = document(MODELS[known], given)
        digests = self._uploaded(files or {})
        if isinstance(digests, Refused):
            return digests
        return self._act(f"evidence/{known.value}", {"document": values_of(model), "files": digests}, expected)

    def production(self) -> Facts:
        """What was claimed, what production shows, and the verdict."""
        found: Facts = self.server.get(self._at("production"))
        return found

    def observe(
        self, given: Given, rows: bytes | Path, *, inputs: bytes | Path | None = None, expected: int | None = None
    ) -> Answer:
        """Bring a period of production, to be judged against what was claimed."""
        period = document(Period, given)
        digests = self._uploaded({"rows": rows, **({} if inputs is None else {"inputs": inputs})})
        if isinstance(digests, Refused):
            return digests
        return self._act("production", {"period": values_of(period), **digests}, expected)

    def report(self, *, expected: int | None = None) -> Answer:
        """Submit the production report that all observed periods make."""
        return self._act("production/report", None, expected)

    def thaw(self, reason: str, *, expected: int | None = None) -> Answer:
        """Let frozen money move again. What was observed before is judged no more."""
        return self._act("thaw", values_of(document(deciding.Said, {"reason": reason})), expected)

    def register(self, given: Given, table: bytes | Path | str) -> Answer:
        """Register data as its owner: part of it becomes the work set, the rest is sealed. A file is uploaded; from a
        URL, which is a text, the engine reads."""
        if isinstance(table, str):
            wish = {"url": table, "about": document(Registration, given).model_dump(mode="json")}
            return self._act("data-requests", wish, None)
        about = document(Registration, given).model_dump_json()
        name = table.name if isinstance(table, Path) else "table"
        files = {"table": (name, _content(table, DATA_LIMIT))}
        return answered(self.server, self.server.write(self._at("data"), data={"about": about}, files=files))

    def look(self, predictions: bytes | Path) -> Answer:
        """Score predictions on the sealed set; the verdict stands in the entry's `derived`."""
        content = _content(predictions, ATTACHMENT_LIMIT)
        return answered(self.server, self.server.write(self._at("looks"), content=content, headers=BINARY))

    def study(self) -> Study:
        """Tries on the work set, each logged with a line: `study().cross_validate(estimator, name=…)`."""
        return Study(self)

    def declare(self, given: Given) -> Answer:
        """Declare a conflict of interest, or that there is none."""
        return self._act("declarations", values_of(document(Declaration, given)), None)

    def method_review(self, given: Given, *, expected: int | None = None) -> Answer:
        """Review the method before any result is shown; from then on results are."""
        return self._act("method-reviews", values_of(document(MethodReview, given)), expected)

    def review(self, given: Given, *, dossier: str | None = None, expected: int | None = None) -> Answer:
        """Review the stage's evidence; the ballot in it is the vote."""
        return self._act("reviews", _bound("review", document(Review, given), dossier), expected)

    def vote(self, given: Given, *, dossier: str | None = None, expected: int | None = None) -> Answer:
        """Vote where the gate asks the board or an ethics reviewer."""
        return self._act("votes", _bound("ballot", document(Ballot, given), dossier), expected)

    def decide(self, *, expected: int | None = None) -> Answer:
        """Take the decision that the votes carry; refused with every reason where they carry none."""
        return self._act("decision", None, expected)

    def resume(self, reason: str, *, expected: int | None = None) -> Answer:
        """Lift a hold."""
        return self._act("resumption", values_of(document(deciding.Said, {"reason": reason})), expected)

    def clear(self, number: int, how: str, *, expected: int | None = None) -> Answer:
        """Clear a condition, saying how it was met."""
        said = values_of(document(deciding.Said, {"reason": how}))
        return self._act(f"conditions/{number}/clearance", said, expected)

    def release(
        self, amount: Money | str, purpose: str, *, kind: str = "budget", expected: int | None = None
    ) -> Answer:
        """Release a tranche of money."""
        request = document(funding.Request, {"amount": str(amount), "purpose": purpose, "kind": kind})
        return self._act("tranches", values_of(request), expected)

    def spend(self, amount: Money | str, what: str, *, on: date, expected: int | None = None) -> Answer:
        """Record money spent on `what`, by the day of its invoice."""
        expense = document(funding.Expense, {"amount": str(amount), "what": what, "on": on})
        return self._act("expenses", values_of(expense), expected)

    def set_deadline(self, day: date, *, override: str | None = None, expected: int | None = None) -> Answer:
        """Set the deadline; a day before the P80 of the estimate needs a reason, and a board member."""
        wish = document(scheduling.Wish, {"day": day, "override": override})
        return self._act("deadline", values_of(wish), expected)

    def conclude(self, given: Given, *, expected: int | None = None) -> Answer:
        """Propose how it ends, with its lesson; the product owner's withdrawal ends it at once."""
        return self._act("conclusion", values_of(document(Lesson, given)), expected)

    def migrate(self, reason: str, *, policy: str | None = None) -> Answer:
        """Put it under another adopted policy (default: the one in force), on the record."""
        return self._act("policy", {"reason": reason, **({"policy": policy} if policy else {})}, None)

    def _uploaded(self, files: Mapping[str, bytes | Path]) -> dict[str, str] | Refused:
        """The digests of files by name, once they are on the server."""
        digests: dict[str, str] = {}
        for name, file in files.items():
            content = _content(file, ATTACHMENT_LIMIT)
            stored = self.server.write("files", content=content, headers=BINARY)
            if isinstance(stored, Refused):
                return stored
            digests[name] = sha256(content).hexdigest()
        return digests

    def _at(self, path: str = "") -> str:
        return f"initiatives/{self.key}/{path}".rstrip("/")

    def _act(self, path: str, body: Any, expected: int | None) -> Answer:
        return answered(self.server, self.server.write(self._at(path), body, expected=expected))


def answered(server: Server, told: Any | Refused) -> Answer:
    """What a verb did, as the same values that it answers with in process."""
    if isinstance(told, Refused):
        return told
    key, gate = told["initiative"]["key"], told["gate"]
    state = state_of(told["initiative"], entries_of(server, key))
    entries = tuple(Entry(**entry) for entry in told["entries"])
    return Done(state, entries, Open(()) if gate["open"] else Closed(tuple(gate["reasons"])))


def entries_of(server: Server, key: str) -> tuple[Entry, ...]:
    """Every entry of an initiative, page by page."""
    found: list[Entry] = []
    after = 0
    while True:
        page = server.get(f"initiatives/{key}/history", after=after, limit=1000)
        found += [Entry(**entry) for entry in page["rows"]]
        if page["next"] is None:
            return tuple(found)
        after = page["next"]


def state_of(facts: Facts, entries: tuple[Entry, ...]) -> Initiative:
    """An initiative replayed from its entries; from what is told of it, where some are hidden from whoever asks."""
    if not any("hidden" in entry.data for entry in entries):
        return replay(entries)
    stage = Stage(facts["stage"])
    known = {"title": facts["title"], "owner": facts["owner"], "version": facts["version"]}
    attempts = {stage: facts["attempt"]}
    return replace(Initiative(facts["key"]), stage=stage, attempts=attempts, whole=facts["dossier"], **known)


def _submission(row: Facts) -> Submission:
    return Submission(
        kind=Kind(row["kind"]),
        stage=Stage(row["stage"]),
        attempt=row["attempt"],
        by=row["by"],
        at=datetime.fromisoformat(row["at"]),
        version=row["version"],
        digest=row["digest"],
        content=row["content"],
        attachments=row["attachments"],
        derived=row["derived"],
    )


def _bound(name: str, given: Document, dossier: str | None) -> dict[str, Any]:
    return {name: values_of(given), **({"dossier": dossier} if dossier is not None else {})}


def _content(file: bytes | Path, limit: int) -> bytes:
    return file if isinstance(file, bytes) else documents.content(file, size=limit)
