"""Open: a product owner puts a proposal on the track. Nothing is promised by it."""

from __future__ import annotations

from typing import Any

from provefirst.errors import ConstraintError, UnknownError
from provefirst.evidence import EthicsScreen, Kind, Proposal
from provefirst.gates import PolicySet
from provefirst.initiative import Initiative
from provefirst.ledger import ORGANISATION
from provefirst.lifecycle.act import Answer, Done, Refused, commit, forbidden
from provefirst.lifecycle.draft import Draft
from provefirst.lifecycle.exchanging import Exchanged, exchanged
from provefirst.lifecycle.pools import terms_objections
from provefirst.lifecycle.remembering import resembling, subject_of, tell_of
from provefirst.lifecycle.settle import written
from provefirst.lifecycle.submitting import date_objections, write_evidence
from provefirst.lifecycle.workspace import Workspace, policies_of
from provefirst.money import Account, Money, Move
from provefirst.people import Role, Verb
from provefirst.permissions import Standing, objections
from provefirst.stages import Stage
from provefirst.store.work import Work


def open_initiative(
    workspace: Workspace, proposal: Proposal, *, by: str, screen: EthicsScreen | None = None, pool: str | None = None
) -> Answer:
    """Open an initiative under the policy now in force, and reserve the requested budget in the pool: locked."""
    answer = _open(workspace, proposal, by=by, screen=screen, pool=pool)
    return forbidden(workspace, answer, by=by, verb=Verb.OPEN, key="")


def _open(
    workspace: Workspace, proposal: Proposal, *, by: str, screen: EthicsScreen | None, pool: str | None
) -> Answer:
    earlier = resembling(workspace, subject_of(proposal))
    try:
        with workspace.store.writing() as work:
            person = work.person(by)
            if reasons := objections(person, Verb.OPEN, Role.PRODUCT_OWNER, Standing("a new initiative")):
                return Refused(reasons, is_forbidden=True)
            account = pool or workspace.pool
            today = workspace.clock().date()
            terms = terms_objections(work, account, today, person.cost_centre)
            reserved = _reserved(work, account, proposal)
            if isinstance(reserved, Refused):
                return reserved
            if reasons := (*_pool_objections(work, account, reserved.money), *terms, *date_objections(proposal, today)):
                return Refused(reasons)
            digest, policies = policy_in_force(work)
            key = work.next_key(workspace.prefix)
            draft = Draft(work, Initiative(key), policies, by, Role.PRODUCT_OWNER, workspace.clock())
            _write(draft, proposal, screen, digest, account, reserved)
            tell_of(draft, earlier)
            commit(draft)
    except ConstraintError as problem:
        if "balance_is_not_negative" in str(problem):
            return Refused(("the pool does not hold that much",))
        raise
    workspace.remember(draft.initiative)
    return Done(draft.initiative, tuple(draft.entries), draft.gate)


def policy_in_force(work: Work) -> tuple[str, PolicySet]:
    """Digest and content of the policy set adopted last."""
    adopted = work.of_event(ORGANISATION, "policy.adopted")
    if not adopted:
        raise UnknownError("policy", "(none)", "a policy set adopted by `provefirst policy adopt`")
    digest = adopted[-1].data["digest"]
    return digest, policies_of(work, digest)


def _reserved(work: Work, pool: str, proposal: Proposal) -> Exchanged | Refused:
    """The budget in the pool's currency."""
    if (balance := work.balance(f"pool:{pool}")) is None:
        return Refused((f"there is no pool {pool!r}: an admin funds one first",))
    if not proposal.budget.amount:
        return Exchanged(Money(amount=0, currency=balance[1]))
    return exchanged(work, proposal.budget, balance[1])


def _pool_objections(work: Work, pool: str, asked: Money) -> tuple[str, ...]:
    balance = work.balance(f"pool:{pool}")
    held, currency = balance or (0, asked.currency)
    if held < asked.amount:
        return (f"pool {pool} holds {held} minor units of {currency}, less than the {asked.amount} asked for",)
    return ()


def _write(
    draft: Draft, proposal: Proposal, screen: EthicsScreen | None, policy: str, pool: str, reserved: Exchanged
) -> None:
    draft.write(
        "initiative.opened",
        title=proposal.title,
        domain=proposal.domain,
        policy=policy,
        currency=reserved.money.currency,
        pool=pool,
    )
    if amount := reserved.money.amount:
        said: dict[str, Any] = {"asked": reserved.said} if reserved.said else {}
        moves = written([Move(Account.POOL, Account.REQUESTED, amount)])
        draft.write("budget.requested", amount=amount, moves=moves, **said)
    write_evidence(draft, Kind.PROPOSAL, proposal, {}, {})
    if screen is not None:
        write_evidence(draft, Kind.ETHICS_SCREEN, screen, {}, {})
    draft.write("stage.entered", stage=Stage.PROPOSAL.value, attempt=1)
