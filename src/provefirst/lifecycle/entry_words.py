"""What an entry of the ledger says, as a sentence that goes on from who did it and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from provefirst.errors import shorten
from provefirst.ledger import Data, Entry
from provefirst.money import Money

Words = Callable[[Data, str], str]


def sentence(entry: Entry, currency: str) -> str:
    """What `entry` says. Amounts are in `currency`, which is the initiative's."""
    if "hidden" in entry.data:  # taken out by `viewing` for whoever may not see it yet
        return f"wrote {entry.event}: {entry.data['hidden']}"
    words = _WORDS.get(entry.event)
    return words(entry.data, currency) if words else entry.event


def _money(amount: int, currency: str) -> str:
    return str(Money(amount=amount, currency=currency)) if currency else f"{amount} minor units"


def _stage(data: Data) -> str:
    return str(data["stage"]).replace("_", " ")


def _and(words: Sequence[str]) -> str:
    return ", ".join(words)


def _opened(data: Data, currency: str) -> str:
    return f"opened “{data['title']}”, under policy {data['policy'][:12]}"


def _requested(data: Data, currency: str) -> str:
    return f"requested {_in_both(data, 'asked', currency)}, which is locked"


def _in_both(data: Data, name: str, currency: str) -> str:
    """An amount of the books, and what was said where that was in another currency."""
    told = _money(data["amount"], currency)
    said = data.get(name)
    return f"{told} ({_money(said['amount'], said['currency'])} at {said['rate']})" if said else told


def _submitted(data: Data, currency: str) -> str:
    files = f", with {_and(sorted(data['attachments']))}" if data["attachments"] else ""
    what = f"submitted {data['kind']}"
    derived = data.get("derived", {})
    seen = []
    if "amends" in derived:
        changed = f" ({_and(derived['changed'])})" if derived.get("changed") else ""
        what = f"amended {data['kind']}{changed}"
        seen.append(_count(derived["tries_seen"], "try", "tries"))
    if looks := derived.get("looks_seen"):
        seen.append(f"{_count(looks, 'look', 'looks')}, when results had been seen")
    if seen:
        what += f", after {' and '.join(seen)},"
    if not derived.get("confirms", True):
        what += ", which is exploratory: results on these rows had been seen before this was preregistered;"
    return f"{what} at {_stage(data)}, attempt {data['attempt']}{files}"


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _measured(data: Data, currency: str) -> str:
    found = [f"{finding['code']} {finding['level'].replace('_', ' ')}" for finding in data["findings"]]
    return f"measured at {_stage(data)}, attempt {data['attempt']}: {_and(found)}"


def _voted(data: Data, currency: str) -> str:
    ballot, part = data["ballot"], data["part"].replace("_", " ")
    return f"voted {_choice(ballot['choice'])} at {_stage(data)} as {part}: {shorten(ballot['reason'], 300)}"


def _decided(data: Data, currency: str) -> str:
    back = f" to {str(data['back_to']).replace('_', ' ')}" if data.get("back_to") else ""
    hold = f" until {data['until']}: {data['condition']}" if data.get("until") else ""
    conditions = f", on condition: {'; '.join(data['conditions'])}" if data.get("conditions") else ""
    choice = _choice(data["choice"])
    return f"decided {choice}{back} at {_stage(data)}, carried by {_and(data['by'])}{hold}{conditions}"


def _choice(choice: str) -> str:
    return choice.replace("_", " ")


def _gate_opened(data: Data, currency: str) -> str:
    cap = data["exploration_cap"]
    freed = f"; it frees {_money(cap, currency)} for exploration" if cap else ""
    return f"opened the {_stage(data)} gate{freed}{'; it frees a deadline' if data['deadline'] else ''}"


def _gate_closed(data: Data, currency: str) -> str:
    return f"closed the {_stage(data)} gate again: {data['because']}"


def _entered(data: Data, currency: str) -> str:
    return f"entered {_stage(data)}, attempt {data['attempt']}"


def _released(data: Data, currency: str) -> str:
    return (
        f"released tranche {data['number']} ({data['kind']}) of {_money(data['amount'], currency)}: {data['purpose']}"
    )


def _returned(data: Data, currency: str) -> str:
    total = sum(amount for _, _, amount in data["moves"])
    return f"returned {_money(total, currency)} to the pool"


def _deadline_set(data: Data, currency: str) -> str:
    override = f"; before its P80, because: {data['override']}" if data["override"] else ""
    return f"set the deadline to {data['day']} (P80 of the estimate: {data['p80']}){override}"


def _concluded(data: Data, currency: str) -> str:
    outcome, reasons = _choice(data["outcome"]), _and([_choice(reason) for reason in data["reasons"]])
    return f"concluded: {outcome} ({reasons}), by {_and(data['by'])}"


