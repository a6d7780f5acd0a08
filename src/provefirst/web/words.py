"""Words: values as people read them, and one line of explanation for each word that not everybody knows."""

from __future__ import annotations

import re
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from provefirst.checks.check import Check
from provefirst.checks.registry import all_checks
from provefirst.evidence import Kind
from provefirst.money import Money, exponent
from provefirst.stages import Choice, Outcome, Reason, Stage

METRICS = MappingProxyType(
    {
        "accuracy": "share of cases told right",
        "balanced_accuracy": "share told right, averaged over the classes",
        "f1_macro": "balance of finding and not crying wolf, averaged over the classes",
        "roc_auc": "chance that a case that is one scores higher than one that isn't",
        "average_precision": "how pure the top of the ranking is",
        "log_loss": "how wrong the chances said are; less is better",
        "brier": "squared distance of chances said from what came; less is better",
        "r2": "share of the ups and downs that is explained",
        "mae": "average miss; less is better",
        "rmse": "average miss, large ones counting more; less is better",
        "mape": "average miss in per cent; less is better",
    }
)
BLINDNESS = MappingProxyType(
    {
        "prospective": "measured on rows that did not exist when the plan was written down: the strongest there is",
        "sealed": "measured on rows that the data owner locked away before the data scientist had access",
        "declared": "the rows were said to be untouched, and nothing shows it: the weakest that counts",
    }
)
OUTCOMES = MappingProxyType(
    {
        "feasible": "It can work: the goal was reached on rows kept back.",
        "not_feasible": "It can't work with these data: a result like any other, and money that is free again.",
        "inconclusive": "These data can't tell. What would tell stands beside it.",
        "withdrawn": "The product owner withdrew the question.",
    }
)
STAGES = MappingProxyType(
    {
        "proposal": "What is asked, and who could be harmed",
        "research": "How others did it",
        "replication": "Done again, as others did it",
        "data_analysis": "What our own data can show",
        "review": "Independent peers question it",
        "release": "The board frees the money",
        "watch": "How it does in production",
    }
)
CHOICES = MappingProxyType(
    {
        "go": "The gate may open.",
        "conditional_go": "The gate may open; what you name must be cleared before the next one does.",
        "recycle": "Back to an earlier stage, for another attempt.",
        "hold": "Parked until a condition is met. The date alone lifts nothing.",
        "stop": "It ends as proposed, with its lesson. Unspent money goes back to the pool.",
    }
)
LEVELS = MappingProxyType(
    {
        "passed": "within its limit",
        "warning": "worth a look; closes no gate by itself",
        "failed": "beyond its limit",
        "skipped": "not measured",
        "not_applicable": "asks about something that isn't there",
        "crashed": "could not be measured",
    }
)
_NAMED = re.compile(
    rf"\b({'|'.join(one for names in (Kind, Outcome, Reason, Choice, Stage) for one in names if '_' in one)})\b"
)
_CODE = re.compile(r"([A-Z]+[0-9]+)(?=[: ])")
TO_DO = MappingProxyType(
    {
        "warning": "Read what lies behind it and say in the report why it does no harm, or mend it.",
        "failed": "Mend what is behind it and submit again, or propose that it ends here: a no is a result.",
        "skipped": "Submit what it is measured on.",
        "crashed": "Tell whoever runs the server: a check that can't measure never counts as passed.",
    }
)
JARGON = MappingProxyType(
    {
        "gate": "the way out of a stage; opens only when everything its policy asks for is there",
        "dossier": "all that a vote is about: evidence, findings and policy, as they stand",
        "digest": "a fingerprint: if a single character changes, it changes",
        "finding": "what a check measured, in numbers",
        "interval": "where the true value probably lies",
        "P50": "the day that every second such effort meets",
        "P80": "the day that 4 of 5 such efforts meet",
        "sealed set": "rows locked away before anybody worked on the data",
        "look": "one scoring on the sealed set; they are counted",
        "tranche": "a part of the budget that is released at a time",
        "pool": "a pot of money that initiatives may ask for a part of",
        "statement": "every move of money in a period, and what that comes to",
        "void": "cast on something that has changed since; it no longer counts",
    }
)


