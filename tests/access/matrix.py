"""The matrix as a test asks for it: an initiative at every stage, somebody in every relation to it, every verb called.

Calls are rehearsed: they run to their end on the real database, and are then taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from provefirst.evidence import Kind
from provefirst.kinds import WRITTEN_BY
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.breaking_glass import Emergency, request_glass
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.conflicts import declare
from provefirst.lifecycle.deciding import Said, clear, decide_now, resume
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.reviewing import method_review, review, vote
from provefirst.lifecycle.scheduling import Wish, set_deadline
from provefirst.lifecycle.submitting import submit
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Money
from provefirst.people import Person, Role, Verb
from provefirst.permissions import Relation
from provefirst.stages import Choice, Outcome, Stage
from provefirst.store.database import transaction
from provefirst.store.work import Store, Work
from tests import world as w

EUR = Money(amount=10, currency="EUR")
EMERGENCY = Emergency(verb=Verb.RELEASE, reason="Because it is urgent.")
SAID = Said(reason="Because it is so.")

SUBJECTS: Mapping[str, tuple[Relation, Role | None]] = {
    "olga": (Relation.OWNER, Role.PRODUCT_OWNER),
    "dana": (Relation.AUTHOR, Role.DATA_SCIENTIST),
    "hans": (Relation.AUTHOR, Role.DATA_OWNER),
    "rita": (Relation.REVIEWER, Role.REVIEWER),
    "bea": (Relation.VOTER, Role.BOARD_MEMBER),
    "ella": (Relation.VOTER, Role.ETHICS_REVIEWER),
    "adam": (Relation.STEWARD, Role.ADMIN),
    "nina": (Relation.NONE, None),
}
"""Somebody in each relation, and the part that put them there."""

ROLES: Mapping[str, tuple[Role, ...]] = {**w.PEOPLE, "adam": (Role.ADMIN,), "nina": (Role.AUDITOR,)}
"""The roles that they have when nothing is being tried."""


POLICIES = w.policies(
    proposal=w.gate(
        Stage.PROPOSAL, [Kind.PROPOSAL, Kind.ETHICS_SCREEN], Role.ETHICS_REVIEWER, exploration_cap=EUR.amount
    )
)
"""Some money may be released and spent early on, so that there is something to spend."""


class Rehearsal(Store):
    """A store that takes back whatever was written."""

    @contextmanager
    def writing(self) -> Iterator[Work]:
        with transaction(self.engine, writes=True) as connection:
            yield Work(connection)
            connection.get_transaction().rollback()  # type: ignore[union-attr]


def rehearsal(workspace: Workspace) -> Workspace:
    """`workspace`, on which nothing that happens stays."""
    return replace(workspace, store=Rehearsal(workspace.store.engine))


def at(world: w.World, stage: Stage) -> str:
    """The key of an initiative at `stage`, with a budget to be spent, where everybody has their part."""
    for handle in SUBJECTS:
        add(world, handle, *ROLES[handle])
    key = world.open()
    if stage is not Stage.PROPOSAL:
        world.bring_to(key, Stage.RESEARCH)
        explore = Request(amount=EUR, purpose="To look around", kind="exploration")
        w.done(release(world.workspace, key, explore, by="bea"))
        world.bring_to(key, stage)
    if stage is Stage.REVIEW:
        world.judge_method(key, "rita")
    for handle, (_, part) in SUBJECTS.items():
        if part is not None and handle not in world.initiative(key).parts:
            take_part(world, key, handle, part)
    return key


def take_part(world: w.World, key: str, handle: str, part: Role) -> None:
    """Let `handle` have `part` on `key`, as any entry of theirs gives it to them."""

    def write(draft: Draft) -> None:
        draft.write("reminder.raised", to=handle, about="you have a part in this")

    w.done(act(world.workspace, key, write, by=handle, verb=Verb.DECIDE, role=part))


def add(world: w.World, handle: str, *roles: Role) -> None:
    """Let `handle` be somebody with these roles and no other."""
    person = Person(handle=handle, name=f"{handle} Name", roles=frozenset(roles))
    assert organisation.add_person(world.workspace, person, by="root") is None


def _submit(workspace: Workspace, key: str, by: str) -> Answer:
    """Submit what somebody in this role can, at this stage if at any."""
    documents = {
        Stage.PROPOSAL: (Kind.PROPOSAL, w.proposal(title="Told in other words")),
        Stage.RESEARCH: (Kind.RESEARCH_DOSSIER, w.ResearchDossier(sources=(w.source(),), conclusion="In other words.")),
        Stage.REPLICATION: (Kind.REPLICATION_REPORT, w.replication(method="Done in another way.")),
        Stage.DATA_ANALYSIS: (Kind.ANALYSIS_REPORT, w.analysis("Told in other words.")),
        Stage.REVIEW: (Kind.EFFORT_ESTIMATE, w.estimate(likely=50)),
        Stage.WATCH: (Kind.PRODUCTION_REPORT, w.production()),
    }
    (role,) = workspace.person(by).roles
    if role is Role.DATA_OWNER:
        return _any(workspace, key, by, Verb.SUBMIT)
    kind, document = documents.get(workspace.initiative(key).stage, documents[Stage.RESEARCH])
    if WRITTEN_BY[kind] is not role:
        kind, document = documents[Stage.PROPOSAL if role is Role.PRODUCT_OWNER else Stage.RESEARCH]
    return submit(workspace, key, kind, document, by=by)


def _any(workspace: Workspace, key: str, by: str, verb: Verb) -> Answer:
    """Any entry written by way of `verb`: for verbs that need more than a person and a stage."""
    return act(workspace, key, lambda draft: draft.write("reminder.raised", to=by, about="so"), by=by, verb=verb)


def _conclude(workspace: Workspace, key: str, by: str) -> Answer:
    (role,) = workspace.person(by).roles
    is_owner = role is Role.PRODUCT_OWNER
    return conclude(workspace, key, w.lesson(Outcome.WITHDRAWN if is_owner else Outcome.INCONCLUSIVE), by=by)


def _review(workspace: Workspace, key: str, by: str) -> Answer:
    return review(workspace, key, w.peer_review(Choice.RECYCLE, back_to=Stage.PROPOSAL), by=by)


def _vote(workspace: Workspace, key: str, by: str) -> Answer:
    return vote(workspace, key, w.ballot(Choice.GO), by=by)


def _deadline(workspace: Workspace, key: str, by: str) -> Answer:
    return set_deadline(workspace, key, Wish(day=workspace.clock().date() + timedelta(days=900)), by=by)


ON_AN_INITIATIVE: Mapping[Verb, Callable[[Workspace, str, str], Answer]] = {
    Verb.SUBMIT: _submit,
    Verb.LOOK: lambda workspace, key, by: _any(workspace, key, by, Verb.LOOK),
    Verb.CONCLUDE: _conclude,
    Verb.DECLARE: lambda workspace, key, by: declare(workspace, key, w.INTEREST, by=by),
    Verb.METHOD_REVIEW: lambda workspace, key, by: method_review(workspace, key, w.METHOD, by=by),
    Verb.REVIEW: _review,
    Verb.VOTE: _vote,
    Verb.RESUME: lambda workspace, key, by: resume(workspace, key, SAID, by=by),
    Verb.CLEAR: lambda workspace, key, by: clear(workspace, key, 1, SAID, by=by),
    Verb.DECIDE: lambda workspace, key, by: decide_now(workspace, key, by=by),
    Verb.RELEASE: lambda workspace, key, by: release(workspace, key, Request(amount=EUR, purpose="To go on"), by=by),
    Verb.SPEND: lambda workspace, key, by: spend(
        workspace, key, Expense(amount=EUR, what="Disks", on=w.NOON.date()), by=by
    ),
    Verb.SET_DEADLINE: _deadline,
    Verb.MIGRATE: lambda workspace, key, by: organisation.migrate(workspace, key, "0" * 64, SAID, by=by),
    Verb.BREAK_GLASS: lambda workspace, key, by: request_glass(workspace, key, EMERGENCY, by=by),
}
"""Each verb on an initiative, called with what it would accept from somebody who may."""

ON_THE_ORGANISATION: Mapping[Verb, Callable[[Workspace, str], Answer | None]] = {
    Verb.OPEN: lambda workspace, by: open_initiative(workspace, w.proposal(budget=100), by=by),
    Verb.FUND: lambda workspace, by: organisation.fund(workspace, EUR, by=by),
    Verb.ADOPT: lambda workspace, by: organisation.adopt(workspace, w.FINDINGLESS, by=by),
    Verb.ADD_PERSON: lambda workspace, by: organisation.add_person(
        workspace, Person(handle="newcomer", name="New Comer", roles=frozenset({Role.AUDITOR})), by=by
    ),
}
"""Each verb that belongs to no initiative; None is how these say that it is done."""


def told(answer: Answer | None) -> str:
    """What came of a call: `forbidden` to this person, `refused` for now, or `done`."""
    if isinstance(answer, Refused):
        return "forbidden" if answer.is_forbidden else "refused"
    return "done"
