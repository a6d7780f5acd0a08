"""Declare, and propose reviewers: who is free to judge an initiative, and who knows about it and has time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provefirst.conflicts import SHARED_WITHIN, Ties, conflicts
from provefirst.evidence import Kind
from provefirst.gates import PolicySet
from provefirst.initiative import Initiative
from provefirst.ledger import instant
from provefirst.lifecycle.act import Answer, Refused, act
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.workspace import Workspace, policies_of
from provefirst.people import Person, Role, Verb
from provefirst.permissions import Standing, objections
from provefirst.reviews import Declaration
from provefirst.store import parts
from provefirst.store.work import Work


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could review: what they know about, and how many reviews they have under way."""

    handle: str
    knows: tuple[str, ...]
    load: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What conflicts of interest on an initiative are worked out from."""

    work: Work
    initiative: Initiative
    policies: PolicySet
    people: dict[str, Person]
    since: str

    @classmethod
    def of(cls, draft: Draft) -> Scene:
        return cls.at(draft.work, draft.initiative, draft.policies, instant(draft.now - SHARED_WITHIN))

    @classmethod
    def at(cls, work: Work, initiative: Initiative, policies: PolicySet, since: str) -> Scene:
        return cls(work, initiative, policies, {person.handle: person for person in work.people()}, since)

    def conflicts(self, person: Person) -> tuple[str, ...]:
        """Every conflict of interest that `person` has, as far as it was declared or can be worked out."""
        judged = {self.initiative.owner, *self.initiative.authors}
        accounts = {person.handle, *self.work.accounts_of(person)}
        said = self.initiative.conflicts
        ties = Ties(
            managers={handle: known.manager for handle, known in self.people.items() if known.manager},
            shared=parts.shared(
                self.work, accounts, judged - accounts, apart_from=self.initiative.key, since=self.since
            ),
            declared="; ".join(said[handle] for handle in sorted(accounts & said.keys())),
        )
        by_cost_centre = "cost_centre" in self.policies.at(self.initiative.stage).approvals.independent_of
        others = [self.people[handle] for handle in sorted(judged) if handle in self.people]
        return conflicts(person, others, ties, by_cost_centre=by_cost_centre)

    def is_free(self, person: Person) -> bool:
        """Whether `person` could review, and has no part in it yet."""
        key, owner, taken = self.initiative.key, self.initiative.owner, self.initiative.parts
        standing = Standing(key, owner, taken, self.work.accounts_of(person))
        is_new = Role.REVIEWER in person.roles and person.handle not in taken
        return is_new and not objections(person, Verb.REVIEW, Role.REVIEWER, standing) and not self.conflicts(person)


def declare(workspace: Workspace, key: str, declaration: Declaration, *, by: str) -> Answer:
    """Declare an interest, or that there is none. It gives no part yet; a conflict once declared stays."""

    def write(draft: Draft) -> Refused | None:
        if draft.actor in draft.initiative.conflicts:
            return Refused((f"{draft.actor} declared a conflict of interest already, and it stays",))
        name = "conflict" if declaration.has_conflict_of_interest else "independence"
        if name == "independence" and draft.actor in draft.initiative.unconflicted:
            return Refused((f"{draft.actor} has declared already that there is no conflict of interest",))
        draft.write(f"{name}.declared", actor=draft.actor, reason=declaration.reason)
        return None

    return act(workspace, key, write, by=by, verb=Verb.DECLARE)


def own_conflicts(draft: Draft) -> tuple[str, ...]:
    """The conflicts of interest of whoever acts on `draft`."""
    return Scene.of(draft).conflicts(draft.work.person(draft.actor))


def propose_reviewers(workspace: Workspace, key: str, *, limit: int = 10) -> tuple[Candidate, ...]:
    """Who could review `key`: those who know most about it first, then those with least to do. No conflicted one."""
    with workspace.store.reading() as work:
        initiative = workspace.load(work, key)
        since = instant(workspace.clock() - SHARED_WITHIN)
        scene = Scene.at(work, initiative, policies_of(work, initiative.policy), since)
        load, words = parts.load(work), _words(initiative)
        free = [person for person in scene.people.values() if scene.is_free(person)]
    candidates = [Candidate(person.handle, _known(person, words), load.get(person.handle, 0)) for person in free]
    return tuple(sorted(candidates, key=lambda one: (-len(one.knows), one.load, one.handle))[:limit])


def _words(initiative: Initiative) -> frozenset[str]:
    """What the initiative is about: the words of its domain, title, problem and hypothesis."""
    proposal = initiative.current(Kind.PROPOSAL)
    told = [proposal.content[name] for name in ("problem", "hypothesis")] if proposal else []
    return frozenset(_split(" ".join([initiative.domain, initiative.title, *told])))


def _known(person: Person, words: frozenset[str]) -> tuple[str, ...]:
    """The tags all of whose words the initiative is about."""
    return tuple(tag for tag in sorted(person.expertise) if (own := set(_split(tag))) and own <= words)


def _split(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
