"""What belongs to no single initiative: people, pools, policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provefirst.errors import ConstraintError, InvalidInputError, StaleVersionError
from provefirst.gates import PolicySet
from provefirst.ledger import GENESIS, ORGANISATION, Entry, Event, canonical, follow, seal
from provefirst.lifecycle.act import TRIES, Answer, Refused, act, forbidden
from provefirst.lifecycle.deciding import Said
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.leaving import leave, merge
from provefirst.lifecycle.workspace import Workspace, policies_of
from provefirst.money import POOL_CEILING, Money
from provefirst.people import ENGINE, Person, Role, Verb
from provefirst.permissions import Standing, objections
from provefirst.store.projections import project_organisation
from provefirst.store.webhooks import announce
from provefirst.store.work import Work
from provefirst.texts import handle

HERE = Standing(ORGANISATION)
"""Nobody stands in any relation to the organisation's own affairs."""


def add_person(workspace: Workspace, person: Person, *, by: str) -> Refused | None:
    """Add `person`, or change their name, roles or standing. The very first person adds themself, and is admin."""
    return forbidden(workspace, _add(workspace, person, by=by), by=by, verb=Verb.ADD_PERSON, key="")


def _add(workspace: Workspace, person: Person, *, by: str) -> Refused | None:
    if person.handle == ENGINE:
        raise InvalidInputError("person", person.handle, "a handle other than the engine's own")
    with workspace.store.writing() as work:
        work.lock(ORGANISATION)
        before = {known.handle: known for known in work.people()}
        if not before and not (by == person.handle and Role.ADMIN in person.roles):
            return Refused(("the first person here is an admin, and adds themself",))
        if before and (reasons := objections(work.person(by), Verb.ADD_PERSON, Role.ADMIN, HERE)):
            return Refused(reasons, is_forbidden=True)
        if before and (reasons := last_admin_objections(before, person)):
            return Refused(reasons)
        keep_person(workspace, work, person, before.get(person.handle), by=by)
    return None


def keep_person(workspace: Workspace, work: Work, person: Person, before: Person | None, *, by: str) -> None:
    """Write what is now known of `person`, who let them do what, and what follows for the votes they have cast."""
    work.save_person(person)
    if before is None or (before.roles, before.is_active) != (person.roles, person.is_active):
        roles = sorted(role.value for role in person.roles)
        event = Event("person.changed", by, {"handle": person.handle, "roles": roles, "is_active": person.is_active})
        work.append((_sealed(work, event, workspace),))
    if person.is_active:
        merge(workspace, work, person)
    else:
        leave(workspace, work, person)


def last_admin_objections(before: Mapping[str, Person], person: Person) -> tuple[str, ...]:
    """Why `person` can't become what they are to be: nobody would be left to let anybody in."""
    after = {**before, person.handle: person}.values()
    if any(known.is_active and Role.ADMIN in known.roles for known in after):
        return ()
    return (f"{person.handle} is the last active admin, and without one nobody can let anybody in",)


def fund(workspace: Workspace, money: Money, *, by: str, pool: str | None = None) -> Refused | None:
    """Put `money` into a pool."""
    name = handle(pool or workspace.pool)
    if not money.amount:
        raise InvalidInputError("amount", money.amount, "more than nothing")

    def write(work: Work) -> Event | Refused:
        balance = work.balance(f"pool:{name}")
        if balance is not None and balance[1] != money.currency:
            return Refused((f"pool {name} is in {balance[1]}, not in {money.currency}",))
        if balance is not None and balance[0] + money.amount > POOL_CEILING:
            return Refused((f"pool {name} would hold more than {POOL_CEILING} minor units",))
        return Event("pool.funded", by, {"pool": name, "amount": money.amount, "currency": money.currency})

    return organise(workspace, write, by=by, verb=Verb.FUND)


def adopt(workspace: Workspace, policies: PolicySet, *, by: str) -> Refused | None:
    """Adopt a policy set: initiatives opened from now on are under it, those already open keep theirs."""
    content = canonical(policies.model_dump(mode="json"))

    def write(work: Work) -> Event | Refused:
        work.save_policy(policies.digest, content)
        return Event("policy.adopted", by, {"digest": policies.digest})

    return organise(workspace, write, by=by, verb=Verb.ADOPT)


def migrate(workspace: Workspace, key: str, digest: str, said: Said, *, by: str, expected: int | None = None) -> Answer:
    """Put an open initiative under another adopted policy set, on the record. Standing votes become void."""

    def write(draft: Draft) -> Refused | None:
        if draft.initiative.conclusion is not None:
            return Refused((f"{key} is concluded: {draft.initiative.conclusion.outcome.value}",))
        if draft.work.policy(digest) is None:
            return Refused((f"no adopted policy set has digest {digest[:12]}…",))
        if digest == draft.initiative.policy:
            return Refused((f"{key} is under that policy already",))
        draft.write("policy.migrated", **{"from": draft.initiative.policy, "to": digest, "reason": said.reason})
        draft.policies = policies_of(draft.work, digest)  # what follows is judged, and measured, by the new ones
        return None

    return act(workspace, key, write, by=by, verb=Verb.MIGRATE, role=Role.ADMIN, expected=expected)


def organise(workspace: Workspace, write: Callable[[Work], Event | Refused], *, by: str, verb: Verb) -> Refused | None:
    answer = _organised(workspace, write, by=by, verb=verb)
    return forbidden(workspace, answer, by=by, verb=verb, key=ORGANISATION)


def _organised(
    workspace: Workspace, write: Callable[[Work], Event | Refused], *, by: str, verb: Verb
) -> Refused | None:
    for _ in range(TRIES):
        try:
            with workspace.store.writing() as work:
                work.lock(ORGANISATION)
                if reasons := objections(work.person(by), verb, Role.ADMIN, HERE):
                    return Refused(reasons, is_forbidden=True)
                event = write(work)
                if isinstance(event, Refused):
                    return event
                entries = (_sealed(work, event, workspace),)
                work.append(entries)
                project_organisation(work, entries)
                announce(work, entries)
            return None
        except ConstraintError:
            continue
    raise StaleVersionError(ORGANISATION, 0, 0)


def _sealed(work: Work, event: Event, workspace: Workspace) -> Entry:
    last = work.last(ORGANISATION)
    version, previous, at = (last.version, last.digest, last.at) if last else (0, GENESIS, "")
    now = follow(workspace.clock(), at)
    return seal(event, initiative=ORGANISATION, version=version + 1, at=now, previous=previous)
