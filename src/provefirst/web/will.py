"""What an act will do, and to whom: said before it is done."""

from __future__ import annotations

from collections.abc import Callable

from provefirst.documents.policies import difference
from provefirst.gates import PolicySet
from provefirst.lifecycle.opening import policy_in_force
from provefirst.money import Account, Money
from provefirst.stages import Stage
from provefirst.web.sight import Seen


def decide(seen: Seen) -> list[str]:
    facts = seen.facts
    if facts["gate"]["open"]:
        return [f"The {seen.state.stage.label} gate opens, for everybody who works on {seen.key}."]
    return ["Nothing, as things stand: votes and findings carry no decision yet.", *facts["gate"]["reasons"]]


def resume(seen: Seen) -> list[str]:
    hold = seen.state.hold
    if hold is None:
        return [f"Nothing: {seen.key} is not on hold."]
    return [
        f"{seen.key} goes on at {seen.state.stage.label}, and its people are asked again.",
        f"It was parked by {', '.join(hold.by)} until {hold.until.isoformat()}, for: {hold.condition}",
    ]


def clearing(number: int) -> Callable[[Seen], list[str]]:
    def will(seen: Seen) -> list[str]:
        found = [one for one in seen.state.conditions if one.number == number]
        if not found or found[0].cleared_by:
            return [f"Nothing: condition {number} does not wait to be cleared."]
        return [
            f"“{found[0].text}” no longer closes the gates after {found[0].stage.label}.",
            "How it was met stands on the initiative for good, with your name.",
        ]

    return will


def release(seen: Seen) -> list[str]:
    if not seen.state.is_passed(Stage.RELEASE):
        return ["Nothing, as things stand: money is locked until the release gate opens."]
    number = len(seen.state.tranches) + 1
    return [
        f"Tranche {number} goes to {seen.state.owner}, who may spend it at once.",
        f"{_on(seen, Account.APPROVED)} is approved and not yet released.",
        "The first tranche waits for the release gate, each later one for one more passed watch gate.",
    ]


def spend(seen: Seen) -> list[str]:
    return [f"It is taken out of the {_on(seen, Account.RELEASED)} that is released and unspent."]


def report(seen: Seen) -> list[str]:
    observed = seen.state.observations
    if not observed:
        return ["Nothing, as things stand: no period of production was observed, or none that you may see."]
    rows, last = sum(one.rows for one in observed), max(one.until for one in observed)
    return [
        f"What {len(observed)} periods showed, on {rows} rows up to {last.isoformat()}, goes to the watch gate.",
        "Its figures are those that were observed; nobody types them in.",
        "Peers are asked to review it. What they said of an earlier report becomes void, visibly.",
    ]


def thaw(seen: Seen) -> list[str]:
    if (freeze := seen.state.freeze) is None:
        return [f"Nothing: the money of {seen.key} is not frozen, or you may not see why."]
    return [
        f"Money may be spent and released again. It is frozen since {freeze.since.isoformat()}: {freeze.because}",
        "What was observed so far is judged no more; the next period begins anew.",
        "Your name and your reason stand on the initiative for good.",
    ]


def deadline(seen: Seen) -> list[str]:
    facts = seen.facts
    if facts["deadline_locked"]:
        return ["Nothing, as things stand:", *facts["deadline_locked"]]
    return [
        f"Everybody who works on {seen.key} is held to this day.",
        f"From {facts['earliest_deadline']} on it can be set: by then 4 of 5 such efforts are done (P80).",
        "An earlier day needs a board member and a reason, which stay on the page.",
    ]


def conclude(seen: Seen) -> list[str]:
    rule = seen.workspace.policies(seen.state.policy).approvals_to_stop(seen.state.stage)
    panel = f"{rule.quorum} {rule.role.label}{'s' if rule.quorum > 1 else ''}"
    return [
        f"It is put to {panel}: when they vote to stop, it ends.",
        "Everything unspent then goes back to the pool, and the lesson stays findable for good.",
        "A withdrawal by the product owner ends it at once.",
    ]


def answering(earlier: str) -> Callable[[Seen], list[str]]:
    def will(seen: Seen) -> list[str]:
        found = [one for one in seen.facts["earlier"] if one["key"] == earlier]
        if not found:
            return [f"Nothing: {earlier} was not found to be like {seen.key}."]
        ended = found[0]["outcome"].replace("_", " ")
        return [
            f"{earlier} “{found[0]['title']}” ended {ended}; its lesson is on its page.",
            f"What both are about: {', '.join(found[0]['shared'])}.",
            "What you say stands on both for good, and the gate no longer waits for it.",
        ]

    return will


def migrate(seen: Seen) -> list[str]:
    digest, policies = in_force(seen)
    if digest == seen.state.policy:
        return [f"Nothing: {seen.key} stands under the policy in force already."]
    changes = difference(seen.workspace.policies(seen.state.policy), policies)
    return [
        *(line.replace("_", " ") for line in changes),
        f"Votes that stand on {seen.key} become void, visibly, and its evidence is measured again.",
        "Your reason stands in the ledger for good.",
    ]


def in_force(seen: Seen) -> tuple[str, PolicySet]:
    """Digest and content of the policy set that new initiatives are opened under."""
    with seen.workspace.store.reading() as work:
        return policy_in_force(work)


def _on(seen: Seen, account: Account) -> str:
    books = seen.state.books
    return str(Money(amount=books.on(account), currency=books.currency)) if books.currency else "nothing"
