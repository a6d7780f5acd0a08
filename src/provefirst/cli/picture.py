"""An initiative as a picture: where it stands, what is missing, who must act, and what is locked. Words carry it;
colours and the bar only help."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from provefirst.cli.page import MARGIN, Page, words
from provefirst.money import Money

Facts = dict[str, Any]

_MARKS = {"passed": "[x]", "here": "[>]", "ended": "[=]"}
_STATES = {"passed": "passed", "here": "HERE", "locked": "locked", "ended": "ended here", "not_reached": "not reached"}
_STYLES = {"passed": "green", "here": "bold cyan", "ended": "bold cyan", "locked": "dim", "not_reached": "dim"}
_LEVELS = {"passed": "green", "warning": "yellow", "failed": "bold", "crashed": "bold magenta"}
_TOLD = ("warning", "failed", "crashed")
_PARTS = (
    ("locked", "░", "requested, locked until the release gate opens"),
    ("approved", "▒", "approved by the board, not yet released"),
    ("released", "▓", "released, not yet spent"),
    ("spent", "█", "spent"),
    ("returned", "·", "back in the pool"),
)
BAR = 40


def draw(facts: Facts, page: Page, *, is_whole: bool = False) -> None:
    """Draw `facts` (see `lifecycle.facts`) on `page`; with `is_whole`, every finding with its numbers."""
    page.line(f"{facts['key']}  {facts['title']}", "bold")
    parts = ", ".join(f"{handle} ({words(role)})" for handle, role in facts["parts"].items())
    page.line(
        f"opened by {facts['owner']} on {facts['opened_at'][:10]}; version {facts['version']}; "
        f"domain {facts['domain']}; dossier {facts['dossier'][:12]}"
    )
    page.line(f"people: {parts}")
    for section in _ABOVE:
        section(facts, page)
    _findings(facts, page, is_whole=is_whole)
    for section in _BELOW:
        section(facts, page)


def money(amount: int, currency: str) -> str:
    return str(Money(amount=amount, currency=currency))


def _conclusion(facts: Facts, page: Page) -> None:
    """A no is a result like a yes: told first, told alike."""
    if (conclusion := facts["conclusion"]) is None:
        return
    page.heading(f"Result: {words(conclusion['outcome'])}")
    reasons = ", ".join(words(reason) for reason in conclusion["reasons"])
    page.line(f"because: {reasons}; concluded {conclusion['at'][:10]} by {', '.join(conclusion['by'])}", indent=MARGIN)
    page.line(f"lesson: {conclusion['lesson']}", indent=MARGIN)
    page.line(f"would change if: {conclusion['would_change_if']}", indent=MARGIN)
    if conclusion["revisit_on"]:
        page.line(f"to be looked at again on {conclusion['revisit_on']}", indent=MARGIN)


def _proposed(facts: Facts, page: Page) -> None:
    if (proposed := facts["proposed"]) is None:
        return
    reasons = ", ".join(words(reason) for reason in proposed["reasons"])
    page.heading(f"Proposed result: {words(proposed['outcome'])} ({reasons}), by {proposed['by']}")
    votes = f"{proposed['votes_to_stop']} of {proposed['quorum']} votes to stop"
    page.line(f"{votes} by {words(proposed['role'])}s; when they are there, it ends so", indent=MARGIN)


def _track(facts: Facts, page: Page) -> None:
    page.heading("Track")
    for number, gate in enumerate(facts["track"], start=1):
        state, attempt = gate["state"], gate["attempt"]
        told = f"{_STATES[state]:<12}" + (f"attempt {attempt}" if attempt else "")
        if gate["passed_at"]:
            told += f", gate open since {gate['passed_at'][:10]}"
        mark = _MARKS.get(state, "[ ]")
        page.line(f"{mark} {number} {words(gate['stage']):<14}{told}", _STYLES[state], indent=MARGIN)


def _hold(facts: Facts, page: Page) -> None:
    if (hold := facts["hold"]) is not None:
        page.heading(f"On hold until {hold['until']}")
        page.line(f"{hold['condition']} (by {', '.join(hold['by'])}). Resume it with: provefirst resume", indent=MARGIN)


def _gate(facts: Facts, page: Page) -> None:
    if facts["conclusion"] is not None:
        return
    stage = words(facts["stage"])
    if facts["gate"]["open"]:
        page.heading(f"The {stage} gate is open: `provefirst decide {facts['key']}` passes it")
        return
    page.heading(f"The {stage} gate is closed")
    for reason in facts["gate"]["reasons"]:
        page.item(reason)
    if facts.get("hidden"):
        return
    page.heading("Who must act")
    for waiting in facts["waiting"]:
        who = words(waiting["role"] or "engine")
        people = f" ({', '.join(waiting['people'])})" if waiting["people"] else ""
        page.item(f"{who}{people}: {_shortly(waiting['what'])}")
    if not facts["waiting"]:
        page.item("nobody")


def _shortly(what: str) -> str:
    """What is waited for; of a finding, without what the gate's reasons and the findings say of it."""
    return re.sub(r"^([A-Z]{2,6}\d{3}: [a-z ]+) \(.*", r"\1", what, flags=re.DOTALL)