def _stalled(data: Data, currency: str) -> str:
    return f"gave up on {_stage(data)}, attempt {data['attempt']}, after {data['runs']} runs: {data['problem']}"


def _method_reviewed(data: Data, currency: str) -> str:
    summary = shorten(data["content"]["summary"], 300)
    return f"reviewed the method at {_stage(data)}, before a result was shown: {summary}"


def _person_changed(data: Data, currency: str) -> str:
    roles = _and([role.replace("_", " ") for role in data["roles"]])
    return f"let {data['handle']} be {roles}" if data["is_active"] else f"let {data['handle']} go"


def _resembling(data: Data, currency: str) -> str:
    told = [f"{one['key']} ({_choice(one['outcome'])}, alike by {one['score']:.2f})" for one in data["found"]]
    return f"found earlier initiatives that asked the like: {_and(told)}"


def _observed(data: Data, currency: str) -> str:
    return f"observed {data['rows']} rows of production until {data['until']}: {data['metric']} {data['estimate']:.4g}"


def _production(data: Data, currency: str) -> str:
    figures = f"{data['estimate']:.4g} on {data['rows']} rows, claimed {data['claimed']:.4g}"
    return f"judged production: {data['verdict']} ({figures})"


def _transferred(data: Data, currency: str) -> str:
    taken, put = _money(data["amount"], data["currency"]), _money(data["received"], data["received_currency"])
    return f"moved {taken} from pool {data['source']} to pool {data['target']}, which got {put}: {data['reason']}"


_WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "initiative.opened": _opened,
        "budget.requested": _requested,
        "evidence.submitted": _submitted,
        "findings.recorded": _measured,
        "vote.cast": _voted,
        "decision.made": _decided,
        "gate.opened": _gate_opened,
        "gate.closed": _gate_closed,
        "stage.entered": _entered,
        "hold.lifted": lambda data, currency: f"lifted the hold: {data['reason']}",
        "condition.cleared": lambda data, currency: f"cleared condition {data['number']}: {data['how']}",
        "budget.approved": lambda data, currency: f"approved the budget of {_money(data['amount'], currency)}",
        "tranche.released": _released,
        "money.spent": lambda data, currency: f"spent {_in_both(data, 'paid', currency)} on {data['what']}",
        "money.returned": _returned,
        "deadline.set": _deadline_set,
        "deadline.withdrawn": lambda data, currency: f"withdrew the deadline: {data['because']}",
        "initiative.concluded": _concluded,
        "policy.migrated": lambda data, currency: f"moved it under policy {data['to'][:12]}: {data['reason']}",
        "attempt.stalled": _stalled,
        "person.left": lambda data, currency: f"voided the open vote of {data['handle']}: {data['because']}",
        "conflict.declared": lambda data, currency: f"declared a conflict of interest: {data['reason']}",
        "independence.declared": lambda data, currency: f"declared no conflict of interest: {data['reason']}",
        "method_review.submitted": _method_reviewed,
        "glass.requested": lambda data, currency: f"asked to break glass for {data['verb']}: {data['reason']}",
        "glass.broken": lambda data, currency: f"broke glass {data['number']} for {data['verb']}: {data['opens']}",
        "glass.used": lambda data, currency: f"used up glass {data['number']}",
        "person.changed": _person_changed,
        "reminder.raised": lambda data, currency: f"reminded {data['to']}: {data['about']}",
        "pool.described": lambda data, _: f"said for whom and for when pool {data['pool']} is",
        "pool.transferred": _transferred,
        "rate.recorded": lambda data, _: f"recorded 1 {data['base']} = {data['rate']} {data['quote']} on {data['on']}",
        "pool.funded": lambda data, _: f"put {_money(data['amount'], data['currency'])} into pool {data['pool']}",
        "resemblance.found": _resembling,
        "production.observed": _observed,
        "production.judged": _production,
        "money.frozen": lambda data, currency: f"froze the money: {data['because']}",
        "money.thawed": lambda data, currency: f"let money move again: {data['reason']}",
        "data.requested": lambda data, _: f"asked the engine to read the data at {data['place']}",
        "data.received": lambda data, _: f"had the data read that entry {data['request']} asked for",
        "data.refused": lambda data, _: (
            f"refused the data that entry {data['request']} asked for: {data['reasons'][0]}"
        ),
        "difference.stated": lambda data, currency: f"said what differs from {data['earlier']}: {data['difference']}",
        "revisit.raised": lambda data, currency: f"found it time to look again: {data['because']}",
        "policy.adopted": lambda data, currency: f"adopted policy {data['digest'][:12]}",
    }
)
