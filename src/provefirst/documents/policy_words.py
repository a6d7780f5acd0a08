"""What policies ask for, in plain words, and what changes from one set of them to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provefirst.clauses import Approvals, FindingRule, Reminders
from provefirst.evidence import Kind
from provefirst.gates import GatePolicy, PolicySet
from provefirst.stages import ORDER, Stage

_ANSWERED = "to say what is different from an earlier initiative that ended with a no"
_MANY = frozenset({Kind.TRIES})
"""Kinds whose name is a plural and takes no article."""


def explain(policies: PolicySet) -> tuple[str, ...]:
    """What each gate asks for and what it frees, one paragraph a gate, in the order of the stages."""
    return tuple(_paragraph(policies.at(stage)) for stage in ORDER)


def difference(old: PolicySet, new: PolicySet) -> tuple[str, ...]:
    """What moving from `old` to `new` would change, one sentence each; empty where they ask for the same."""
    return tuple(
        f"The {stage.label} gate {change}."
        for stage in ORDER
        for change in (
            *_evidence_changes(old.at(stage), new.at(stage)),
            *_finding_changes(old.at(stage), new.at(stage)),
            *_other_changes(old.at(stage), new.at(stage)),
        )
    )


def _paragraph(policy: GatePolicy) -> str:
    asked = [_and([_kind(kind) for kind in policy.requires.evidence])]
    if rules := policy.requires.findings:
        noun = "findings" if len(rules) > 1 else "finding"
        asked.append(f"{noun} {_and([f'{code} {_rule(rule)}' for code, rule in sorted(rules.items())])}")
    asked.append(_approvals(policy.approvals))
    if policy.is_blind:
        asked.append("the method is reviewed before results are shown")
    if policy.is_answered:
        asked.append(_ANSWERED)
    if policy.limits.judged:
        asked.append(_limits(policy))
    reminded = f" {_reminded(policy)[:1].upper()}{_reminded(policy)[1:]}." if policy.reminders else ""
    return f"To leave {policy.leaves.label}: {'; '.join(asked)}. It frees {_freed(policy)}.{_told(policy)}{reminded}"


def _evidence_changes(old: GatePolicy, new: GatePolicy) -> Iterator[str]:
    before, after = old.requires.evidence, new.requires.evidence
    yield from (f"also asks for {_kind(kind)}" for kind in after if kind not in before)
    yield from (f"no longer asks for {_kind(kind)}" for kind in before if kind not in after)


def _finding_changes(old: GatePolicy, new: GatePolicy) -> Iterator[str]:
    before, after = old.requires.findings, new.requires.findings
    for code in sorted({*before, *after}):
        if code not in before:
            yield f"also asks for finding {code} {_rule(after[code])}"
        elif code not in after:
            yield f"no longer asks for finding {code}"
        elif (was := _rule(before[code])) != (now := _rule(after[code])):
            yield f"asks for finding {code} {now}; so far: {was}"


def _other_changes(old: GatePolicy, new: GatePolicy) -> Iterator[str]:
    if (was := _approvals(old.approvals)) != (now := _approvals(new.approvals)):
        yield f"asks for {now}; so far: {was}"
    if old.is_blind != new.is_blind:
        yield f"{'now' if new.is_blind else 'no longer'} asks for the method to be reviewed before results are shown"
    if old.is_answered != new.is_answered:
        yield f"{'now' if new.is_answered else 'no longer'} asks {_ANSWERED}"
    if (was := _freed(old)) != (now := _freed(new)):
        yield f"frees {now}; so far: {was}"
    if (was := _alarm(old)) != (now := _alarm(new)):
        yield f"{now}; so far: {was}"
    if (was := _limits(old)) != (now := _limits(new)):
        yield f"lets {now}; so far: {was}"
    if (was := _reminded(old)) != (now := _reminded(new)):
        yield f"has another pace: {now}; so far: {was}"


def _kind(kind: Kind) -> str:
    return kind.value if kind in _MANY else _a(kind.value)


def _rule(rule: FindingRule) -> str:
    accepted = " or ".join(sorted({level.value.replace("_", " ") for level in rule.accept}))
    given = ", ".join(f"{name} {_value(value)}" for name, value in sorted(rule.parameters.items()))
    return f"{accepted} ({given})" if given else accepted


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _approvals(rule: Approvals) -> str:
    is_one = rule.quorum == 1
    who = _a(rule.role.label) if is_one else f"{rule.role.label}s"
    barred = [part.replace("_", " ") for part in ("author", "product_owner") if part in rule.independent_of]
    neither = "neither " if len(barred) > 1 else "not "
    bond = f"{'is' if is_one else 'are'} {neither}{' nor '.join(barred)}" if barred else ""
    if "cost_centre" in rule.independent_of:
        bond += f"{' and ' if barred else ''}{'is' if is_one else 'are'} of another cost centre"
    return f"{rule.quorum} approval{'' if is_one else 's'} by {who} who {bond}"


def _freed(policy: GatePolicy) -> str:
    freed = ["the budget that the board approved"] if policy.leaves is Stage.RELEASE else []
    if cap := policy.unlocks.exploration_cap:
        freed.append(f"up to {cap:,} minor units for exploration")
    if policy.unlocks.deadline:
        freed.append("a deadline")
    return _and(freed) if freed else "nothing"


def _alarm(policy: GatePolicy) -> str:
    return f"has spending told of from {policy.alarm_share} per cent of what was released on"


def _told(policy: GatePolicy) -> str:
    return (
        f" Spending is told of from {policy.alarm_share} per cent of it on." if policy.leaves is Stage.RELEASE else ""
    )


def _limits(policy: GatePolicy) -> str:
    """What production may show beside its metric."""
    said = [
        f"{_WATCHED[name]} {'by' if name == 'gap' else 'at'} {limit:g} at most"
        for name, limit in policy.limits.judged.items()
    ]
    return f"production show {_and(said)}" if said else "production show anything beside its metric"


_WATCHED = {"drift": "drifted inputs (AUC)", "complaints": "complaints a row", "opt_outs": "opt-outs a row",
            "gap": "a group worse than others"}  # fmt: skip


def _reminded(policy: GatePolicy) -> str:
    rule = policy.reminders or Reminders()
    told = f"after {_days(rule.after_days)} without anything those whose turn it is are reminded"
    if (late := rule.escalate_after_days) is not None:
        told += f", and after {_days(late)} of waiting {_a(rule.escalate_to.label)} and the product owner are told"
    return told


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _and(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