def _arrivals(facts: Facts, page: Page) -> None:
    """Data that the engine is reading, or could not register: what was read shows as evidence."""
    for one in facts["arrivals"]:
        if one["status"] != "read":
            told = f": {one['reasons'][0]}" if one["reasons"] else ""
            what = "being read" if one["status"] == "waiting" else "refused"
            page.line(f"data {what}: {one['place']}{told}")


def _stalls(facts: Facts, page: Page) -> None:
    if facts["stalls"]:
        page.heading("Stuck runs")
        for stall in facts["stalls"]:
            page.item(stall)


def _evidence(facts: Facts, page: Page) -> None:
    current = [one for one in facts["evidence"] if one["is_current"]]
    page.heading("Evidence")
    for one in current:
        files = f" with {', '.join(sorted(one['attachments']))}" if one["attachments"] else ""
        stage = f"{words(one['stage'])} {one['attempt']}"
        page.item(f"{one['kind']}{files}, by {one['by']} on {one['at'][:10]} ({stage}; {one['digest'][:12]})")
    if not current:
        page.item("none yet")
    if replaced := len(facts["evidence"]) - len(current):
        page.item(f"{replaced} earlier ones; all of them: provefirst evidence {facts['key']}")


def _hidden(facts: Facts, page: Page) -> None:
    if hidden := facts.get("hidden"):
        page.heading("Not shown to you yet")
        for when in hidden:
            page.item(when)


def _findings(facts: Facts, page: Page, *, is_whole: bool = False) -> None:
    """Those that a gate asks for, and those that are not plainly passed; the others by their codes."""
    if not facts["findings"]:
        return
    page.heading("Findings")
    rest: dict[str, list[str]] = {}
    for finding in facts["findings"]:
        if is_whole or finding["required_by"] or finding["level"] in _TOLD:
            _finding(finding, page, is_whole=is_whole)
        else:
            rest.setdefault(finding["level"], []).append(finding["code"])
    for level, codes in rest.items():
        page.item(f"{words(level)}: {', '.join(codes)}", "dim")
    if rest:
        page.line(f"all of them with their numbers: provefirst show {facts['key']} --all", "dim", indent=MARGIN)


def _finding(finding: Facts, page: Page, *, is_whole: bool) -> None:
    asked = f" (the {words(finding['required_by'])} gate asks for it)" if finding["required_by"] else ""
    level = finding["level"]
    page.item(f"{finding['code']} {words(level).upper()}{asked}: {finding['message']}", _LEVELS.get(level, ""))
    if is_whole or not finding["message"]:
        for name in ("measured", "limit"):
            if numbers := ", ".join(_numbers(finding[name])):
                page.line(f"{name}: {numbers}", indent=MARGIN + 2)


def _numbers(measures: Facts) -> Iterator[str]:
    for name, value in measures.items():
        if isinstance(value, bool) or value is None:
            shown = "none" if value is None else "yes" if value else "no"
        else:
            shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        yield f"{words(name)} {shown}"