def asked_of(code: str) -> Check | None:
    """The check behind a code; None where it comes from a package that is no longer here."""
    return all_checks().get(code)


def label(value: object) -> str:
    """A name as the code writes it, as words."""
    return str(value).replace("_", " ")


def spoken(text: str) -> str:
    """A sentence in which kinds and outcomes are named as the code names them, in words; a check by what it asks."""
    named = _CODE.match(text)
    check = asked_of(named[1]) if named else None
    if named and check:
        code, rest = named[1], text[named.end() :]
        text = f"{check.title} ({code}){rest}" if rest[:1] == ":" else f"“{check.title}” ({code}){rest}"
    said = text
    return _NAMED.sub(lambda found: label(found[0]), said)


def title(value: object) -> str:
    words = label(value)
    return words[:1].upper() + words[1:]


def money(amount: int, currency: str) -> Markup:
    """An amount; a script writes it in the reader's own way."""
    said = str(Money(amount=amount, currency=currency))
    major = f"{amount / 10 ** exponent(currency):.{exponent(currency)}f}"
    return Markup('<data class="money" value="{}" data-currency="{}">{}</data>').format(major, currency, said)


def days(count: float) -> str:
    """So many days, as one says it; hours where it is less than one."""
    if count < 1:
        hours = round(count * 24)
        return f"{hours} hour{'s' if hours != 1 else ''}" if hours else "less than an hour"
    return f"{count:,.0f} day{'s' if round(count) != 1 else ''}"


def signed(amount: int, currency: str) -> Markup:
    """An amount that may be below nothing, as a balance of an account may."""
    return Markup("−{}").format(money(-amount, currency)) if amount < 0 else money(amount, currency)


def account(name: str) -> str:
    """An account of the books as people call it; reserved money is what the ledger calls requested."""
    whose, colon, kind = name.partition(":")
    if not colon:
        return name
    if whose in ("pool", "transfer"):
        return f"pool {kind}"
    return f"{whose}, {'reserved' if kind == 'requested' else kind}"


def moment(at: str | datetime | None) -> Markup:
    """A moment, to the minute in UTC; exact where one points, and in the reader's zone where a script may run."""
    if not at:
        return Markup("")
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    exact = when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    said = f"{when.day} {when:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(exact, exact, said)


def day(value: str | date | None) -> Markup:
    """A day of the calendar, the same everywhere."""
    if not value:
        return Markup("")
    when = date.fromisoformat(str(value)[:10])
    said = f"{when.day} {when:%b %Y}"
    return Markup('<time datetime="{}">{}</time>').format(when.isoformat(), said)


def ago(at: str, now: datetime) -> str:
    """For how long something lasts, roughly."""
    passed = now - datetime.fromisoformat(at)
    if passed.days >= 1:
        return f"{passed.days} day{'s' if passed.days != 1 else ''}"
    hours, minutes = passed.seconds // 3600, passed.seconds // 60
    if hours:
        return f"{hours} hour{'s' if hours != 1 else ''}"
    return f"{minutes} minute{'s' if minutes != 1 else ''}" if minutes > 0 else "a moment"


def short(digest: str) -> Markup:
    """A digest's beginning, whole where one points."""
    return Markup('<code class="digest" title="{}">{}</code>').format(digest, digest[:12])


def number(value: Any) -> str:
    """A measure as read aloud: four figures, no noise."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 10**15 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def is_money(value: object) -> bool:
    """Whether a value of a document is an amount."""
    return isinstance(value, dict) and set(value) == {"amount", "currency"} and isinstance(value["amount"], int)


FILTERS = MappingProxyType(
    {
        "label": label,
        "spoken": spoken,
        "title_case": title,
        "account": account,
        "days": days,
        "moment": moment,
        "day": day,
        "short": short,
        "number": number,
    }
)
TESTS = MappingProxyType({"money": is_money})