def _votes(facts: Facts, page: Page) -> None:
    if facts["votes"]:
        page.heading("Votes at this gate")
    for vote in facts["votes"]:
        void = "VOID, what was approved has changed since: " if vote["is_void"] else ""
        more = _ballot(vote)
        page.item(f"{void}{words(vote['choice'])} by {vote['by']} ({words(vote['role'])}): {vote['reason']}{more}")


def _ballot(vote: Facts) -> str:
    told = [f"condition: {text}" for text in vote["conditions"]]
    told += [f"back to {words(vote['back_to'])}"] if vote["back_to"] else []
    told += [f"until {vote['until']}: {vote['condition']}"] if vote["until"] else []
    return f" [{'; '.join(told)}]" if told else ""


def _decisions(facts: Facts, page: Page) -> None:
    if facts["decisions"]:
        page.heading("Decisions")
    for decision in facts["decisions"]:
        back = f" to {words(decision['back_to'])}" if decision["back_to"] else ""
        stage = f"{words(decision['stage'])}, attempt {decision['attempt']}"
        page.item(f"{decision['at'][:10]} {stage}: {words(decision['choice'])}{back}, by {', '.join(decision['by'])}")


def _conditions(facts: Facts, page: Page) -> None:
    if facts["conditions"]:
        page.heading("Conditions")
    for condition in facts["conditions"]:
        is_open = condition["cleared_by"] is None
        state = "OPEN" if is_open else f"cleared by {condition['cleared_by']} ({condition['how']})"
        page.item(f"{condition['number']}. {state}: {condition['text']} (from {words(condition['stage'])})")


def _money(facts: Facts, page: Page) -> None:
    funds = facts["money"]
    page.heading(f"Money ({funds['currency']}, pool {funds['pool']})")
    total = sum(funds[name] for name, _, _ in _PARTS)
    if total and not page.is_dumb:
        page.line(_bar(funds, total), indent=MARGIN)
    width = max(len(money(funds[name], funds["currency"])) for name, _, _ in _PARTS)
    for name, sign, meaning in _PARTS:
        mark = "" if page.is_dumb else f"{sign} "
        amount = money(funds[name], funds["currency"])
        page.line(f"{mark}{name:<9} {amount:>{width}}  {meaning}", "" if funds[name] else "dim", indent=MARGIN)
    if funds["exploration_cap"]:
        cap, explored = money(funds["exploration_cap"], funds["currency"]), money(funds["explored"], funds["currency"])
        page.line(f"exploration: {explored} of at most {cap}", indent=MARGIN)
    for tranche in facts["tranches"]:
        amount = money(tranche["amount"], funds["currency"])
        page.item(
            f"tranche {tranche['number']} ({tranche['kind']}): {amount} for {tranche['purpose']}, by {tranche['by']}"
        )


def _bar(funds: Facts, total: int) -> str:
    """Every part that is there gets at least one sign; the largest makes up for it."""
    widths = {name: max(1, round(BAR * funds[name] / total)) if funds[name] else 0 for name, _, _ in _PARTS}
    widths[max(widths, key=lambda name: widths[name])] += BAR - sum(widths.values())
    return "".join(sign * widths[name] for name, sign, _ in _PARTS)


def _deadline(facts: Facts, page: Page) -> None:
    if (deadline := facts["deadline"]) is not None:
        page.heading(f"Deadline: {deadline['day']}")
        page.line(f"P80 of the estimate: {deadline['p80']}; set by {deadline['by']}", indent=MARGIN)
        if deadline["override"]:
            page.line(f"before the P80, because: {deadline['override']}", indent=MARGIN)
    elif facts["deadline_locked"]:
        page.heading("Deadline: locked")
        for reason in facts["deadline_locked"]:
            page.item(reason)
    else:
        page.heading("Deadline: none yet")
        page.line(f"from {facts['earliest_deadline']} on (P80 of the estimate) it can be set", indent=MARGIN)


_Section = Callable[[Facts, Page], None]
_ABOVE: tuple[_Section, ...] = (_conclusion, _proposed, _track, _hold, _gate, _stalls, _arrivals, _evidence, _hidden)
_BELOW: tuple[_Section, ...] = (_votes, _conditions, _money, _deadline, _decisions)
